/** What a scenario file imports: the SCENARIO literal's type, Win32's side, the PnP manager's side, and what a scenario may ask and expect. */
import { BOOLEAN, LONG, NTSTATUS } from 'irpsight/wdm/types';
import { DRIVER_INITIALIZE } from 'irpsight/wdm/device';
import { KiInterrupt } from 'irpsight/wdm/interrupt';
import { machineEvent } from 'irpsight/wdm/machine';

export {
  CancelIo, CancelIoEx, CancelSynchronousIo, CloseHandle, CreateFile, DeviceIoControl, ExitThread, FlushFileBuffers, GetOverlappedResult,
  InternalDeviceIoControl, OVERLAPPED, POVERLAPPED, ReadFile, SendShutdown, WriteFile,
} from './win32.ts';
export { RemoveDevice, SendPower, SendSystemControl, SendSystemPower, StartDevice, StopDevice, SurpriseRemove } from './pnp.ts';

/** How the simulated lower driver answers; it is the bottom of a PnP driver's stack. */
export type COMPLETE = 'inline' | 'later' | 'either' | 'never';
export interface LOWER_MAJOR {
  Function: LONG;
  Complete: COMPLETE;
  Status: NTSTATUS;
}
export interface LOWER {
  Complete: COMPLETE;
  /** What reads, writes and control requests are completed with, each explored. */
  Status: NTSTATUS[];
  /** What the lower driver has pended can be cancelled. */
  Cancelable?: BOOLEAN;
  /** Exceptions for single major functions. */
  Major?: LOWER_MAJOR[];
}

/** One situation that a driver is checked in. */
export interface SCENARIO {
  Driver: DRIVER_INITIALIZE;
  /** 2 unless given. */
  Processors?: LONG;
  Lower?: LOWER;
  /** Every allocation may fail. */
  LowMemory?: BOOLEAN;
  /** Most preemptions a schedule may have; the verdict is then no better than bounded. */
  MaxPreemptions?: LONG;
  /** Runs before the threads, after the driver is loaded and its device started. */
  Setup?(): void;
  /** Run side by side. One that returns exits: its requests are cancelled and waited for. */
  Threads: { [Name: string]: () => void };
  /** Runs when all threads are gone and all handles closed. */
  Expect?(): void;
}

/**
 * The device interrupts, once: the connected service routines run at their DIRQL until one claims it. The thread that calls this stands
 * for whatever the processor was doing. Nothing happens where no interrupt is connected.
 */
export function Interrupt(): void {
  KiInterrupt();
}

/** A finding (assert/failed) when the condition does not hold. */
export function expect(Condition: BOOLEAN, Message?: string): void {
  if (!Condition) machineEvent('assert.failed', 1);
}

/** One of the values, each explored. */
export declare function choose<T>(...Values: T[]): T;
