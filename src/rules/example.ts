/**
 * Makes the two complete drivers of a rule's example from one text that holds only what matters: the extension and the routines. Lines
 * between `//#bad` and `//#good` stand in the bad twin only, those between `//#good` and `//#end` in the good one.
 *
 * Added are the imports, a helper `Complete`, dispatch routines for what the text does not dispatch, DriverEntry and the way out;
 * a function `Start(Extension)` in the text is called when the device has been made, `Stop(Extension)` before it is deleted.
 */

/**
 * `device`: a driver of its own, which serves reads; `stacked`: one over a lower driver, which the extension names `Lower`, that serves
 * opens: of the default scenarios just those about opening and about Plug and Play are made for it.
 */
export type ExampleKind = 'device' | 'stacked';

/** Everything that examples import. */
const importable = `
  APC_LEVEL ARRAY CLOCK_LEVEL CONTAINING_RECORD DISPATCH_LEVEL DO_DEVICE_INITIALIZING DRIVER_ADD_DEVICE DRIVER_CANCEL DRIVER_DISPATCH DRIVER_INITIALIZE
  DRIVER_UNLOAD Executive ExAcquireFastMutex ExAllocatePool2 ExFreePoolWithTag ExInitializeFastMutex ExReleaseFastMutex FALSE FAST_MUTEX
  FILE_DEVICE_UNKNOWN InitializeListHead InsertTailList IoAcquireCancelSpinLock IoAttachDeviceToDeviceStack IoCallDriver IoCancelIrp
  IoAllocateIrp IoCompleteRequest IoCopyCurrentIrpStackLocationToNext IoCreateDevice IoCreateSymbolicLink IoDeleteDevice IoDeleteSymbolicLink
  IoDetachDevice IoFreeIrp IoGetCurrentIrpStackLocation IoGetNextIrpStackLocation IoMarkIrpPending IoReleaseCancelSpinLock IoSetCancelRoutine IoSetCompletionRoutine
  IoInitializeRemoveLock IoAcquireRemoveLock IoReleaseRemoveLock IoReleaseRemoveLockAndWait IO_REMOVE_LOCK
  IoStartNextPacket IoStartPacket DRIVER_STARTIO IO_DPC_ROUTINE KDEVICE_QUEUE KDEVICE_QUEUE_ENTRY KeInitializeDeviceQueue KeInsertDeviceQueue KeRemoveDeviceQueue
  KeRemoveEntryDeviceQueue IO_CSQ IO_CSQ_ACQUIRE_LOCK IO_CSQ_COMPLETE_CANCELED_IRP IO_CSQ_INSERT_IRP IO_CSQ_PEEK_NEXT_IRP IO_CSQ_RELEASE_LOCK
  IO_CSQ_REMOVE_IRP IoCsqInitialize IoCsqInsertIrp IoCsqRemoveNextIrp KTIMER KDPC KeInitializeTimer KeInitializeDpc KeSetTimer KDEFERRED_ROUTINE LARGE_INTEGER IoSetNextIrpStackLocation IoSkipCurrentIrpStackLocation IO_COMPLETION_ROUTINE IO_NO_INCREMENT IRP IRP_MJ_CLEANUP IRP_MJ_CLOSE IRP_MJ_CREATE IRP_MJ_PNP
  IRP_MJ_POWER IRP_MJ_READ IRP_MJ_WRITE IRP_MN_REMOVE_DEVICE IsListEmpty KeAcquireSpinLock KeAcquireSpinLockAtDpcLevel KEVENT
  KeInitializeEvent KeInitializeSpinLock KeSetEvent KeLowerIrql KeRaiseIrqlToDpcLevel KeReleaseSpinLock KeReleaseSpinLockFromDpcLevel KernelMode PASSIVE_LEVEL
  KeWaitForSingleObject KSPIN_LOCK LIST_ENTRY LONG LONGLONG BOOLEAN NotificationEvent NTSTATUS NT_ASSERT NT_SUCCESS PDEVICE_OBJECT PIRP
  POOL_FLAG_NON_PAGED POOL_FLAG_PAGED InterlockedIncrement PVOID Ref RemoveEntryList RemoveHeadList RtlInitUnicodeString sizeof STATUS_CANCELLED STATUS_INVALID_PARAMETER STATUS_MORE_PROCESSING_REQUIRED
  GetExceptionCode ProbeForRead ProbeForWrite STATUS_DEVICE_NOT_READY STATUS_NOT_SUPPORTED STATUS_INSUFFICIENT_RESOURCES STATUS_PENDING STATUS_SUCCESS TRUE ULONG UNICODE_STRING
  ERESOURCE ExAcquireResourceExclusiveLite ExInitializeResourceLite ExReleaseResourceLite KeEnterCriticalRegion KeLeaveCriticalRegion
  DEVICE_LEVEL IoConnectInterrupt IoDisconnectInterrupt KSERVICE_ROUTINE LevelSensitive MmMapIoSpace MmNonCached MmUnmapIoSpace PHYSICAL_ADDRESS
  PKINTERRUPT READ_REGISTER_ULONG WRITE_REGISTER_ULONG
`
  .trim()
  .split(/\s+/);

