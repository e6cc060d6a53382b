/** `irpsight run <file> [--scenario NAME]`: explores the scenarios of one file, and shows schedules and unreached statements whole. */
import type { CommandModule } from 'yargs';
import { findTargets } from '../../jobs/files.ts';
import { checkTargets } from '../checking.ts';
import { checkOptions, type ExploreArguments, exploreOptions, type OutputArguments, outputOptions } from '../options.ts';
import { complain, exitCodes } from '../terminal.ts';

interface Arguments extends ExploreArguments, OutputArguments {
  readonly file: string;
  readonly scenario: string | undefined;
}

export const runCommand: CommandModule<object, Arguments> = {
  command: 'run <file>',
  describe: 'Explore the scenarios of one driver or scenario file',
  builder: (yargs) =>
    outputOptions(exploreOptions(yargs))
      .positional('file', { type: 'string', demandOption: true, describe: 'A driver or scenario file' })
      .option('scenario', { type: 'string', describe: 'Only the scenario of this name', requiresArg: true }),
  handler: async (args) => {
    const { targets, errors } = findTargets([args.file]);
    for (const error of errors) complain(error);
    if (errors.length > 0 || targets.length !== 1) {
      if (errors.length === 0) complain(`${args.file} holds ${targets.length} drivers; run takes one file.`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    process.exitCode = await checkTargets(targets, [], {
      check: checkOptions(args, args.scenario),
      budget: args.budget,
      jobs: 1,
      format: args.format,
      out: args.out,
      traces: undefined,
      strict: false,
      expected: false,
      whole: true,
    });
  },
};
