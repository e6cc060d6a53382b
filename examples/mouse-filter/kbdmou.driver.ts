/**
 * What a mouse class driver, the filters below it and the port driver say to each other: the part of the headers kbdmou.h and
 * ntdd8042.h that the mouse filter needs. The original hands over a range of packets; here it is one packet at a time.
 */
import {
  BOOLEAN, CTL_CODE, FILE_ANY_ACCESS, FILE_DEVICE_MOUSE, LONG, METHOD_NEITHER, PDEVICE_OBJECT, PVOID, Ref, UCHAR, ULONG, USHORT,
} from 'irpsight/wdm';

/** The class driver tells who wants the input. Every filter on the way down may put itself in between. */
export const IOCTL_INTERNAL_MOUSE_CONNECT: ULONG = CTL_CODE(FILE_DEVICE_MOUSE, 0x0080, METHOD_NEITHER, FILE_ANY_ACCESS);
export const IOCTL_INTERNAL_MOUSE_DISCONNECT: ULONG = CTL_CODE(FILE_DEVICE_MOUSE, 0x0100, METHOD_NEITHER, FILE_ANY_ACCESS);
/** The port driver asks, from the top of the stack down, who wants to be called by its service routine. */
export const IOCTL_INTERNAL_I8042_HOOK_MOUSE: ULONG = CTL_CODE(FILE_DEVICE_MOUSE, 0x0ff0, METHOD_NEITHER, FILE_ANY_ACCESS);

/** Buttons that went down and up, and the movement. */
export interface MOUSE_INPUT_DATA {
  ButtonFlags: USHORT;
  LastX: LONG;
  LastY: LONG;
}
export type PMOUSE_INPUT_DATA = MOUSE_INPUT_DATA;

export const MOUSE_LEFT_BUTTON_DOWN: USHORT = 0x0001;
export const MOUSE_RIGHT_BUTTON_DOWN: USHORT = 0x0004;

/** Called by the DPC of the driver below, so at DISPATCH_LEVEL. */
export type PSERVICE_CALLBACK_ROUTINE = (
  DeviceObject: PDEVICE_OBJECT | null, InputData: PMOUSE_INPUT_DATA, InputDataConsumed: Ref<ULONG>,
) => void;

export interface CONNECT_DATA {
  ClassDeviceObject: PDEVICE_OBJECT | null;
  ClassService: PSERVICE_CALLBACK_ROUTINE | null;
}
export type PCONNECT_DATA = CONNECT_DATA;

/** Called by the service routine of the driver below, so at its device's IRQL; FALSE: the byte is not to be looked at further. */
export type PI8042_MOUSE_ISR = (IsrContext: PVOID, StatusByte: UCHAR, DataByte: Ref<UCHAR>, ContinueProcessing: Ref<BOOLEAN>) => BOOLEAN;

export interface INTERNAL_I8042_HOOK_MOUSE {
  Context: PVOID;
  IsrRoutine: PI8042_MOUSE_ISR | null;
}
export type PINTERNAL_I8042_HOOK_MOUSE = INTERNAL_I8042_HOOK_MOUSE;
