/** The disk: reads sources as they come from Windows and elsewhere, and finds the drivers that a command line names. */
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Config, configName, isExcluded } from '../check/config.ts';
import { libraryRoots } from '../check/library.ts';
import { configAt, exportsDriverEntry, isOfOtherMachine, type ProjectEdges, type ReadResult } from '../check/project.ts';
import type { SourceInput } from '../compiler/api.ts';
import { listImports } from '../compiler/imports.ts';

/** No driver source is near that long. */
const maxBytes = 4 * 1024 * 1024;
const chunkBytes = 64 * 1024;

/** A file to check: a driver, or a scenario file, whose driver is the one it imports. */
export interface Target {
  readonly kind: 'driver' | 'scenario';
  readonly path: string;
}

export interface Targets {
  readonly targets: readonly Target[];
  /** Driver files without a DriverEntry: parts of others, if any of these imports them. */
  readonly parts: readonly string[];
  /** Drivers that configurations leave out of the folders named, each with the path of the configuration. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Why something named is not checked, one line each. */
  readonly errors: readonly string[];
}

/** The text of a regular file: UTF-8, or UTF-16 with a byte order mark; the mark itself is left out. */
export function readText(path: string): ReadResult {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { error: 'it is a directory' };
    if (!found.isFile()) return { error: 'it is not a regular file' };
    const bytes = found.size > maxBytes ? undefined : readBytes(path);
    return bytes === undefined ? { error: `it is larger than ${maxBytes / 1024 / 1024} MB` } : decode(bytes);
  } catch (error) {
    return isMissing(error) ? { error: reasonOf(error), missing: true } : { error: reasonOf(error) };
  }
}

/** What is in the file; undefined where that is too much. Some files, as in /proc, are of no size and never end, so that only reading tells. */
function readBytes(path: string): Buffer | undefined {
  // What has nothing to read yet is not waited for.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; length <= maxBytes; length += chunks[chunks.length - 1].length) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(file, chunk, 0, chunkBytes, null);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Whether there is no such file, nor can be. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(String(error.code));
}

/** How a project is read from the disk. `open`: texts that stand for files of these paths, there or not. */
export function projectEdges(open: ReadonlyMap<string, string> = new Map()): ProjectEdges {
  return {
    readFile: (path) => {
      const text = open.get(path);
      return text === undefined ? readText(path) : { text };
    },
    siblings: (path) => {
      const found = siblings(path);
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const beside = [...open.keys()].filter((one) => one.startsWith(folder) && !one.slice(folder.length).includes('/'));
      if ('error' in found) return beside.length > 0 ? beside : found;
      return [...new Set([...found, ...beside])];
    },
    configs,
    importsOf: listImports,
  };
}

/** The configuration files of the driver's folder and of those above it, there or not; relative where the driver's path is. */
function configs(driver: string): readonly string[] {
  if (driver.startsWith('untitled/')) return [];
  const found: string[] = [];
  for (let folder = dirname(resolve(driver)); ; folder = dirname(folder)) {
    const path = join(folder, configName);
    found.push((isAbsolute(driver) ? path : relative('.', path)).replaceAll(sep, '/'));
    if (dirname(folder) === folder) return found;
  }
}

/**
 * For one walk through folders: the path of the configuration that leaves a driver out where its folder is checked, undefined where none does. Each
 * configuration is read once.
 */
export function exclusions(): (driver: string) => string | undefined {
  const known = new Map<string, Config | undefined>();
  const configOf = (path: string): Config | undefined => {
    if (!known.has(path)) known.set(path, configAt(path, { readFile: readText }));
    return known.get(path);
  };
  return (driver) => {
    const nearest = configs(driver).find((path) => configOf(path) !== undefined);
    const config = nearest === undefined ? undefined : configOf(nearest);
    return config !== undefined && isExcluded(driver, config) ? config.path : undefined;
  };
}

