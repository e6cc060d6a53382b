/** Which drivers there are, and what of them can be run: looked up when somebody looks, and again when a file has changed. Nothing is explored for it. */
import type * as vscode from 'vscode';
import { checkedFiles, configName, isNamed, languageId, patternOf, traceEnding } from '../commands/files.ts';
import { type DriverTests, method } from '../protocol.ts';
import type { Server, Vscode } from '../tools.ts';
import { addDriver, type Leaves, showTests } from './items.ts';

/** More drivers than a workspace has that anybody looks through. */
const mostDrivers = 2000;
const driverEnding = '.driver.ts';
/** What may decide which tests there are, and what comes of them. */
const watched = [...checkedFiles, `*${traceEnding}`];
/** What belongs to a driver by lying beside it. */
const beside = ['*.scenario.ts', '*.model.ts', `*${traceEnding}`];
/** Milliseconds in which changes of several files count as one. */
const pause = 200;

export interface Discovery {
  /** Looks up the tests of a driver. */
  resolve(driver: vscode.TestItem): Promise<void>;
}

/** Finds drivers and keeps what is known of them up to date. */
export function discover(
  vscode: Vscode,
  server: Pick<Server, 'request'>,
  controller: vscode.TestController,
  leaves: Leaves,
  subscriptions: vscode.Disposable[],
): Discovery {
  /** Drivers whose tests are shown, or are being looked up. */
  const wanted = new Set<string>();
  /** What the tests of each driver were told from. `all`: where there is an error, it may be that something is missing. */
  const sources = new Map<string, { readonly files: ReadonlySet<string>; readonly all: boolean }>();
  /** The last question about each driver: answers to earlier ones count for nothing. */
  const asked = new Map<string, Promise<void>>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  controller.resolveHandler = async (item) => {
    if (item === undefined) await findDrivers();
    else if (!leaves.has(item)) await resolve(item);
  };
  controller.refreshHandler = async () => {
    await findDrivers();
    await Promise.all([...controller.items].flatMap(([id, item]) => (wanted.has(id) ? [resolve(item)] : [])));
  };

  const watcher = vscode.workspace.createFileSystemWatcher(patternOf(watched));
  subscriptions.push(
    watcher,
    watcher.onDidCreate((uri) => {
      if (uri.path.endsWith(driverEnding)) addDriver(vscode, controller, uri);
      changed(uri);
    }),
    watcher.onDidChange(changed),
    watcher.onDidDelete((uri) => {
      controller.items.delete(uri.toString());
      changed(uri);
    }),
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => changed(uri)),
    { dispose: () => timers.forEach(clearTimeout) },
  );
  for (const document of vscode.workspace.textDocuments) opened(document);
  return { resolve };

  async function findDrivers(): Promise<void> {
    const found = await vscode.workspace.findFiles(`**/*${driverEnding}`, '**/{node_modules,.*}/**', mostDrivers);
    for (const uri of found) addDriver(vscode, controller, uri);
  }

  /** A driver that somebody works on shows its tests beside its lines. */
  function opened({ uri, languageId: language }: vscode.TextDocument): void {
    if (uri.scheme !== 'file' || language !== languageId || !uri.path.endsWith(driverEnding)) return;
    const item = addDriver(vscode, controller, uri);
    if (!wanted.has(item.id)) void resolve(item);
  }

  /** Comes back when the last question has been answered, whoever asked it. */
  async function resolve(item: vscode.TestItem): Promise<void> {
    const asking = ask(item, () => asked.get(item.id) === asking);
    asked.set(item.id, asking);
    for (let last: Promise<void> | undefined; last !== asked.get(item.id); await last) last = asked.get(item.id);
  }

  async function ask(item: vscode.TestItem, isLast: () => boolean): Promise<void> {
    wanted.add(item.id);
    item.busy = true;
    try {
      const tests = await server.request<DriverTests | null>(method.tests, { uri: item.id });
      if (isLast()) take(item, tests);
    } catch (error) {
      if (isLast()) item.error = error instanceof Error ? error.message : String(error);
    } finally {
      if (isLast()) item.busy = false;
    }
  }

  function take(item: vscode.TestItem, tests: DriverTests | null): void {
    if (tests === null) {
      // A part of another driver, or no file any more.
      wanted.delete(item.id);
      controller.items.delete(item.id);
      return;
    }
    const { files, error } = tests;
    sources.set(item.id, { files: new Set(files), all: files !== undefined && error === undefined });
    showTests(vscode, controller, leaves, item, tests);
  }

  /** Whether what is known of a driver may not hold any more when a file has changed. */
  function concerns({ id, uri }: vscode.TestItem, file: vscode.Uri): boolean {
    const known = sources.get(id);
    if (uri === undefined || known?.files.has(file.toString())) return true;
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    if (!uri.path.startsWith(folder)) return false;
    if (isNamed(file.path, [configName])) return true;
    return !uri.path.slice(folder.length).includes('/') && (known?.all !== true || isNamed(file.path, beside));
  }

  function changed(uri: vscode.Uri): void {
    if (!isNamed(uri.path, watched)) return;
    for (const [id, item] of controller.items) {
      if (!wanted.has(id) || !concerns(item, uri)) continue;
      clearTimeout(timers.get(id));
      timers.set(
        id,
        setTimeout(() => {
          timers.delete(id);
          controller.invalidateTestResults(item);
          void resolve(item);
        }, pause),
      );
    }
  }
}
