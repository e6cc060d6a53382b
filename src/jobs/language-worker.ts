/** The language worker: types are computed here, as an editor asks for them, where it can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { openProject, type Project, type ProjectEdges } from '../check/project.ts';
import { createQuickCheck, type QuickResult } from '../check/quick.ts';
import type { SourceInput } from '../compiler/api.ts';
import { languages } from '../compiler/language.ts';
import type { Language, SharedLanguage } from '../compiler/language-api.ts';
import { projectEdges, readLibrary } from './files.ts';
import type { LanguageAnswer, LanguageRequest, QuickCheck } from './language-protocol.ts';
import type { WorkerInput } from './protocol.ts';
import { createRehearsal, typedInto } from './rehearsal.ts';
import { driverOfScenario, isDriver } from './targets.ts';

/** Drivers whose types are kept; those of the one asked for longest ago are given up. */
const mostLanguages = 4;

const library = readLibrary((workerData as WorkerInput).library);
const create = languages(library);
const quickCheck = createQuickCheck(library);
const open = new Map<string, string>();
/** Projects as the texts now stand, by the path of their driver; emptied at every change. */
const projects = new Map<string, Project>();
const kept = new Map<string, { readonly language: SharedLanguage; project: Project | undefined }>();
/** A text that has not changed stays the same object, from which the compiler knows it. */
const inputs = new Map<string, SourceInput>();

/** What the projects that stand came to. */
const results = new WeakMap<Project, QuickResult>();

type Question = Extract<LanguageRequest, { readonly id: number }>;
/** Checks that are waited for, in order. */
const checks: Question[] = [];
let checking = false;
/** Counts the changes of texts. */
let changes = 0;

/** The last project that compiled. */
let compiled: Project | undefined;
/** As many as there is time for: exploring, which begins meanwhile, takes longer beside it, and behind these another round is hardly faster. */
const rounds = 30;
let round = 0;
const rehearsal = createRehearsal({ round: rehearsed, rounds, limit: 2_000, calm: 1_000 });

parentPort?.on('message', (request: LanguageRequest) => {
  rehearsal.disturbed();
  if (request.kind === 'open') {
    if (request.text === undefined) open.delete(request.path);
    else open.set(request.path, request.text);
    changed();
  } else if (request.kind === 'disk') {
    changed();
  } else if (request.kind === 'check') {
    checks.push(request);
    if (!checking) void checkAll();
  } else {
    parentPort?.postMessage(answered(request, () => featureOf(request)));
  }
});

function changed(): void {
  projects.clear();
  changes++;
}

/** Checks are made in steps, between which whoever asks for a feature is answered. */
async function checkAll(): Promise<void> {
  checking = true;
  for (let request = checks.shift(); request !== undefined; request = checks.shift()) {
    const answer = await checkInSteps(request);
    parentPort?.postMessage(answer);
  }
  checking = false;
  rehearsal.disturbed();
}

/** How often a check begins again because the text has changed meanwhile; who types on and on is told something, too. */
const mostBeginnings = 8;

async function checkInSteps(request: Question): Promise<LanguageAnswer> {
  try {
    for (let beginnings = 1; ; beginnings++) {
      const begun = changes;
      const project = projectOf(request.path);
      const steps = quickCheck(project);
      let result = results.get(project);
      while (result === undefined && (begun === changes || beginnings === mostBeginnings)) {
        const step = steps.next();
        if (step.done === true) result = step.value;
        else await new Promise((resolve) => setImmediate(resolve));
      }
      if (result === undefined) continue;
      results.set(project, result);
      if (result.compiled) compiled = project;
      const value: QuickCheck = { driver: project.driver, files: filesOf(project), result };
      return { id: request.id, value };
    }
  } catch (error) {
    return failed(request, error);
  }
}

/** A keystroke in one routine after the other, a hover behind it, and the keystroke taken back. */
function rehearsed(): Generator<undefined, unknown> | undefined {
  const project = compiled;
  const [driver, ...others] = project?.sources ?? [];
  if (project === undefined || driver === undefined || checking || projects.get(project.driver) !== project) return undefined;
  const typed = { ...driver, text: typedInto(driver.text, round++) };
  return rehearsedWith({ ...project, sources: [typed, ...others] }, typed, project);
}

function* rehearsedWith(edited: Project, { path, text }: SourceInput, before: Project): Generator<undefined, void> {
  yield* quickCheck(edited);
  yield;
  languageOf(edited).describe(path, Math.max(0, text.search(/\bIrp\b(?=[.,)])/)));
  yield;
  yield* quickCheck(before);
}

/** What its check has read, or would have. */
function filesOf({ sources, missing = [] }: Project): readonly string[] {
  return [...sources.map(({ path }) => path), ...missing];
}

function answered(request: Question, value: () => unknown): LanguageAnswer {
  try {
    return { id: request.id, value: value() };
  } catch (error) {
    return failed(request, error);
  }
}

function failed({ id }: Question, error: unknown): LanguageAnswer {
  return { id, error: error instanceof Error ? error.message : String(error) };
}

function featureOf({ path, feature, args }: Extract<LanguageRequest, { readonly kind: 'feature' }>): unknown {
  const language = languageOf(projectOf(path));
  const ask = language[feature] as (path: string, ...args: readonly unknown[]) => unknown;
  return ask(path, ...args);
}

/** The driver that a file is of, with all its sources. A file that no driver imports stands for itself, one of the library for none. */
function projectOf(path: string): Project {
  if (path.startsWith('irpsight/')) return { driver: '', sources: [], problems: [] };
  const edges = projectEdges(open);
  const driver = driverOf(path, edges);
  const isIn = ({ sources }: Project): boolean => sources.some((source) => source.path === path);
  const known = [driver, path].map((name) => projects.get(name)).find((project) => project !== undefined && isIn(project));
  if (known !== undefined) return known;
  const found = openProject(driver, edges);
  // A scenario file that does not lie beside its driver is taken by itself, and does not count for the driver.
  const isBeside = isIn(found) || !isScenario(path);
  const whole = isBeside ? found : openProject(driver, edges, [path]);
  const project = { ...whole, sources: whole.sources.map(same) };
  projects.set(isBeside ? driver : path, project);
  return project;
}

function driverOf(path: string, edges: ProjectEdges): string {
  if (isScenario(path)) return driverOfScenario(path, edges) ?? path;
  if (isDriver(path, edges)) return path;
  const beside = edges.siblings(path);
  const drivers = ('error' in beside ? [] : [...beside].sort()).filter((other) => other !== path && isDriver(other, edges));
  return drivers.find((driver) => openProject(driver, edges).sources.some((source) => source.path === path)) ?? path;
}

function isScenario(path: string): boolean {
  return path.endsWith('.scenario.ts');
}

function same(source: SourceInput): SourceInput {
  const known = inputs.get(source.path);
  if (known?.text === source.text && known.origin === source.origin) return known;
  inputs.set(source.path, source);
  return source;
}

function languageOf(project: Project): Language {
  const entry = kept.get(project.driver) ?? { language: create(), project: undefined };
  // Asked for last, it is given up last.
  kept.delete(project.driver);
  kept.set(project.driver, entry);
  if (kept.size > mostLanguages) giveUpOldest();
  if (entry.project !== project) entry.language.update(project.sources);
  entry.project = project;
  return entry.language;
}

function giveUpOldest(): void {
  const [oldest] = kept;
  if (oldest === undefined) return;
  const [driver, { language }] = oldest;
  kept.delete(driver);
  language.dispose();
}
