/** The default scenarios of a driver with StartIo: that nobody asks for the next packet shows only to a thread that waits for it. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';

/** A driver whose DPC finishes the current packet; `next` is how it goes on. */
const driver = (next: string): string => `
import {
  DISPATCH_LEVEL, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_STARTIO, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_NO_INCREMENT,
  IoAcquireCancelSpinLock, IoCompleteRequest, IoCreateDevice, IoDeleteDevice, IoMarkIrpPending, IoReleaseCancelSpinLock,
  IoSetCancelRoutine, IoStartNextPacket, IoStartPacket, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, KDEFERRED_ROUTINE, KDPC, KeFlushQueuedDpcs, KeInitializeDpc, KeInsertQueueDpc, KeLowerIrql,
  KeRemoveEntryDeviceQueue, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PIRP, Ref, RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_PENDING, STATUS_SUCCESS,
  TRUE, UNICODE_STRING,
} from 'irpsight/wdm';
interface EXTENSION { Dpc: KDPC }
function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
const DispatchOther: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => { return Complete(Irp, STATUS_SUCCESS); };
const DispatchRead: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoStartPacket(DeviceObject as PDEVICE_OBJECT, Irp, null, CancelRead);
  return STATUS_PENDING;
};
const CancelRead: DRIVER_CANCEL<EXTENSION> = (DeviceObject, Irp) => {
  const Current = DeviceObject.CurrentIrp === Irp;
  if (!Current) KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
  // IoStartNextPacket is for DISPATCH_LEVEL.
  const Irql = Irp.CancelIrql;
  IoReleaseCancelSpinLock(DISPATCH_LEVEL);
  if (Current) IoStartNextPacket(DeviceObject as PDEVICE_OBJECT, TRUE);
  KeLowerIrql(Irql);
  Complete(Irp, STATUS_CANCELLED);
};
const StartIo: DRIVER_STARTIO<EXTENSION> = (DeviceObject, Irp) => {
  const Irql = IoAcquireCancelSpinLock();
  if (Irp !== DeviceObject.CurrentIrp || IoSetCancelRoutine(Irp, null) === null) {
    IoReleaseCancelSpinLock(Irql);
    return;
  }
  IoReleaseCancelSpinLock(Irql);
  KeInsertQueueDpc(DeviceObject.DeviceExtension.Dpc, null, null);
};
const DoneDpc: KDEFERRED_ROUTINE<PDEVICE_OBJECT<EXTENSION>> = (Dpc, DeviceObject, First, Second) => {
  const Current = DeviceObject.CurrentIrp!;
  ${next}
  Complete(Current, STATUS_SUCCESS);
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  KeFlushQueuedDpcs();
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT<EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Packets');
  const Status = IoCreateDevice(DriverObject, sizeof<EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  KeInitializeDpc(Device!.DeviceExtension.Dpc, DoneDpc, Device!);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.DriverStartIo = StartIo;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;

function check(next: string): ReturnType<typeof checkSources> {
  const result = checkSources([{ path: 'packets.driver.ts', text: driver(next), origin: 'driver' }]);
  expect(result.problems).toEqual([]);
  return result;
}

describe('a driver with StartIo', () => {
  it('is verified when it asks for the next packet', () => {
    const { findings, scenarios } = check('IoStartNextPacket(DeviceObject as PDEVICE_OBJECT, TRUE);');
    expect(findings).toEqual([]);
    expect(scenarios.map(({ name }) => name)).toContain('ReadAfterRead');
    for (const { name, verdict, bounds } of scenarios) expect([verdict, bounds], name).toEqual(['verified', []]);
  });

  it('is found out when it never does, though each packet can be cancelled', () => {
    const { findings } = check('');
    expect(findings.map(({ rule, scenario }) => [rule, scenario])).toEqual([['queue/start-io', 'ReadAfterRead']]);
  });
});
