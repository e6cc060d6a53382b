/** The editor's Test Explorer, as far as the client uses it, over the editor of `fake.ts`. */
import type * as vscode from 'vscode';
import { registerTests } from '../../client/tests/index.ts';
import type { Vscode } from '../../client/tools.ts';
import { FakeEmitter, type FakeOptions, FakeUri, fake } from './fake.ts';

class Items {
  private readonly items = new Map<string, Item>();
  private readonly parent: Item | undefined;

  constructor(parent?: Item) {
    this.parent = parent;
  }

  get size(): number {
    return this.items.size;
  }

  add(item: Item): void {
    item.parent = this.parent;
    this.items.set(item.id, item);
  }

  get(id: string): Item | undefined {
    return this.items.get(id);
  }

  delete(id: string): void {
    this.items.delete(id);
  }

  replace(items: readonly Item[]): void {
    this.items.clear();
    for (const item of items) this.add(item);
  }

  [Symbol.iterator](): Iterator<[string, Item]> {
    return [...this.items][Symbol.iterator]();
  }
}

class Item {
  readonly id: string;
  readonly label: string;
  readonly uri: FakeUri;
  readonly children: Items = new Items(this);
  parent: Item | undefined;
  description?: string;
  error?: string;
  range?: unknown;
  busy = false;

  constructor(id: string, label: string, uri: FakeUri) {
    this.id = id;
    this.label = label;
    this.uri = uri;
  }
}

class Message {
  readonly message: string;
  expectedOutput?: string;
  actualOutput?: string;
  contextValue?: string;
  location?: unknown;

  constructor(message: string) {
    this.message = message;
  }

  static diff(message: string, expected: string, actual: string): Message {
    return Object.assign(new Message(message), { expectedOutput: expected, actualOutput: actual });
  }
}

/** What a profile does when it is chosen. */
type RunHandler = (request: object, token: object) => Promise<void>;

export interface RunOptions {
  /** Whether it is cancelled before it begins; with a `token` whoever holds that says when. */
  readonly cancelled?: boolean;
  readonly token?: { readonly isCancellationRequested: boolean };
  readonly exclude?: readonly Item[];
}

export interface TestExplorer {
  readonly log: string[];
  readonly messages: Message[];
  readonly coverage: { uri: string; statements: unknown[] }[];
  /** Lines of the tree: each driver, and indented what is beneath it. */
  tree(): string[];
  /** Expands the driver of that path, or the whole view. */
  expand(path?: string): Promise<void>;
  item(path: string, label?: string): Item;
  /** Runs a profile on items, all by default. */
  run(profile: string, include?: readonly Item[], options?: RunOptions): Promise<void>;
  readonly created: FakeEmitter<FakeUri>;
  readonly deleted: FakeEmitter<FakeUri>;
  readonly changed: FakeEmitter<FakeUri>;
  open(path: string): void;
}

/** An editor whose workspace has the `drivers`, with the tests registered. */
export function testExplorer(drivers: readonly string[], options: FakeOptions): TestExplorer {
  const { tools, log } = fake(options);
  const items = new Items();
  const profiles = new Map<string, RunHandler>();
  const [created, changed, deleted] = Array.from({ length: 3 }, () => new FakeEmitter<FakeUri>());
  const [opened, saved] = [new FakeEmitter<object>(), new FakeEmitter<object>()];
  const messages: Message[] = [];
  const coverage: { uri: string; statements: unknown[] }[] = [];
  const handlers: { resolveHandler?: (item?: Item) => Promise<void> } = {};
  const note = (outcome: string) => (item: Item, message?: Message | readonly Message[] | number) => {
    const given = typeof message === 'object' ? [message].flat() : [];
    messages.push(...(given as Message[]));
    log.push(`${outcome} ${item.label}${given.map((one) => `: ${(one as Message).message}`).join('')}`);
  };
  const controller = Object.assign(handlers, {
    items,
    createTestItem: (id: string, label: string, uri: FakeUri) => new Item(id, label, uri),
    createRunProfile: (label: string, _kind: number, run: RunHandler) => {
      profiles.set(label, run);
      return {};
    },
    createTestRun: () => ({
      enqueued: () => undefined,
      started: note('started'),
      passed: note('passed'),
      failed: note('failed'),
      errored: note('errored'),
      skipped: note('skipped'),
      appendOutput: () => undefined,
      addCoverage: (file: { uri: FakeUri; statements: unknown[] }) =>
        coverage.push({ uri: String(file.uri), statements: file.statements }),
      end: () => log.push('end'),
    }),
    invalidateTestResults: (item: Item) => log.push(`invalidated ${item.label}`),
  });
  const vscode = Object.assign(tools.vscode as unknown as Record<string, unknown>, {
    debug: { startDebugging: async (_folder: unknown, given: object) => log.push(`debug ${JSON.stringify(given)}`) },
    tests: { createTestController: () => controller },
    TestRunProfileKind: { Run: 1, Debug: 2, Coverage: 3 },
    TestMessage: Message,
    Range: class {
      readonly start: object;
      readonly end: object;
      constructor(line: number, character: number, endLine: number, endCharacter: number) {
        this.start = { line, character };
        this.end = { line: endLine, character: endCharacter };
      }
    },
    Location: class {
      readonly uri: FakeUri;
      readonly range: unknown;
      constructor(uri: FakeUri, range: unknown) {
        this.uri = uri;
        this.range = range;
      }
    },
    StatementCoverage: class {
      readonly executed: boolean;
      readonly location: unknown;
      constructor(executed: boolean, location: unknown) {
        this.executed = executed;
        this.location = location;
      }
    },
    FileCoverage: { fromDetails: (uri: FakeUri, statements: unknown[]) => ({ uri, statements }) },
  });
  Object.assign(vscode.workspace as object, {
    asRelativePath: (uri: FakeUri) => uri.path.replace(/^\/w\//, ''),
    findFiles: async () => drivers.map((path) => new FakeUri('file', path)),
    createFileSystemWatcher: () => ({
      onDidCreate: created.event,
      onDidChange: changed.event,
      onDidDelete: deleted.event,
      dispose: () => undefined,
    }),
    getWorkspaceFolder: () => undefined,
    onDidOpenTextDocument: opened.event,
    onDidSaveTextDocument: saved.event,
    textDocuments: [],
  });
  registerTests({ vscode: vscode as unknown as Vscode, server: tools.server }, [] as vscode.Disposable[]);
  const item = (path: string, label?: string): Item => {
    const driver = items.get(`file://${path}`);
    const found = label === undefined ? driver : [...(driver?.children ?? [])].find(([, one]) => one.label === label)?.[1];
    if (found === undefined) throw new Error(`there is no test ${path} ${label ?? ''}`);
    return found;
  };
  return {
    log,
    messages,
    coverage,
    created,
    changed,
    deleted,
    item,
    tree: () =>
      [...items].flatMap(([, driver]) => [
        `${driver.label}${driver.description ? ` (${driver.description})` : ''}${driver.error ? `: ${driver.error}` : ''}`,
        ...[...driver.children].map(([, child]) => `  ${child.label}`),
      ]),
    expand: async (path) => handlers.resolveHandler?.(path === undefined ? undefined : item(path)),
    run: async (profile, include, { cancelled = false, token = { isCancellationRequested: cancelled }, exclude = [] } = {}) =>
      profiles.get(profile)?.({ include, exclude }, token),
    open: (path) => opened.fire({ uri: new FakeUri('file', path), languageId: 'irpsight' }),
  };
}
