/**
 * From the path of a driver to all source text that a check of it needs: the driver, the scenario files beside it that
 * import it, and what these import. Reads through a function of the caller's.
 */
import type { ImportRequest, Problem, SourceInput } from '../compiler/api.ts';
import type { Origin } from '../ir/program.ts';

/** The text of a file, or why there is none, as a phrase that can follow "Cannot read x:". */
export type ReadResult = { readonly text: string } | { readonly error: string };

export interface ProjectEdges {
  readonly readFile: (path: string) => ReadResult;
  /** Paths of the files of the folder that `path` is in. */
  readonly siblings: (path: string) => readonly string[];
  /** The modules a source asks for, from its syntax alone. */
  readonly importsOf: (path: string, text: string) => readonly ImportRequest[];
}

/** Everything that one driver's check reads, ready to be sent to a worker. */
export interface Project {
  readonly driver: string;
  readonly sources: readonly SourceInput[];
  /** Files that could not be read; with any error there is nothing to check. */
  readonly problems: readonly Problem[];
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
  const problems: Problem[] = [];
  addClosure(driver, 'driver', undefined);
  for (const path of scenarioFiles ?? scenariosOf(driver, edges)) addClosure(path, 'scenario', undefined);
  return { driver, sources: [...files.values()], problems };

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
      problems.push({ code: 'project/unreadable', message: `Cannot read ${path}: ${read.error}.`, severity: 'error', ...at });
      return;
    }
    files.set(path, { path, text: read.text, origin });
    for (const request of edges.importsOf(path, read.text)) {
      const target = resolveImport(path, request.specifier);
      // What is not a relative path is the library, or for the compiler to reject.
      if (target !== undefined) addClosure(target, target.endsWith('.scenario.ts') ? 'scenario' : 'driver', { path, request });
    }
  }
}

/** The scenario files in the driver's folder that import it, in order of their names. */
export function scenariosOf(driver: string, edges: ProjectEdges): readonly string[] {
  return edges
    .siblings(driver)
    .filter((path) => path.endsWith('.scenario.ts'))
    .filter((path) => driversOf(path, edges).includes(driver))
    .sort();
}

/** The driver files that a scenario file imports itself, whether or not they export a DriverEntry. */
export function driversOf(scenario: string, edges: ProjectEdges): readonly string[] {
  const read = edges.readFile(scenario);
  if ('error' in read) return [];
  return edges
    .importsOf(scenario, read.text)
    .map(({ specifier }) => resolveImport(scenario, specifier))
    .filter((path) => path?.endsWith('.driver.ts')) as string[];
}

/** Whether a source is a driver of its own rather than a part of one. A line in a comment does not count. */
export function exportsDriverEntry(text: string): boolean {
  return /^[ \t]*export\s+(const|function)\s+DriverEntry\b/m.test(text.replace(/\/\*[\s\S]*?\*\//g, ''));
}

/** The path that a relative module specifier names (`./queue.driver` and `./queue.driver.ts` alike); undefined for any other. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!/^\.\.?\//.test(specifier)) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else parts.push(part);
  }
  const path = parts.join('/');
  return path.endsWith('.ts') ? path : `${path}.ts`;
}
