/** Which drivers there are, and what of them can be run: looked up when somebody looks, and again when a file has changed. Nothing is explored for it. */
import type * as vscode from 'vscode';
import { languageId } from '../commands/files.ts';
import { type DriverTests, method } from '../protocol.ts';
import type { Server, Vscode } from '../tools.ts';
import { addDriver, type Leaves, showTests } from './items.ts';

/** More drivers than a workspace has that anybody looks through. */
const mostDrivers = 2000;
const driverEnding = '.driver.ts';
/** What decides which tests there are. */
const watched = '**/*.{driver.ts,scenario.ts,model.ts,trace.json}';
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
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  controller.resolveHandler = async (item) => {
    if (item === undefined) await findDrivers();
    else if (!leaves.has(item)) await resolve(item);
  };
  controller.refreshHandler = async () => {
    await findDrivers();
    await Promise.all([...controller.items].flatMap(([id, item]) => (wanted.has(id) ? [resolve(item)] : [])));
  };

  const watcher = vscode.workspace.createFileSystemWatcher(watched);
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

  async function resolve(item: vscode.TestItem): Promise<void> {
    wanted.add(item.id);
    item.busy = true;
    try {
      const tests = await server.request<DriverTests | null>(method.tests, { uri: item.id });
      if (tests !== null) showTests(vscode, controller, leaves, item, tests);
      else {
        // A part of another driver, or no file any more.
        wanted.delete(item.id);
        controller.items.delete(item.id);
      }
    } catch (error) {
      item.error = error instanceof Error ? error.message : String(error);
    } finally {
      item.busy = false;
    }
  }

  /** What is known of the drivers beside a file may not hold any more. */
  function changed({ path }: vscode.Uri): void {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const [id, item] of controller.items) {
      const beside = item.uri?.path.startsWith(folder) && !item.uri.path.slice(folder.length).includes('/');
      if (!beside || !wanted.has(id)) continue;
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
