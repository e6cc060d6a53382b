/**
 * From the path of a driver to all source text that a check of it needs: the driver, the scenario files beside it that
 * import it, and what these import. Reads through a function of the caller's.
 */
import type { ImportRequest, Problem, SourceInput } from '../compiler/api.ts';
import type { Origin } from '../ir/program.ts';
import { type Config, readConfig, unreadableConfig } from './config.ts';

/** The text of a file, or why there is none, as a phrase that can follow "Cannot read x:"; `missing` where there is no such file. */
export type ReadResult = { readonly text: string } | { readonly error: string; readonly missing?: boolean };

export interface ProjectEdges {
  readonly readFile: (path: string) => ReadResult;
  /** Paths of the files of the folder that `path` is in, or why they are not known. */
  readonly siblings: (path: string) => readonly string[] | { readonly error: string };
  /** Paths at which the driver's configuration may lie, the nearest first. */
  readonly configs?: (driver: string) => readonly string[];
  /** The modules a source asks for, from its syntax alone. */
  readonly importsOf: (path: string, text: string) => readonly ImportRequest[];
}

/** Everything that one driver's check reads, ready to be sent to a worker. */
export interface Project {
  readonly driver: string;
  readonly sources: readonly SourceInput[];
  /** Files that are asked for and could not be read, if there are any: as soon as one can be, the driver is another. */
  readonly missing?: readonly string[];
  /** What is wrong with how the files belong together; with any error there is nothing to check. */
  readonly problems: readonly Problem[];
  /** The configuration that holds for it, if there is one. */
  readonly config?: Config;
}

/** More source files than any driver has: an import chain this long is a mistake or malice. */
const maxFiles = 500;

/**
 * Collects a driver's sources.
 * @param driver path of the file that exports DriverEntry, with forward slashes.
 * @param scenarioFiles scenario files to take; by default all `*.scenario.ts` beside the driver that import it.
 */
export function openProject(driver: string, edges: ProjectEdges, scenarioFiles?: readonly string[]): Project {
  const files = new Map<string, SourceInput>();
  const missing: string[] = [];
  const problems: Problem[] = [];
  addClosure(driver, 'driver', undefined);
  // Of a driver that is not there nothing more is to be said.
  if (files.has(driver)) for (const path of modelsBeside(driver, edges)) addClosure(path, 'kernel', undefined);
  const scenarios = scenarioFiles ?? (files.has(driver) ? scenariosOf(driver, edges, unreadable) : []);
  for (const path of scenarios) addClosure(path, 'scenario', undefined);
  const config = configOf(driver, edges);
  return {
    driver,
    sources: [...files.values()],
    ...(missing.length === 0 ? {} : { missing }),
    problems,
    ...(config === undefined ? {} : { config }),
  };

  function unreadable(path: string, message: string): void {
    problems.push({ code: 'project/unreadable', message, severity: 'error', path, start: 0, end: 0 });
  }

  function addClosure(path: string, origin: Origin, from: { path: string; request: ImportRequest } | undefined): void {
    if (files.has(path)) return;
    const at = from ? { path: from.path, start: from.request.start, end: from.request.end } : { path, start: 0, end: 0 };
    if (files.size >= maxFiles) {
      if (!problems.some(({ code }) => code === 'project/too-many-files')) {
        problems.push({
          code: 'project/too-many-files',
          message: `The imports lead to more than ${maxFiles} files.`,
          severity: 'error',
          ...at,
        });
      }
      return;
    }
    const read = edges.readFile(path);
    if ('error' in read) {
      missing.push(path);
      problems.push({ code: 'project/unreadable', message: `Cannot read ${path}: ${read.error}.`, severity: 'error', ...at });
      return;
    }
    files.set(path, { path, text: read.text, origin });
    for (const request of edges.importsOf(path, read.text)) {
      const target = resolveImport(path, request.specifier);
      // What is not a relative path is the library, or for the compiler to reject.
      if (target === undefined) continue;
      const scenario = target.endsWith('.scenario.ts');
      if (scenario && origin === 'driver') {
        // Code in a scenario file counts as user mode's: what it did to an IRP would be nobody's fault.
        problems.push({
          code: 'project/scenario-in-driver',
          message: `A driver cannot import a scenario file. Put what they share into a driver file (*.driver.ts), and import that from both.`,
          severity: 'error',
          path,
          start: request.start,
          end: request.end,
        });
      } else addClosure(target, scenario ? 'scenario' : target.endsWith('.model.ts') ? 'kernel' : 'driver', { path, request });
    }
  }
}

