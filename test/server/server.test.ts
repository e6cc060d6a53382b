/** The language server over a real connection. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeLens, CompletionItem, CompletionList, Hover, Location } from 'vscode-languageserver-protocol/node';
import type { ExploreResult, Schedules, TraceText } from '../../client/protocol.ts';
import { smallScenario, starterDriver } from '../cli/kit.ts';
import { Editor, marked } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-server-')));
  editor = new Editor();
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (text: string): string => `import {
  DEVICE_OBJECT, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FILE_DEVICE_UNKNOWN, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IO_NO_INCREMENT,
  IoCompleteRequest, IoCreateDevice, IoDeleteDevice, NTSTATUS, PDEVICE_OBJECT, PIRP, Ref, STATUS_SUCCESS, ULONG, sizeof,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION { Reads: ULONG }

function Complete(Irp: PIRP): NTSTATUS {
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
${text}
};
`;
const right = lines('  return Complete(Irp);');
const twice = lines('  Complete(Irp);\n  return Complete(Irp);');

describe('diagnostics', () => {
  it('come and go as the text changes', async () => {
    const uri = editor.open(join(folder, 'typed.driver.ts'), twice);
    const [found] = await editor.shown(uri, (all) => all.length > 0);
    expect(found).toMatchObject({ source: 'irpsight', code: expect.stringMatching(/^completion\//) });
    editor.change(uri, right);
    expect(await editor.shown(uri)).toEqual([]);
    editor.change(uri, right.replace('IoStatus.Status', 'IoStatus.Statu'));
    expect((await editor.shown(uri)).map(({ code }) => code)).toEqual(['TS2551']);
    editor.close(uri);
  });

  it('of what exploring finds name both sides, and their schedule can be shown', async () => {
    const text = readFileSync('examples/keyboard-class/keyboard-class-lost-cancel.driver.ts', 'utf8');
    const uri = editor.open(join(folder, 'lost.driver.ts'), text);
    const shown = await editor.shown(uri, (all) => all.some(({ data }) => data?.trace === true));
    const lost = shown.find(({ data }) => data?.trace === true);
    expect(lost?.relatedInformation?.length).toBeGreaterThan(0);
    const params = { uri, rule: lost?.code, line: lost?.range.start.line };
    const trace = await editor.request<TraceText>('irpsight/trace', params);
    expect(trace.text).toContain(String(lost?.code));
    const { timeline } = await editor.request<Schedules>('irpsight/timeline', params);
    expect(timeline).toMatchObject({ rule: lost?.code, message: String(lost?.message).replace(/ \(scenario .*/, '') });
    expect(timeline.incomplete).toBeUndefined();
    expect(timeline.irps.flatMap(({ spans }) => spans.map(({ state }) => state))).toContain('cancel-requested');
    // The files of the timeline are the editor's; a default scenario is in none.
    expect(timeline.files).toContainEqual({ name: 'lost.driver.ts', uri });
    expect(timeline.files).toContainEqual({ name: 'lost.defaults.scenario.ts' });
    expect(await editor.request('irpsight/timeline', { ...params, line: 0 })).toBeNull();
    expect(editor.statuses).toContainEqual(expect.objectContaining({ state: 'exploring', driver: 'lost.driver.ts' }));
    editor.close(uri);
  });
});

