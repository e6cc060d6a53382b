/** Where the parts of the installed product lie, seen from the bundle in `dist`. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Code shared by the bundles lies in dist/chunks, the rest in dist itself.
const here = dirname(fileURLToPath(import.meta.url));
const dist = here.endsWith('chunks') ? dirname(here) : here;

export const workerFile = join(dist, 'worker.js');
export const libraryFolder = join(dist, 'library');
export const starterFolder = join(dist, 'starter');
