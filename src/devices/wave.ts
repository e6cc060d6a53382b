/**
 * A wave device of this project's own, made as simple as such hardware can be: it plays a cyclic buffer that it reads from memory by itself, and
 * interrupts after each period. Registers of 32 bits, from the physical address FEB00000h on:
 *
 *   00h CONTROL   bit 0 RUN, bit 1 INTERRUPT_ENABLE, bit 2 RESET (everything to zero; reads as zero)
 *   04h STATUS    bit 0 PERIOD_DONE and bit 1 LATE and bit 2 BUS_ERROR, each cleared by writing a one; bit 7 RUNNING
 *   08h ADDRESS   physical address of the buffer, which is of bytes; written while it does not run
 *   0Ch SIZE      bytes in the buffer; the same
 *   10h PERIOD    bytes between two interrupts, of which SIZE is a multiple; the same
 *   14h POSITION  offset of the byte that is played next; read only
 *   18h ID        45564157h
 *
 * The line is level-sensitive, and asserted while INTERRUPT_ENABLE and one of the bits 0 to 2 of STATUS are set. LATE says that a period was done
 * while PERIOD_DONE of the one before was still set. With BUS_ERROR the device stops.
 */
import { BOOLEAN, FALSE, KIRQL, LONG, PVOID, Ref, TRUE, UCHAR, ULONG, ULONG_PTR } from 'irpsight/wdm/types';
import { DISPATCHER_HEADER } from 'irpsight/wdm/event';
import { HAL_LINE, HalClaimLine, HalClaimMemory, HalGone, HalPullOut, HalRun, HalRunning, HalSetLine, VIRTUAL_DEVICE } from 'irpsight/wdm/hal';
import { machineAtomicEnd, machineHardware } from 'irpsight/wdm/machine';

const BASE: ULONG = 0xfeb00000;
const IRQ: ULONG = 11;
const DIRQL = 7 as KIRQL;

const CONTROL: ULONG = 0x00;
const STATUS: ULONG = 0x04;
const ADDRESS: ULONG = 0x08;
const SIZE: ULONG = 0x0c;
const PERIOD: ULONG = 0x10;
const POSITION: ULONG = 0x14;
const ID: ULONG = 0x18;

const RUN: ULONG = 0x01;
const INTERRUPT_ENABLE: ULONG = 0x02;
const RESET: ULONG = 0x04;
const PERIOD_DONE: ULONG = 0x01;
const LATE: ULONG = 0x02;
const BUS_ERROR: ULONG = 0x04;
const RUNNING: ULONG = 0x80;

let Line!: HAL_LINE;
let Working!: DISPATCHER_HEADER;
let Control!: ULONG;
let Status!: ULONG;
let Address!: ULONG;
let Size!: ULONG;
let Period!: ULONG;
let Position!: ULONG;
let IsStuck!: BOOLEAN;
let LastPlayed!: UCHAR;

/** The device, which does not run. */
export const Device: VIRTUAL_DEVICE = () => {
  HalClaimMemory(BASE, 0x1c, ReadRegister, WriteRegister);
  HalClaimLine(Line, IRQ, DIRQL, FALSE);
  HalRun(Work, null as PVOID);
};

/** A transfer on the bus fails, if it runs. */
export function Fail(): void {
  machineHardware(null);
  if ((Control & RUN) !== 0) Stop(BUS_ERROR);
  Update();
  machineAtomicEnd();
}

/** Something of what such a device meets with: a transfer fails. That it plays needs nobody. */
export function Act(): void {
  Fail();
}

/** From now on it plays nothing any more, or again. */
export function SetStuck(Stuck: BOOLEAN): void {
  machineHardware(null);
  IsStuck = Stuck;
  Update();
  machineAtomicEnd();
}

/** The device is pulled out: all reads give ones, and it reads no memory. */
export function Unplug(): void {
  HalPullOut();
}

/** The first byte of the period that was played last. */
export function Played(): UCHAR {
  return LastPlayed;
}

function ReadRegister(Register: ULONG, Bytes: LONG): ULONG {
  switch (Register) {
    case CONTROL:
      return Control;
    case STATUS:
      return (Control & RUN) !== 0 ? Status | RUNNING : Status;
    case ADDRESS:
      return Address;
    case SIZE:
      return Size;
    case PERIOD:
      return Period;
    case POSITION:
      return Position;
    case ID:
      return 0x45564157;
    default:
      return 0;
  }
}

function WriteRegister(Register: ULONG, Bytes: LONG, Value: ULONG): void {
  const Running = (Control & RUN) !== 0;
  if (Register === CONTROL) WriteControl(Value, Running);
  else if (Register === STATUS) Status = Status & ~(Value & (PERIOD_DONE | LATE | BUS_ERROR));
  else if (!Running && Register === ADDRESS) Address = Value;
  else if (!Running && Register === SIZE) Size = Value;
  else if (!Running && Register === PERIOD) Period = Value;
  Update();
}

function WriteControl(Value: ULONG, Running: BOOLEAN): void {
  if ((Value & RESET) !== 0) {
    Control = 0;
    Status = 0;
    Address = 0;
    Size = 0;
    Period = 0;
    Position = 0;
    return;
  }
  Control = Value & (RUN | INTERRUPT_ENABLE);
  if (Running || (Control & RUN) === 0) return;
  if (Period === 0 || Size === 0 || Size % Period !== 0) Stop(BUS_ERROR);
  else if (Position >= Size) Position = 0;
}

function Stop(Reason: ULONG): void {
  Control = Control & ~RUN;
  Status = Status | Reason;
}

function Update(): void {
  Working.SignalState = (Control & RUN) !== 0 && !IsStuck ? 1 : 0;
  HalSetLine(Line, (Control & INTERRUPT_ENABLE) !== 0 && (Status & (PERIOD_DONE | LATE | BUS_ERROR)) !== 0);
}

/** What the device does by itself: it plays one period after the other. */
function Work(Unused: PVOID, Nothing: PVOID): void {
  HalRunning();
  for (;;) {
    machineHardware(Working);
    if (HalGone) Control = 0;
    else Play();
    Update();
    machineAtomicEnd();
  }
}

/** Memory that was freed meanwhile is found out here. */
function Play(): void {
  const First = (Address + Position) as ULONG_PTR as never as Ref<UCHAR>;
  LastPlayed = First.Value;
  Position = Position + Period === Size ? 0 : Position + Period;
  if ((Status & PERIOD_DONE) !== 0) Status = Status | LATE;
  Status = Status | PERIOD_DONE;
}
