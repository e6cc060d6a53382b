/**
 * `npm test`: installs, builds, checks the source itself (format and lint, types, import direction, dead code, generated
 * files), runs the tests and, where there is a browser, tries the packaged extension in the editor. Ends with `N passed, N failed`, `, N skipped` where something was; with CI=true a skip fails, and the examples are checked.
 * With arguments (`npm test -- test/report`) only the tests that match them are run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { editorBrowser, ensureInstalled, root, run, runPackage } from './run.mjs';

ensureInstalled();
const only = process.argv.slice(2);
const ci = process.env.CI === 'true';
const node = process.execPath;

const checks = [
  ['build', () => run(node, [join(root, 'scripts/build.mjs')])],
  ['format and lint', () => runPackage('@biomejs/biome/bin/biome', ['check', '--error-on-warnings'])],
  ['types', () => runPackage('typescript/bin/tsc', ['-p', '.'])],
  ['types of web pages', () => runPackage('typescript/bin/tsc', ['-p', 'client/view'])],
  [
    'import direction',
    () =>
      runPackage('dependency-cruiser/bin/dependency-cruise.mjs', [
        '--config',
        '.dependency-cruiser.mjs',
        'client',
        'server',
        'src',
        'test',
      ]),
  ],
  ['dead code', () => runPackage('knip/bin/knip.js', [])],
  ...readdirSync(join(root, 'scripts'))
    .filter((name) => /^generate-.*\.mjs$/.test(name))
    .map((name) => [`${name} --check`, () => run(node, [join(root, 'scripts', name), '--check'])]),
  // The proof is of a commit, and a work tree need not be one.
  ...(ci ? [['proof', () => run(node, [join(root, 'scripts/check-proof.mjs')])]] : []),
  // What `npm start` does, with what was built above, but for the examples that take minutes: `npm run prove -- examples` has these, too.
  ...(ci ? [['examples', () => run(node, [join(root, 'scripts/start.mjs'), '--built', ...smallExamples()])]] : []),
];

/** Folders of examples whose scenarios are explored in seconds. */
function smallExamples() {
  const large = ['event-notification', 'serial-timeouts', 'toaster-filter'];
  return readdirSync(join(root, 'examples'))
    .filter((name) => !large.includes(name))
    .map((name) => `examples/${name}`);
}

let passed = 0;
let failed = 0;
let skipped = 0;

for (const [name, check] of only.length > 0 ? checks.slice(0, 1) : checks) judge(name, check);
runTests();
// The packaged extension in the real editor takes longer than CI has.
if (only.length === 0 && !ci) {
  if (editorBrowser() === undefined)
    console.log('left out: the tests in the editor, for want of Chromium; `npm run test:editor` installs it.');
  else judge('the extension in the editor', () => run(node, [join(root, 'scripts/test-editor.mjs')]));
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || (ci && skipped > 0) ? 1 : 0);

function judge(name, check) {
  const code = check();
  if (code === 0) passed++;
  else failed++;
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`);
}

/** Runs the test files and adds what came of them to the counts. */
function runTests() {
  const output = join(root, 'out', 'test.json');
  mkdirSync(join(root, 'out'), { recursive: true });
  rmSync(output, { force: true });
  const code = runPackage('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
    ...only,
  ]);
  if (!existsSync(output)) {
    failed++;
    return;
  }
  const report = JSON.parse(readFileSync(output, 'utf8'));
  // A file that could not even be loaded has no tests of its own to fail.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  );
  const bad = report.numFailedTests + broken.length;
  passed += report.numPassedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  // An error outside every test fails the run without failing any test.
  failed += bad === 0 && code !== 0 ? 1 : bad;
}
