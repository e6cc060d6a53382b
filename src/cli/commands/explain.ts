/** `irpsight explain <rule>`: what a rule means, why it matters, how to put a breach right; of a bug check's code, the rules about it. */
import type { CommandModule } from 'yargs';
import { ruleOf, ruleSummaries, ruleSummary } from '../../check/rules.ts';
import { nearestName } from '../../compiler/nearest.ts';
import { bugCheck } from '../../facts/index.ts';
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

/** Rules whose id holds what was asked for, or the other way round; else the one it may be a misspelling of. */
function similarRules(id: string): string[] {
  const ids = ruleSummaries().map((rule) => rule.id);
  const holding = ids.filter((candidate) => candidate.includes(id.toLowerCase()) || id.includes(candidate.split('/')[1]));
  if (holding.length > 0) return holding;
  const near =
    nearestName(id, ids) ??
    nearestName(
      id,
      ids.map((candidate) => candidate.split('/')[1]),
    );
  return ids.filter((candidate) => candidate === near || candidate.split('/')[1] === near);
}

/** The rules whose breach may end in a bug check of that code, or of it with some first parameter. */
function explainBugCheck(given: string, format: string, out: string | undefined): ExitCode {
  const code = given.split('/').map(plainCode).join('/');
  const rules = ruleSummaries().filter(({ references }) =>
    references.bugChecks.some((known) => {
      const plain = known.split('/').map(plainCode);
      return plain.join('/') === code || plain[0] === code;
    }),
  );
  if (rules.length === 0) {
    complain(`No rule is about bug check ${given}. "irpsight rules" lists them all.`);
    return exitCodes.invalid;
  }
  const name = rules
    .flatMap(({ references }) => references.bugChecks)
    .map((known) => bugCheck(known))
    .find((known) => known?.code.split('/').map(plainCode).join('/') === code)?.name;
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

/** `0x0000000C4` as `0xc4`. */
function plainCode(code: string): string {
  return code.toLowerCase().replace(/^0x0*(?=.)/, '0x');
}
