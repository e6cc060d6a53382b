/** `irpsight check [paths]`: finds the drivers in the paths given and reports what is wrong with them. */
import type { CommandModule } from 'yargs';
import { findTargets } from '../../jobs/files.ts';
import { counted } from '../../report/verdict.ts';
import { checkTargets } from '../checking.ts';
import { checkOptions, type ExploreArguments, exploreOptions, type OutputArguments, outputOptions } from '../options.ts';
import { complain, exitCodes, note } from '../terminal.ts';

interface Arguments extends ExploreArguments, OutputArguments {
  readonly paths: string[] | undefined;
  readonly strict: boolean;
  readonly jobs: number | undefined;
  readonly traces: string | undefined;
  readonly expected: boolean;
}

export const checkCommand: CommandModule<object, Arguments> = {
  command: 'check [paths..]',
  describe: 'Check drivers and report what is wrong with them',
  builder: (yargs) =>
    outputOptions(exploreOptions(yargs))
      .positional('paths', {
        type: 'string',
        array: true,
        describe: 'Driver files, scenario files or folders; by default the folder you are in',
      })
      .option('strict', { type: 'boolean', default: false, describe: 'Exit with 1 for findings that only may happen, too' })
      .option('jobs', {
        type: 'number',
        describe: 'Drivers checked at the same time; by default one a processor, as far as memory allows',
        requiresArg: true,
      })
      .option('traces', {
        type: 'string',
        describe: 'Write the schedule of each finding to this folder, for replay',
        requiresArg: true,
      })
      .option('expected', {
        type: 'boolean',
        default: false,
        describe: "Compare with what the drivers' headers declare; exit with 0 if all agree",
      }),
  handler: async (args) => {
    const { targets, parts, leftOut, errors } = findTargets(
      args.paths === undefined || args.paths.length === 0 ? ['.'] : args.paths,
    );
    for (const error of errors) complain(error);
    if (targets.length === 0) {
      process.exitCode = exitCodes.invalid;
      return;
    }
    sayLeftOut(leftOut);
    const code = await checkTargets(targets, parts, {
      check: checkOptions(args),
      budget: args.budget,
      jobs: args.jobs,
      format: args.format,
      out: args.out,
      traces: args.traces,
      strict: args.strict,
      expected: args.expected,
      whole: false,
    });
    process.exitCode = errors.length > 0 ? exitCodes.invalid : code;
  },
};

/** What nobody checks would be taken for sound: how many drivers each configuration leaves out. */
function sayLeftOut(leftOut: ReadonlyMap<string, string>): void {
  const drivers = new Map<string, number>();
  for (const config of leftOut.values()) drivers.set(config, (drivers.get(config) ?? 0) + 1);
  for (const [config, count] of drivers) note(`${counted(count, 'driver')} left out by ${config}.`);
}
