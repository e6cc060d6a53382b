/** Traces of the broken litmus twins, for what follows them. */
import type { Trace } from '../../src/check/findings.ts';
import type { Project } from '../../src/check/project.ts';
import { checkSources } from '../kit/check.ts';
import { type Litmus, loadLitmus } from '../kit/litmus.ts';

/** A trace with the sources that it is of. */
export interface Traced {
  readonly trace: Trace;
  readonly project: Project;
}

/** The litmus test of that name. */
export function litmus(name: string): Litmus {
  const found = loadLitmus().find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no litmus test ${name}`);
  return found;
}

/** The trace that shows what the broken twin does wrong. */
export function brokenTrace(name: string): Traced {
  const { broken, expect } = litmus(name);
  const trace = checkSources(broken).findings.find(({ rule, trace }) => rule === expect && trace !== undefined)?.trace;
  if (trace === undefined) throw new Error(`${name} has no trace`);
  return { trace, project: { driver: broken[0].path, sources: broken, problems: [] } };
}
