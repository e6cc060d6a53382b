/** `irpsight explain <rule>`: what a rule means, why it matters, how to put a breach right. */
import type { CommandModule } from 'yargs';
import { ruleSummaries } from '../../check/rules.ts';
import { ruleExplanation } from '../../report/rules.ts';
import { type OutputArguments, outputOptions } from '../options.ts';
import { complain, exitCodes, outputPaint, writeReport } from '../terminal.ts';

export const explainCommand: CommandModule<object, OutputArguments & { rule: string }> = {
  command: 'explain <rule>',
  describe: 'Explain a rule',
  builder: (yargs) => outputOptions(yargs).positional('rule', { type: 'string', demandOption: true, describe: 'Such as completion/twice' }),
  handler: ({ rule: id, format, out }) => {
    const rules = ruleSummaries();
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) {
      const near = rules.filter((candidate) => candidate.id.includes(id) || id.includes(candidate.id.split('/')[1])).map((candidate) => candidate.id);
      complain(`There is no rule ${id}${near.length > 0 ? `; do you mean ${near.join(' or ')}?` : '. "irpsight rules" lists them.'}`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    const report = format === 'json' ? `${JSON.stringify(rule, null, 2)}\n` : ruleExplanation(rule, outputPaint(out !== undefined));
    process.exitCode = writeReport(report, out) ? exitCodes.clean : exitCodes.invalid;
  },
};
