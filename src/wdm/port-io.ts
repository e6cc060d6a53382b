/** Reading and writing a device's registers: ports, and memory that MmMapIoSpace has mapped. Each access is one step on the bus. */
import { ARRAY, LONG, PUCHAR, PULONG, PUSHORT, PVOID, Ref, UCHAR, ULONG, ULONG_PTR, USHORT } from './types.ts';
import { HalMemory, HalPorts, HalRead, HalWrite } from './hal.ts';
import { MmPhysicalOf } from './map-io.ts';

type UCHARS = ARRAY<UCHAR, 0x10000>;
type USHORTS = ARRAY<USHORT, 0x10000>;
type ULONGS = ARRAY<ULONG, 0x10000>;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_uchar */
export function READ_PORT_UCHAR(Port: PUCHAR): UCHAR {
  return HalRead(HalPorts, PortOf(Port), 1) as UCHAR;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_uchar */
export function WRITE_PORT_UCHAR(Port: PUCHAR, Value: UCHAR): void {
  HalWrite(HalPorts, PortOf(Port), 1, Value);
}

/** Each from the same port. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_buffer_uchar */
export function READ_PORT_BUFFER_UCHAR(Port: PUCHAR, Buffer: PUCHAR, Count: ULONG): void {
  const Values = Buffer as never as UCHARS;
  for (let Index: ULONG = 0; Index < Count; Index++) Values[Index] = HalRead(HalPorts, PortOf(Port), 1) as UCHAR;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_buffer_uchar */
export function WRITE_PORT_BUFFER_UCHAR(Port: PUCHAR, Buffer: PUCHAR, Count: ULONG): void {
  const Values = Buffer as never as UCHARS;
  for (let Index: ULONG = 0; Index < Count; Index++) HalWrite(HalPorts, PortOf(Port), 1, Values[Index]);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_ushort */
export function READ_PORT_USHORT(Port: PUSHORT): USHORT {
  return HalRead(HalPorts, PortOf(Port), 2) as USHORT;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_ushort */
export function WRITE_PORT_USHORT(Port: PUSHORT, Value: USHORT): void {
  HalWrite(HalPorts, PortOf(Port), 2, Value);
}

/** Each from the same port. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_buffer_ushort */
export function READ_PORT_BUFFER_USHORT(Port: PUSHORT, Buffer: PUSHORT, Count: ULONG): void {
  const Values = Buffer as never as USHORTS;
  for (let Index: ULONG = 0; Index < Count; Index++) Values[Index] = HalRead(HalPorts, PortOf(Port), 2) as USHORT;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_buffer_ushort */
export function WRITE_PORT_BUFFER_USHORT(Port: PUSHORT, Buffer: PUSHORT, Count: ULONG): void {
  const Values = Buffer as never as USHORTS;
  for (let Index: ULONG = 0; Index < Count; Index++) HalWrite(HalPorts, PortOf(Port), 2, Values[Index]);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_ulong */
export function READ_PORT_ULONG(Port: PULONG): ULONG {
  return HalRead(HalPorts, PortOf(Port), 4) as ULONG;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_ulong */
export function WRITE_PORT_ULONG(Port: PULONG, Value: ULONG): void {
  HalWrite(HalPorts, PortOf(Port), 4, Value);
}

/** Each from the same port. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_port_buffer_ulong */
export function READ_PORT_BUFFER_ULONG(Port: PULONG, Buffer: PULONG, Count: ULONG): void {
  const Values = Buffer as never as ULONGS;
  for (let Index: ULONG = 0; Index < Count; Index++) Values[Index] = HalRead(HalPorts, PortOf(Port), 4) as ULONG;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_port_buffer_ulong */
export function WRITE_PORT_BUFFER_ULONG(Port: PULONG, Buffer: PULONG, Count: ULONG): void {
  const Values = Buffer as never as ULONGS;
  for (let Index: ULONG = 0; Index < Count; Index++) HalWrite(HalPorts, PortOf(Port), 4, Values[Index]);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_register_uchar */
export function READ_REGISTER_UCHAR(Register: PUCHAR): UCHAR {
  return HalRead(HalMemory, MmPhysicalOf(Register), 1) as UCHAR;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_register_uchar */
export function WRITE_REGISTER_UCHAR(Register: PUCHAR, Value: UCHAR): void {
  HalWrite(HalMemory, MmPhysicalOf(Register), 1, Value);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_register_ushort */
export function READ_REGISTER_USHORT(Register: PUSHORT): USHORT {
  return HalRead(HalMemory, MmPhysicalOf(Register), 2) as USHORT;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_register_ushort */
export function WRITE_REGISTER_USHORT(Register: PUSHORT, Value: USHORT): void {
  HalWrite(HalMemory, MmPhysicalOf(Register), 2, Value);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-read_register_ulong */
export function READ_REGISTER_ULONG(Register: PULONG): ULONG {
  return HalRead(HalMemory, MmPhysicalOf(Register), 4) as ULONG;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-write_register_ulong */
export function WRITE_REGISTER_ULONG(Register: PULONG, Value: ULONG): void {
  HalWrite(HalMemory, MmPhysicalOf(Register), 4, Value);
}

/** A port's address is its number. */
function PortOf(Port: PVOID): ULONG {
  return Port as never as ULONG_PTR as ULONG;
}
