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
  for (const { name, isr, then, found } of cases) it(name, () => comparesWith(found, driver(isr), scenario(then)));

  it.each([
    [8, ['lock/deadlock']],
    [9, []],
  ])('of another level shares a lock that is taken at level %i', (level, found) => {
    // Two devices are too much for the unreduced search.
    comparesWith(found, sharing(level), bothInterrupt, searches.slice(0, 2));
  });

  it('comes before the level is raised that shuts it out', () => {
    comparesWith(['assert/failed'], raising, scenario('').replace('DriverEntry, Early, Use', 'DriverEntry, Use'));
  });
});

/** Two lines of different level with one lock, which is initialised before others can see it; the mouse's is taken at that level. */
const sharing = (level: number): string => `
import {
  DRIVER_INITIALIZE, ExAllocatePoolWithTag, FALSE, IoConnectInterrupt, IoDisconnectInterrupt, KeInitializeSpinLock, KIRQL, KSERVICE_ROUTINE, KSPIN_LOCK,
  Latched, LONG, NonPagedPoolNx, PKINTERRUPT, PUCHAR, PVOID, Ref, sizeof, STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS, TRUE, ULONG_PTR,
  WRITE_PORT_UCHAR,
} from 'irpsight/wdm';
interface BOX { Lock: KSPIN_LOCK }
type PBOX = BOX;
let Keyboard!: PKINTERRUPT | null;
let Mouse!: PKINTERRUPT | null;
let Count!: LONG;
const KeyboardIsr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Count = Count + 1; return TRUE; };
const MouseIsr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Count = Count + 1; return TRUE; };
export function Done(): void { IoDisconnectInterrupt(Keyboard!); IoDisconnectInterrupt(Mouse!); }
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  const Box = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof<BOX>(), 'xoBP') as PBOX | null;
  if (Box === null) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeSpinLock(Box.Lock);
  IoConnectInterrupt(Ref(Keyboard), KeyboardIsr, null, Box.Lock, 0x31, 9 as KIRQL, 9 as KIRQL, Latched, FALSE, 1, FALSE);
  IoConnectInterrupt(Ref(Mouse), MouseIsr, null, Box.Lock, 0x34, 8 as KIRQL, ${level} as KIRQL, Latched, FALSE, 1, FALSE);
  WRITE_PORT_UCHAR(0x64 as ULONG_PTR as PUCHAR, 0x60);
  WRITE_PORT_UCHAR(0x60 as ULONG_PTR as PUCHAR, 0x45);
  WRITE_PORT_UCHAR(0x3fc as ULONG_PTR as PUCHAR, 8);
  WRITE_PORT_UCHAR(0x3f9 as ULONG_PTR as PUCHAR, 1);
  return STATUS_SUCCESS;
};
`;

const bothInterrupt = `
import { SCENARIO } from 'irpsight/scenario';
import * as I8042 from 'irpsight/devices/i8042';
import * as Keyboard from 'irpsight/devices/keyboard';
import * as Serial from 'irpsight/devices/serial';
import { Done, DriverEntry } from './a.driver';
export const Both: SCENARIO = {
  Driver: DriverEntry,
  Devices: [I8042.Device, Serial.Device],
  Threads: { One() { Keyboard.Press(0x1c); }, Two() { Serial.Receive(1); } },
  Expect() { Done(); },
};
`;

/** Sets a flag, shuts the interrupt out, and takes the flag back. */
const raising = `
import {
  DISPATCH_LEVEL, DRIVER_INITIALIZE, FALSE, IoConnectInterrupt, IoDisconnectInterrupt, KeLowerIrql, KeRaiseIrql, KIRQL, KSERVICE_ROUTINE, Latched,
  LONG, NT_ASSERT, PKINTERRUPT, PUCHAR, PVOID, Ref, STATUS_SUCCESS, TRUE, ULONG_PTR, WRITE_PORT_UCHAR,
} from 'irpsight/wdm';
let Interrupt!: PKINTERRUPT | null;
let Flag!: LONG;
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { NT_ASSERT(Flag === 0); return TRUE; };
export function Use(): void {
  const Old = KeRaiseIrql(DISPATCH_LEVEL);
  Flag = 1;
  const Irql = KeRaiseIrql(8 as KIRQL);
  Flag = 0;
  KeLowerIrql(Irql);
  KeLowerIrql(Old);
}
export function Done(): void { IoDisconnectInterrupt(Interrupt!); }
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0x34, 8 as KIRQL, 8 as KIRQL, Latched, FALSE, 1, FALSE);
  WRITE_PORT_UCHAR(0x3fc as ULONG_PTR as PUCHAR, 8);
  WRITE_PORT_UCHAR(0x3f9 as ULONG_PTR as PUCHAR, 1);
  return STATUS_SUCCESS;
};
`;

/** Every search finds exactly these, on one processor and on two. */
function comparesWith(found: readonly string[], driverText: string, scenarioText: string, compared = searches): void {
  const { program, problems } = compile({
    sources: [
      { path: 'a.driver.ts', text: driverText, origin: 'driver' },
      { path: 'a.scenario.ts', text: scenarioText, origin: 'scenario' },
    ],
    library: loadLibrary(),
  });
  expect(problems).toEqual([]);
  for (const processors of [1, 2])
    for (const reductions of compared)
      expect([processors, reductions, rulesBroken(program as Program, processors, reductions)]).toEqual([
        processors,
        reductions,
        found,
      ]);
}

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
