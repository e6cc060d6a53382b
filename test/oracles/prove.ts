/**
 * Compares engine and oracles on many random programs, in parts that can be taken up again, and writes `docs/proof.json`.
 * Run by `npm run prove [-- --programs 10000] [-- --part 3/20]`; without `--part` it goes on where the last run ended.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, reductions, sampleSpecs } from './agreement.ts';

interface Tally {
  programs: number;
  tooLarge: number;
  enumerated: number;
  verdicts: Record<string, number>;
  /** States explored with all rules, by reduction. */
  states: Record<string, number>;
  disagreements: { program: number; what: readonly string[] }[];
}

interface Progress {
  readonly commit: string;
  /** Hash of the sources that are judged, as `npm run prove` gives it. */
  readonly sources: string;
  readonly seed: number;
  readonly total: number;
  readonly parts: number;
  /** By number of the part, from 1. */
  readonly done: Record<string, Tally>;
}

const root = process.cwd();
const progressFile = join(root, 'out', 'proof-progress.json');
const limits = { maxStates: 350, maxSteps: 700 };
/** Numbers of programs kept for one part. */
const PART = 100_000;

main();

function main(): void {
  const total = Number(option('programs') ?? 10_000);
  const seed = Number(option('seed') ?? 1);
  const commit = git('rev-parse', 'HEAD');
  const sources = process.argv[2];
  const part = option('part')?.split('/').map(Number);
  const only = part?.[0];
  const parts = part?.[1] ?? 20;
  const progress = load({ commit, sources, seed, total, parts, done: {} });
  const wanted = only === undefined ? Array.from({ length: parts }, (_, index) => index + 1) : [only];
  for (const number of wanted) {
    if (only === undefined && progress.done[number] !== undefined) continue;
    const count = Math.floor((number * total) / parts) - Math.floor(((number - 1) * total) / parts);
    const from = number * PART;
    const tally = runPart(seed, from, count);
    // Parts may be run side by side: what another has written meanwhile is kept.
    Object.assign(progress.done, load(progress).done, { [number]: tally });
    mkdirSync(join(root, 'out'), { recursive: true });
    writeFileSync(`${progressFile}.${number}`, JSON.stringify(progress));
    renameSync(`${progressFile}.${number}`, progressFile);
    console.log(
      `part ${number}/${parts}: ${tally.programs} programs from ${from} on, ${tally.tooLarge} too large ones besides, ${tally.disagreements.length} disagreements`,
    );
    for (const { program, what } of tally.disagreements) console.log(`  program ${program}:\n    ${what.join('\n    ')}`);
  }
  const tallies = Object.values(progress.done);
  const wrong = tallies.flatMap(({ disagreements }) => disagreements).length;
  if (tallies.length < parts) console.log(`${tallies.length} of ${parts} parts are done.`);
  else if (wrong === 0) writeProof(progress, tallies);
  process.exitCode = wrong > 0 ? 1 : 0;
}

/** Compares `count` programs, from number `from` on; those too large for brute force do not count. */
function runPart(seed: number, from: number, count: number): Tally {
  const tally: Tally = { programs: 0, tooLarge: 0, enumerated: 0, verdicts: {}, states: {}, disagreements: [] };
  for (let program = from; tally.programs < count && program < from + PART; program++) {
    const [spec] = sampleSpecs(seed, program, 1);
    const result = attempt(() => compare(spec, program, limits));
    if (typeof result !== 'string' && result.tooLarge) {
      tally.tooLarge++;
      continue;
    }
    tally.programs++;
    if (typeof result === 'string') {
      tally.disagreements.push({ program, what: [result] });
      continue;
    }
    if (result.enumerated) tally.enumerated++;
    for (const verdict of result.verdicts) tally.verdicts[verdict] = (tally.verdicts[verdict] ?? 0) + 1;
    for (const [reduction, states] of Object.entries(result.states))
      tally.states[reduction] = (tally.states[reduction] ?? 0) + states;
    if (result.disagreements.length > 0) tally.disagreements.push({ program, what: result.disagreements });
  }
  return tally;
}

/** A crash of the engine is a disagreement, and the other programs are compared all the same. */
function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? `${error.message}` : String(error);
  }
}

function writeProof(progress: Progress, tallies: readonly Tally[]): void {
  const sum = (count: (tally: Tally) => number): number => tallies.reduce((all, tally) => all + count(tally), 0);
  const merged = (pick: (tally: Tally) => Record<string, number>): Record<string, number> => {
    const keys = [...new Set(tallies.flatMap((tally) => Object.keys(pick(tally))))].sort();
    return Object.fromEntries(keys.map((key) => [key, sum((tally) => pick(tally)[key] ?? 0)]));
  };
  const proof = {
    schemaVersion: 1,
    commit: progress.commit,
    sources: progress.sources,
    seed: progress.seed,
    programs: sum(({ programs }) => programs),
    tooLarge: sum(({ tooLarge }) => tooLarge),
    enumerated: sum(({ enumerated }) => enumerated),
    verdicts: merged(({ verdicts }) => verdicts),
    disagreements: 0,
    perReduction: Object.fromEntries(
      Object.keys(reductions).map((name) => [name, { states: merged(({ states }) => states)[name], disagreements: 0 }]),
    ),
  };
  writeFileSync(join(root, 'docs', 'proof.json'), `${JSON.stringify(proof, null, 2)}\n`);
  console.log(`docs/proof.json: ${proof.programs} programs, no disagreement`);
}

/** What earlier runs of the same proof have done. */
function load(wanted: Progress): Progress {
  if (!existsSync(progressFile)) return wanted;
  const found = JSON.parse(readFileSync(progressFile, 'utf8')) as Progress;
  const same =
    found.sources === wanted.sources &&
    found.seed === wanted.seed &&
    found.total === wanted.total &&
    found.parts === wanted.parts;
  return same ? found : wanted;
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}