describe('language features', () => {
  it('complete a routine that is not imported yet, with its import', async () => {
    const { text, position } = marked(`${right}\nfunction More(Irp: PIRP): void {\n  IoMarkIrpP|\n}\n`);
    const uri = editor.open(join(folder, 'more.driver.ts'), text);
    const found = await editor.request<CompletionItem[] | CompletionList>('textDocument/completion', {
      textDocument: { uri },
      position,
    });
    const item = (Array.isArray(found) ? found : found.items).find(({ label }) => label === 'IoMarkIrpPending');
    // With the item, not with its details: somebody may accept it before those are there.
    expect(item?.additionalTextEdits?.map(({ newText }) => newText)).toEqual(['IoMarkIrpPending, ']);
    const resolved = await editor.request<CompletionItem>('completionItem/resolve', item);
    expect(resolved.detail).toContain('function IoMarkIrpPending(Irp: PIRP)');
    expect(resolved.documentation).toMatchObject({ value: expect.stringContaining('pending') });
    expect(resolved.additionalTextEdits).toEqual(item?.additionalTextEdits);
    editor.close(uri);
  });

  it.each([
    ['DRIVER_DISPATCH<DEVICE_EXTENSION>', `(DeviceObject, Irp) => {\n  $0\n  return \${1:STATUS_SUCCESS};\n};`],
    ['DRIVER_CANCEL<DEVICE_EXTENSION>', '(DeviceObject, Irp) => {\n  $0\n};'],
    ['DRIVER_STARTIO<DEVICE_EXTENSION>', '(DeviceObject, Irp) => {\n  $0\n};'],
    ['IO_COMPLETION_ROUTINE<DEVICE_EXTENSION>', `(DeviceObject, Irp, Context) => {\n  $0\n  return \${1:STATUS_SUCCESS};\n};`],
    ['KDEFERRED_ROUTINE', '(Dpc, DeferredContext, SystemArgument1, SystemArgument2) => {\n  $0\n};'],
    ['KSERVICE_ROUTINE<DEVICE_EXTENSION>', `(Interrupt, ServiceContext) => {\n  $0\n  return \${1:TRUE};\n};`],
    ['IO_WORKITEM_ROUTINE<DEVICE_EXTENSION>', '(DeviceObject, Context) => {\n  $0\n};'],
    ['ULONG', undefined],
  ])('completion offers the skeleton of a routine that is a %s', async (type, wanted) => {
    const name = /^\w+/.exec(type)?.[0] ?? '';
    const imports = right.includes(` ${name},`) ? '' : `import { ${name} } from 'irpsight/wdm';\n`;
    const { text, position } = marked(`${imports}${right}\nconst Mine: ${type} = |\n`);
    const uri = editor.open(join(folder, 'skeleton.driver.ts'), text);
    const found = await editor.request<CompletionItem[]>('textDocument/completion', { textDocument: { uri }, position });
    const skeletons = found.filter(({ insertTextFormat }) => insertTextFormat === 2);
    expect(skeletons.map(({ insertText }) => insertText)).toEqual(wanted === undefined ? [] : [wanted]);
    editor.close(uri);
  });

  it('hover tells the IRQL at which a routine may be called', async () => {
    const { text, position } = marked(right.replace('IoCompleteRequest(Irp,', 'IoComplete|Request(Irp,'));
    const uri = editor.open(join(folder, 'hover.driver.ts'), text);
    const hover = await editor.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    expect((hover.contents as { value: string }).value).toContain('IRQL <= DISPATCH_LEVEL');
    editor.close(uri);
  });

  it('the definition of a routine is its model in the library', async () => {
    const { text, position } = marked(right.replace('IoCompleteRequest(Irp,', 'IoComplete|Request(Irp,'));
    const uri = editor.open(join(folder, 'go.driver.ts'), text);
    const [place] = await editor.request<Location[]>('textDocument/definition', { textDocument: { uri }, position });
    expect(place.uri).toMatch(/\/library\/irpsight\/wdm\/complete\.ts$/);
    expect(readFileSync(new URL(place.uri), 'utf8').split('\n')[place.range.start.line]).toContain('IoCompleteRequest');
    editor.close(uri);
  });

  it('rename changes every use, and no name of the WDK', async () => {
    const { text, position } = marked(right.replace('function Complete', 'function Com|plete'));
    const uri = editor.open(join(folder, 'rename.driver.ts'), text);
    const edit = await editor.request<{ changes: Record<string, unknown[]> }>('textDocument/rename', {
      textDocument: { uri },
      position,
      newName: 'Finish',
    });
    expect(edit.changes[uri]).toHaveLength(2);
    const wdk = marked(right.replace('IoCompleteRequest(Irp,', 'IoComplete|Request(Irp,'));
    const params = { textDocument: { uri }, position: wdk.position, newName: 'Finish' };
    await expect(editor.request('textDocument/rename', params)).rejects.toThrow(/WDK/);
    for (const newName of ['', '1st', 'two words', 'x;', 'while', 'await', 'number'])
      await expect(editor.request('textDocument/rename', { textDocument: { uri }, position, newName })).rejects.toMatchObject({
        code: -32803,
        message: expect.stringMatching(/name/),
      });
    editor.close(uri);
  });

  it('lenses stand at scenarios as soon as the file is open', async () => {
    const driver = editor.open(join(folder, 'mailbox.driver.ts'), starterDriver());
    const uri = editor.open(join(folder, 'mailbox.scenario.ts'), smallScenario);
    const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.map(({ command }) => command?.title)).toEqual(['Run scenario', 'Debug', 'Explore']);
    for (const { range } of lenses) expect(smallScenario.split('\n')[range.start.line]).toContain('ReadCancelled');
    const [entry, ...others] = await editor.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: driver } });
    expect([entry.command?.title, others]).toEqual(['Explore', []]);
    expect(starterDriver().split('\n')[entry.range.start.line]).toContain('DriverEntry');
    editor.close(uri);
  });

  it.each(['documentSymbol', 'foldingRange', 'formatting', 'semanticTokens/full'])('%s is answered', async (name) => {
    const uri = editor.open(join(folder, 'whole.driver.ts'), right);
    const options = { tabSize: 2, insertSpaces: true };
    expect(await editor.request(`textDocument/${name}`, { textDocument: { uri }, options })).not.toBeNull();
    editor.close(uri);
  });
});

describe('the command', () => {
  it('explores a driver, and says what the command line says', async () => {
    const text = readFileSync('examples/keyboard-class/keyboard-class-lost-cancel.driver.ts', 'utf8');
    const uri = editor.open(join(folder, 'explored.driver.ts'), text);
    const found = await editor.request<ExploreResult>('irpsight/explore', { uri });
    expect(found.verdicts.some(({ verdict }) => verdict === 'error')).toBe(true);
    expect(found.report).toContain('cancel/');
    editor.close(uri);
  });
});
