/**
 * `npm start`: installs what is missing, builds, and checks the examples against what their headers declare. `--built` in front of other arguments:
 * what is there is not built again. Arguments are handed on; with paths among them only these examples are checked.
 */
import { join } from 'node:path';
import { root, run } from './run.mjs';

const given = process.argv.slice(2);
const isBuilt = given[0] === '--built';
const built = isBuilt ? 0 : run(process.execPath, [join(root, 'scripts/build.mjs')]);
if (built !== 0) process.exit(built);
const options = isBuilt ? given.slice(1) : given;
const paths = options.some((option) => option.startsWith('examples')) ? [] : ['examples'];
process.exit(run(process.execPath, [join(root, 'dist/cli.js'), 'check', ...paths, '--expected', ...options]));
