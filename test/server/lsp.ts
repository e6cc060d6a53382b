/** A language server over a real connection, as an editor has it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type {
  CancellationToken,
  Diagnostic,
  ProtocolConnection,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver-protocol/node';
import type { StatusParams } from '../../client/protocol.ts';

/** The folder that the server was built into. */
const dist = process.env.IRPSIGHT_DIST ?? 'dist';

/** A text with a mark, `|`, at which something is asked. */
export interface Marked {
  readonly text: string;
  readonly position: { readonly line: number; readonly character: number };
}

/** Takes the mark out. */
export function marked(source: string): Marked {
  const at = source.indexOf('|');
  if (at < 0) throw new Error('there is no mark');
  const before = source.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { text: source.slice(0, at) + source.slice(at + 1), position };
}

/** An editor with the server that was built, started from the project's folder. */
export class Editor {
  readonly statuses: StatusParams[] = [];
  /** What the server has asked to be asked again. */
  readonly refreshed: string[] = [];
  private readonly server: ChildProcess;
  private readonly connection: ProtocolConnection;
  private readonly diagnostics = new Map<string, PublishDiagnosticsParams>();
  private readonly waiting = new Set<() => void>();
  private readonly versions = new Map<string, number>();
  private settings: object;

  /** @param settings what the server is told of `irpsight.explore`. */
  constructor(settings: object = {}) {
    this.settings = settings;
    this.server = spawn(process.execPath, [`${dist}/server.js`, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.server.stdout === null || this.server.stdin === null) throw new Error('no pipes');
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.server.stdout),
      new StreamMessageWriter(this.server.stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.diagnostics.set(params.uri, params);
      this.wake();
    });
    this.connection.onNotification('irpsight/status', (status: StatusParams) => {
      this.statuses.push(status);
      this.wake();
    });
    this.connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
      items.map(() => this.settings),
    );
    this.connection.onRequest('client/registerCapability', () => null);
    for (const what of ['codeLens', 'inlayHint'])
      this.connection.onRequest(`workspace/${what}/refresh`, () => {
        this.refreshed.push(what);
        this.wake();
        return null;
      });
    this.connection.listen();
  }

  /** @param folder of the workspace. */
  async start(folder?: string): Promise<void> {
    await this.request('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: folder === undefined ? null : [{ uri: pathToFileURL(folder).href, name: 'w' }],
      capabilities: {
        workspace: {
          configuration: true,
          workspaceFolders: true,
          codeLens: { refreshSupport: true },
          inlayHint: { refreshSupport: true },
        },
      },
    });
    await this.connection.sendNotification('initialized', {});
  }

  async stop(): Promise<void> {
    await this.request('shutdown', undefined);
    await this.connection.sendNotification('exit');
    await new Promise((resolve) => this.server.once('exit', resolve));
    this.connection.dispose();
  }

  /** Bytes that the server's process holds, without the explorer's; undefined where the system does not tell. */
  memory(): number | undefined {
    try {
      const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.server.pid}/status`, 'utf8'));
      return found === null ? undefined : Number(found[1]) * 1024;
    } catch {
      return undefined;
    }
  }

  /** The processes that the server has started; undefined where the system does not tell. */
  children(): readonly number[] | undefined {
    try {
      const found = readFileSync(`/proc/${this.server.pid}/task/${this.server.pid}/children`, 'utf8');
      return found.trim().split(' ').map(Number);
    } catch {
      return undefined;
    }
  }

  open(path: string, text: string): string {
    return this.openAs(pathToFileURL(path).href, text);
  }

  /** The same of a document that is no file. */
  openAs(uri: string, text: string): string {
    this.versions.set(uri, 1);
    void this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'irpsight', version: 1, text },
    });
    return uri;
  }

  /** Replaces the whole text. */
  change(uri: string, text: string): void {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    this.diagnostics.delete(uri);
    void this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  close(uri: string): void {
    this.versions.delete(uri);
    this.diagnostics.delete(uri);
    void this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Saves what was sent last; the server is told of the file on the disk, too, as an editor's watcher does. */
  save(uri: string): void {
    this.notify('textDocument/didSave', { textDocument: { uri } });
    this.diskChanged(uri);
  }

  diskChanged(...uris: readonly string[]): void {
    this.notify('workspace/didChangeWatchedFiles', { changes: uris.map((uri) => ({ uri, type: 2 })) });
  }

  /** @param settings what the server is told from now on. */
  configure(settings: object): void {
    this.settings = settings;
    this.notify('workspace/didChangeConfiguration', { settings: null });
  }

  request<T>(name: string, params: unknown, token?: CancellationToken): Promise<T> {
    return token === undefined ? this.connection.sendRequest(name, params) : this.connection.sendRequest(name, params, token);
  }

  /** Whether anything was ever said of a file. */
  knows(uri: string): boolean {
    return this.diagnostics.has(uri);
  }

  /** What the server is told in passing. */
  notify(name: string, params: object): void {
    void this.connection.sendNotification(name, params);
  }

  /** What stands at a file of the version that was sent last, once `wanted` holds of it. */
  async shown(uri: string, wanted: (diagnostics: readonly Diagnostic[]) => boolean = () => true): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.diagnostics.get(uri);
      if (found !== undefined && (found.version ?? 0) === (this.versions.get(uri) ?? 0) && wanted(found.diagnostics))
        return found.diagnostics;
      await this.next();
    }
  }

  async status(wanted: (status: StatusParams) => boolean): Promise<void> {
    await this.until(() => this.statuses.some(wanted));
  }

  /** Waits until nothing is checked or explored. */
  async idle(): Promise<void> {
    await this.until(() => this.statuses.at(-1)?.state === 'idle');
  }

  /** Waits until the server has told something of which this holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.next();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const resolve of woken) resolve();
  }
}
