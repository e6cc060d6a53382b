/** What a scenario file imports: the SCENARIO literal's type, Win32's side, the PnP manager's side, and what a scenario may ask and expect. */
import { BOOLEAN, LONG, NTSTATUS } from 'irpsight/wdm/types';
import { DRIVER_INITIALIZE } from 'irpsight/wdm/device';
import { VIRTUAL_DEVICE } from 'irpsight/wdm/hal';
import { KiForeignInterrupt, KiInterrupt } from 'irpsight/wdm/interrupt';
import { DEVICE_LEVEL, PASSIVE_LEVEL } from 'irpsight/wdm/irql';
import { DISPATCHER_HEADER } from 'irpsight/wdm/event';
import { machineEvent, machineInterruptWait, machineLower } from 'irpsight/wdm/machine';

export {
  CancelIo, CancelIoEx, CancelSynchronousIo, CloseHandle, CreateFile, DeviceIoControl, ExitThread, FlushFileBuffers, GetOverlappedResult,
  InternalDeviceIoControl, OVERLAPPED, POVERLAPPED, ReadFile, SendRequest, SendShutdown, WriteFile,
} from './win32.ts';
export { CreateEvent, WaitForSingleObject } from './event-object.ts';
export { ArriveNeighbour, RemoveNeighbour, SurpriseRemoveNeighbour } from './neighbour.ts';
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
  /** DriverEntry of a driver in the scenario file, which is loaded first and stands below: a port driver, a bus, a file system. */
  Below?: DRIVER_INITIALIZE;
  /** Virtual devices that are plugged in, such as `[Serial.Device]`, one of each; their resources go to the stack of the driver. */
  Devices?: VIRTUAL_DEVICE[];
  /** 2 unless given. */
  Processors?: LONG;
  Lower?: LOWER;
  /** Every allocation may fail. */
  LowMemory?: BOOLEAN;
  /** Most preemptions a schedule may have, 0 to 1000; the verdict is then no better than bounded. */
  MaxPreemptions?: LONG;
  /** Runs before the threads, after the driver is loaded and its device started. */
  Setup?(): void;
  /** Run side by side. One that returns exits: its requests are cancelled and waited for. */
  Threads: { [Name: string]: () => void };
  /** Runs when all threads are gone and all handles closed. */
  Expect?(): void;
}

/** Always signalled: the device may interrupt at any moment. */
let DeviceInterrupts!: DISPATCHER_HEADER;

/**
 * The device interrupts, once, over whatever a processor is doing below its level: the connected service routines run at their DIRQL until one
 * claims it. Nothing happens where no interrupt is connected. It is for drivers without a virtual device.
 */
export function Interrupt(): void {
  DeviceInterrupts.SignalState = 1;
  machineInterruptWait(DeviceInterrupts, DEVICE_LEVEL);
  KiInterrupt();
  machineLower(PASSIVE_LEVEL);
}

/**
 * Another device interrupts on the line of the virtual devices, once, where that is level-sensitive and so may be shared: the driver's service
 * routine is asked, and is to say that the interrupt is not its own.
 */
export function SharedInterrupt(): void {
  DeviceInterrupts.SignalState = 1;
  machineInterruptWait(DeviceInterrupts, DEVICE_LEVEL);
  KiForeignInterrupt();
  machineLower(PASSIVE_LEVEL);
}

/** A finding (assert/failed) when the condition does not hold. */
export function expect(Condition: BOOLEAN, Message?: string): void {
  if (!Condition) machineEvent('assert.failed', 1);
}

/** One of the values, each explored. */
export declare function choose<T>(...Values: T[]): T;
