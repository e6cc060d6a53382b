/**
 * The bus: which virtual device answers at a port or a physical address, and the interrupt lines. Devices claim both when they are plugged in,
 * before any driver is loaded. No driver calls anything in here; what they call is in port-io.ts, map-io.ts and interrupt.ts.
 */
import { ARRAY, BOOLEAN, FALSE, KIRQL, LONG, PVOID, TRUE, UCHAR, ULONG } from './types.ts';
import { DISPATCHER_HEADER } from './event.ts';
import { KiServiceLine } from './interrupt.ts';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineChoose, machineInterruptWait, machineLower, machineSpawn, machineWait } from './machine.ts';

/** What plugs a virtual device in: it claims addresses and lines, and starts what runs in the device by itself. */
export type VIRTUAL_DEVICE = () => void;
/** The answer to a read of 1, 2 or 4 bytes. `Register` counts bytes from the range's start. */
export type HAL_READ = (Register: ULONG, Bytes: LONG) => ULONG;
/** Takes 1, 2 or 4 bytes. */
export type HAL_WRITE = (Register: ULONG, Bytes: LONG, Value: ULONG) => void;

/** Where the addresses of a range lie: the numbers that a resource descriptor's Type has. */
export const HalPorts: UCHAR = 1;
export const HalMemory: UCHAR = 3;

/** Addresses that one device answers at. */
export interface HAL_RANGE { Space: UCHAR; Gone: BOOLEAN; Start: ULONG; Length: ULONG; Read: HAL_READ; Write: HAL_WRITE }
export type PHAL_RANGE = HAL_RANGE;

/** An interrupt line. A line that is edge-triggered (`Latched`) remembers one assertion until it is served. */
export interface HAL_LINE {
  /** Signalled while an interrupt is due. */
  Header: DISPATCHER_HEADER;
  Number: ULONG;
  Vector: ULONG;
  Irql: KIRQL;
  Latched: BOOLEAN;
  Asserted: BOOLEAN;
  /** Of a latched line: asserted, and not served since. */
  Pending: BOOLEAN;
  /** It was asserted since KiForeignInterrupt began to ask. */
  Raised: BOOLEAN;
  /** How many service routines are connected. */
  Connected: LONG;
  /** How often in a row the service routines have left it asserted. */
  Rounds: LONG;
}
export type PHAL_LINE = HAL_LINE;

/** What the translated number of a line is counted from. */
const FIRST_VECTOR: ULONG = 0x30;

export let HalRanges!: ARRAY<HAL_RANGE, 8>;
export let HalRangeCount!: LONG;
interface HAL_LINE_SLOT { Line: PHAL_LINE | null }
let HalLines!: ARRAY<HAL_LINE_SLOT, 4>;
export let HalLineCount!: LONG;
/** The devices were pulled out: none does anything any more. */
export let HalGone!: BOOLEAN;
/** Signalled when a context of the hardware has come to its first wait. */
let HalStarted!: DISPATCHER_HEADER;

/** The device answers at these ports. */
export function HalClaimPorts(Start: ULONG, Length: ULONG, Read: HAL_READ, Write: HAL_WRITE): void {
  Claim(HalPorts, Start, Length, Read, Write);
}

/** The device answers at these physical addresses. */
export function HalClaimMemory(Start: ULONG, Length: ULONG, Read: HAL_READ, Write: HAL_WRITE): void {
  Claim(HalMemory, Start, Length, Read, Write);
}

function Claim(Space: UCHAR, Start: ULONG, Length: ULONG, Read: HAL_READ, Write: HAL_WRITE): void {
  if (HalRangeCount === 8) {
    machineBounded('The devices have more than eight ranges of addresses.');
    return;
  }
  const Range = HalRanges[HalRangeCount];
  Range.Space = Space;
  Range.Start = Start;
  Range.Length = Length;
  Range.Read = Read;
  Range.Write = Write;
  HalRangeCount = HalRangeCount + 1;
}

/** The device interrupts on that line of the bus, which the system gives that IRQL. */
export function HalClaimLine(Line: PHAL_LINE, Number: ULONG, Irql: KIRQL, Latched: BOOLEAN): void {
  if (HalLineCount === 4) {
    machineBounded('The devices have more than four interrupt lines.');
    return;
  }
  Line.Number = Number;
  Line.Vector = FIRST_VECTOR + Number;
  Line.Irql = Irql;
  Line.Latched = Latched;
  HalLines[HalLineCount].Line = Line;
  HalLineCount = HalLineCount + 1;
  HalRun(ServeLine, Line);
}

