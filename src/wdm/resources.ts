/**
 * What hardware a device was given: the resource lists of IRP_MN_START_DEVICE, in the WDK's layout, filled from the virtual devices that are
 * plugged in.
 */
import { ARRAY, KAFFINITY, LONG, UCHAR, ULONG, USHORT, Union, sizeof } from './types.ts';
import { PHYSICAL_ADDRESS } from './map-io.ts';
import { HalLineAt, HalLineCount, HalMemory, HalPorts, HalRangeCount, HalRanges } from './hal.ts';
import { machineAlloc } from './machine.ts';

export type INTERFACE_TYPE = LONG & { readonly brand: 'INTERFACE_TYPE' };
export const InterfaceTypeUndefined = -1 as INTERFACE_TYPE;
export const Internal = 0 as INTERFACE_TYPE;
export const Isa = 1 as INTERFACE_TYPE;
export const Eisa = 2 as INTERFACE_TYPE;
export const PCIBus = 5 as INTERFACE_TYPE;

// CM_PARTIAL_RESOURCE_DESCRIPTOR.Type
export const CmResourceTypeNull: UCHAR = 0;
export const CmResourceTypePort: UCHAR = HalPorts;
export const CmResourceTypeInterrupt: UCHAR = 2;
export const CmResourceTypeMemory: UCHAR = HalMemory;
export const CmResourceTypeDma: UCHAR = 4;
export const CmResourceTypeDeviceSpecific: UCHAR = 5;
export const CmResourceTypeBusNumber: UCHAR = 6;
export const CmResourceTypeMemoryLarge: UCHAR = 7;
export const CmResourceTypeConfigData: UCHAR = 128;
export const CmResourceTypeDevicePrivate: UCHAR = 129;

// ShareDisposition
export const CmResourceShareUndetermined: UCHAR = 0;
export const CmResourceShareDeviceExclusive: UCHAR = 1;
export const CmResourceShareDriverExclusive: UCHAR = 2;
export const CmResourceShareShared: UCHAR = 3;

// Flags, by Type
export const CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE: USHORT = 0x0000;
export const CM_RESOURCE_INTERRUPT_LATCHED: USHORT = 0x0001;
export const CM_RESOURCE_INTERRUPT_MESSAGE: USHORT = 0x0002;
export const CM_RESOURCE_PORT_MEMORY: USHORT = 0x0000;
export const CM_RESOURCE_PORT_IO: USHORT = 0x0001;
export const CM_RESOURCE_PORT_16_BIT_DECODE: USHORT = 0x0010;
export const CM_RESOURCE_MEMORY_READ_WRITE: USHORT = 0x0000;
export const CM_RESOURCE_MEMORY_READ_ONLY: USHORT = 0x0001;

interface CM_ADDRESSES { Start: PHYSICAL_ADDRESS; Length: ULONG }
interface CM_INTERRUPT { Level: ULONG; Vector: ULONG; Affinity: KAFFINITY }
interface CM_DMA { Channel: ULONG; Port: ULONG; Reserved1: ULONG }

/**
 * `Type` says which member of `u` counts.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_cm_partial_resource_descriptor
 * @size 20
 */
export interface CM_PARTIAL_RESOURCE_DESCRIPTOR {
  Type: UCHAR;
  ShareDisposition: UCHAR;
  Flags: USHORT;
  u: Union<{ Generic: CM_ADDRESSES; Port: CM_ADDRESSES; Memory: CM_ADDRESSES; Interrupt: CM_INTERRUPT; Dma: CM_DMA }>;
}
export type PCM_PARTIAL_RESOURCE_DESCRIPTOR = CM_PARTIAL_RESOURCE_DESCRIPTOR;

/**
 * C's array has one element, and Count that many are behind it; here there is room for eight.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_cm_partial_resource_list
 * @size 28
 */
export interface CM_PARTIAL_RESOURCE_LIST {
  Version: USHORT;
  Revision: USHORT;
  Count: ULONG;
  PartialDescriptors: ARRAY<CM_PARTIAL_RESOURCE_DESCRIPTOR, 8>;
}
export type PCM_PARTIAL_RESOURCE_LIST = CM_PARTIAL_RESOURCE_LIST;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_cm_full_resource_descriptor
 * @size 36
 */
export interface CM_FULL_RESOURCE_DESCRIPTOR { InterfaceType: INTERFACE_TYPE; BusNumber: ULONG; PartialResourceList: CM_PARTIAL_RESOURCE_LIST }
export type PCM_FULL_RESOURCE_DESCRIPTOR = CM_FULL_RESOURCE_DESCRIPTOR;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_cm_resource_list
 * @size 40
 */
export interface CM_RESOURCE_LIST { Count: ULONG; List: ARRAY<CM_FULL_RESOURCE_DESCRIPTOR, 1> }
export type PCM_RESOURCE_LIST = CM_RESOURCE_LIST;

/**
 * What the PnP manager hands out with IRP_MN_START_DEVICE, raw or translated; null for a device without resources. Raw and translated addresses
 * are the same; an interrupt has the bus's number in the one, and the system's vector and IRQL in the other.
 */
export function IopResources(Translated: LONG): PCM_RESOURCE_LIST | null {
  if (HalRangeCount === 0 && HalLineCount === 0) return null;
  const Resources = machineAlloc(sizeof<CM_RESOURCE_LIST>(), 0, 1);
  Resources.Count = 1;
  Resources.List[0].InterfaceType = Isa;
  const Partial = Resources.List[0].PartialResourceList;
  Partial.Version = 1;
  Partial.Revision = 1;
  let Count: LONG = 0;
  for (let Index: LONG = 0; Index < HalRangeCount && Count < 8; Index++) {
    const Range = HalRanges[Index];
    const Descriptor = Partial.PartialDescriptors[Count];
    Descriptor.Type = Range.Space;
    Descriptor.ShareDisposition = CmResourceShareDeviceExclusive;
    Descriptor.Flags = Range.Space === HalPorts ? CM_RESOURCE_PORT_IO : CM_RESOURCE_MEMORY_READ_WRITE;
    Descriptor.u.Generic.Start.QuadPart = Range.Start;
    Descriptor.u.Generic.Length = Range.Length;
    Count = Count + 1;
  }
  for (let Index: LONG = 0; Index < HalLineCount && Count < 8; Index++) {
    const Line = HalLineAt(Index)!;
    const Descriptor = Partial.PartialDescriptors[Count];
    Descriptor.Type = CmResourceTypeInterrupt;
    Descriptor.ShareDisposition = Line.Latched ? CmResourceShareDeviceExclusive : CmResourceShareShared;
    Descriptor.Flags = Line.Latched ? CM_RESOURCE_INTERRUPT_LATCHED : CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
    Descriptor.u.Interrupt.Level = Translated !== 0 ? (Line.Irql as ULONG) : Line.Number;
    Descriptor.u.Interrupt.Vector = Translated !== 0 ? Line.Vector : Line.Number;
    Descriptor.u.Interrupt.Affinity = 0xff;
    Count = Count + 1;
  }
  Partial.Count = Count;
  return Resources;
}
