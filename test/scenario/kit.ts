/** Small drivers in text, compiled with the library and explored, for the tests of the scenario vocabulary. */
import { compile } from '../../src/compiler/compile.ts';
import type { Outcome } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import type { Program } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';

/** The names a test driver or scenario may use; those that occur in its text are imported. */
const kernelNames = [
  'ARRAY',
  'BOOLEAN',
  'CTL_CODE',
  'DO_BUFFERED_IO',
  'DRIVER_ADD_DEVICE',
  'DRIVER_CANCEL',
  'DRIVER_DISPATCH',
  'DRIVER_INITIALIZE',
  'DRIVER_UNLOAD',
  'Executive',
  'FALSE',
  'FILE_ANY_ACCESS',
  'FILE_DEVICE_UNKNOWN',
  'HANDLE',
  'IO_COMPLETION_ROUTINE',
  'IO_NO_INCREMENT',
  'IO_STATUS_BLOCK',
  'IRP_MJ_CLEANUP',
  'IRP_MJ_CLOSE',
  'IRP_MJ_CREATE',
  'IRP_MJ_DEVICE_CONTROL',
  'IRP_MJ_DIRECTORY_CONTROL',
  'IRP_MJ_FLUSH_BUFFERS',
  'IRP_MJ_INTERNAL_DEVICE_CONTROL',
  'IRP_MJ_PNP',
  'IRP_MJ_POWER',
  'IRP_MJ_READ',
  'IRP_MJ_SHUTDOWN',
  'IRP_MJ_WRITE',
  'IRP_MN_QUERY_DIRECTORY',
  'IRP_MN_REMOVE_DEVICE',
  'IRP_MN_SET_POWER',
  'IRP_MN_SURPRISE_REMOVAL',
  'IRP_MN_START_DEVICE',
  'IoAttachDeviceToDeviceStack',
  'IoBuildSynchronousFsdRequest',
  'IoCallDriver',
  'IoCompleteRequest',
  'IoCreateDevice',
  'IoCreateSymbolicLink',
  'IoDeleteDevice',
  'IoDeleteSymbolicLink',
  'IoDetachDevice',
  'IoGetAttachedDevice',
  'IoGetCurrentIrpStackLocation',
  'IoMarkIrpPending',
  'IoReleaseCancelSpinLock',
  'IoSetCancelRoutine',
  'IoSkipCurrentIrpStackLocation',
  'KEVENT',
  'KSPIN_LOCK',
  'KeAcquireSpinLock',
  'KeInitializeEvent',
  'KeInitializeSpinLock',
  'KeReleaseSpinLock',
  'KeWaitForSingleObject',
  'KernelMode',
  'LONG',
  'METHOD_BUFFERED',
  'NTSTATUS',
  'NT_ASSERT',
  'NT_SUCCESS',
  'NotificationEvent',
  'PDEVICE_OBJECT',
  'PDRIVER_OBJECT',
  'PIRP',
  'DevicePowerState',
  'PowerDeviceD3',
  'PowerSystemSleeping3',
  'PowerSystemWorking',
  'Ref',
  'RtlInitUnicodeString',
  'STATUS_CANCELLED',
  'STATUS_DEVICE_BUSY',
  'STATUS_INSUFFICIENT_RESOURCES',
  'STATUS_INVALID_HANDLE',
  'STATUS_INVALID_PARAMETER',
  'STATUS_NOT_FOUND',
  'STATUS_NO_SUCH_DEVICE',
  'STATUS_PENDING',
  'STATUS_REPARSE',
  'STATUS_SUCCESS',
  'STATUS_UNSUCCESSFUL',
  'SystemPowerState',
  'TRUE',
  'ULONG',
  'UNICODE_STRING',
  'sizeof',
];
const scenarioNames = [
  'CancelIo',
  'CancelIoEx',
  'CancelSynchronousIo',
  'CloseHandle',
  'CreateFile',
  'DeviceIoControl',
  'ExitThread',
  'FlushFileBuffers',
  'GetOverlappedResult',
  'InternalDeviceIoControl',
  'OVERLAPPED',
  'ReadFile',
  'RemoveDevice',
  'SCENARIO',
  'SendPower',
  'SendRequest',
  'SendShutdown',
  'SendSystemPower',
  'StartDevice',
  'StopDevice',
  'SurpriseRemove',
  'WriteFile',
  'choose',
  'expect',
];

