/**
 * The packaged extension by the editor's own interface: runs the Mocha tests of `host/` in the extension host, through @vscode/test-electron.
 * With IRPSIGHT_VSCODE=download they run in the VS Code that it downloads, as on a desktop; else in the workbench that code.mjs starts.
 */
import { equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const { IRPSIGHT_EDITOR: installed, IRPSIGHT_VSIX: vsix } = process.env;
const electron = createRequire(join(installed, 'package.json'))('@vscode/test-electron');
const here = fileURLToPath(new URL('.', import.meta.url));

test('in the extension host', { timeout: 300_000 }, async (context) => {
  const temp = mkdtempSync(join(tmpdir(), 'irpsight-host-'));
  try {
    const results = join(temp, 'results.json');
    // What is tested is the extension that was installed: the one that is loaded for development is empty.
    writeFileSync(
      join(temp, 'package.json'),
      JSON.stringify({ name: 'nothing', publisher: 'irpsight', version: '0.0.0', engines: { vscode: '*' } }),
    );
    // It rejects where a test fails; which one it was is in the results.
    const failed = await electron
      .runTests({
        ...(await editor(temp)),
        extensionDevelopmentPath: temp,
        extensionTestsPath: join(here, 'host/index.cjs'),
        extensionTestsEnv: { IRPSIGHT_EDITOR: installed, IRPSIGHT_RESULTS: results },
      })
      .then(
        () => undefined,
        (error) => error,
      );
    if (failed !== undefined && !existsSync(results)) throw failed;
    const { passed, failures, activationMs } = JSON.parse(readFileSync(results, 'utf8'));
    equal(failures.map(({ title, error }) => `${title}\n${error}`).join('\n'), '');
    equal(failed, undefined);
    context.diagnostic(`activated in ${activationMs} ms`);
    ok(passed > 5, `only ${passed} tests ran`);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
});

/** Which editor runs the tests, with the extension installed. */
async function editor(temp) {
  if (process.env.IRPSIGHT_VSCODE !== 'download') return { vscodeExecutablePath: join(here, 'code.mjs') };
  const vscodeExecutablePath = await electron.downloadAndUnzipVSCode();
  const [cli, ...args] = electron.resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath, { reuseMachineInstall: true });
  const folders = ['--user-data-dir', join(temp, 'data'), '--extensions-dir', join(temp, 'extensions')];
  const added = spawnSync(cli, [...args, ...folders, '--install-extension', vsix], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  equal(added.status, 0, `${added.stdout}${added.stderr}`);
  return { vscodeExecutablePath, launchArgs: folders };
}
