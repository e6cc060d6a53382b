/** Waiting for dispatcher objects, one or several. https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-kernel-dispatcher-objects */
import { ARRAY, BOOLEAN, FALSE, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, TRUE, ULONG } from './types.ts';
import { KiCheckHeader, KiMutantObject, PDISPATCHER_HEADER } from './event.ts';
import { KPROCESSOR_MODE, UserMode } from './irp.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import { KiOwnMutex, KiTakeOwnMutex, PKMUTEX } from './mutex.ts';
import { STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_USER_APC } from './status.ts';
import { KiCurrentThread } from './thread.ts';
import { KiMicroseconds } from './timer.ts';
import { machineChoose, machineEvent, machineLower, machineRaise, machineWait, machineWaitSeveral } from './machine.ts';

export type KWAIT_REASON = LONG & { readonly brand: 'KWAIT_REASON' };
export const Executive = 0 as KWAIT_REASON;
export const Suspended = 5 as KWAIT_REASON;
export const UserRequest = 6 as KWAIT_REASON;
export type WAIT_TYPE = LONG & { readonly brand: 'WAIT_TYPE' };
export const WaitAll = 0 as WAIT_TYPE;
export const WaitAny = 1 as WAIT_TYPE;
/** So many objects a thread can wait for without wait blocks of the caller's; and at all. */
export const THREAD_WAIT_OBJECTS: LONG = 3;
export const MAXIMUM_WAIT_OBJECTS: LONG = 64;
/**
 * Opaque.
 * @size 48
 */
export interface KWAIT_BLOCK { Object: PVOID }
export type PKWAIT_BLOCK = KWAIT_BLOCK;

/** For the machine: what is waited for. A null header stands for something that is signalled whatever happens. */
export interface KI_WAIT { Count: LONG; All: BOOLEAN; Headers: ARRAY<PDISPATCHER_HEADER | null, 64> }
export type PKI_WAIT = KI_WAIT;
/** A caller's array of objects, of whatever length it has. */
interface KI_OBJECTS { Object: ARRAY<PVOID, 64> }
type PKI_OBJECTS = KI_OBJECTS;

/**
 * Waits for any dispatcher object: STATUS_SUCCESS, or STATUS_TIMEOUT. A null timeout waits for ever, one of zero only tests. In user
 * mode the wait may end early, with STATUS_USER_APC, because the thread is to end.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/waits-and-apcs
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject
 */
export function KeWaitForSingleObject(
  Object: PVOID, WaitReason: KWAIT_REASON, WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN, Timeout: PLARGE_INTEGER | null,
): NTSTATUS {
  let Timed: LONG = 0;
  let Micros: LONG = 0;
  let Highest: LONG = 1;
  if (Timeout !== null) {
    const Time = Timeout.QuadPart;
    Timed = 1;
    Micros = KiMicroseconds(Time);
    if (Time === 0) Highest = 2;
  }
  KiBeginWait();
  machineEvent('call.irql', 0, Highest);
  if (WaitMode === UserMode && Highest === 1 && machineChoose(2) === 1) return STATUS_USER_APC;
  const Header = Object as PDISPATCHER_HEADER;
  KiCheckHeader(Header);
  return Header.Type === KiMutantObject ? KiWaitForMutex(Object as PKMUTEX, Timed, Micros) : machineWait(Header, Timed, Micros);
}

/**
 * WaitAny: STATUS_WAIT_0 and the index of the object that let it go on, the first of those signalled. WaitAll: STATUS_SUCCESS once all are
 * signalled at the same time; until then none is taken. More than THREAD_WAIT_OBJECTS need wait blocks, and more than
 * MAXIMUM_WAIT_OBJECTS stop the system.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitformultipleobjects
 */
export function KeWaitForMultipleObjects(
  Count: ULONG, Object: ARRAY<PVOID, number>, WaitType: WAIT_TYPE, WaitReason: KWAIT_REASON, WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN,
  Timeout: PLARGE_INTEGER | null, WaitBlockArray: ARRAY<KWAIT_BLOCK, number> | null,
): NTSTATUS {
  let Wait!: KI_WAIT;
  let Timed: LONG = 0;
  let Micros: LONG = 0;
  let Highest: LONG = 1;
  if (Timeout !== null) {
    const Time = Timeout.QuadPart;
    Timed = 1;
    Micros = KiMicroseconds(Time);
    if (Time === 0) Highest = 2;
  }
  KiBeginWait();
  machineEvent('call.irql', 0, Highest);
  if (Count > MAXIMUM_WAIT_OBJECTS || (Count > THREAD_WAIT_OBJECTS && WaitBlockArray === null)) {
    machineEvent('assert.failed', 0);
    return STATUS_TIMEOUT;
  }
  if (WaitMode === UserMode && Highest === 1 && machineChoose(2) === 1) return STATUS_USER_APC;
  const Objects = Object as PVOID as PKI_OBJECTS;
  Wait.Count = Count as LONG;
  Wait.All = WaitType === WaitAll;
  for (let Index: LONG = 0; Index < Wait.Count; Index++) Wait.Headers[Index] = KiHeaderToWaitFor(Objects.Object[Index]);
  const Status = machineWaitSeveral(Wait, Timed, Micros);
  if (Status === STATUS_TIMEOUT) return Status;
  for (let Index: LONG = 0; Index < Wait.Count; Index++) {
    if (Wait.All || Index === (Status as LONG)) KiTaken(Objects.Object[Index]);
  }
  return Status;
}

/** A routine has signalled with Wait TRUE: it returns at DISPATCH_LEVEL, and the wait that follows goes back. */
export function KiWaitFollows(): void {
  const Thread = KiCurrentThread();
  Thread.WaitIrql = machineRaise(DISPATCH_LEVEL);
  Thread.WaitNext = TRUE;
}

/** Where the wait follows a routine that was called with Wait TRUE, back to the IRQL before that. */
function KiBeginWait(): void {
  const Thread = KiCurrentThread();
  if (!Thread.WaitNext) return;
  Thread.WaitNext = FALSE;
  machineLower(Thread.WaitIrql);
}

function KiWaitForMutex(Mutex: PKMUTEX, Timed: LONG, Micros: LONG): NTSTATUS {
  if (KiTakeOwnMutex(Mutex)) return STATUS_SUCCESS;
  const Status = machineWait(Mutex.Free, Timed, Micros);
  if (Status === STATUS_SUCCESS) KiOwnMutex(Mutex);
  return Status;
}

/** Null for a mutex of the thread's own: nobody takes it away meanwhile. */
function KiHeaderToWaitFor(Object: PVOID): PDISPATCHER_HEADER | null {
  const Header = Object as PDISPATCHER_HEADER;
  KiCheckHeader(Header);
  if (Header.Type !== KiMutantObject) return Header;
  const Mutex = Object as PKMUTEX;
  return Mutex.Depth !== 0 && Mutex.OwnerThread === KiCurrentThread() ? null : Mutex.Free;
}

function KiTaken(Object: PVOID): void {
  if ((Object as PDISPATCHER_HEADER).Type !== KiMutantObject) return;
  if (!KiTakeOwnMutex(Object as PKMUTEX)) KiOwnMutex(Object as PKMUTEX);
}