/** Something in the hardware that goes on by itself, for ever; it is not to touch anything before its first machineHardware. */
export function HalRun<A>(Routine: (Context: A, Unused: PVOID) => void, Context: A): void {
  HalStarted.Type = 1;
  machineSpawn(1, Routine, null as never, Context, null as PVOID);
  // Otherwise everything would be explored with it and without it.
  machineWait(HalStarted, 0, 0);
}

/** To be called first by what HalRun runs. */
export function HalRunning(): void {
  HalStarted.SignalState = 1;
}

/** The device drives its line: within the atomic section in which its state changed. */
export function HalSetLine(Line: PHAL_LINE, Asserted: BOOLEAN): void {
  if (Asserted === Line.Asserted) return;
  Line.Asserted = Asserted;
  Line.Rounds = 0;
  if (Asserted) {
    Line.Pending = TRUE;
    Line.Raised = TRUE;
  }
  HalUpdateLine(Line);
}

/** Works out anew whether an interrupt is due. */
export function HalUpdateLine(Line: PHAL_LINE): void {
  const Due = Line.Latched ? Line.Pending : Line.Asserted;
  Line.Header.SignalState = Due && Line.Connected > 0 ? 1 : 0;
}

/** The line whose translated vector that is, or null. */
export function HalLineOfVector(Vector: ULONG): PHAL_LINE | null {
  for (let Index: LONG = 0; Index < HalLineCount; Index++) {
    const Line = HalLines[Index].Line;
    if (Line !== null && Line.Vector === Vector) return Line;
  }
  return null;
}

/** That line, in the order in which they were claimed. */
export function HalLineAt(Index: LONG): PHAL_LINE | null {
  return HalLines[Index].Line;
}

/** The devices are pulled out: nothing answers any more, and no line is asserted. */
export function HalPullOut(): void {
  machineAtomicBegin();
  HalGone = TRUE;
  for (let Index: LONG = 0; Index < HalRangeCount; Index++) HalRanges[Index].Gone = TRUE;
  for (let Index: LONG = 0; Index < HalLineCount; Index++) {
    const Line = HalLines[Index].Line!;
    HalSetLine(Line, FALSE);
    Line.Pending = FALSE;
    HalUpdateLine(Line);
  }
  machineAtomicEnd();
}

/** One access on the bus. Where a device was pulled out all bits are ones; where none ever was, nobody knows. */
export function HalRead(Space: UCHAR, Address: ULONG, Bytes: LONG): ULONG {
  const Ones: ULONG = Bytes === 4 ? 0xffffffff : Bytes === 2 ? 0xffff : 0xff;
  let Value: ULONG = Ones;
  machineAtomicBegin();
  const Range = RangeOf(Space, Address);
  if (Range === null) {
    machineBounded('A register was read where no virtual device is plugged in.');
    if (machineChoose(2) === 0) Value = 0;
  } else if (!Range.Gone) {
    Value = Range.Read(Address - Range.Start, Bytes);
  }
  machineAtomicEnd();
  return Value;
}

/** The other way. */
export function HalWrite(Space: UCHAR, Address: ULONG, Bytes: LONG, Value: ULONG): void {
  machineAtomicBegin();
  const Range = RangeOf(Space, Address);
  if (Range === null) machineBounded('A register was written where no virtual device is plugged in.');
  else if (!Range.Gone) Range.Write(Address - Range.Start, Bytes, Value);
  machineAtomicEnd();
}

function RangeOf(Space: UCHAR, Address: ULONG): PHAL_RANGE | null {
  for (let Index: LONG = 0; Index < HalRangeCount; Index++) {
    const Range = HalRanges[Index];
    if (Range.Space === Space && Address >= Range.Start && Address - Range.Start < Range.Length) return Range;
  }
  return null;
}

function ServeLine(Line: PHAL_LINE, Unused: PVOID): void {
  HalRunning();
  for (;;) {
    machineInterruptWait(Line.Header, Line.Irql);
    KiServiceLine(Line);
    machineLower(0);
  }
}
