/** A run from beginning to end: load, add and start, Setup, threads, process exit, Expect, remove, unload. */
import { BOOLEAN, LONG, NTSTATUS, TRUE, UNICODE_STRING, sizeof } from 'irpsight/wdm/types';
import { DO_DEVICE_INITIALIZING, DRIVER_INITIALIZE, DRIVER_OBJECT, PDEVICE_OBJECT, PDRIVER_OBJECT } from 'irpsight/wdm/device';
import { NT_SUCCESS, STATUS_SUCCESS } from 'irpsight/wdm/status';
import { IopMostRequests, IopUnfinishedIrp } from 'irpsight/wdm/io-manager';
import { IopNoteHeldRemoveLocks } from 'irpsight/wdm/remove-lock';
import { IopNoteStalled } from 'irpsight/wdm/start-io';
import { KiFlushQueuedDpcs } from 'irpsight/wdm/dpc';
import { KiInterrupt } from 'irpsight/wdm/interrupt';
import { KiRefused, KiSetLoading } from 'irpsight/wdm/opaque';
import { KiSetLowMemory } from 'irpsight/wdm/pool';
import { KiDriverThreads } from 'irpsight/wdm/thread';
import { PKTHREAD } from 'irpsight/wdm/thread';
import { KiHeldByThread, KiKeeps } from 'irpsight/wdm/region';
import {
  machineAlloc, machineBounded, machineCancelLockHeld, machineEvent, machineIrql, machineIsTimePending, machineLeaks, machineLocksHeld, machineWait,
} from 'irpsight/wdm/machine';
import { LowerCreateDevice, LowerRefusesStart } from './lower.ts';
import { InitializePnp, RemoveForGood, StartDevice } from './pnp.ts';
import {
  LowMemory, ScenarioBelow, ScenarioDeviceCount, ScenarioDevices, ScenarioDriver, ScenarioExpect, ScenarioSetup, ScenarioThreadCount,
} from './settings.ts';
import {
  CancelThreadIrps, CurrentThread, EndThread, InitializeThreads, IsCancelLost, IsRequestUnfinished, StartThreads, ThreadObject,
} from './threads.ts';
import { CloseAllHandles, InitializeHandles } from './win32.ts';

/** The first context. */
export function HarnessMain(): void {
  InitializeThreads();
  InitializeHandles();
  const DriverObject = machineAlloc(sizeof<DRIVER_OBJECT>(), 0, 1);
  for (let Index: LONG = 0; Index < ScenarioDeviceCount; Index++) {
    const Plug = ScenarioDevices[Index];
    if (Plug !== null) Plug();
  }
  // The lower device is there before the driver, and before memory runs low.
  const Pdo = LowerCreateDevice();
  const Below = LoadBelow(Pdo);
  KiSetLowMemory(LowMemory);
  KiSetLoading(true);
  const Loaded = LoadDriver(DriverObject, ScenarioDriver);
  if (Loaded && BuildStack(DriverObject, Pdo)) RunScenario();
  RemoveForGood();
  if (Loaded) UnloadDriver(DriverObject);
  if (Below !== null) UnloadDriver(Below);
}

/** Says of each request that is not finished that nothing will finish it any more, and what else is waited for in vain. Run in an end state that is not final. */
export function HarnessStuck(): void {
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, null);
    // Of packets that wait for the next one to be asked for, it is of that that is to be spoken.
    if (Irp !== null && !IopNoteStalled(Irp)) machineEvent('irp.abandoned', Irp, Irp.Cancel, Irp.CancelRoutine !== null);
  }
  IopNoteHeldRemoveLocks();
}

/** The scenario's own driver, where it has one: loaded, and its device upon the lower one. */
function LoadBelow(Pdo: PDEVICE_OBJECT | null): PDRIVER_OBJECT | null {
  if (ScenarioBelow === null) return null;
  const DriverObject = machineAlloc(sizeof<DRIVER_OBJECT>(), 0, 1);
  if (!LoadDriver(DriverObject, ScenarioBelow) || !NT_SUCCESS(AddDeviceTo(DriverObject, Pdo))) machineBounded('The driver below failed to load.');
  // Its device is to be removed also where the driver under test never comes to lie upon it.
  if (Pdo !== null) InitializePnp(Pdo);
  return DriverObject;
}

/** The driver's routine for that has been called, or its DriverEntry failed: it is gone, and what it has not freed nobody will free. */
let DriverIsGone!: BOOLEAN;

