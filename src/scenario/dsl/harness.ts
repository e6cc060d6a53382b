/** A run from beginning to end: load, add and start, Setup, threads, process exit, Expect, remove, unload. */
import { BOOLEAN, LONG, NTSTATUS, UNICODE_STRING, sizeof } from 'irpsight/wdm/types';
import { DO_DEVICE_INITIALIZING, DRIVER_OBJECT, PDEVICE_OBJECT, PDRIVER_OBJECT } from 'irpsight/wdm/device';
import { NT_SUCCESS } from 'irpsight/wdm/status';
import { IopMostRequests, IopUnfinishedIrp } from 'irpsight/wdm/io-manager';
import { KiFlushQueuedDpcs } from 'irpsight/wdm/dpc';
import { KiInterrupt } from 'irpsight/wdm/interrupt';
import { KiSetLowMemory } from 'irpsight/wdm/pool';
import {
  machineAlloc, machineBounded, machineCancelLockHeld, machineEvent, machineIrql, machineLocksHeld, machineWait,
} from 'irpsight/wdm/machine';
import { LowerCreateDevice, LowerRefusesStart } from './lower.ts';
import { InitializePnp, RemoveForGood, StartDevice } from './pnp.ts';
import { LowMemory, ScenarioDriver, ScenarioExpect, ScenarioSetup, ScenarioThreadCount } from './settings.ts';
import {
  CancelThreadIrps, CurrentThread, EndThread, InitializeThreads, IsCancelLost, IsRequestUnfinished, StartThreads, ThreadObject,
} from './threads.ts';
import { CloseAllHandles, InitializeHandles } from './win32.ts';

/** The first context. */
export function HarnessMain(): void {
  InitializeThreads();
  InitializeHandles();
  const DriverObject = machineAlloc(sizeof<DRIVER_OBJECT>(), 0, 1);
  // The lower device is there before the driver, and before memory runs low.
  const Pdo = LowerCreateDevice();
  KiSetLowMemory(LowMemory);
  if (!LoadDriver(DriverObject)) return;
  if (BuildStack(DriverObject, Pdo)) RunScenario();
  RemoveForGood();
  UnloadDriver(DriverObject);
}

/** Says of each request that is not finished that nothing will finish it any more. Run in an end state that is not final. */
export function HarnessStuck(): void {
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, null);
    if (Irp !== null) machineEvent('irp.abandoned', Irp, Irp.Cancel, Irp.CancelRoutine !== null);
  }
}

function LoadDriver(DriverObject: PDRIVER_OBJECT): BOOLEAN {
  const Entry = ScenarioDriver;
  if (Entry === null) return false;
  let RegistryPath!: UNICODE_STRING;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Status = Entry(DriverObject, RegistryPath);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  if (!NT_SUCCESS(Status)) {
    if (!LowMemory) machineBounded('DriverEntry failed.');
    return false;
  }
  // What the I/O manager does when DriverEntry has returned.
  let Device: PDEVICE_OBJECT | null = DriverObject.DeviceObject;
  while (Device !== null) {
    Device.Flags = Device.Flags & ~DO_DEVICE_INITIALIZING;
    Device = Device.NextDevice;
  }
  return true;
}

/** For a PnP driver: AddDevice upon the lower device, and start. */
function BuildStack(DriverObject: PDRIVER_OBJECT, Pdo: PDEVICE_OBJECT | null): BOOLEAN {
  const AddDevice = DriverObject.DriverExtension.AddDevice;
  if (AddDevice === null || Pdo === null) return true;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Status: NTSTATUS = AddDevice(DriverObject, Pdo);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  if (!NT_SUCCESS(Status)) {
    if (!LowMemory) machineBounded('AddDevice failed.');
    return false;
  }
  InitializePnp(Pdo);
  if (NT_SUCCESS(StartDevice())) return true;
  if (LowerRefusesStart()) GiveDeviceUp();
  else if (!LowMemory) machineBounded('IRP_MN_START_DEVICE failed.');
  return false;
}

/** A device that cannot start is removed, and no thread comes to it. Whoever judges the run looks whether it came here. */
function GiveDeviceUp(): void {}

/** Ends with every thread gone, every handle closed and, with that, every request of the process finished. */
function RunScenario(): void {
  const Setup = ScenarioSetup;
  if (Setup !== null) Setup();
  StartThreads();
  for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) {
    const Thread = ThreadObject(Index);
    // A thread that waits in the kernel does not notice that its process is terminated; its requests are cancelled all the same.
    if (Thread !== null && machineWait(Thread.Header, 2, 0) !== 0) {
      // An interrupt that happens to finish a request whose cancel was lost would hide that.
      const Lost = IsCancelLost();
      CancelThreadIrps(Thread);
      if (!Lost) LetDeviceAnswer();
      machineWait(Thread.Header, 0, 0);
    }
  }
  EndThread(CurrentThread(), true);
  CloseAllHandles();
  const Expect = ScenarioExpect;
  if (Expect !== null) Expect();
}

/**
 * A device that works answers what it was told to do, though no thread of the scenario interrupts: the service routines are called until every
 * request is finished. More often than eight times a device is not waited for.
 */
function LetDeviceAnswer(): void {
  for (let Round: LONG = 0; Round < 8 && IsRequestUnfinished(); Round++) {
    KiInterrupt();
    KiFlushQueuedDpcs();
  }
}

function UnloadDriver(DriverObject: PDRIVER_OBJECT): void {
  const Unload = DriverObject.DriverUnload;
  if (Unload === null) return;
  // Whoever unloads a driver does so long after its last handle was closed: what is queued by then has run. An armed timer is not.
  KiFlushQueuedDpcs();
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Unload(DriverObject);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
}