/** The configuration nearest to a driver; undefined where there is none. */
export function configOf(driver: string, edges: Pick<ProjectEdges, 'configs' | 'readFile'>): Config | undefined {
  for (const path of edges.configs?.(driver) ?? []) {
    const config = configAt(path, edges);
    if (config !== undefined) return config;
  }
  return undefined;
}

/** The configuration of that path; undefined where there is no such file. One that cannot be read counts, too: what is said above it may be laxer. */
export function configAt(path: string, edges: Pick<ProjectEdges, 'readFile'>): Config | undefined {
  const read = edges.readFile(path);
  if ('text' in read) return readConfig(path, read.text);
  return read.missing === true ? undefined : unreadableConfig(path, read.error);
}

/** The user's models of routines that lie in the driver's folder, in order of their names. */
function modelsBeside(driver: string, edges: ProjectEdges): readonly string[] {
  const beside = edges.siblings(driver);
  return 'error' in beside ? [] : beside.filter((path) => path.endsWith('.model.ts')).sort();
}

/** The driver files that a scenario file imports itself, whether or not they export a DriverEntry. */
export function driversOf(scenario: string, edges: ProjectEdges): readonly string[] {
  const read = edges.readFile(scenario);
  return 'error' in read ? [] : importedDrivers(scenario, read.text, edges);
}

/** Whether a source is a driver of its own rather than a part of one. A line in a comment does not count. */
export function exportsDriverEntry(text: string): boolean {
  return /^[ \t]*export\s+(const|function)\s+DriverEntry\b/m.test(withoutComments(text));
}

/** The text without what stands between two marks of a comment; what is never closed stays. By hand: a pattern would look for each end anew. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let start = text.indexOf('/*'); start >= 0; start = text.indexOf('/*', from)) {
    const end = text.indexOf('*/', start + 2);
    if (end < 0) break;
    kept.push(text.slice(from, start));
    from = end + 2;
  }
  return kept.join('') + text.slice(from);
}

/** Whether a path names another machine: on Windows looking whether there is such a file already talks to it. */
export function isOfOtherMachine(path: string): boolean {
  return /^[\\/]{2}/.test(path);
}

/**
 * The path that a relative module specifier names (`./queue.driver` and `./queue.driver.ts` alike); undefined for any other. It is on the machine that
 * `from` is on.
 */
export function resolveImport(from: string, specifier: string): string | undefined {
  // With backslashes it is for the compiler to reject.
  if (!/^\.\.?\/[^\\]*$/.test(specifier)) return undefined;
  const parts = from.split('/').slice(0, -1);
  // Nothing leads out of `//machine/share`.
  const root = isOfOtherMachine(from) ? 4 : 0;
  for (const part of specifier.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && parts.length > root && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else parts.push(part);
  }
  const path = parts.join('/');
  return path.endsWith('.ts') ? path : `${path}.ts`;
}

/**
 * The scenario files in the driver's folder that import it, in order of their names. One that cannot be read, or is about a driver that cannot, may be
 * the driver's own: without it the default scenarios would be explored instead, so it is a problem.
 */
function scenariosOf(
  driver: string,
  edges: ProjectEdges,
  unreadable: (path: string, message: string) => void,
): readonly string[] {
  const beside = edges.siblings(driver);
  if ('error' in beside) {
    unreadable(driver, `Cannot look for scenarios of ${driver}: ${beside.error}.`);
    return [];
  }
  return beside
    .filter((path) => path.endsWith('.scenario.ts'))
    .filter((path) => {
      const read = edges.readFile(path);
      if ('error' in read) {
        unreadable(path, `Cannot read ${path}: ${read.error}.`);
        return false;
      }
      const drivers = importedDrivers(path, read.text, edges);
      // Of one whose drivers are all not there the imports are reported.
      return drivers.includes(driver) || (drivers.length > 0 && drivers.every((other) => 'error' in edges.readFile(other)));
    })
    .sort();
}

function importedDrivers(scenario: string, text: string, edges: ProjectEdges): readonly string[] {
  return edges
    .importsOf(scenario, text)
    .map(({ specifier }) => resolveImport(scenario, specifier))
    .filter((path) => path?.endsWith('.driver.ts')) as string[];
}
