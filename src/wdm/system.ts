/** What a driver asks the system about itself and about devices. */
import { BOOLEAN, FALSE, LONG, NTSTATUS, PUNICODE_STRING, PVOID, Ref, ULONG } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_BUFFER_TOO_SMALL, STATUS_INSUFFICIENT_RESOURCES, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS } from './status.ts';
import { machineChoose, machineEvent } from './machine.ts';

export type DEVICE_REGISTRY_PROPERTY = LONG & { readonly brand: 'DEVICE_REGISTRY_PROPERTY' };
export const DevicePropertyDeviceDescription = 0 as DEVICE_REGISTRY_PROPERTY;
export const DevicePropertyHardwareID = 1 as DEVICE_REGISTRY_PROPERTY;
export const DevicePropertyFriendlyName = 9 as DEVICE_REGISTRY_PROPERTY;
export const DevicePropertyPhysicalDeviceObjectName = 11 as DEVICE_REGISTRY_PROPERTY;

/**
 * Windows 10: no checked build of it exists.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-psgetversion
 */
export function PsGetVersion(
  MajorVersion: Ref<ULONG> | null, MinorVersion: Ref<ULONG> | null, BuildNumber: Ref<ULONG> | null, CSDVersion: PUNICODE_STRING | null,
): BOOLEAN {
  machineEvent('call.irql', 0, 0);
  if (MajorVersion !== null) MajorVersion.Value = 10;
  if (MinorVersion !== null) MinorVersion.Value = 0;
  if (BuildNumber !== null) BuildNumber.Value = 19041;
  return FALSE;
}

/**
 * A property takes four bytes, or is not there.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iogetdeviceproperty
 */
export function IoGetDeviceProperty(
  DeviceObject: PDEVICE_OBJECT, DeviceProperty: DEVICE_REGISTRY_PROPERTY, BufferLength: ULONG, PropertyBuffer: PVOID, ResultLength: Ref<ULONG>,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  ResultLength.Value = 0;
  if (machineChoose(2) === 1) return STATUS_OBJECT_NAME_NOT_FOUND;
  ResultLength.Value = 4;
  return BufferLength < 4 ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}
