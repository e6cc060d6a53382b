/** The call hierarchy goes on where the system calls: through routines that are handed out. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
} from 'vscode-languageserver-protocol/node';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-calls-')));
  editor = new Editor({ onType: false, onSave: false });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the call hierarchy', () => {
  const text = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');

  async function itemOf(name: string): Promise<CallHierarchyItem> {
    const uri = editor.open(join(folder, 'mailbox.driver.ts'), text);
    const lines = text.split('\n');
    const line = lines.findIndex((one) => new RegExp(`(const|function) ${name}\\b`).test(one));
    const position = { line, character: lines[line].indexOf(name) + 1 };
    const [item] = await editor.request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', {
      textDocument: { uri },
      position,
    });
    return item;
  }
  const incoming = async (name: string): Promise<string[]> => {
    const found = await editor.request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item: await itemOf(name) });
    return found.map(
      ({ from, fromRanges }) => `${from.name} ${fromRanges.map(({ start }) => text.split('\n')[start.line].trim()).join(' ')}`,
    );
  };
  const outgoing = async (name: string): Promise<string[]> => {
    const found = await editor.request<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', { item: await itemOf(name) });
    return found.map(({ to }) => to.name);
  };

  it('leads from a dispatch routine to the cancel routine that it sets, and back', async () => {
    expect(await outgoing('DispatchRead')).toEqual(expect.arrayContaining(['Complete', 'IoMarkIrpPending', 'CancelRead']));
    expect(await incoming('CancelRead')).toEqual(['DispatchRead IoSetCancelRoutine(Irp, CancelRead);']);
  });

  it('leads from DriverEntry to the dispatch routines', async () => {
    expect(await outgoing('DriverEntry')).toEqual(
      expect.arrayContaining(['IoCreateDevice', 'DispatchRead', 'DispatchCleanup', 'Unload']),
    );
    expect((await incoming('DispatchRead'))[0]).toContain('DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;');
  });

  it('has a routine once that is called and handed out', async () => {
    const callers = await incoming('Complete');
    expect(new Set(callers).size).toBe(callers.length);
    expect(callers.length).toBeGreaterThan(2);
  });
});
