/** What a routine came to is kept as long as nothing changes that it leads to, and no longer. */
import { describe, expect, it } from 'vitest';
import { type Analysis, analyse, createAnalyse } from '../../src/analysis/analyse.ts';
import { fingerprintsOf } from '../../src/analysis/fingerprint.ts';
import type { Handed } from '../../src/analysis/irps.ts';
import { createKept, type RoutineResult } from '../../src/analysis/kept.ts';
import { Run } from '../../src/analysis/run.ts';
import type { Program } from '../../src/ir/program.ts';
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

/** Of the routine of that name. */
function fingerprint(program: Program, name: string): string {
  const func = program.funcs.find((one) => one.name === name);
  if (func === undefined) throw new Error(`${name} is no routine`);
  return fingerprintsOf(new Run(program, checks))(func, undefined);
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
    const [before, after] = [compiled(base), compiled(base.replace(from, to))];
    const first = finished(analyseNext(before));
    const second = finished(analyseNext(after));
    expect(fingerprint(after, 'DispatchRead')).not.toEqual(fingerprint(before, 'DispatchRead'));
    expect(fingerprint(after, 'DispatchWrite')).toEqual(fingerprint(before, 'DispatchWrite'));
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
  const [before, after] = [compiled(broken), compiled(moved)];
  const first = finished(analyseNext(before));
  const second = finished(analyseNext(after));
  expect(fingerprint(after, 'DispatchRead')).toEqual(fingerprint(before, 'DispatchRead'));
  expect(second.findings).not.toEqual(first.findings);
  expect(second).toEqual(analyse(after, checks));
});

it('in what states a routine gets its IRPs is told apart', () => {
  const program = compiled(base);
  const tell = fingerprintsOf(new Run(program, checks));
  const [routine] = program.funcs.filter(({ name }) => name === 'DispatchRead');
  const handed = (set: number): Handed => ({ states: new Map([[1, set]]), located: new Map(), alike: true });
  const told = [undefined, handed(1), handed(2), { ...handed(2), alike: false }].map((how) => tell(routine, how));
  expect(new Set(told).size).toBe(told.length);
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
  const dispatched = (kept: (run: Run) => (func: Program['funcs'][number]) => RoutineResult, text: string): RoutineResult => {
    const program = compiled(text);
    const func = program.funcs.find(({ name }) => name === 'DispatchRead');
    if (func === undefined) throw new Error('There is no DispatchRead');
    return kept(new Run(program, checks))(func);
  };

  it.each([
    ['of a helper that it calls', 'return 0', 'return 2', false],
    ['of a routine that is called in place, by whoever it is handed to', 'return TRUE', 'return FALSE', false],
    ['of a routine that it hands on, to be called later', 'STATUS_CANCELLED', 'STATUS_SUCCESS', true],
    ['of the name of such a routine', 'Cancel', 'CancelRead', false],
  ])('is kept, or not, behind an edit %s', (_, from, to, isKept) => {
    const kept = createKept();
    const before = dispatched(kept, handing);
    expect(dispatched(kept, `// First.\n${handing}`)).toBe(before);
    expect(handing).toContain(from);
    expect(dispatched(kept, handing.replace(new RegExp(`\\b${from}\\b`, 'g'), to)) === before).toBe(isKept);
    expect(dispatched(kept, handing)).toBe(before);
  });
});
