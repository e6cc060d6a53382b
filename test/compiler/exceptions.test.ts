/** What becomes of try, catch and finally: the ways of exceptions, and that code they do not concern stays as it is. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { isHandledAt } from '../../src/ir/flow.ts';
import type { Func, Program } from '../../src/ir/program.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { loadLibrary } from '../kit/library.ts';
import { funcOf } from './mini.ts';

const library = loadLibrary();

function programOf(text: string): Program {
  const imports = `import {
  AbnormalTermination, ExRaiseStatus, GetExceptionCode, KeGetCurrentIrql, LONG, NTSTATUS, PIRP, PLONG, PVOID, ProbeForRead, Ref, STATUS_SUCCESS, ULONG,
} from 'irpsight/wdm';
`;
  const { program, problems } = compile({ sources: [{ path: 'a.driver.ts', text: imports + text, origin: 'driver' }], library });
  expect(problems).toEqual([]);
  if (program === undefined) throw new Error('no program');
  expect(validateProgram(program)).toEqual([]);
  return program;
}

/** Names of the intrinsics about exceptions in the function, in order. */
function asked(func: Func): string[] {
  const names = ['raiseException', 'exceptionPending', 'takeException', 'userFault'];
  return func.code.flatMap((instr) => (instr.op === 'intrinsic' && names.includes(instr.name) ? [instr.name] : []));
}

describe('the ways of exceptions', () => {
  it('without a try statement in the program nothing is added', () => {
    const program = programOf('function F(A: PVOID): void { ProbeForRead(A, 4, 4); }');
    expect(program.funcs.flatMap(asked).filter((name) => name !== 'raiseException')).toEqual([]);
    expect(program.funcs.filter(({ handled }) => handled !== undefined)).toEqual([]);
  });

  it('behind a call that may raise it is asked for, behind others not', () => {
    const program = programOf('function F(A: PVOID): void { try { ProbeForRead(A, 4, 4); KeGetCurrentIrql(); } catch {} }');
    expect(asked(funcOf(program, 'F'))).toEqual(['exceptionPending', 'takeException']);
    expect(asked(funcOf(program, 'KeGetCurrentIrql'))).toEqual([]);
  });

  it('a function passes on what its callee raises, and its caller asks', () => {
    const program = programOf(`
function Inner(A: PVOID): LONG { ProbeForRead(A, 4, 4); return 1; }
function Outer(A: PVOID): LONG { return Inner(A); }
function F(A: PVOID): void { try { Outer(A); } catch {} }`);
    for (const name of ['Inner', 'Outer']) expect(asked(funcOf(program, name))).toEqual(['exceptionPending']);
  });

  it('one that handles what it calls raises nothing', () => {
    const program = programOf(`
function Safe(A: PVOID): void { try { ProbeForRead(A, 4, 4); } catch {} }
function F(A: PVOID): void { Safe(A); }`);
    expect(asked(funcOf(program, 'F'))).toEqual([]);
  });

  it('nor does one whose finally block returns', () => {
    const program = programOf(`
function Safe(A: PVOID): LONG { try { ProbeForRead(A, 4, 4); } finally { return 1; } }
function F(A: PVOID): void { try { Safe(A); } catch {} }`);
    expect(asked(funcOf(program, 'F'))).not.toContain('exceptionPending');
    // Whoever raises in there still finds the handler.
    const { code, handled } = funcOf(program, 'F');
    expect(handled).toBeDefined();
    expect(code.every((instr, at) => instr.op !== 'call' || isHandledAt(funcOf(program, 'F'), at))).toBe(true);
  });

  it('a call through a pointer may lead to any routine with as many parameters', () => {
    const program = programOf(`
type CALLBACK = (A: PVOID) => void;
const Raise: CALLBACK = (A) => { ExRaiseStatus(STATUS_SUCCESS); };
interface TABLE { Routine: CALLBACK }
type PTABLE = TABLE;
function F(Table: PTABLE): void { Table.Routine = Raise; try { Table.Routine(null); } catch {} }`);
    expect(asked(funcOf(program, 'F'))).toContain('exceptionPending');
  });

  it('before an access that has a handler around it, it is asked whether it raises: not of what lies in the frame', () => {
    const program = programOf(`
function Helper(A: PLONG): LONG { return A.Value; }
function F(A: PLONG): LONG {
  let Own: LONG = A.Value;
  const Address = Ref(Own);
  try { Own = 1; Helper(A); } catch {}
  return Address.Value;
}`);
    expect(asked(funcOf(program, 'Helper'))).toContain('userFault');
    expect(asked(funcOf(program, 'F'))).not.toContain('userFault');
  });
});
