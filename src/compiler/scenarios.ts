/**
 * Scenario literals to data: the settings that the harness (`irpsight/scenario/harness.ts`) reads from its globals. The table below is the
 * only place that knows which property goes where.
 */
import ts from 'typescript';
import type { GlobalId, Scenario } from '../ir/program.ts';
import type { Compilation } from './compilation.ts';
import { routineOf, routineOfExpression } from './compilation.ts';
import { convert } from './constants.ts';
import type { Declared } from './declared.ts';
import { canonical } from './integers.ts';
import { skipParentheses } from './syntax.ts';

/** Names of the harness' globals. Arrays have eight elements. */
export const harnessGlobals = {
  driver: 'ScenarioDriver',
  below: 'ScenarioBelow',
  setup: 'ScenarioSetup',
  expect: 'ScenarioExpect',
  threads: 'ScenarioThreads',
  threadCount: 'ScenarioThreadCount',
  lowerComplete: 'LowerComplete',
  lowerStatus: 'LowerStatus',
  lowerStatusCount: 'LowerStatusCount',
  lowerCancelable: 'LowerCancelable',
  majorCount: 'LowerMajorCount',
  majorFunction: 'LowerMajorFunction',
  majorComplete: 'LowerMajorComplete',
  majorStatus: 'LowerMajorStatus',
  lowMemory: 'LowMemory',
  devices: 'ScenarioDevices',
  deviceCount: 'ScenarioDeviceCount',
} as const;

type HarnessGlobal = keyof typeof harnessGlobals;

/** How a lower driver completes, as the harness numbers it. */
const completeCodes = new Map([
  ['inline', 0],
  ['later', 1],
  ['either', 2],
  ['never', 3],
]);

const mostElements = 8;
/** As many as --max-preemptions takes. */
const mostPreemptions = 1000;
/** Finds a harness global by its name. */
export type FindGlobal = (name: string) => { readonly id: GlobalId; readonly type: Declared } | undefined;

/** The SCENARIO literals of a file. */
export function findScenarios(file: ts.SourceFile, compilation: Compilation): ts.VariableDeclaration[] {
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap((s) => [...s.declarationList.declarations])
    .filter((d) => isScenario(d, compilation));
}

/** Whether a declaration is of type SCENARIO. */
export function isScenario({ type }: ts.VariableDeclaration, compilation: Compilation): boolean {
  return type !== undefined && ts.isTypeReferenceNode(type) && compilation.declared.symbolOf(type.typeName)?.name === 'SCENARIO';
}

