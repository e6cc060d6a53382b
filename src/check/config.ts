/**
 * `irpsight.json`: what a team has agreed on for the drivers in a folder and below. The nearest one counts, alone. What is asked for on a command line
 * comes first.
 */
import { z } from 'zod';
import { rules } from '../rules/index.ts';
import type { CheckOptions } from './check.ts';
import type { Finding, SourceProblem } from './findings.ts';
import { defaultMaxStates } from './limits.ts';
import { similarRules } from './rules.ts';
import { rangeOf } from './text.ts';

/** What the file is called. */
export const configName = 'irpsight.json';

/** Most processors of the simulated machine. */
export const mostProcessors = 8;

const ids = rules.map(({ id }) => id).sort() as [string, ...string[]];
const glob = z.string().min(1).max(200);

/** What may stand in it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('The address of this schema.'),
  exclude: z
    .array(glob)
    .max(100)
    .optional()
    .describe('Drivers that are not checked when a folder is: patterns seen from the folder of this file, with *, ** and ?.'),
  cpus: z.number().int().min(1).max(mostProcessors).optional().describe('Processors of the simulated machine.'),
  maxStates: z.number().int().min(1).max(100_000_000).optional().describe('Most states explored for one scenario.'),
  defaults: z
    .enum(['auto', 'always', 'never'])
    .optional()
    .describe('Default scenarios: for drivers without any of their own, always, or never.'),
  rules: z
    .partialRecord(z.enum(ids), z.enum(['off', 'warning', 'error']))
    .optional()
    .describe('Rules that are not checked, or count as a warning or an error.'),
});

type Settings = Omit<z.infer<typeof configSchema>, '$schema'>;

/** A configuration file as it was read. */
export interface Config {
  /** The file. */
  readonly path: string;
  readonly settings: Settings;
  readonly problems: readonly SourceProblem[];
}

/** More than anybody reads through of one file. */
const mostProblems = 100;
/** Letters of a name that a problem shows. */
const longestShown = 100;

/** A configuration that is there, but cannot be read: it says nothing, and is a problem. */
export function unreadableConfig(path: string, error: string): Config {
  const message = `Cannot read ${path}: ${error}.`;
  return {
    path,
    settings: {},
    problems: [{ code: 'config/unreadable', severity: 'error', message, file: path, range: rangeOf('', 0, 0) }],
  };
}

/** Reads the text of a configuration. What is wrong in it counts for nothing, and is a problem at its line. */
export function readConfig(path: string, text: string): Config {
  const problem = (message: string, start: number, end = start + 1): SourceProblem => ({
    code: 'config/invalid',
    severity: 'error',
    message,
    file: path,
    range: rangeOf(text, start, end),
  });
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ' '));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message)?.[1];
    return { path, settings: {}, problems: [problem(`This is not JSON: ${message}.`, at === undefined ? 0 : Number(at))] };
  }
  const found = configSchema.safeParse(json);
  if (found.success) return { path, settings: found.data, problems: [] };
  const problems = found.error.issues.slice(0, mostProblems).flatMap((issue) => {
    const at = (where: readonly PropertyKey[], message: string): SourceProblem => {
      const { start, end } = keyAt(text, where);
      return problem(message, start, end);
    };
    if (issue.code === 'unrecognized_keys')
      return issue.keys.slice(0, mostProblems).map((key) => at([...issue.path, key], unknownKey(issue.path, key)));
    return [at(issue.path, `${issue.path.length === 0 ? configName : issue.path.join('.')}: ${issue.message}.`)];
  });
  // The settings and rules that are right by themselves still count.
  const given: Readonly<Record<string, unknown>> = isObject(json) ? json : {};
  const rules = isObject(given.rules) ? { rules: rightOf(given.rules, (rule) => ({ rules: rule })) } : {};
  const { data = {} } = configSchema.safeParse(rightOf({ ...given, ...rules }, (setting) => setting));
  return { path, settings: data, problems };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries that a configuration may have where it has nothing else; `configOf` makes one of a single entry. */
