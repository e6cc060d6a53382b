/**
 * `npm run test:editor`: packages the extension and tries it in the real VS Code, with Chromium. Installs both when they are not there, which
 * takes some minutes once. Pictures are left in `out/screenshots`. Ends with `N passed, N failed`. With arguments only the tests are run whose
 * name matches one of them.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as runTests } from 'node:test';
import { pathToFileURL } from 'node:url';
import { editorBrowser, ensureInstalled, root, run } from './run.mjs';

const tests = join(root, 'test/editor');
const installed = join(root, 'out/editor');
const screenshots = join(root, 'out/screenshots');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('The editor that is tested with runs on 64-bit Linux only.');
  process.exit(1);
}
ensureInstalled();
installEditor();
installBrowser();
must(run(process.execPath, [join(root, 'scripts/package.mjs')]));
rmSync(screenshots, { recursive: true, force: true });
await test();

function must(code) {
  if (code !== 0) process.exit(code);
}

/** The packages of test/editor, and those of the editor itself, which code-server does not bring along. */
function installEditor() {
  const files = ['package.json', 'package-lock.json', '.npmrc', 'spdlog.cjs'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(tests, file)));
  const lock = hash.digest('hex');
  const stamp = join(installed, '.irpsight-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  for (const file of files) cpSync(join(tests, file), join(installed, file));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const editor = join(installed, 'node_modules/code-server/lib/vscode');
  must(run('npm', ['ci', ...quiet], { cwd: installed }));
  // Not `npm ci`: the lock file that it ships is out of step.
  must(run('npm', ['install', '--omit=dev', ...quiet], { cwd: editor }));
  must(run('npm', ['install', '--omit=dev', ...quiet], { cwd: join(editor, 'extensions') }));
  // Native parts are not built, for which something from elsewhere would be needed.
  cpSync(join(tests, 'spdlog.cjs'), join(editor, 'node_modules/@vscode/spdlog/index.js'));
  writeFileSync(
    join(editor, 'node_modules/@vscode/native-watchdog/index.js'),
    'exports.start = exports.exit = () => undefined;\n',
  );
  writeFileSync(stamp, lock);
}

function installBrowser() {
  if (editorBrowser() !== undefined) return;
  const apt = (...args) => run('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  must(apt('update', '-q'));
  must(apt('install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu'));
}

async function test() {
  Object.assign(process.env, {
    // The runner of this version of Node hands no options on.
    NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'test/native.mjs')).href}`,
    IRPSIGHT_EDITOR: installed,
    IRPSIGHT_VSIX: join(root, 'out/irpsight.vsix'),
    IRPSIGHT_VIEW: join(root, 'out/vsix/dist/view'),
    IRPSIGHT_SCREENSHOTS: screenshots,
  });
  let passed = 0;
  let failed = 0;
  const only = process.argv.slice(2);
  const stream = runTests({
    files: ['host.test.mjs', 'view.test.mjs', 'workbench.test.mjs'].map((file) => join(tests, file)),
    ...(only.length === 0 ? {} : { testNamePatterns: only }),
  });
  // Notes of a test come behind it.
  stream.on(
    'test:diagnostic',
    ({ message, nesting }) => /ms/.test(message) && nesting === 0 && console.log(`         ${message}`),
  );
  stream.on('test:stderr', ({ message }) => process.stderr.write(message));
  stream.on('test:pass', ({ name, skip, nesting, details }) => {
    if (skip !== undefined || nesting > 0) return;
    passed++;
    tell('ok    ', name, details);
  });
  stream.on('test:fail', ({ name, nesting, details }) => {
    if (nesting > 0) return;
    failed++;
    tell('FAILED', name, details);
    console.log(details.error.cause?.stack ?? details.error.stack ?? String(details.error));
  });
  await new Promise((resolve) => stream.on('close', resolve).resume());
  console.log(`Pictures are in ${screenshots.slice(root.length + 1)}.`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

  function tell(word, name, { duration_ms: milliseconds }) {
    console.log(`${word} ${name} (${(milliseconds / 1000).toFixed(1)} s)`);
  }
}