/** The compiled program; throws with the first problem when the texts do not compile. */
export function build(driver: string, scenarios?: string): Program {
  const sources = [
    { path: 'test.driver.ts', text: `${imports(driver, kernelNames, 'irpsight/wdm')}${driver}`, origin: 'driver' as const },
  ];
  const scenarioSources =
    scenarios === undefined
      ? []
      : [
          {
            path: 'test.scenario.ts',
            origin: 'scenario' as const,
            text: `import { DriverEntry } from './test.driver.ts';\n${imports(scenarios, kernelNames, 'irpsight/wdm')}${imports(scenarios, scenarioNames, 'irpsight/scenario')}${scenarios}`,
          },
        ];
  const { program, problems } = compile({ sources: [...sources, ...scenarioSources], library: loadLibrary() });
  if (program === undefined) throw new Error(problems.map((p) => `${p.path}:${p.start} ${p.code} ${p.message}`).join('\n'));
  return program;
}

/** Explores the one scenario of the text, its setup and threads given; `verdict`, and the rules that were broken. */
export function run(
  driver: string,
  scenario: string,
): { readonly verdict: string; readonly rules: readonly string[]; readonly outcome: Outcome } {
  const program = build(driver, scenario);
  const [first] = program.scenarios;
  const outcome = explore({
    program,
    scenario: first,
    rules: rules.map((rule) => rule.check),
    strategy: 'exhaustive',
    maxStates: 500_000,
  });
  return { verdict: outcome.verdict, rules: [...new Set(outcome.breaches.map((breach) => breach.rule))].sort(), outcome };
}

function imports(text: string, names: readonly string[], from: string): string {
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${from}';\n`;
}

/**
 * A driver that keeps each read until it is cancelled, without a queue: the cancel routine needs none. `parts` replaces routines and adds
 * to DriverEntry.
 */
export function holder(parts: { readonly routines?: string; readonly entry?: string } = {}): string {
  return `
interface EXTENSION { Lock: KSPIN_LOCK }

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
const DispatchOk: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};
const Cancelled: DRIVER_CANCEL<EXTENSION> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  // Waits until the dispatch routine has let the IRP go.
  const Irql = KeAcquireSpinLock(DeviceObject.DeviceExtension.Lock);
  KeReleaseSpinLock(DeviceObject.DeviceExtension.Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};
const DispatchRead: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  let Claimed: BOOLEAN = FALSE;
  const Irql = KeAcquireSpinLock(DeviceObject.DeviceExtension.Lock);
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, Cancelled);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) Claimed = TRUE;
  KeReleaseSpinLock(DeviceObject.DeviceExtension.Lock, Irql);
  if (Claimed) Complete(Irp, STATUS_CANCELLED);
  return STATUS_PENDING;
};
${parts.routines ?? ''}
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Link, "\\\\DosDevices\\\\Holder");
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<EXTENSION> | null;
  RtlInitUnicodeString(Name, "\\\\Device\\\\Holder");
  RtlInitUnicodeString(Link, "\\\\DosDevices\\\\Holder");
  const Status = IoCreateDevice(DriverObject, sizeof<EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) return Status;
  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);
  IoCreateSymbolicLink(Link, Name);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchOk;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchOk;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchOk;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchOk;
  DriverObject.DriverUnload = Unload;
  ${parts.entry ?? ''}
  return STATUS_SUCCESS;
};
`;
}

/** A filter that passes every request down unseen, on top of the simulated lower driver. `remove` is added to its IRP_MN_REMOVE_DEVICE. */
export function filter(remove = ''): string {
  return `
interface EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchPass: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};
let Closes!: LONG;
const DispatchClose: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  Closes = Closes + 1;
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};
const DispatchPnp: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Lower = DeviceObject.DeviceExtension.Lower!;
  const Minor = IoGetCurrentIrpStackLocation(Irp).MinorFunction;
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Lower, Irp);
  if (Minor === IRP_MN_REMOVE_DEVICE) {
    ${remove}
    IoDetachDevice(Lower);
    IoDeleteDevice(DeviceObject);
  }
  return Status;
};
const AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  Device!.DeviceExtension.Lower = IoAttachDeviceToDeviceStack(Device as PDEVICE_OBJECT, PhysicalDeviceObject);
  return STATUS_SUCCESS;
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchPass;
  DriverObject.MajorFunction[IRP_MJ_PNP] = DispatchPnp;
  DriverObject.DriverExtension.AddDevice = AddDevice;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}
