/**
 * References to objects, by pointer or handle. Counted are those to device and file objects, which end with the last one; threads and other
 * objects stay as long as the system.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/life-cycle-of-an-object
 */
import { ACCESS_MASK, BOOLEAN, HANDLE, LONG, NTSTATUS, PVOID, Ref, SIZE_T, sizeof } from './types.ts';
import { DEVICE_OBJECT, FILE_OBJECT, IopReferenceDevice, IopReleaseDevice, PDEVICE_OBJECT, PFILE_OBJECT } from './device.ts';
import { IopReferenceFile, IopReleaseFile } from './io-manager.ts';
import { KPROCESSOR_MODE } from './irp.ts';
import { STATUS_INVALID_HANDLE, STATUS_SUCCESS } from './status.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent, machineObjectSize } from './machine.ts';

/**
 * The object that a handle stands for, with a reference to it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobjectbyhandle
 */
export function ObReferenceObjectByHandle<OBJECT>(
  Handle: HANDLE | null, DesiredAccess: ACCESS_MASK, ObjectType: PVOID, AccessMode: KPROCESSOR_MODE, Object: Ref<OBJECT>, HandleInformation: PVOID,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (Handle === null) return STATUS_INVALID_HANDLE;
  ObpReference(Handle as PVOID);
  Object.Value = Handle as PVOID as OBJECT;
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobjectbypointer */
export function ObReferenceObjectByPointer(Object: PVOID, DesiredAccess: ACCESS_MASK, ObjectType: PVOID, AccessMode: KPROCESSOR_MODE): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  ObpReference(Object);
  return STATUS_SUCCESS;
}

/**
 * The object stays until ObDereferenceObject.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobject
 */
export function ObReferenceObject(Object: PVOID): void {
  machineEvent('call.irql', 0, 2);
  ObpReference(Object);
}

/**
 * Once for each reference; with the last one the object goes, if it was deleted or closed meanwhile.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obdereferenceobject
 */
export function ObDereferenceObject(Object: PVOID): void {
  machineEvent('call.irql', 0, 2);
  if (ObpIs(Object, sizeof<DEVICE_OBJECT>())) {
    const Device = Object as PDEVICE_OBJECT;
    machineAtomicBegin();
    const Referenced = Device.PointerCount !== 0;
    if (Referenced) Device.PointerCount = Device.PointerCount - 1;
    machineAtomicEnd();
    if (Referenced) IopReleaseDevice(Device);
    else machineEvent('object.over-released');
  } else if (ObpIs(Object, sizeof<FILE_OBJECT>())) {
    const File = Object as PFILE_OBJECT;
    machineAtomicBegin();
    const Referenced = File.PointerCount !== 0;
    if (Referenced) IopReleaseFile(File);
    machineAtomicEnd();
    if (!Referenced) machineEvent('object.over-released');
  }
}

function ObpReference(Object: PVOID): void {
  machineAtomicBegin();
  if (ObpIs(Object, sizeof<DEVICE_OBJECT>())) {
    const Device = Object as PDEVICE_OBJECT;
    Device.PointerCount = Device.PointerCount + 1;
    IopReferenceDevice(Device);
  } else if (ObpIs(Object, sizeof<FILE_OBJECT>())) {
    IopReferenceFile(Object as PFILE_OBJECT);
  }
  machineAtomicEnd();
}

/** Whether an object of that type starts there. */
export function ObpIs<T>(Object: PVOID, Size: SIZE_T<T>): BOOLEAN {
  return machineObjectSize(Object, 0) === (Size as LONG);
}
