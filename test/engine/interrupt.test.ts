/** Interrupts and hardware in the machine: the reductions find what the unreduced search finds, on one processor and on two. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import type { Reductions } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import type { Program } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';

/** A driver whose service routine, DPC and thread share counters; `isr` is added to the service routine. */
const driver = (isr: string): string => `
import {
  DRIVER_INITIALIZE, FALSE, IoConnectInterrupt, IoDisconnectInterrupt, KDEFERRED_ROUTINE, KDPC, KeAcquireSpinLock, KeAcquireSpinLockAtDpcLevel,
  KeInitializeDpc, KeInitializeSpinLock, KeInsertQueueDpc, KeReleaseSpinLock, KeReleaseSpinLockFromDpcLevel, KeSynchronizeExecution, KIRQL,
  KSERVICE_ROUTINE, KSPIN_LOCK, KSYNCHRONIZE_ROUTINE, Latched, LONG, NT_ASSERT, PKINTERRUPT, PUCHAR, PVOID, READ_PORT_UCHAR, Ref, STATUS_SUCCESS,
  TRUE, UCHAR, ULONG_PTR, WRITE_PORT_UCHAR,
} from 'irpsight/wdm';
let Interrupt!: PKINTERRUPT | null;
let Lock!: KSPIN_LOCK;
let Dpc!: KDPC;
let Count!: LONG;
let Total!: LONG;
const DpcRoutine: KDEFERRED_ROUTINE<PVOID> = (D, C, A, B) => {
  KeAcquireSpinLockAtDpcLevel(Lock);
  Total = Total + 1;
  KeReleaseSpinLockFromDpcLevel(Lock);
};
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  const Ident: UCHAR = READ_PORT_UCHAR(0x3fa as ULONG_PTR as PUCHAR);
  if ((Ident & 1) !== 0) return FALSE;
  READ_PORT_UCHAR(0x3f8 as ULONG_PTR as PUCHAR);
  ${isr}
  Count = Count + 1;
  KeInsertQueueDpc(Dpc, null, null);
  return TRUE;
};
const Get: KSYNCHRONIZE_ROUTINE<PVOID> = (Context) => { Count = Count + 10; return TRUE; };
export function Use(): void {
  KeSynchronizeExecution(Interrupt!, Get, null);
  const Irql = KeAcquireSpinLock(Lock);
  Total = Total + 1;
  Total = Total + 1;
  KeReleaseSpinLock(Lock, Irql);
}
export function Done(): void { IoDisconnectInterrupt(Interrupt!); }
export function Early(): void { NT_ASSERT(Total < 3); }
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  KeInitializeSpinLock(Lock);
  KeInitializeDpc(Dpc, DpcRoutine, null);
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0x34, 8 as KIRQL, 8 as KIRQL, Latched, FALSE, 1, FALSE);
  WRITE_PORT_UCHAR(0x3fc as ULONG_PTR as PUCHAR, 8);
  WRITE_PORT_UCHAR(0x3f9 as ULONG_PTR as PUCHAR, 1);
  return STATUS_SUCCESS;
};
`;

const scenario = (then: string): string => `
import { SCENARIO } from 'irpsight/scenario';
import * as Serial from 'irpsight/devices/serial';
import { Done, DriverEntry, Early, Use } from './a.driver';
export const Received: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Threads: { User() { Use(); ${then} }, Line() { Serial.Receive(1); } },
  Expect() { Done(); },
};
`;

const cases = [
  { name: 'what keeps its locks apart', isr: '', then: '', found: [] },
  { name: 'what comes too early', isr: '', then: 'Early();', found: ['assert/failed'] },
  {
    name: 'a service routine that spins for what it may have interrupted',
    isr: 'KeAcquireSpinLockAtDpcLevel(Lock);',
    then: '',
    found: ['lock/deadlock'],
  },
];
const searches: readonly Partial<Reductions>[] = [{}, { movers: false }, { fusion: false, movers: false }];

describe('an interrupt', () => {
  for (const { name, isr, then, found } of cases)
    it(name, () => {
      const { program, problems } = compile({
        sources: [
          { path: 'a.driver.ts', text: driver(isr), origin: 'driver' },
          { path: 'a.scenario.ts', text: scenario(then), origin: 'scenario' },
        ],
        library: loadLibrary(),
      });
      expect(problems).toEqual([]);
      for (const processors of [1, 2])
        for (const reductions of searches)
          expect([processors, reductions, rulesBroken(program as Program, processors, reductions)]).toEqual([
            processors,
            reductions,
            found,
          ]);
    });
});

function rulesBroken(program: Program, processors: number, reductions: Partial<Reductions>): readonly string[] {
  const watched = ['assert/failed', 'interrupt/not-quieted', 'lock/deadlock'];
  const outcome = explore({
    program,
    scenario: program.scenarios[0],
    rules: rules.map(({ check }) => check).filter(({ id }) => watched.includes(id)),
    strategy: 'exhaustive',
    maxStates: 500_000,
    processors,
    reductions,
    shrink: false,
  });
  expect(outcome.bounds).toEqual([]);
  return [...new Set(outcome.breaches.map(({ rule }) => rule))];
}
