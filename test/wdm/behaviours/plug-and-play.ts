/** Notifications of Plug and Play events. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';

const common = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Opened!: PFILE_OBJECT | null;
let Mine: GUID = { Data1: 1, Data2: 2, Data3: 3, Data4: [1, 2, 3, 4, 5, 6, 7, 8] };
let Other: GUID = { Data1: 1, Data2: 2, Data3: 3, Data4: [1, 2, 3, 4, 5, 6, 7, 9] };
let Entry!: PVOID;
let Calls!: LONG;
let Inside!: LONG;
let Gone!: BOOLEAN;
function Register(): NTSTATUS {
  return IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, Mine, Driver, Interface, Driver, Ref(Entry));
}
function Open(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Opened = IopOpenForDriver(Device!);
  Expect(IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, Opened, Driver, Target, Driver, Ref(Entry)) === STATUS_SUCCESS);
}
`;

const plain = `${common}
const Interface: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PDEVICE_INTERFACE_CHANGE_NOTIFICATION, PDRIVER_OBJECT> = (Change, Context) => {
  Expect(Context === Driver && IsEqualGUID(Change.InterfaceClassGuid, Mine) && Change.SymbolicLinkName.Buffer === 'name');
  Expect(IsEqualGUID(Change.Event, Calls === 0 ? GUID_DEVICE_INTERFACE_ARRIVAL : GUID_DEVICE_INTERFACE_REMOVAL));
  Calls = Calls + 1;
  return STATUS_SUCCESS;
};
const Target: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PTARGET_DEVICE_REMOVAL_NOTIFICATION, PDRIVER_OBJECT> = (Removal, Context) => {
  Expect(Context === Driver && Removal.FileObject === Opened && IsEqualGUID(Removal.Event, GUID_TARGET_DEVICE_QUERY_REMOVE));
  Calls = Calls + 1;
  return STATUS_SUCCESS;
};
`;

/** The routine runs in another thread while the registration is cancelled. */
const cancelled = (how: string): string => `${common}
const Interface: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PDEVICE_INTERFACE_CHANGE_NOTIFICATION, PDRIVER_OBJECT> = (Change, Context) => {
  Inside = 1;
  Expect(!Gone);
  Inside = 0;
  return STATUS_SUCCESS;
};
const Target: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PTARGET_DEVICE_REMOVAL_NOTIFICATION, PDRIVER_OBJECT> = (Removal, Context) => {
  return STATUS_SUCCESS;
};
function Tell(First: PVOID, Second: PVOID): void {
  IopNotifyInterface(GUID_DEVICE_INTERFACE_ARRIVAL, Mine, 'name');
}
export function HarnessMain(): void {
  Register();
  machineSpawn(1, Tell, IopNewThread(), null as PVOID, null as PVOID);
  ${how}(Entry);
  Expect(Inside === 0);
  Gone = TRUE;
}
`;

export const plugAndPlay: readonly Behaviour[] = [
  behaviour(
    'X160',
    'who registered for an interface is told of devices with it, and of no others',
    `${plain}
export function HarnessMain(): void {
  Expect(Register() === STATUS_SUCCESS);
  IopNotifyInterface(GUID_DEVICE_INTERFACE_ARRIVAL, Other, 'name'); Expect(Calls === 0);
  IopNotifyInterface(GUID_DEVICE_INTERFACE_ARRIVAL, Mine, 'name'); Expect(Calls === 1);
  IopNotifyInterface(GUID_DEVICE_INTERFACE_REMOVAL, Mine, 'name'); Expect(Calls === 2);
  IoUnregisterPlugPlayNotificationEx(Entry);
  IopNotifyInterface(GUID_DEVICE_INTERFACE_ARRIVAL, Mine, 'name'); Expect(Calls === 2);
}
`,
  ),
  behaviour(
    'X160',
    'a registration is for PASSIVE_LEVEL',
    `${plain}
export function HarnessMain(): void { const Irql = KeRaiseIrql(APC_LEVEL); Register(); KeLowerIrql(Irql); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X161',
    'who registered with a file on a device is told of its removal, also when the file is closed by then, and of no other device',
    `${plain}
let Another!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  Open();
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Another));
  IopNotifyTarget(GUID_TARGET_DEVICE_QUERY_REMOVE, Another!); Expect(Calls === 0);
  IopNotifyTarget(GUID_TARGET_DEVICE_QUERY_REMOVE, Device!); Expect(Calls === 1);
  ObDereferenceObject(Opened);
  IopNotifyTarget(GUID_TARGET_DEVICE_QUERY_REMOVE, Device!); Expect(Calls === 2);
}
`,
  ),
  behaviour(
    'X161',
    'who registers anew while he is told is not told again',
    `${common}
const Interface: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PDEVICE_INTERFACE_CHANGE_NOTIFICATION, PDRIVER_OBJECT> = (Change, Context) => {
  return STATUS_SUCCESS;
};
const Target: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PTARGET_DEVICE_REMOVAL_NOTIFICATION, PDRIVER_OBJECT> = (Removal, Context) => {
  Calls = Calls + 1;
  if (Calls < 3) {
    IoUnregisterPlugPlayNotification(Entry);
    IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, Opened, Driver, Target, Driver, Ref(Entry));
  }
  return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  Open();
  IopNotifyTarget(GUID_TARGET_DEVICE_REMOVE_CANCELLED, Device!); Expect(Calls === 1);
  IopNotifyTarget(GUID_TARGET_DEVICE_REMOVE_CANCELLED, Device!); Expect(Calls === 2);
}
`,
  ),
  behaviour(
    'X162',
    'after IoUnregisterPlugPlayNotificationEx the routine does not run',
    cancelled('IoUnregisterPlugPlayNotificationEx'),
  ),
  behaviour(
    'X162',
    'after IoUnregisterPlugPlayNotification it may',
    cancelled('IoUnregisterPlugPlayNotification'),
    'assert.failed',
  ),
];
