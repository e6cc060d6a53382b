/** Options that several commands take, and what becomes of them. */
import type { Argv } from 'yargs';
import { type AskedOptions, mostProcessors } from '../check/config.ts';
import { defaultMaxStates } from '../check/limits.ts';

export interface ExploreArguments {
  readonly cpus: number | undefined;
  readonly maxStates: number | undefined;
  readonly budget: number;
  readonly maxPreemptions: number | undefined;
  readonly strategy: string | undefined;
  readonly seed: number | undefined;
  readonly defaults: string | undefined;
  /** Of `check` only. */
  readonly jobs?: number | undefined;
}

export interface OutputArguments {
  readonly format: string;
  readonly out: string | undefined;
}

/** Adds the options of every command that explores. */
export function exploreOptions<T>(yargs: Argv<T>): Argv<T & ExploreArguments> {
  return yargs
    .option('cpus', {
      type: 'number',
      describe: 'Processors of the simulated machine; by default what each scenario says, else 2',
      requiresArg: true,
    })
    .option('max-states', {
      type: 'number',
      // Not a value, which would stand above what irpsight.json says.
      defaultDescription: String(defaultMaxStates),
      describe: 'Most states explored for one scenario; two million take about 400 MB of memory',
      requiresArg: true,
    })
    .option('budget', {
      type: 'number',
      default: 600,
      describe: 'Seconds after which exploring ends with what is known; all drivers and their scenarios share them',
      requiresArg: true,
    })
    .option('max-preemptions', { type: 'number', describe: 'Most preemptive context switches in a schedule', requiresArg: true })
    .option('strategy', { choices: ['exhaustive', 'bounded', 'random'], describe: 'How schedules are chosen', requiresArg: true })
    .option('seed', { type: 'number', describe: 'Seed of --strategy random', requiresArg: true })
    .option('defaults', {
      choices: ['auto', 'always', 'never'],
      defaultDescription: 'auto',
      describe: 'Default scenarios: for drivers without any, always, or never',
      requiresArg: true,
    })
    .check((argv) => {
      const values = argv as unknown as ExploreArguments;
      for (const [name, value, low, high] of limits(values)) {
        if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) continue;
        throw new Error(`--${name} takes one whole number from ${low} to ${high}.`);
      }
      if (values.seed !== undefined && values.strategy !== 'random') throw new Error('--seed is for --strategy random only.');
      return true;
    }) as unknown as Argv<T & ExploreArguments>;
}

/** Adds `--format` and `--out`. */
export function outputOptions<T>(yargs: Argv<T>): Argv<T & OutputArguments> {
  return yargs
    .option('format', {
      choices: ['text', 'json'],
      default: 'text',
      describe: 'For people, or as docs/schema describes',
      requiresArg: true,
    })
    .option('out', {
      type: 'string',
      describe: 'Write the report to this file instead of standard output',
      requiresArg: true,
    }) as unknown as Argv<T & OutputArguments>;
}

/** The pipeline's options from a command line's. */
export function checkOptions(args: ExploreArguments, scenario?: string): AskedOptions {
  return {
    cpus: args.cpus,
    maxStates: args.maxStates,
    maxPreemptions: args.maxPreemptions,
    strategy: args.strategy as AskedOptions['strategy'],
    seed: args.seed,
    scenario,
    defaults: args.defaults as AskedOptions['defaults'],
  };
}

function limits(args: ExploreArguments): readonly (readonly [string, number | undefined, number, number])[] {
  return [
    ['cpus', args.cpus, 1, mostProcessors],
    ['max-states', args.maxStates, 1, 100_000_000],
    ['budget', args.budget, 1, 1_000_000],
    ['max-preemptions', args.maxPreemptions, 0, 1_000],
    ['seed', args.seed, 0, 0xffffffff],
    ['jobs', args.jobs, 1, 64],
  ];
}
