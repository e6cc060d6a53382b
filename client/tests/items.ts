/** The tree of the Test Explorer: a driver file, and beneath it its scenarios and the schedules pinned beside it. */
import type * as vscode from 'vscode';
import { baseName } from '../commands/files.ts';
import type { DriverTests } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Vscode } from '../tools.ts';

/** What a leaf of the tree is. */
export type Test =
  | { readonly kind: 'scenario'; readonly name: string }
  /** `uri` of its trace file. */
  | { readonly kind: 'schedule'; readonly uri: string; readonly rule: string };

/** Leaves and what they are; every other item is a driver. */
export type Leaves = WeakMap<vscode.TestItem, Test>;

/** Adds a driver, whose tests are looked up when somebody wants them; the one there is where it is known already. */
export function addDriver(vscode: Vscode, controller: vscode.TestController, uri: vscode.Uri): vscode.TestItem {
  const id = uri.toString();
  const known = controller.items.get(id);
  if (known !== undefined) return known;
  const item = controller.createTestItem(id, baseName(vscode, id), uri);
  const path = vscode.workspace.asRelativePath(uri);
  item.description = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  item.canResolveChildren = true;
  controller.items.add(item);
  return item;
}

/** Puts a driver's tests beneath it. Where its scenarios are not known those that were stay, and the driver says why. */
export function showTests(
  vscode: Vscode,
  controller: vscode.TestController,
  leaves: Leaves,
  driver: vscode.TestItem,
  { scenarios, schedules, error }: DriverTests,
): void {
  driver.error = error;
  const add = (id: string, label: string, uri: string, test: Test): vscode.TestItem => {
    const item = driver.children.get(id) ?? controller.createTestItem(id, label, vscode.Uri.parse(uri));
    leaves.set(item, test);
    return item;
  };
  const ofScenarios = scenarios.map(({ name, uri, range: { start, end } }, index) => {
    const item = add(`scenario ${uri} ${name}`, name, uri, { kind: 'scenario', name });
    item.range = new vscode.Range(start.line, start.character, end.line, end.character);
    item.sortText = `1 ${String(index).padStart(4, '0')}`;
    return item;
  });
  const ofSchedules = schedules.map(({ uri, scenario, rule }) => {
    const label = say(vscode, text.scheduleTest, { rule, scenario });
    const item = add(`schedule ${uri} ${rule} ${scenario}`, label, uri, { kind: 'schedule', uri, rule });
    item.description = baseName(vscode, uri);
    item.sortText = `2 ${item.description}`;
    return item;
  });
  const before = [...driver.children].flatMap(([, item]) => (leaves.get(item)?.kind === 'scenario' ? [item] : []));
  driver.children.replace([...(error === undefined ? ofScenarios : before), ...ofSchedules]);
}
