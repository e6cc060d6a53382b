import { describe, expect, it } from 'vitest';
import { validateProgram } from '../../src/ir/validate.ts';
import { codeOf, programOf } from './mini.ts';

describe('x', () => {
  it('y', () => {
    const program = programOf(`
interface EXT { Lock: KSPIN_LOCK; Queue: LIST_ENTRY; CurrentIrp: PIRP | null; Count: ULONG; Byte: UCHAR; Big: ULONGLONG; Iosb: IO_STATUS_BLOCK; }
interface ENTRY { ListEntry: LIST_ENTRY; Irp: PIRP | null }
type PENTRY = ENTRY;
const CancelRead: DRIVER_CANCEL<EXT> = (DeviceObject, Irp) => { Irp.IoStatus.Status = STATUS_CANCELLED; };
let Global!: LONG;
export const Dispatch: DRIVER_DISPATCH<EXT> = (DeviceObject, Irp) => {
  const Ext = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Ext.Lock);
  Ext.Count++;
  Ext.Byte = Ext.Count as UCHAR;
  Ext.Iosb = Irp.IoStatus;
  const Head = Ext.Queue;
  const Entry = ExAllocatePool2(0, sizeof<ENTRY>(), 'abcd');
  if (Entry === null || !Irp.Cancel && Ext.Count > 3) return STATUS_PENDING;
  Entry.Irp = Irp;
  if (IoSetCancelRoutine(Irp, CancelRead) === null) Global += 1;
  const Other = CONTAINING_RECORD<IRP>(Ext.Queue.Flink, "Tail.Overlay.ListEntry");
  for (let i: ULONG = 0; i < 4; i++) Other.Tail.Overlay.DriverContext[i] = Entry;
  switch (Ext.Count) { case 1: case 2: Global = 2; break; default: Global = 3; }
  Exit: { if (Head === Ext.Queue.Flink) break Exit; Global = 0; }
  const Cast = Other.Tail.Overlay.DriverContext[2] as PENTRY | null;
  return STATUS_SUCCESS;
};`);
    console.log(codeOf(program, 'Dispatch'));
    console.log(validateProgram(program));
  });
});
