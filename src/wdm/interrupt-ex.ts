/** IoConnectInterruptEx: the newer way to connect a service routine, by version of its parameters. */
import { BOOLEAN, KAFFINITY, KIRQL, NTSTATUS, PVOID, Ref, ULONG, USHORT, Union } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { HalLineAt, HalLineCount, HalLineOfVector } from './hal.ts';
import { KiConnect, KiDisconnect, KINTERRUPT_MODE, KSERVICE_ROUTINE, PKINTERRUPT } from './interrupt.ts';
import { PKSPIN_LOCK } from './spinlock.ts';
import { STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND } from './status.ts';
import { machineBounded, machineEvent } from './machine.ts';

export const CONNECT_FULLY_SPECIFIED: ULONG = 1;
export const CONNECT_LINE_BASED: ULONG = 2;
export const CONNECT_MESSAGE_BASED: ULONG = 3;
export const CONNECT_FULLY_SPECIFIED_GROUP: ULONG = 4;
export const CONNECT_CURRENT_VERSION: ULONG = 4;

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/using-the-connect-fully-specified-version-of-ioconnectinterruptex */
export interface IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS {
  PhysicalDeviceObject: PDEVICE_OBJECT;
  InterruptObject: Ref<PKINTERRUPT | null>;
  ServiceRoutine: KSERVICE_ROUTINE;
  ServiceContext: PVOID;
  SpinLock: PKSPIN_LOCK | null;
  SynchronizeIrql: KIRQL;
  FloatingSave: BOOLEAN;
  ShareVector: BOOLEAN;
  Vector: ULONG;
  Irql: KIRQL;
  InterruptMode: KINTERRUPT_MODE;
  ProcessorEnableMask: KAFFINITY;
  Group: USHORT;
}
/** https://learn.microsoft.com/windows-hardware/drivers/kernel/using-the-connect-line-based-version-of-ioconnectinterruptex */
export interface IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS {
  PhysicalDeviceObject: PDEVICE_OBJECT;
  InterruptObject: Ref<PKINTERRUPT | null>;
  ServiceRoutine: KSERVICE_ROUTINE;
  ServiceContext: PVOID;
  SpinLock: PKSPIN_LOCK | null;
  SynchronizeIrql: KIRQL;
  FloatingSave: BOOLEAN;
}
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_connect_interrupt_parameters */
export type IO_CONNECT_INTERRUPT_PARAMETERS = Union<{
  FullySpecified: IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS;
  LineBased: IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS;
}> & { Version: ULONG };
export type PIO_CONNECT_INTERRUPT_PARAMETERS = IO_CONNECT_INTERRUPT_PARAMETERS;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_disconnect_interrupt_parameters */
export interface IO_DISCONNECT_INTERRUPT_PARAMETERS { Version: ULONG; ConnectionContext: Union<{ Generic: PVOID; InterruptObject: PKINTERRUPT | null }> }
export type PIO_DISCONNECT_INTERRUPT_PARAMETERS = IO_DISCONNECT_INTERRUPT_PARAMETERS;

/**
 * By line, the device's interrupt is found by the physical device object; fully specified, the vector and level of the translated resources are
 * needed. A virtual device has no messages.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioconnectinterruptex
 */
export function IoConnectInterruptEx(Parameters: PIO_CONNECT_INTERRUPT_PARAMETERS): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  const Version = Parameters.Version;
  if (Version === CONNECT_LINE_BASED) {
    const Given = Parameters.LineBased;
    const Line = HalLineCount > 0 ? HalLineAt(0) : null;
    if (HalLineCount > 1) machineBounded('A device with several interrupt lines was connected by line: the first one was taken.');
    return KiConnect(
      Given.InterruptObject, Given.ServiceRoutine, Given.ServiceContext, Given.SpinLock, Line, 0 as KIRQL, Given.SynchronizeIrql, Line !== null && !Line.Latched,
    );
  }
  if (Version === CONNECT_FULLY_SPECIFIED || Version === CONNECT_FULLY_SPECIFIED_GROUP) {
    const Given = Parameters.FullySpecified;
    return KiConnect(
      Given.InterruptObject, Given.ServiceRoutine, Given.ServiceContext, Given.SpinLock, HalLineOfVector(Given.Vector), Given.Irql,
      Given.SynchronizeIrql, Given.ShareVector,
    );
  }
  if (Version !== CONNECT_MESSAGE_BASED) return STATUS_INVALID_PARAMETER;
  machineBounded('Message-signaled interrupts are not modelled; the device was taken for one that has none.');
  return STATUS_NOT_FOUND;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodisconnectinterruptex */
export function IoDisconnectInterruptEx(Parameters: PIO_DISCONNECT_INTERRUPT_PARAMETERS): void {
  machineEvent('call.irql', 0, 0);
  KiDisconnect(Parameters.ConnectionContext.InterruptObject!);
}
