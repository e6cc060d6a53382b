/** `irpsight explain <rule>`: what a rule means, why it matters, how to put a breach right. */
import type { CommandModule } from 'yargs';
import { ruleOf, ruleSummaries, ruleSummary } from '../../check/rules.ts';
import { proseWidth, wrap } from '../../report/paint.ts';
import { explainRule } from '../../rules/explain.ts';
import { type OutputArguments, outputOptions } from '../options.ts';
import { complain, exitCodes, writeReport } from '../terminal.ts';

export const explainCommand: CommandModule<object, OutputArguments & { rule: string }> = {
  command: 'explain <rule>',
  describe: 'Explain a rule',
  builder: (yargs) =>
    outputOptions(yargs).positional('rule', { type: 'string', demandOption: true, describe: 'Such as completion/twice' }),
  handler: ({ rule: id, format, out }) => {
    const rule = ruleOf(id);
    if (rule === undefined) {
      const near = similarRules(id);
      complain(
        `There is no rule ${id}${near.length > 0 ? `; do you mean ${near.join(' or ')}?` : '. "irpsight rules" lists them.'}`,
      );
      process.exitCode = exitCodes.invalid;
      return;
    }
    const report = format === 'json' ? `${JSON.stringify(ruleSummary(rule), null, 2)}\n` : wrapped(explainRule(rule, 'en'));
    process.exitCode = writeReport(report, out) ? exitCodes.clean : exitCodes.invalid;
  },
};

/** Prose broken at the width of the reports; examples, which are indented, stay as they are. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, proseWidth, 2)))
    .join('\n');
}

/** Rules whose id holds what was asked for, or the other way round. */
function similarRules(id: string): string[] {
  const ids = ruleSummaries().map((rule) => rule.id);
  return ids.filter((candidate) => candidate.includes(id) || id.includes(candidate.split('/')[1]));
}
