/**
 * Notifications of Plug and Play events: a driver hears of devices that offer an interface and of the removal of devices that it has opened.
 * What happens to other devices a scenario says (src/scenario/dsl/neighbour.ts).
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/using-pnp-notification
 */
import { ARRAY, BOOLEAN, FALSE, LONG, NTSTATUS, PCWSTR, PUNICODE_STRING, PVOID, Ref, TRUE, ULONG, UNICODE_STRING, USHORT, sizeof } from './types.ts';
import { PDEVICE_OBJECT, PDRIVER_OBJECT, PFILE_OBJECT } from './device.ts';
import { DISPATCHER_HEADER } from './event.ts';
import { GUID, IsEqualGUID, PGUID } from './guid.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from './status.ts';
import { PKTHREAD } from './thread.ts';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineCancelLockHeld, machineCurrentThread, machineEvent, machineFree, machineIrql,
  machineLocksHeld, machineWait,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-driver_notification_callback_routine */
export type DRIVER_NOTIFICATION_CALLBACK_ROUTINE<NOTIFICATION = never, CONTEXT = never> = (
  NotificationStructure: NOTIFICATION, Context: CONTEXT,
) => NTSTATUS;

export type IO_NOTIFICATION_EVENT_CATEGORY = LONG & { readonly brand: 'IO_NOTIFICATION_EVENT_CATEGORY' };
export const EventCategoryHardwareProfileChange = 1 as IO_NOTIFICATION_EVENT_CATEGORY;
export const EventCategoryDeviceInterfaceChange = 2 as IO_NOTIFICATION_EVENT_CATEGORY;
export const EventCategoryTargetDeviceChange = 3 as IO_NOTIFICATION_EVENT_CATEGORY;
export const PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES: ULONG = 0x00000001;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_device_interface_change_notification */
export interface DEVICE_INTERFACE_CHANGE_NOTIFICATION {
  Version: USHORT;
  Size: USHORT;
  Event: GUID;
  InterfaceClassGuid: GUID;
  SymbolicLinkName: PUNICODE_STRING;
}
export type PDEVICE_INTERFACE_CHANGE_NOTIFICATION = DEVICE_INTERFACE_CHANGE_NOTIFICATION;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_target_device_removal_notification */
export interface TARGET_DEVICE_REMOVAL_NOTIFICATION { Version: USHORT; Size: USHORT; Event: GUID; FileObject: PFILE_OBJECT | null }
export type PTARGET_DEVICE_REMOVAL_NOTIFICATION = TARGET_DEVICE_REMOVAL_NOTIFICATION;

export let GUID_DEVICE_INTERFACE_ARRIVAL: GUID = {
  Data1: 0xcb3a4004, Data2: 0x46f0, Data3: 0x11d0, Data4: [0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f],
};
export let GUID_DEVICE_INTERFACE_REMOVAL: GUID = {
  Data1: 0xcb3a4005, Data2: 0x46f0, Data3: 0x11d0, Data4: [0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f],
};
export let GUID_TARGET_DEVICE_QUERY_REMOVE: GUID = {
  Data1: 0xcb3a4006, Data2: 0x46f0, Data3: 0x11d0, Data4: [0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f],
};
export let GUID_TARGET_DEVICE_REMOVE_CANCELLED: GUID = {
  Data1: 0xcb3a4007, Data2: 0x46f0, Data3: 0x11d0, Data4: [0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f],
};
export let GUID_TARGET_DEVICE_REMOVE_COMPLETE: GUID = {
  Data1: 0xcb3a4008, Data2: 0x46f0, Data3: 0x11d0, Data4: [0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f],
};

/** A registration. It goes when it is cancelled and its routine does not run. */
interface IOP_NOTIFICATION {
  Routine: DRIVER_NOTIFICATION_CALLBACK_ROUTINE;
  Context: PVOID;
  /** Of an interface. */
  Class: GUID;
  /** The file that was opened, which may be closed by now, and the device it was opened on. Null with an interface. */
  FileObject: PFILE_OBJECT | null;
  Device: PDEVICE_OBJECT | null;
  /** The thread that runs the routine. */
  Thread: PKTHREAD | null;
  /** Signalled while nobody does. */
  Idle: DISPATCHER_HEADER;
  Cancelled: BOOLEAN;
  /** Has been told of what happens now. */
  Told: BOOLEAN;
  Next: PIOP_NOTIFICATION | null;
}
type PIOP_NOTIFICATION = IOP_NOTIFICATION;

let IopNotifications!: PIOP_NOTIFICATION | null;

/**
 * Other devices with the interface that have started already are told of at once where the flag asks for it: there are none when a driver is
 * loaded, as each scenario begins with that.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioregisterplugplaynotification
 */
export function IoRegisterPlugPlayNotification<NOTIFICATION, CONTEXT>(
  EventCategory: IO_NOTIFICATION_EVENT_CATEGORY, EventCategoryFlags: ULONG, EventCategoryData: PVOID, DriverObject: PDRIVER_OBJECT,
  CallbackRoutine: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<NOTIFICATION, CONTEXT>, Context: CONTEXT, NotificationEntry: Ref<PVOID>,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  const Entry = machineAlloc(sizeof<IOP_NOTIFICATION>(), 0, 1);
  Entry.Routine = CallbackRoutine as DRIVER_NOTIFICATION_CALLBACK_ROUTINE;
  Entry.Context = Context as PVOID;
  Entry.Idle.SignalState = 1;
  // Of what happens while it is registered it does not hear.
  Entry.Told = TRUE;
  if (EventCategory === EventCategoryDeviceInterfaceChange) Entry.Class = EventCategoryData as PGUID;
  if (EventCategory === EventCategoryTargetDeviceChange) {
    const FileObject = EventCategoryData as PFILE_OBJECT;
    Entry.FileObject = FileObject;
    Entry.Device = FileObject.DeviceObject;
  }
  NotificationEntry.Value = Entry;
  machineAtomicBegin();
  Entry.Next = IopNotifications;
  IopNotifications = Entry;
  machineAtomicEnd();
  return STATUS_SUCCESS;
}

