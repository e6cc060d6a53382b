/** The analysis follows exceptions: to the handler around, through finally blocks, and to the end of the path where there is none. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.ts';
import { compile } from '../../src/compiler/compile.ts';
import { rule as unhandled } from '../../src/rules/exception/unhandled.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

/** `rule certainty at text`, in the order of the text. */
function found(text: string): string[] {
  const { program, problems } = compile({ sources: [{ path: 'x.driver.ts', text, origin: 'driver' }], library: loadLibrary() });
  if (program === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { findings } = analyse(
    program,
    rules.map(({ check }) => check),
  );
  return findings.map(({ rule, certainty, place }) => `${rule} ${certainty} at ${text.slice(place.start, place.end)}`);
}

describe('exceptions in the analysis', () => {
  it('one that nobody handles may be raised; with a handler nothing is said', () => {
    expect(found(unhandled.bad)).toEqual(['exception/unhandled may at ProbeForWrite(Irp.UserBuffer, Length, 1)']);
    expect(found(unhandled.good)).toEqual([]);
  });

  it('what is done before one is raised stays done', () => {
    const probe = '    ProbeForWrite(Irp.UserBuffer, Length, 1);\n';
    const raised = `import { APC_LEVEL, KeLowerIrql, KeRaiseIrql } from 'irpsight/wdm';\n${unhandled.good}`;
    const at = (last: string): string =>
      raised.replace(probe, `    const Irql = KeRaiseIrql(APC_LEVEL);\n    try {\n  ${probe}    } finally {}\n${last}`);
    expect(found(at('    KeLowerIrql(Irql);\n'))).toEqual([
      'irql/changed-at-return must at return Complete(Irp, GetExceptionCode());',
    ]);
    expect(found(at('').replace('finally {}', 'finally { KeLowerIrql(Irql); }'))).toEqual([]);
  });

  it('a way out by one on which the IRP is forgotten', () => {
    const litmus = loadLitmus().find(({ name }) => name === 'exception-skips-completion');
    expect(found(litmus?.broken[0].text ?? '')).toEqual(['completion/never must at return GetExceptionCode();']);
    expect(found(litmus?.fixed[0].text ?? '')).toEqual([]);
  });
});
