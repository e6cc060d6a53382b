/** `irpsight explain <rule>`: what a rule means, why it matters, how to put a breach right; of a bug check's code, the rules about it. */
import type { CommandModule } from 'yargs';
import { ruleOf, ruleSummary, rulesOfBugCheck, similarRules } from '../../check/rules.ts';
import { proseWidth, wrap } from '../../report/paint.ts';
import { rulesTable } from '../../report/rules.ts';
import { explainRule } from '../../rules/explain.ts';
import { type OutputArguments, outputOptions } from '../options.ts';
import { complain, type ExitCode, exitCodes, outputPaint, writeReport } from '../terminal.ts';

export const explainCommand: CommandModule<object, OutputArguments & { rule: string }> = {
  command: 'explain <rule>',
  describe: 'Explain a rule',
  builder: (yargs) =>
    outputOptions(yargs).positional('rule', {
      type: 'string',
      demandOption: true,
      describe: 'Such as completion/twice, or the code of a bug check such as 0x44',
    }),
  handler: ({ rule: id, format, out }) => {
    const rule = ruleOf(id);
    if (rule === undefined && /^0x[\da-f]+(\/0x[\da-f]+)?$/i.test(id)) {
      process.exitCode = explainBugCheck(id, format, out);
      return;
    }
    if (rule === undefined) {
      // Who gives the name of a group means its rules, and not others in whose names the word occurs.
      const inGroup = (rule: string): boolean => rule.startsWith(`${id.toLowerCase()}/`);
      const similar = similarRules(id);
      const near = similar.some(inGroup) ? similar.filter(inGroup) : similar;
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

/** Prints the rules about a bug check. */
function explainBugCheck(given: string, format: string, out: string | undefined): ExitCode {
  const { name, rules } = rulesOfBugCheck(given);
  if (rules.length === 0) {
    complain(`No rule is about bug check ${given}. "irpsight rules" lists them all.`);
    return exitCodes.invalid;
  }
  const report =
    format === 'json'
      ? `${JSON.stringify({ rules }, null, 2)}\n`
      : [
          `Bug check ${given}${name === undefined ? '' : ` ${name}`}: rules whose breach it can be the end of.`,
          '',
          rulesTable(rules, outputPaint(out !== undefined)),
        ].join('\n');
  return writeReport(report, out) ? exitCodes.clean : exitCodes.invalid;
}