/**
 * The routine may run, and even be called, after this has returned.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iounregisterplugplaynotification
 */
export function IoUnregisterPlugPlayNotification(NotificationEntry: PVOID): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  IopCancelNotification(NotificationEntry as PIOP_NOTIFICATION, FALSE);
  return STATUS_SUCCESS;
}

/**
 * The routine is not called any more when this has returned, and does not run unless it is the caller.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iounregisterplugplaynotificationex
 */
export function IoUnregisterPlugPlayNotificationEx(NotificationEntry: PVOID): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  IopCancelNotification(NotificationEntry as PIOP_NOTIFICATION, TRUE);
  return STATUS_SUCCESS;
}

/** Tells who has registered for the interface that a device which offers it has come or gone. Not to be called by two threads at once. */
export function IopNotifyInterface(Event: PGUID, InterfaceClass: PGUID, Name: PCWSTR): void {
  IopNobodyTold();
  let Entry = IopNextToTell(InterfaceClass, null);
  while (Entry !== null) {
    const Structure = machineAlloc(sizeof<DEVICE_INTERFACE_CHANGE_NOTIFICATION>(), 0, 1);
    const Link = machineAlloc(sizeof<UNICODE_STRING>(), 0, 1);
    Link.Buffer = Name;
    Link.Length = 2;
    Link.MaximumLength = 4;
    Structure.Version = 1;
    Structure.Size = sizeof<DEVICE_INTERFACE_CHANGE_NOTIFICATION>();
    Structure.Event = Event;
    Structure.InterfaceClassGuid = InterfaceClass;
    Structure.SymbolicLinkName = Link;
    IopTell(Entry, Structure);
    machineFree(Link);
    machineFree(Structure);
    Entry = IopNextToTell(InterfaceClass, null);
  }
}

/** Tells who has registered with a file on the device what becomes of it. Not to be called by two threads at once. */
export function IopNotifyTarget(Event: PGUID, DeviceObject: PDEVICE_OBJECT): void {
  IopNobodyTold();
  let Entry = IopNextToTell(null, DeviceObject);
  while (Entry !== null) {
    const Structure = machineAlloc(sizeof<TARGET_DEVICE_REMOVAL_NOTIFICATION>(), 0, 1);
    Structure.Version = 1;
    Structure.Size = sizeof<TARGET_DEVICE_REMOVAL_NOTIFICATION>();
    Structure.Event = Event;
    Structure.FileObject = Entry.FileObject;
    IopTell(Entry, Structure);
    machineFree(Structure);
    Entry = IopNextToTell(null, DeviceObject);
  }
}

function IopNobodyTold(): void {
  machineAtomicBegin();
  for (let Entry = IopNotifications; Entry !== null; Entry = Entry.Next) Entry.Told = FALSE;
  machineAtomicEnd();
}

/** The next registration for that interface, or for a file on that device, now with this thread in its routine. */
function IopNextToTell(InterfaceClass: PGUID | null, DeviceObject: PDEVICE_OBJECT | null): PIOP_NOTIFICATION | null {
  let Found: PIOP_NOTIFICATION | null = null;
  machineAtomicBegin();
  for (let Entry = IopNotifications; Entry !== null; Entry = Entry.Next) {
    if (!Entry.Told && IopConcerns(Entry, InterfaceClass, DeviceObject)) Found = Entry;
  }
  if (Found !== null) {
    const Chosen = Found as PIOP_NOTIFICATION;
    Chosen.Told = TRUE;
    Chosen.Thread = machineCurrentThread();
    Chosen.Idle.SignalState = 0;
  }
  machineAtomicEnd();
  return Found;
}

function IopConcerns(Entry: PIOP_NOTIFICATION, InterfaceClass: PGUID | null, DeviceObject: PDEVICE_OBJECT | null): BOOLEAN {
  if (Entry.Device === null) return InterfaceClass !== null && IsEqualGUID(Entry.Class, InterfaceClass);
  return DeviceObject !== null && Entry.Device === DeviceObject;
}

function IopTell(Entry: PIOP_NOTIFICATION, Structure: PVOID): void {
  const Routine = Entry.Routine;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Routine(Structure as never, Entry.Context as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineAtomicBegin();
  Entry.Thread = null;
  Entry.Idle.SignalState = 1;
  const Last = Entry.Cancelled;
  machineAtomicEnd();
  if (Last) machineFree(Entry);
}

/** Who is not in the list any more frees it: whoever cancels it, or after that whoever runs its routine. */
function IopCancelNotification(Entry: PIOP_NOTIFICATION, Wait: BOOLEAN): void {
  machineAtomicBegin();
  if (IopNotifications === Entry) IopNotifications = Entry.Next;
  for (let Before = IopNotifications; Before !== null; Before = Before.Next) {
    if (Before.Next === Entry) Before.Next = Entry.Next;
  }
  const Running = Entry.Idle.SignalState === 0;
  const Elsewhere = Running && Entry.Thread !== machineCurrentThread();
  Entry.Cancelled = Running && !(Wait && Elsewhere);
  machineAtomicEnd();
  if (Wait && Elsewhere) machineWait(Entry.Idle, 0, 0);
  if (!Running || (Wait && Elsewhere)) machineFree(Entry);
}
