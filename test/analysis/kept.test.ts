/** What a routine came to is kept as long as nothing changes that it goes into, and no longer. */
import { describe, expect, it } from 'vitest';
import { type Analysis, analyse, createAnalyse } from '../../src/analysis/analyse.ts';
import type { Handed } from '../../src/analysis/irps.ts';
import { createKept, type RoutineResult } from '../../src/analysis/kept.ts';
import { Run } from '../../src/analysis/run.ts';
import type { Func, FuncId, Program } from '../../src/ir/program.ts';
import { checks, complete, driver, programOf } from './drivers.ts';

const base = `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Rare: LONG }
function Finish(Irp: PIRP): NTSTATUS {
  IoMarkIrpPending(Irp);
  return Complete(Irp, STATUS_SUCCESS);
}
function Level(): LONG {
  return 0;
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (Level() + 1 === 1) {
    return Complete(Irp, STATUS_SUCCESS);
  }
  return Finish(Irp);
};
const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};`;

const compiled = (body: string): Program => programOf([driver(complete(body))]);

function finished(steps: Generator<undefined, Analysis>): Analysis {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What the routine of that name comes to; the same object as before where that was kept. */
function result(
  kept: (run: Run) => (func: Func) => RoutineResult,
  program: Program,
  name: string,
  handed?: Handed,
): RoutineResult {
  const func = program.funcs.find((one) => one.name === name);
  if (func === undefined) throw new Error(`${name} is no routine`);
  const run = new Run(program, checks);
  run.handed = new Map<FuncId, Handed>(handed === undefined ? [] : [[func.id, handed]]);
  return kept(run)(func);
}

const telling: Readonly<Record<string, readonly [string, string]>> = {
  'a constant in a helper': ['return 0;', 'return 1;'],
  'an operator': ['Level() + 1', 'Level() - 1'],
  'which routine is called': ['(Level() + 1 === 1)', '(KeGetCurrentIrql() === 1)'],
  'what a branch leads to': ['=== 1', '!== 1'],
  'the size of a type': ['Level() + 1 === 1', 'sizeof<DEVICE_EXTENSION>() === 1'],
};

describe.each(Object.entries(telling))('%s', (_, [from, to]) => {
  it('is told apart, and what was kept does not show', () => {
    const analyseNext = createAnalyse(checks);
    const kept = createKept();
    const [before, after] = [compiled(base), compiled(base.replace(from, to))];
    const first = finished(analyseNext(before));
    const second = finished(analyseNext(after));
    expect(result(kept, after, 'DispatchRead')).not.toBe(result(kept, before, 'DispatchRead'));
    expect(result(kept, after, 'DispatchWrite')).toBe(result(kept, before, 'DispatchWrite'));
    expect(first.findings).toEqual([]);
    expect(second.findings).not.toEqual([]);
    expect(second).toEqual(analyse(after, checks));
    expect(finished(analyseNext(before))).toEqual(first);
  });
});

it('where things stand is not told apart, but told as it is now', () => {
  const broken = base.replace('=== 1', '!== 1');
  const moved = broken
    .replace('function Level', '// What follows has moved.\n\nfunction Level')
    .replace('  return Finish', '\n  return Finish');
  const analyseNext = createAnalyse(checks);
  const kept = createKept();
  const [before, after] = [compiled(broken), compiled(moved)];
  const first = finished(analyseNext(before));
  const second = finished(analyseNext(after));
  expect(result(kept, after, 'DispatchRead')).toBe(result(kept, before, 'DispatchRead'));
  expect(second.findings).not.toEqual(first.findings);
  expect(second).toEqual(analyse(after, checks));
});

it('in what states a routine gets its IRPs is told apart', () => {
  const program = compiled(base);
  const kept = createKept();
  const handed = (set: number): Handed => ({ states: new Map([[1, set]]), located: new Map(), alike: true });
  const ways = [undefined, handed(1), handed(2), { ...handed(2), alike: false }];
  const results = ways.map((how) => result(kept, program, 'DispatchRead', how));
  expect(new Set(results).size).toBe(ways.length);
  expect(ways.map((how) => result(kept, program, 'DispatchRead', how))).toEqual(results);
});

describe('what a routine comes to', () => {
  const handing =
    base
      .replace(
        'return Finish(Irp);',
        'IoSetCancelRoutine(Irp, Cancel);\n  return KeSynchronizeExecution(DeviceObject.DeviceExtension.Interrupt!, Play, null) ? Finish(Irp) : STATUS_PENDING;',
      )
      .replace('Level() + 1', 'Level() + DeviceObject.DeviceExtension.Rare')
      .replace('Rare: LONG', 'Rare: LONG; Interrupt: PKINTERRUPT | null') +
    `
const Cancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Complete(Irp, STATUS_CANCELLED);
};
const Play: KSYNCHRONIZE_ROUTINE<PVOID> = (Context) => {
  return TRUE;
};`;

  it.each([
    ['of a helper that it calls', 'return 0', 'return 2', false],
    ['of a routine that is called in place, by whoever it is handed to', 'return TRUE', 'return FALSE', false],
    ['of a routine that it hands on, to be called later', 'STATUS_CANCELLED', 'STATUS_SUCCESS', true],
    ['of the name of such a routine', 'Cancel', 'CancelRead', false],
  ])('is kept, or not, behind an edit %s', (_, from, to, isKept) => {
    const kept = createKept();
    const dispatched = (text: string): RoutineResult => result(kept, compiled(text), 'DispatchRead');
    const before = dispatched(handing);
    expect(dispatched(`// First.\n${handing}`)).toBe(before);
    expect(handing).toContain(from);
    expect(dispatched(handing.replace(new RegExp(`\\b${from}\\b`, 'g'), to)) === before).toBe(isKept);
    expect(dispatched(handing)).toBe(before);
  });

  it('is not kept where a routine that it hands on is of another role', () => {
    const kept = createKept();
    const program = compiled(handing);
    const funcs = program.funcs.map((func) => (func.name === 'Cancel' ? { ...func, role: 'IO_COMPLETION_ROUTINE' } : func));
    const before = result(kept, program, 'DispatchRead');
    expect(result(kept, { ...program, funcs }, 'DispatchRead')).not.toBe(before);
  });

  it('depends on all that it leaves in doubt, where it gives up a path', () => {
    // More returns than are followed.
    const returns = Array.from({ length: 24 }, (_, index) => `    case ${index}: return ${index * 3};`).join('\n');
    const givingUp = `
interface DEVICE_EXTENSION { Count: LONG }
function Pick(Extension: PDEVICE_EXTENSION): LONG {
  switch (Extension.Count) {
${returns}
    default: return 100;
  }
}
function Twice(Irp: PIRP): void {
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
const Cancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Complete(Irp, STATUS_CANCELLED);
};
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, Cancel);
  DeviceObject.DeviceExtension.Count = Pick(DeviceObject.DeviceExtension);
  return STATUS_PENDING;
};
const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Twice(Irp);
  return STATUS_CANCELLED;
};`;
    const analyseNext = createAnalyse(checks);
    finished(analyseNext(compiled(givingUp)));
    const after = compiled(givingUp.replace('Irql);\n  Complete(Irp, STATUS_CANCELLED)', 'Irql);\n  Twice(Irp)'));
    const { findings } = finished(analyseNext(after));
    expect(findings).toEqual(analyse(after, checks).findings);
    expect(findings.map(({ rule, certainty }) => `${certainty} ${rule}`)).toContain('may completion/twice');
  });
});
