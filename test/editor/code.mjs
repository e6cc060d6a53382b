#!/usr/bin/env node
/**
 * Stands in for the executable of VS Code where that cannot be had: takes the arguments that @vscode/test-electron gives, runs the tests in
 * the extension host of the real workbench in a browser, and exits with their exit code.
 */
import { startEditor } from './vscode.mjs';

const { IRPSIGHT_EDITOR: installed, IRPSIGHT_VSIX: vsix, IRPSIGHT_SCREENSHOTS: screenshots } = process.env;
const given = (name) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const development = given('extensionDevelopmentPath');
const tests = given('extensionTestsPath');
if (development === undefined || tests === undefined) {
  console.error('This is for running tests: --extensionDevelopmentPath=FOLDER --extensionTestsPath=FILE.');
  process.exit(2);
}
const editor = await startEditor(installed, vsix, screenshots, ['--vscode-option', 'enable-smoke-test-driver']);
try {
  process.exitCode = await editor.runTests(development, tests);
} finally {
  await editor.close();
}