/** Tells what the driver has left behind. Run in each final state. */
export function HarnessFinal(): void {
  if (!DriverIsGone) return;
  machineLeaks();
  if (KiDriverThreads() !== 0) machineEvent('thread.left');
}

function LoadDriver(DriverObject: PDRIVER_OBJECT, Entry: DRIVER_INITIALIZE | null): BOOLEAN {
  if (Entry === null) return false;
  let RegistryPath!: UNICODE_STRING;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Held = KiHeldByThread();
  machineEvent('routine.enter');
  const Status = Entry(DriverObject, RegistryPath);
  if (KiKeeps(Held, false)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  if (!NT_SUCCESS(Status)) {
    if (!LowMemory && !KiRefused()) machineBounded('DriverEntry failed.');
    DriverIsGone = TRUE;
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

/** For a PnP driver, or one upon such a driver: AddDevice upon the lower device, and start. */
function BuildStack(DriverObject: PDRIVER_OBJECT, Pdo: PDEVICE_OBJECT | null): BOOLEAN {
  if (Pdo === null || (DriverObject.DriverExtension.AddDevice === null && Pdo.AttachedDevice === null)) return true;
  if (!NT_SUCCESS(AddDeviceTo(DriverObject, Pdo))) {
    if (!LowMemory && !KiRefused()) machineBounded('AddDevice failed.');
    return false;
  }
  InitializePnp(Pdo);
  if (NT_SUCCESS(StartDevice())) return true;
  if (LowerRefusesStart()) GiveDeviceUp();
  // A virtual device may take longer than the driver waits for it.
  else if (ScenarioDeviceCount === 0 && !LowMemory && !KiRefused()) machineBounded('IRP_MN_START_DEVICE failed.');
  return false;
}

/** Calls AddDevice, if the driver has one. */
function AddDeviceTo(DriverObject: PDRIVER_OBJECT, Pdo: PDEVICE_OBJECT | null): NTSTATUS {
  const AddDevice = DriverObject.DriverExtension.AddDevice;
  if (AddDevice === null || Pdo === null) return STATUS_SUCCESS;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Held = KiHeldByThread();
  machineEvent('routine.enter');
  const Status = AddDevice(DriverObject, Pdo);
  if (KiKeeps(Held, false)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  return Status;
}

/** The lower driver refuses to start the device: it is removed, and no thread comes to it. Whoever judges the run looks whether it came here. */
function GiveDeviceUp(): void {}

/** Ends with every thread gone, every handle closed and, with that, every request of the process finished. */
function RunScenario(): void {
  KiSetLoading(false);
  const Setup = ScenarioSetup;
  if (Setup !== null) Setup();
  StartThreads();
  let GivenUp: BOOLEAN = false;
  for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) {
    const Thread = ThreadObject(Index);
    // A thread that waits in the kernel does not notice that its process is terminated; its requests are cancelled all the same.
    if (Thread !== null && machineWait(Thread.Header, 2, 0) !== 0) {
      // Nothing goes on now. Who cancels a packet that waits behind a finished one hides that nobody would have asked for it.
      if (!GivenUp && !machineIsTimePending() && ScenarioDeviceCount === 0) NoteStalled();
      GivenUp = true;
      GiveUpRequests(Thread);
      machineWait(Thread.Header, 0, 0);
    }
  }
  // What Setup has asked for.
  const Own = CurrentThread().Thread!;
  if (Own.Outstanding !== 0) GiveUpRequests(Own);
  EndThread(CurrentThread(), true);
  CloseAllHandles();
  const Expect = ScenarioExpect;
  if (Expect !== null) Expect();
}

/** Nobody waits for the thread's requests any more. */
function GiveUpRequests(Thread: PKTHREAD): void {
  // An interrupt that happens to finish a request whose cancel was lost would hide that.
  const Lost = IsCancelLost();
  CancelThreadIrps(Thread);
  if (!Lost) LetDeviceAnswer();
}

/** Says of packets that wait for StartIo that nobody asks for them any more. */
function NoteStalled(): void {
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, null);
    if (Irp !== null) IopNoteStalled(Irp);
  }
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
  const Held = KiHeldByThread();
  machineEvent('routine.enter');
  Unload(DriverObject);
  if (KiKeeps(Held, false)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  DriverIsGone = TRUE;
}
