/**
 * The type checker's view of a compile request: sources in memory, options and module resolution of our own. Neither the disk
 * nor the user's tsconfig.json or node_modules is ever looked at.
 */
import ts from 'typescript';
import type { CompileRequest, Problem, SourceInput } from './api.ts';
import { documentedPath, documentedSource, isDocumented, modelPrefix } from './documented.ts';
import { exportedNames, importedNames } from './import-names.ts';
import { createLasting, type Lasting } from './lasting.ts';
import { selectModels } from './models.ts';
import { type Parsed, parseFile } from './parsed.ts';

/** A source with its syntax tree. */
export interface ParsedSource {
  readonly input: SourceInput;
  readonly file: ts.SourceFile;
}

/** The request's sources, parsed and found by path; `createProgram` of them types nothing yet. */
export interface SourceSet {
  readonly sources: readonly ParsedSource[];
  readonly library: readonly ParsedSource[];
  /** Models that nothing needs: no part of the program, but somebody may be writing one. */
  readonly spare: readonly ParsedSource[];
  /** Of sources that could not even be parsed; those are left out. */
  readonly problems: readonly Problem[];
  /** From and to what the type checker knows files by. */
  readonly resolve: (specifier: string, from: string) => string | undefined;
  /** What compilations with the library have found out of it. */
  readonly lasting: Lasting;
}

/** The options of every program, whatever a workspace says. */
export const options: ts.CompilerOptions = {
  strict: true,
  noLib: true,
  types: [],
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  // There is none. Looking for it, a message that names a type by its module would need a current folder.
  resolvePackageJsonImports: false,
  allowImportingTsExtensions: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
  skipLibCheck: true,
};

/** Library inputs stay the same from one compile to the next, so their syntax trees are kept as long as the inputs are. */
const trees = new WeakMap<SourceInput, ts.SourceFile>();

/** What its names stand for is the same from one compile to the next, too, unless sources stand where its modules are looked for. */
const lastingOf = new WeakMap<CompileRequest['library'], Lasting>();

/** Parses every source of a request. Two sources whose paths differ only in case or slashes are one file; the first one counts. */
export function parseSources(request: CompileRequest): SourceSet {
  const byPath = new Map<string, ParsedSource>();
  const pathOfName = new Map<string, string>();
  const problems: Problem[] = [];
  const add = (input: SourceInput): ParsedSource[] => {
    const key = pathKey(input.path);
    const { file, problems: found } = byPath.has(key) ? { problems: [] } : parse(input);
    problems.push(...found);
    if (file === undefined) return [];
    const parsed = { input, file };
    byPath.set(key, parsed);
    pathOfName.set(file.fileName, input.path);
    return [parsed];
  };
  const given = request.sources.flatMap(add);
  const library = request.library.flatMap(add);
  const pathOf = (name: string): string => pathOfName.get(name) ?? name;
  const index = byPath.get('irpsight/wdm/index.ts')?.file;
  const exports = new Set(index === undefined ? [] : exportedNames(index));
  const {
    sources,
    models,
    problems: ofModels,
  } = selectModels(given, exports, (specifier, from) => resolveModule(specifier, pathOf(from), byPath));
  problems.push(...ofModels);
  // What the sources import, the WDK documents and the library lacks.
  const names = new Set(sources.flatMap(({ file }) => importedNames(file)));
  const wanted = [...names].filter((name) => !exports.has(name) && isDocumented(name));
  if (wanted.length > 0) library.push(...add(documentedSource(wanted, { exports, models })));
  const resolve = (specifier: string, from: string): string | undefined => {
    if (specifier.startsWith(modelPrefix)) return byPath.get(pathKey(specifier.slice(modelPrefix.length)))?.file.fileName;
    const documented = wanted.length > 0 && specifier === 'irpsight/wdm' && !from.startsWith('irpsight/');
    return documented ? documentedPath : resolveModule(specifier, pathOf(from), byPath);
  };
  const mixed = sources.some(({ input }) => pathKey(input.path).startsWith('irpsight/'));
  const lasting = (mixed ? undefined : lastingOf.get(request.library)) ?? createLasting();
  if (!mixed) lastingOf.set(request.library, lasting);
  const spare = given.filter((source) => !sources.includes(source));
  return { sources, library, spare, problems, resolve, lasting };
}

/** A program over the parsed sources. */
export function createProgram(set: SourceSet): ts.Program {
  const files = new Map<string, ts.SourceFile>();
  for (const { file } of [...set.library, ...set.sources]) files.set(pathKey(file.fileName), file);
  const host: ts.CompilerHost = {
    getSourceFile: (name) => files.get(pathKey(name)),
    getDefaultLibFileName: () => 'irpsight/wdm/core.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name.toLowerCase(),
    useCaseSensitiveFileNames: () => false,
    getNewLine: () => '\n',
    fileExists: (name) => files.has(pathKey(name)),
    readFile: () => undefined,
    directoryExists: () => true,
    getDirectories: () => [],
    resolveModuleNameLiterals: resolver(set),
  };
  const roots = [...set.library, ...set.sources].map((parsed) => parsed.file.fileName);
  return ts.createProgram(roots, options, host);
}

/** Resolves modules to sources of the set alone. */
export function resolver(set: SourceSet): NonNullable<ts.CompilerHost['resolveModuleNameLiterals']> {
  return (literals, containing) =>
    literals.map((literal) => {
      const found = set.resolve(literal.text, containing);
      return {
        resolvedModule:
          found === undefined
            ? undefined
            : {
                resolvedFileName: found,
                extension: found.endsWith('.d.ts') ? ts.Extension.Dts : ts.Extension.Ts,
                isExternalLibraryImport: false,
              },
      };
    });
}

function parse(input: SourceInput): Parsed {
  const known = trees.get(input);
  if (known !== undefined) return { file: known, problems: [] };
  const parsed = parseFile(input.path, input.text);
  if (parsed.file !== undefined) trees.set(input, parsed.file);
  return parsed;
}

function resolveModule(specifier: string, from: string, byPath: ReadonlyMap<string, ParsedSource>): string | undefined {
  const base = specifier.startsWith('.') ? joinPath(from, specifier) : specifier.startsWith('irpsight/') ? specifier : undefined;
  if (base === undefined) return undefined;
  for (const candidate of [base, `${base}.ts`, `${base}/index.ts`]) {
    const found = byPath.get(pathKey(candidate));
    if (found !== undefined) return found.file.fileName;
  }
  return undefined;
}

/** `specifier` seen from the folder of `from`, with `.` and `..` worked out. */
function joinPath(from: string, specifier: string): string {
  const parts = from.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Windows users mix slashes and case; a path is compared without either. */
export function pathKey(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '').toLowerCase();
}