/** One scenario as data, its methods compiled as functions `Name.Setup`, `Name.Reader`. */
export function compileScenario(
  compilation: Compilation,
  declaration: ts.VariableDeclaration,
  find: FindGlobal,
): Scenario | undefined {
  const { report, place } = compilation;
  const name = declaration.name.getText();
  const literal = declaration.initializer === undefined ? undefined : skipParentheses(declaration.initializer);
  if (literal === undefined || !ts.isObjectLiteralExpression(literal)) {
    report(declaration, 'dsl/scenario-literal', []);
    return undefined;
  }
  const settings: Scenario['settings'][number][] = [];
  const set = (global: HarnessGlobal, value: number, index = 0): void => {
    const found = find(harnessGlobals[global]);
    if (found !== undefined) settings.push({ global: found.id, offset: index, value });
    else if (value !== 0) report(declaration, 'dsl/scenario-harness', [harnessGlobals[global]]);
  };
  const routine = (property: ts.ObjectLiteralElementLike, label: string): number => {
    const found = routineOfProperty(compilation, property);
    if (found === undefined) report(property, 'dsl/scenario-literal', []);
    return found === undefined ? 0 : compilation.funcFor(found, label);
  };
  const number = (node: ts.Expression | undefined, cell: 'i32' | 'u8' = 'i32'): number => {
    const constant = node === undefined ? undefined : convert(compilation.constants.fold(node), { kind: 'int', cell });
    if (constant === undefined) report(node ?? declaration, 'dsl/scenario-literal', []);
    return constant === undefined ? 0 : canonical(constant.value, cell);
  };
  const completion = (node: ts.Expression | undefined): number => {
    const inner = node === undefined ? undefined : skipParentheses(node);
    const code = inner !== undefined && ts.isStringLiteral(inner) ? completeCodes.get(inner.text) : undefined;
    if (code === undefined) report(node ?? declaration, 'dsl/scenario-complete', []);
    return code ?? 0;
  };
  const list = (node: ts.Expression | undefined): readonly ts.Expression[] => {
    const inner = node === undefined ? undefined : skipParentheses(node);
    const elements = inner !== undefined && ts.isArrayLiteralExpression(inner) ? [...inner.elements] : [];
    if (elements.length === 0) report(node ?? declaration, 'dsl/scenario-list', []);
    if (elements.length > mostElements) report(node ?? declaration, 'dsl/scenario-most', [String(mostElements), 'elements']);
    return elements.slice(0, mostElements);
  };
  const below = (property: ts.ObjectLiteralElementLike): void => {
    const found = routineOfProperty(compilation, property);
    // What the driver under test does is judged, and what stands below it is not: they cannot be one.
    if (found !== undefined && compilation.originOf(found) !== 'scenario') report(property, 'dsl/scenario-below', []);
    else set('below', routine(property, 'Below'));
  };
  /** Modules of the virtual devices that are plugged in: there is one of each chip, whose state is its module's. */
  const plugged = new Set<string>();
  const plugIn = (entry: ts.Expression, index: number): void => {
    const plug = routineOfExpression(entry, compilation.typing);
    if (plug === undefined) {
      report(entry, 'dsl/scenario-literal', []);
      return;
    }
    const module = plug.getSourceFile().fileName.replace(/\.ts$/, '');
    if (plugged.has(module)) report(entry, 'dsl/scenario-plugged', [module]);
    if (module.startsWith('irpsight/devices/')) plugged.add(module);
    set('devices', compilation.funcFor(plug), index);
  };
  let processors = 2;
  let maxPreemptions: number | undefined;
  const threads: string[] = [];
  const statuses = (nodes: readonly ts.Expression[]): void => {
    for (const [index, node] of nodes.entries()) set('lowerStatus', number(node), index);
    set('lowerStatusCount', nodes.length);
  };
  const lower = (node: ts.ObjectLiteralExpression): void => {
    for (const property of node.properties) {
      const init = ts.isPropertyAssignment(property) ? property.initializer : undefined;
      switch (property.name?.getText()) {
        case 'Complete':
          set('lowerComplete', completion(init));
          break;
        case 'Status':
          statuses(list(init));
          break;
        case 'Cancelable':
          set('lowerCancelable', number(init, 'u8'));
          break;
        case 'Major':
          list(init).forEach((entry, index, all) => {
            set('majorCount', all.length);
            major(entry, index);
          });
          break;
        default:
          report(property, 'dsl/scenario-lower', []);
      }
    }
  };
  const major = (entry: ts.Expression, index: number): void => {
    const fields = objectOf(entry);
    const field = (key: string): ts.Expression | undefined => fields?.get(key);
    set('majorFunction', number(field('Function') ?? entry), index);
    set('majorComplete', completion(field('Complete') ?? entry), index);
    const status = field('Status');
    const only = status !== undefined && ts.isArrayLiteralExpression(status) ? status.elements[0] : status;
    set('majorStatus', only === undefined ? 0 : number(only), index);
  };
  const addThreads = (properties: ts.NodeArray<ts.ObjectLiteralElementLike>): void => {
    properties.slice(0, mostElements).forEach(addThread);
    const over = properties[mostElements];
    if (over !== undefined) report(over, 'dsl/scenario-most', [String(mostElements), 'threads']);
  };
  const addThread = (property: ts.ObjectLiteralElementLike): void => {
    const thread = property.name?.getText() ?? '';
    set('threads', routine(property, `${name}.${thread}`), threads.push(thread) - 1);
  };
  for (const property of literal.properties) {
    const init = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    const inner = init === undefined ? undefined : skipParentheses(init);
    switch (property.name?.getText()) {
      case 'Driver':
        set('driver', routine(property, 'DriverEntry'));
        break;
      case 'Below':
        below(property);
        break;
      case 'Setup':
        set('setup', routine(property, `${name}.Setup`));
        break;
      case 'Expect':
        set('expect', routine(property, `${name}.Expect`));
        break;
      case 'Processors':
        processors = number(init);
        break;
      case 'MaxPreemptions':
        maxPreemptions = number(init);
        if (maxPreemptions < 0 || maxPreemptions > mostPreemptions)
          report(property, 'dsl/scenario-preemptions', [String(mostPreemptions)]);
        break;
      case 'Devices':
        list(init).forEach((entry, index, all) => {
          plugIn(entry, index);
          set('deviceCount', all.length);
        });
        break;
      case 'LowMemory':
        set('lowMemory', number(init, 'u8'));
        break;
      case 'Lower':
      case 'Threads':
        if (inner === undefined || !ts.isObjectLiteralExpression(inner)) report(property, 'dsl/scenario-literal', []);
        else if (property.name.getText() === 'Lower') lower(inner);
        else addThreads(inner.properties);
        break;
      default:
        report(property, 'dsl/scenario-literal', []);
    }
  }
  if (!settings.some((s) => s.global === find(harnessGlobals.lowerStatusCount)?.id)) set('lowerStatusCount', 1);
  set('threadCount', threads.length);
  if (processors < 1 || processors > mostElements) report(declaration.name, 'dsl/scenario-processors', [String(mostElements)]);
  return {
    name,
    file: place(declaration).file,
    place: place(declaration.name),
    processors,
    settings,
    threads,
    ...(maxPreemptions === undefined ? {} : { maxPreemptions }),
  };
}

function routineOfProperty(compilation: Compilation, property: ts.ObjectLiteralElementLike): ReturnType<typeof routineOf> {
  const { typing } = compilation;
  if (ts.isMethodDeclaration(property)) return routineOf(property, typing);
  if (ts.isPropertyAssignment(property)) return routineOfExpression(property.initializer, typing);
  if (!ts.isShorthandPropertyAssignment(property)) return undefined;
  return routineOf(compilation.declared.shorthandOf(property)?.valueDeclaration, typing);
}

function objectOf(node: ts.Expression): Map<string, ts.Expression> | undefined {
  const inner = skipParentheses(node);
  if (!ts.isObjectLiteralExpression(inner)) return undefined;
  return new Map(
    inner.properties.flatMap((p) => (ts.isPropertyAssignment(p) ? [[p.name.getText(), p.initializer] as const] : [])),
  );
}
