/** `npm start`: installs what is missing, builds, and checks the examples against what their headers declare. */
import { join } from 'node:path';
import { root, run } from './run.mjs';

const built = run(process.execPath, [join(root, 'scripts/build.mjs')]);
if (built !== 0) process.exit(built);
process.exit(run(process.execPath, [join(root, 'dist/cli.js'), 'check', 'examples', '--expected', ...process.argv.slice(2)]));
