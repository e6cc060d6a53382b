/** Power and Plug and Play calls that change nothing a driver could see here but are part of most drivers. */
import { ARRAY, BOOLEAN, NTSTATUS, PUNICODE_STRING, ULONG } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { PGUID } from './guid.ts';
import { DEVICE_POWER_STATE, DEVICE_RELATION_TYPE, PIRP, POWER_STATE, POWER_STATE_TYPE, SYSTEM_POWER_STATE } from './irp.ts';
import { STATUS_SUCCESS } from './status.ts';
import { machineEvent } from './machine.ts';

export const SystemPowerState = 0 as POWER_STATE_TYPE;
export const DevicePowerState = 1 as POWER_STATE_TYPE;
export const PowerDeviceUnspecified = 0 as DEVICE_POWER_STATE;
export const PowerDeviceD0 = 1 as DEVICE_POWER_STATE;
export const PowerDeviceD1 = 2 as DEVICE_POWER_STATE;
export const PowerDeviceD2 = 3 as DEVICE_POWER_STATE;
export const PowerDeviceD3 = 4 as DEVICE_POWER_STATE;
export const PowerSystemUnspecified = 0 as SYSTEM_POWER_STATE;
export const PowerSystemWorking = 1 as SYSTEM_POWER_STATE;
export const PowerSystemSleeping1 = 2 as SYSTEM_POWER_STATE;
export const PowerSystemSleeping2 = 3 as SYSTEM_POWER_STATE;
export const PowerSystemSleeping3 = 4 as SYSTEM_POWER_STATE;
export const PowerSystemHibernate = 5 as SYSTEM_POWER_STATE;
export const PowerSystemShutdown = 6 as SYSTEM_POWER_STATE;
export const BusRelations = 0 as DEVICE_RELATION_TYPE;
export const EjectionRelations = 1 as DEVICE_RELATION_TYPE;
export const RemovalRelations = 3 as DEVICE_RELATION_TYPE;
export const TargetDeviceRelation = 4 as DEVICE_RELATION_TYPE;

/**
 * What answers IRP_MN_QUERY_DEVICE_RELATIONS; room for one device, as with TargetDeviceRelation.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_device_relations
 */
export interface DEVICE_RELATIONS { Count: ULONG; Objects: ARRAY<PDEVICE_OBJECT, 1> }
export type PDEVICE_RELATIONS = DEVICE_RELATIONS;

/**
 * Needed before Windows Vista; does nothing since.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-postartnextpowerirp
 */
export function PoStartNextPowerIrp(Irp: PIRP): void {
  machineEvent('call.irql', 0, 2);
}

/**
 * At APC_LEVEL or below, unless the state is D0.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-posetpowerstate
 */
export function PoSetPowerState(DeviceObject: PDEVICE_OBJECT, Type: POWER_STATE_TYPE, State: POWER_STATE): void {
  machineEvent('call.irql', 0, State.DeviceState === PowerDeviceD0 ? 2 : 1);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinvalidatedevicerelations */
export function IoInvalidateDeviceRelations(DeviceObject: PDEVICE_OBJECT, Type: DEVICE_RELATION_TYPE): void {
  machineEvent('call.irql', 0, 2);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinvalidatedevicestate */
export function IoInvalidateDeviceState(PhysicalDeviceObject: PDEVICE_OBJECT): void {
  machineEvent('call.irql', 0, 2);
}

/**
 * Interfaces are not modelled: a handle is opened by the device's name or its stack.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioregisterdeviceinterface
 */
export function IoRegisterDeviceInterface(
  PhysicalDeviceObject: PDEVICE_OBJECT, InterfaceClassGuid: PGUID, ReferenceString: PUNICODE_STRING | null, SymbolicLinkName: PUNICODE_STRING,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetdeviceinterfacestate */
export function IoSetDeviceInterfaceState(SymbolicLinkName: PUNICODE_STRING, Enable: BOOLEAN): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlfreeunicodestring */
export function RtlFreeUnicodeString(UnicodeString: PUNICODE_STRING): void {
  machineEvent('call.irql', 0, 1);
}