/** Paths of the files beside `path`, itself included, or why the folder cannot be read. */
function siblings(path: string): readonly string[] | { readonly error: string } {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  try {
    const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => folder + name);
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/**
 * The drivers and scenario files that paths name. A folder stands for every driver in it and below, without what begins
 * with a dot, node_modules, and folders that are symbolic links.
 */
export function findTargets(paths: readonly string[]): Targets {
  const targets = new Map<string, Target>();
  const parts: string[] = [];
  const leftOut = new Map<string, string>();
  const excludedBy = exclusions();
  const errors: string[] = [];
  for (const given of paths) {
    const path = normalise(given);
    let directory: boolean;
    try {
      directory = statSync(path).isDirectory();
    } catch (error) {
      errors.push(`Cannot read ${given}: ${reasonOf(error)}.`);
      continue;
    }
    if (directory) addFolder(path);
    else if (path.endsWith('.scenario.ts')) targets.set(path, { kind: 'scenario', path });
    else if (path.endsWith('.driver.ts')) targets.set(path, { kind: 'driver', path });
    else errors.push(`${given} is no driver: a driver file's name ends in .driver.ts.`);
  }
  for (const path of targets.keys()) leftOut.delete(path);
  return { targets: [...targets.values()], parts, leftOut, errors };

  function addFolder(folder: string): void {
    const before = targets.size;
    const excluding = new Set<string>();
    for (const path of driverFiles(folder, errors)) {
      const config = excludedBy(path);
      if (config !== undefined) {
        excluding.add(config);
        leftOut.set(path, config);
        continue;
      }
      const read = readText(path);
      if ('error' in read) errors.push(`Cannot read ${path}: ${read.error}.`);
      // A DriverEntry that is not exported is for the compiler to complain of.
      else if (exportsDriverEntry(read.text) || /\bDriverEntry\s*:/.test(read.text)) targets.set(path, { kind: 'driver', path });
      else parts.push(path);
    }
    if (targets.size === before && errors.length === 0) {
      errors.push(
        excluding.size === 0
          ? `There is no driver in ${folder}: a driver is a file *.driver.ts that exports DriverEntry.`
          : `There is no driver to check in ${folder}: what is there is left out by ${[...excluding].join(', ')}.`,
      );
    }
  }
}

/**
 * The driver that a trace names; undefined where there is none. One of that name beside the trace is meant, as in a folder that was copied; else it is where who
 * wrote the trace saw it. Only TypeScript files are ever read, and nothing that a trace
 * says makes this machine look at another one.
 * @param roots folders that a relative path may be seen from, each empty or ending in a slash; without any only beside the trace is looked.
 * @param open texts that stand for files of these paths, there or not.
 */
export function driverOfTrace(
  file: string,
  traceFile: string,
  roots: readonly string[],
  open: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  const path = normalise(file);
  if (!path.endsWith('.ts')) return undefined;
  const beside = traceFile.slice(0, traceFile.lastIndexOf('/') + 1) + path.slice(path.lastIndexOf('/') + 1);
  const named = roots.length === 0 || isOfOtherMachine(path) ? [] : isAbsolute(path) ? [path] : roots.map((root) => root + path);
  return [beside, ...named].find((place) => open.has(place) || existsSync(place));
}

/** Files of that ending which paths name: the files themselves, and those in folders and below, as for drivers. */
export function filesNamed(
  paths: readonly string[],
  ending: string,
): { readonly files: readonly string[]; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const files = paths.flatMap((given) => {
    const path = normalise(given);
    if (!isFolder(path)) return [path];
    const found = filesBelow(path, errors).filter((file) => file.endsWith(ending));
    if (found.length === 0 && errors.length === 0) errors.push(`There is no file *${ending} in ${path}.`);
    return found.sort();
  });
  return { files: [...new Set(files)], errors };
}

/** The library beside the bundle, under the paths that drivers import it by. */
export function readLibrary(folder: string): SourceInput[] {
  return libraryRoots.flatMap(({ prefix, origin }) => {
    const root = join(folder, prefix);
    return filesBelow(root)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({
        path: `${prefix}/${relative(root, file).replaceAll('\\', '/')}`,
        text: readFileSync(file, 'utf8'),
        origin,
      }));
  });
}

/** The path with forward slashes. A path typed in Windows' way is understood everywhere when no file has that very name. */
export function normalise(path: string): string {
  const tidy = (text: string): string => text.replace(/(?<=[^/])\/+$|(?<=^\/)\/+$/, '').replace(/^(?:\.\/)+(?=.)/, '');
  if (process.platform === 'win32') return tidy(path.replaceAll('\\', '/'));
  if (!path.includes('\\') || existsSync(path)) return tidy(path);
  const turned = tidy(path.replaceAll('\\', '/'));
  return existsSync(turned) ? turned : path;
}

/** Why a file operation failed, as a phrase that can follow "Cannot read x:". */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ELOOP: 'its symbolic links go in a circle',
  EISDIR: 'it is a directory',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'the name is not valid',
};

function decode(bytes: Buffer): ReadResult {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) };
  if (bytes.includes(0)) return { error: 'it is not text' };
  return { text: new TextDecoder('utf-8').decode(bytes) };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function driverFiles(folder: string, errors: string[]): string[] {
  return filesBelow(folder, errors)
    .filter((path) => path.endsWith('.driver.ts'))
    .sort();
}

function filesBelow(folder: string, errors?: string[]): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return filesBelow(path, errors);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
  } catch (error) {
    errors?.push(`Cannot read ${folder}: ${reasonOf(error)}.`);
    return [];
  }
}
