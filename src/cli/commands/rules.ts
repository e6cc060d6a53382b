/** `irpsight rules`: all rules. */
import type { CommandModule } from 'yargs';
import { ruleSummaries } from '../../check/rules.ts';
import { rulesTable } from '../../report/rules.ts';
import { type OutputArguments, outputOptions } from '../options.ts';
import { exitCodes, outputPaint, writeReport } from '../terminal.ts';

export const rulesCommand: CommandModule<object, OutputArguments> = {
  command: 'rules',
  describe: 'List the rules',
  builder: (yargs) => outputOptions(yargs),
  handler: ({ format, out }) => {
    const rules = ruleSummaries();
    const report =
      format === 'json' ? `${JSON.stringify({ rules }, null, 2)}\n` : rulesTable(rules, outputPaint(out !== undefined));
    process.exitCode = writeReport(report, out) ? exitCodes.clean : exitCodes.invalid;
  },
};