function rightOf(entries: object, configOf: (entry: object) => object): object {
  return Object.fromEntries(
    Object.entries(entries).filter(([name, value]) => configSchema.safeParse(configOf({ [name]: value })).success),
  );
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const shown = key.length > longestShown ? `${key.slice(0, longestShown)}...` : key;
  if (path[0] !== 'rules') return `There is no setting ${[...path, shown].join('.')}.`;
  const similar = similarRules(key).slice(0, 3).join(', ');
  return `There is no rule ${shown}${similar === '' ? '.' : `; do you mean ${similar}?`}`;
}

/** The options of a check: what was asked for, else what the configuration says, else what is usual. */
export function withConfig(asked: AskedOptions, settings: Settings = {}): CheckOptions {
  return {
    ...asked,
    cpus: asked.cpus ?? settings.cpus,
    maxStates: asked.maxStates ?? settings.maxStates ?? defaultMaxStates,
    defaults: asked.defaults ?? settings.defaults ?? 'auto',
  };
}

/** What need not be said. */
export type AskedOptions = Omit<CheckOptions, 'maxStates' | 'defaults'> & Partial<Pick<CheckOptions, 'maxStates' | 'defaults'>>;

/** The ids of the rules that are not checked. */
export function rulesOff({ rules: levels = {} }: Settings = {}): ReadonlySet<string> {
  return new Set(Object.entries(levels).flatMap(([id, level]) => (level === 'off' ? [id] : [])));
}

/** Findings of the rules that are checked, as severe as the configuration says. */
export function configured(findings: readonly Finding[], { rules: levels = {} }: Settings = {}): readonly Finding[] {
  const level = ({ rule }: Finding): string | undefined => (levels as Readonly<Record<string, string>>)[rule];
  if (Object.keys(levels).length === 0) return findings;
  return findings.flatMap((finding) => {
    const severity = level(finding);
    if (severity === 'off') return [];
    return severity === 'warning' || severity === 'error' ? [{ ...finding, severity }] : [finding];
  });
}

/** Whether the driver is left out when its folder is checked. */
export function isExcluded(driver: string, { path, settings: { exclude = [] } }: Config): boolean {
  const folder = path.slice(0, -configName.length);
  const inside = driver.startsWith(folder) ? driver.slice(folder.length) : driver;
  return exclude.some((pattern) => matches(pattern, inside));
}

/**
 * Whether a pattern stands for the path: `**` for anything, `*` for what has no slash in it, `?` for one character, and a folder for what is in it.
 * Goes through the pattern once, with all the places of the path that it may have come to, so that no pattern takes long.
 */
function matches(given: string, path: string): boolean {
  const pattern = given.replace(/^\.\//, '').replace(/\/$/, '');
  let places = new Uint8Array(path.length + 1);
  places[0] = 1;
  for (const [token] of pattern.matchAll(/\*\*\/|\*+|\?|[^*?]/g)) {
    places = placesBehind(token, path, places);
    if (!places.includes(1)) return false;
  }
  return places.some((isPlace, end) => isPlace === 1 && (end === path.length || path[end] === '/'));
}

const slash = '/'.charCodeAt(0);

/** The places that a token of a pattern leads to from those: 1 for each, as they are many. */
function placesBehind(token: string, path: string, from: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(from.length);
  const code = token.charCodeAt(0);
  if (!token.startsWith('*')) {
    for (let at = 0; at < path.length; at++) {
      if (from[at] === 0) continue;
      const found = path.charCodeAt(at);
      if (token === '?' ? found !== slash : found === code) next[at + 1] = 1;
    }
    return next;
  }
  const [isFolders, isName] = [token === '**/', token === '*'];
  let begun = false;
  for (let end = 0; end < from.length; end++) {
    begun ||= from[end] === 1;
    if (begun && (!isFolders || from[end] === 1 || path.charCodeAt(end - 1) === slash)) next[end] = 1;
    if (isName && path.charCodeAt(end) === slash) begun = false;
  }
  return next;
}

/** Where the last name of a path stands in the text; the beginning, where it cannot be found. */
function keyAt(text: string, path: readonly PropertyKey[]): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = 1;
  for (const key of path) {
    if (typeof key !== 'string') continue;
    const at = text.indexOf(JSON.stringify(key), start);
    if (at < 0) break;
    start = at;
    end = at + JSON.stringify(key).length;
  }
  return { start, end };
}
