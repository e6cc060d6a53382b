/** An editor and a server that remember what they were asked, and answer what a test says. */
import type { StatusParams } from '../../client/protocol.ts';
import type { Server, Tools, Vscode } from '../../client/tools.ts';

/** A URI as far as the client uses it. */
export class FakeUri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}

  static parse(text: string): FakeUri {
    const [, scheme, path] = /^([a-z-]+):(?:\/\/)?(.*)$/.exec(text) ?? [];
    return new FakeUri(scheme ?? 'file', path ?? text);
  }

  static from({ scheme, path }: { scheme: string; path: string }): FakeUri {
    return new FakeUri(scheme, path);
  }

  static joinPath(uri: FakeUri, ...parts: string[]): FakeUri {
    return new FakeUri(uri.scheme, new URL(parts.join('/'), `file://${uri.path}/`).pathname);
  }

  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

/** An event that a test can fire. */
export class FakeEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

/** What the editor has, and what a person answers. */
export interface FakeOptions {
  /** Texts of the files there are, by path. */
  readonly files?: Record<string, string>;
  /** Path of the file in the active editor. */
  readonly active?: string;
  readonly language?: string;
  /** Line of the cursor. */
  readonly line?: number;
  readonly diagnostics?: readonly unknown[];
  /** Answers to quick picks and messages, by what was chosen. */
  readonly choose?: string;
  /** The folder or file that a dialog gives. */
  readonly dialog?: string;
  /** What the server answers; an Error is what it rejects with, a function is asked when it comes to that. */
  readonly answers?: Record<string, unknown>;
  /** Whether Cancel is pressed while progress is shown. */
  readonly cancel?: boolean;
}

/** Plain objects in full. */
function told(given: unknown): string {
  return Object.getPrototypeOf(given ?? '') === Object.prototype ? JSON.stringify(given) : String(given);
}

type Item = string | { readonly label: string };

/** Makes both, and the list of what happened, in order. */
export function fake(options: FakeOptions = {}): {
  tools: Tools;
  log: string[];
  files: Map<string, string>;
  status: FakeEmitter<StatusParams>;
} {
  const { active, language = 'irpsight', line = 0, diagnostics = [], choose, dialog, answers = {}, cancel = false } = options;
  const log: string[] = [];
  const files = new Map(Object.entries(options.files ?? {}));
  const status = new FakeEmitter<StatusParams>();
  const message =
    (kind: string) =>
    async (text: string, ...buttons: string[]) => {
      log.push(`${kind}: ${text}`);
      return buttons.find((button) => button === choose);
    };
  const dialogs = async () => (dialog === undefined ? undefined : [new FakeUri('file', dialog)]);
  const editor =
    active === undefined
      ? undefined
      : {
          document: { uri: new FakeUri('file', active), languageId: language, getText: () => files.get(active) ?? '' },
          selection: { active: { line, character: 0 } },
        };
  const vscode = {
    Uri: FakeUri,
    EventEmitter: FakeEmitter,
    ProgressLocation: { Notification: 15 },
    StatusBarAlignment: { Left: 1 },
    ViewColumn: { Beside: -2 },
    WorkspaceEdit: class {
      readonly created: [FakeUri, Uint8Array][] = [];
      createFile(uri: FakeUri, { contents }: { contents: Uint8Array }): void {
        this.created.push([uri, contents]);
      }
    },
    l10n: {
      t: (text: string, values: Record<string, string | number>) =>
        text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)),
    },
    languages: { getDiagnostics: () => diagnostics },
    commands: {
      registerCommand: (id: string) => ({ dispose: () => log.push(`disposed ${id}`) }),
      executeCommand: async (id: string, ...given: unknown[]) => void log.push(`command ${[id, ...given.map(told)].join(' ')}`),
    },
    window: {
      activeTextEditor: editor,
      showInformationMessage: message('information'),
      showWarningMessage: message('warning'),
      showErrorMessage: message('error'),
      showQuickPick: async (items: readonly Item[]) => {
        log.push(`pick ${items.map((item) => (typeof item === 'string' ? item : item.label)).join(', ')}`);
        return items.find((item) => (typeof item === 'string' ? item : item.label) === choose);
      },
      showOpenDialog: dialogs,
      showTextDocument: async (uri: FakeUri, how?: { preserveFocus?: boolean }) =>
        void log.push(`show ${uri}${how?.preserveFocus ? ' beside' : ''}`),
      withProgress: async (
        { title }: { title: string },
        work: (progress: { report(value: { message: string }): void }, token: { isCancellationRequested: boolean }) => unknown,
      ) => {
        log.push(`progress ${title}`);
        return work({ report: (value) => log.push(`progress ${value.message}`) }, { isCancellationRequested: cancel });
      },
    },
    workspace: {
      workspaceFolders: [],
      applyEdit: async ({ created }: { created: [FakeUri, Uint8Array][] }) => {
        for (const [{ path }, contents] of created) {
          if (files.has(path)) return false;
          files.set(path, new TextDecoder().decode(contents));
        }
        return true;
      },
      fs: {
        stat: async ({ path }: FakeUri) => {
          if (!files.has(path)) throw new Error('not found');
        },
        readDirectory: async ({ path }: FakeUri) =>
          [...files.keys()].filter((name) => name.startsWith(`${path}/`)).map((name) => [name.slice(path.length + 1), 1]),
        copy: async (from: FakeUri, to: FakeUri, { overwrite }: { overwrite: boolean }) => {
          if (files.has(to.path) && !overwrite) throw new Error(`${to.path} exists`);
          files.set(to.path, files.get(from.path) ?? '');
        },
      },
    },
  } as unknown as Vscode;
  const server: Server = {
    request: async <R>(name: string, params?: unknown) => {
      log.push(`request ${name}${params === undefined ? '' : ` ${JSON.stringify(params)}`}`);
      const given = answers[name];
      const answer: unknown = typeof given === 'function' ? await given(params) : given;
      status.fire({ state: 'exploring', scenario: 'One', states: 1234 });
      if (answer instanceof Error) throw answer;
      return answer as R;
    },
    notify: async (name) => void log.push(`notify ${name}`),
    restart: async () => void log.push('restart'),
    onStatus: status.event as Server['onStatus'],
  };
  const output = {
    append: (text: string) => log.push(`output ${text}`),
    appendLine: (text: string) => log.push(`output ${text}`),
    clear: () => {},
    show: (preserveFocus: boolean) => log.push(`output shown${preserveFocus ? '' : ' with focus'}`),
  } as unknown as Tools['output'];
  const documents = {
    put: (name: string, text: string) => {
      log.push(`document ${name}: ${text}`);
      return new FakeUri('irpsight', `/${name}`) as unknown as ReturnType<Tools['documents']['put']>;
    },
  };
  const traces: Tools['traces'] = {
    show: ({ title, schedules }) => void log.push(`view ${title}, steps: ${schedules.timeline.steps.length}`),
  };
  const home = new FakeUri('file', '/ext') as unknown as Tools['home'];
  return { tools: { vscode, server, output, documents, traces, home }, log, files, status };
}
