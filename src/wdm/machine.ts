/**
 * What the simulated machine itself can do. Drivers never import this; the kernel model is built on it. What each one does is
 * said in the machine's table of intrinsics: machineAlloc is `alloc` there, and so on.
 */
import { BOOLEAN, LONG, NTSTATUS, PVOID, Ref, SIZE_T } from './types.ts';
import { PDISPATCHER_HEADER } from './event.ts';
import { PKTHREAD } from './thread.ts';
import { PKI_WAIT } from './wait.ts';
import { PKDPC } from './dpc.ts';
import { PKTIMER } from './timer.ts';

/** A function pointer of any role. */
type ROUTINE = (...Arguments: never[]) => unknown;
type EVENT_ARGUMENT = number | boolean | object | null;

export declare function machineAlloc<T>(Size: SIZE_T<T>, Pool: LONG, Zero: LONG): T;
export declare function machineFree(Object: PVOID): void;
export declare function machineRetire(Object: PVOID): void;
export declare function machineLeaks(): void;
export declare function machineExchange<T>(Address: Ref<T>, Value: T): T;
export declare function machineCompareExchange<T>(Address: Ref<T>, Value: T, Comparand: T): T;
export declare function machineExchangeAdd(Address: Ref<LONG>, Value: LONG): LONG;
export declare function machineZero<T>(Address: PVOID, Size: SIZE_T<T>): void;
export declare function machineCopy<T>(To: PVOID, From: PVOID, Size: SIZE_T<T>): void;
export declare function machineLock(Word: Ref<LONG>, Cancel: LONG): void;
export declare function machineUnlock(Word: Ref<LONG>): void;
export declare function machineTryLock(Word: Ref<LONG>, Cancel: LONG): BOOLEAN;
export declare function machineHolds(Word: Ref<LONG>): BOOLEAN;
export declare function machineWait(Header: PDISPATCHER_HEADER, Timed: LONG, Micros: LONG): NTSTATUS;
export declare function machineWaitSeveral(Wait: PKI_WAIT, Timed: LONG, Micros: LONG): NTSTATUS;
export declare function machineInterruptWait(Header: PDISPATCHER_HEADER, Irql: LONG): void;
export declare function machineHardware(Header: PDISPATCHER_HEADER | null): void;
export declare function machineByteOffset<T>(Size: SIZE_T<T>, Cell: LONG): LONG;
export declare function machineRaise(Irql: LONG): LONG;
export declare function machineLower(Irql: LONG): void;
export declare function machineIrql(): LONG;
export declare function machineSpawn<A, B>(Kind: LONG, Routine: (First: A, Second: B) => void, Thread: PKTHREAD, First: A, Second: B): void;
export declare function machineCurrentThread(): PKTHREAD;
export declare function machineQueueDpc(Dpc: PKDPC, Processor: LONG): void;
export declare function machineDequeueDpc(Dpc: PKDPC): BOOLEAN;
export declare function machineArmTimer(Timer: PKTIMER, Micros: LONG): void;
export declare function machineDisarmTimer(Timer: PKTIMER): BOOLEAN;
export declare function machineChoose(Count: LONG): LONG;
export declare function machineRaiseException(Status: NTSTATUS): never;
export declare function machineUserMemory(Object: PVOID): void;
export declare function machineIsUserMemory(Address: PVOID): BOOLEAN;
export declare function machineEvent(Name: string, ...Arguments: EVENT_ARGUMENT[]): void;
export declare function machineAtomicBegin(): void;
export declare function machineAtomicEnd(): void;
export declare function machineObjectSize(Object: PVOID, InBytes: LONG): LONG;
export declare function machineIsTerminated(): BOOLEAN;
export declare function machineIsTimePending(): BOOLEAN;
export declare function machineIsDriverRoutine(Routine: ROUTINE | null): BOOLEAN;
export declare function machineLocksHeld(): LONG;
export declare function machineCancelLockHeld(): BOOLEAN;
export declare function machineProcessor(): LONG;
export declare function machineBounded(Reason: string): void;
export declare function machineInvariant(Condition: BOOLEAN): void;
