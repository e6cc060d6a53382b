/**
 * WMI seen from a driver that receives events. Nobody in the simulated machine fires one, so a callback is never called.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/wmi-event-tracing
 */
import { NTSTATUS, PVOID, Ref, ULONG, ULONG64, ULONG_PTR, sizeof } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { KEVENT } from './event.ts';
import { GUID, PGUID } from './guid.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from './status.ts';
import { machineAlloc, machineEvent } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-fwmi_notification_callback */
export type FWMI_NOTIFICATION_CALLBACK<CONTEXT = never> = (Wnode: PVOID, Context: CONTEXT) => void;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wmistr/ns-wmistr-_wnode_header */
export interface WNODE_HEADER { BufferSize: ULONG; ProviderId: ULONG; HistoricalContext: ULONG64; Guid: GUID; ClientContext: ULONG; Flags: ULONG }
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wmistr/ns-wmistr-tagwnode_single_instance */
export interface WNODE_SINGLE_INSTANCE {
  WnodeHeader: WNODE_HEADER;
  OffsetInstanceName: ULONG;
  InstanceIndex: ULONG;
  DataBlockOffset: ULONG;
  SizeDataBlock: ULONG;
}
export type PWNODE_SINGLE_INSTANCE = WNODE_SINGLE_INSTANCE;

export const WMIGUID_NOTIFICATION: ULONG = 0x0004;

/**
 * The object is dereferenced when it is done with.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iowmiopenblock
 */
export function IoWMIOpenBlock(Guid: PGUID, DesiredAccess: ULONG, DataBlockObject: Ref<PVOID>): NTSTATUS {
  machineEvent('call.irql', 0, 1);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  DataBlockObject.Value = machineAlloc(sizeof<KEVENT>(), 0, 1);
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iowmisetnotificationcallback */
export function IoWMISetNotificationCallback<CONTEXT>(Object: PVOID, Callback: FWMI_NOTIFICATION_CALLBACK<CONTEXT>, Context: CONTEXT): NTSTATUS {
  machineEvent('call.irql', 0, 1);
  return KiAllocationFails() ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

/**
 * What a device is known by in WMI: the lower half of its address.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iowmideviceobjecttoproviderid
 */
export function IoWMIDeviceObjectToProviderId(DeviceObject: PDEVICE_OBJECT): ULONG {
  machineEvent('call.irql', 0, 2);
  return (DeviceObject as PVOID as ULONG_PTR) as ULONG;
}
