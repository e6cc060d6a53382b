/** The extension in a folder that has nothing installed, by the editor's own interface. */
const { deepEqual, equal, match, ok } = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const vscode = require('vscode');

const { commands, languages, Position, Range, Uri, window, workspace, WorkspaceEdit } = vscode;
const root = join(__dirname, '../../..');
const examples = join(root, 'examples');

let folder;
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-host-')));
});
after(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => commands.executeCommand('workbench.action.closeAllEditors'));

/** Opens a copy of an example under another name. */
async function open(example, name) {
  const path = join(folder, name);
  copyFileSync(join(examples, example), path);
  const document = await workspace.openTextDocument(Uri.file(path));
  await window.showTextDocument(document);
  return document;
}

async function until(look, holds, what) {
  const end = Date.now() + 50_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}: there is ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The place of a word's first occurrence behind `after`. */
function placeOf(document, word, after = '') {
  const text = document.getText();
  return document.positionAt(text.indexOf(word, text.indexOf(after) + after.length) + 1);
}

const clean = 'keyboard-class/keyboard-class.driver.ts';
const lost = 'keyboard-class/keyboard-class-lost-cancel.driver.ts';

describe('the extension', () => {
  it('is activated, which is timed: loading it and what it does until its commands are there', async () => {
    const extension = vscode.extensions.getExtension('irpsight.irpsight');
    equal(extension.isActive, false);
    const begun = performance.now();
    await extension.activate();
    exports.activationMs = Math.round(performance.now() - begun);
    equal(extension.isActive, true);
  });

  it('begins with a driver, and knows its language', async () => {
    const document = await open(clean, 'begins.driver.ts');
    equal(document.languageId, 'irpsight');
    const extension = vscode.extensions.getExtension('irpsight.irpsight');
    await until(
      () => extension?.isActive,
      (active) => active === true,
      'the extension is active',
    );
    const known = await commands.getCommands(true);
    for (const { command } of extension.packageJSON.contributes.commands) ok(known.includes(command), command);
  });

  it('tells a type error once, where it is, until it is mended', async () => {
    const document = await open(clean, 'typed.driver.ts');
    const place = placeOf(document, 'IoStatus', 'Irp.');
    const wrong = new WorkspaceEdit();
    wrong.insert(document.uri, place, 'x');
    await workspace.applyEdit(wrong);
    const errors = () => languages.getDiagnostics(document.uri).filter(({ severity }) => severity === 0);
    const found = await until(errors, ({ length }) => length > 0, 'an error');
    deepEqual(
      found.map(({ source, range }) => [source, range.start.line]),
      [['irpsight', place.line]],
    );
    await commands.executeCommand('undo');
    await until(errors, ({ length }) => length === 0, 'no error');
  });

  it('has hover, definition in the model, completion with its import, symbols and call hierarchy', async () => {
    const document = await open(lost, 'features.driver.ts');
    const call = placeOf(document, 'IoSetCancelRoutine', '\n} from');
    const hovers = await until(
      () => commands.executeCommand('vscode.executeHoverProvider', document.uri, call),
      ({ length }) => length > 0,
      'a hover',
    );
    match(hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join('\n'), /IoSetCancelRoutine[\s\S]*IRQL/);

    const [definition] = await commands.executeCommand('vscode.executeDefinitionProvider', document.uri, call);
    const target = definition.targetUri ?? definition.uri;
    match(target.path, /wdm\/cancel\.ts$/);
    const model = await workspace.openTextDocument(target);
    match(model.lineAt((definition.targetRange ?? definition.range).start.line).text, /IoSetCancelRoutine/);

    const end = document.lineAt(document.lineCount - 1).range.end;
    const typed = new WorkspaceEdit();
    typed.insert(document.uri, end, '\nconst Held = KeAcquireSpinLockRaiseToD');
    await workspace.applyEdit(typed);
    const at = document.lineAt(document.lineCount - 1).range.end;
    const list = await commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, at, undefined, 500);
    const item = list.items.find(({ label }) => (label.label ?? label) === 'KeAcquireSpinLockRaiseToDpc');
    match(item.additionalTextEdits.map(({ newText }) => newText).join(), /KeAcquireSpinLockRaiseToDpc/);
    await commands.executeCommand('undo');

    const symbols = await commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri);
    ok(symbols.some(({ name }) => name === 'KeyboardClassCancel'));
    const [item2] = await commands.executeCommand(
      'vscode.prepareCallHierarchy',
      document.uri,
      placeOf(document, 'KeyboardClassCancel', 'const '),
    );
    ok(item2.name.includes('KeyboardClass'));
  });

  it('renames in all of the code at once, and leaves comments as they are', async () => {
    const document = await open(clean, 'renamed.driver.ts');
    const name = 'KeyboardClassCancel';
    const renamed = document.getText().replaceAll(/^(?! ?\/?\*).*$/gm, (line) => line.replaceAll(name, 'CancelOne'));
    match(renamed, new RegExp(`^ \\* .*${name}`, 'm'));
    const edit = await commands.executeCommand(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      placeOf(document, name, 'const '),
      'CancelOne',
    );
    await workspace.applyEdit(edit);
    equal(document.getText(), renamed);
  });

  it('finds a lost cancel by exploring, with both sides, and takes it back when it is mended', async () => {
    const document = await open(lost, 'lost.driver.ts');
    const witnessed = () =>
      languages
        .getDiagnostics(document.uri)
        .filter(({ message, source }) => source === 'irpsight' && /\(scenario /.test(message));
    const [found] = await until(witnessed, ({ length }) => length === 1, 'one finding of the exploration');
    equal(found.code.value ?? found.code, 'cancel/lost');
    ok(found.relatedInformation.length > 0);
    const whole = new Range(new Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
    const mended = new WorkspaceEdit();
    mended.replace(document.uri, whole, readFileSync(join(examples, clean), 'utf8'));
    await workspace.applyEdit(mended);
    await until(witnessed, ({ length }) => length === 0, 'no finding any more');
  });

  it('explores a file to the same verdicts and text as the command line', async () => {
    const document = await open(lost, 'same.driver.ts');
    const result = await commands.executeCommand('irpsight.exploreFile', document.uri.toString());
    deepEqual(result.verdicts.map(({ verdict }) => verdict).filter((verdict) => verdict === 'error').length > 0, true);
    const told = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'check', document.uri.fsPath], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
    });
    const steady = (text) => text.replace(/[\d.,]+ m?s\b/g, 'N s').trim();
    equal(steady(result.report), steady(told.stdout));
  });
});