/** The bad and the good driver of an example. */
export function twins(text: string, kind: ExampleKind = 'device'): { readonly bad: string; readonly good: string } {
  return { bad: complete(twin(text, '//#bad'), kind), good: complete(twin(text, '//#good'), kind) };
}

/** What matters of an example's twin: without the imports and what all examples have. */
export function gist(driver: string): string {
  const from = driver.indexOf("} from 'irpsight/wdm';\n");
  const to = driver.indexOf(common.split('\n')[0]);
  return driver.slice(driver.indexOf('\n', from), to).trim();
}

function twin(text: string, wanted: string): string {
  let part = '//#end';
  const kept: string[] = [];
  for (const line of text.trim().split('\n')) {
    if (line.startsWith('//#')) part = line;
    else if (part === '//#end' || part === wanted) kept.push(line);
  }
  return kept.join('\n');
}

function complete(body: string, kind: ExampleKind): string {
  const text = `${body}\n\n${kind === 'stacked' ? stackedEntry(body) : deviceEntry(body)}`;
  const words = new Set(text.match(/\w+/g));
  const names = importable.filter((name) => words.has(name)).sort();
  const lines = ['import {'];
  let line = ' ';
  for (const name of names) {
    if (line.length + name.length > 100) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${name},`;
  }
  return `${[...lines, line, "} from 'irpsight/wdm';"].join('\n')}\n\n${text}`;
}

const common = `type PDEVICE_EXTENSION = DEVICE_EXTENSION;

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
`;

function deviceEntry(body: string): string {
  const start = body.includes('function Start(') ? '  Start(DeviceObject!.DeviceExtension);\n' : '';
  const stop = body.includes('function Stop(')
    ? '  Stop((DriverObject.DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>).DeviceExtension);\n'
    : '';
  const startIo = body.includes('const StartIo') ? '  DriverObject.DriverStartIo = StartIo;\n' : '';
  const write = body.includes('const DispatchWrite') ? '  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;\n' : '';
  return `${common}
const DispatchSucceed: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
${stop}  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Example');
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Example');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Example');
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
${start}  IoCreateSymbolicLink(Link, Name);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchSucceed;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchSucceed;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchSucceed;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
${write}${startIo}  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}

function stackedEntry(body: string): string {
  const start = body.includes('function Start(') ? '  Start(DeviceObject!.DeviceExtension);\n' : '';
  const helper = body.includes('Complete(') ? common : `${common.split('\n')[0]}\n`;
  return `${helper}
const DispatchPass: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};

const DispatchPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Lower = DeviceObject.DeviceExtension.Lower;
  const MinorFunction = IoGetCurrentIrpStackLocation(Irp).MinorFunction;
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Lower!, Irp);
  if (MinorFunction === IRP_MN_REMOVE_DEVICE) {
    IoDetachDevice(Lower!);
    IoDeleteDevice(DeviceObject);
  }
  return Status;
};

const AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
${start}  DeviceObject!.DeviceExtension.Lower = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreate;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_POWER] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_PNP] = DispatchPnp;
  DriverObject.DriverExtension.AddDevice = AddDevice;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}
