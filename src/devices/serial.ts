/**
 * A serial port of the PC: a 16550 UART at the ports of COM1. The registers do what the data sheet says: Texas Instruments, TL16C550C,
 * "Asynchronous Communications Element with Autoflow Control" (SLLS177), whose names are used here; autoflow control is left out.
 * https://www.ti.com/lit/ds/symlink/tl16c550c.pdf
 *
 * Of the baud rate only the divisor's registers are there: a character takes as long as it likes.
 */
import { ARRAY, BOOLEAN, FALSE, KIRQL, LONG, PVOID, TRUE, UCHAR, ULONG, USHORT } from 'irpsight/wdm/types';
import { DISPATCHER_HEADER } from 'irpsight/wdm/event';
import { HAL_LINE, HalClaimLine, HalClaimPorts, HalPullOut, HalRun, HalRunning, HalSetLine, VIRTUAL_DEVICE } from 'irpsight/wdm/hal';
import { machineAtomicEnd, machineChoose, machineHardware } from 'irpsight/wdm/machine';

/** COM1. */
const BASE: ULONG = 0x3f8;
const IRQ: ULONG = 4;
const DIRQL = 8 as KIRQL;

// Registers, counted from the base. With DLAB set in LCR the first two are the divisor.
const RBR_THR: ULONG = 0;
const IER: ULONG = 1;
const IIR_FCR: ULONG = 2;
const LCR: ULONG = 3;
const MCR: ULONG = 4;
const LSR: ULONG = 5;
const MSR: ULONG = 6;

// Bits of IER
const ERBI: UCHAR = 0x01;
const ETBEI: UCHAR = 0x02;
const ELSI: UCHAR = 0x04;
const EDSSI: UCHAR = 0x08;
// Values of IIR, of the highest priority first
const IIR_LINE_STATUS: UCHAR = 0x06;
const IIR_DATA: UCHAR = 0x04;
const IIR_TIMEOUT: UCHAR = 0x0c;
const IIR_TRANSMITTER: UCHAR = 0x02;
const IIR_MODEM: UCHAR = 0x00;
const IIR_NONE: UCHAR = 0x01;
const IIR_FIFO: UCHAR = 0xc0;
const DLAB: UCHAR = 0x80;
// Bits of MCR: RTS and DTR are CTS and DSR in loopback, OUT1 is RI and OUT2 is DCD
const LOOP: UCHAR = 0x10;
const OUT2: UCHAR = 0x08;
// Bits of LSR
const DR: UCHAR = 0x01;
const OE: UCHAR = 0x02;
/** Parity error, of a character that is received. */
export const PE: UCHAR = 0x04;
/** Framing error. */
export const FE: UCHAR = 0x08;
/** Break. */
export const BI: UCHAR = 0x10;
const THRE: UCHAR = 0x20;
const TEMT: UCHAR = 0x40;
const FIFO_ERROR: UCHAR = 0x80;
// Lines of the modem, as the upper half of MSR has them
export const CTS: UCHAR = 0x10;
export const DSR: UCHAR = 0x20;
export const RI: UCHAR = 0x40;
export const DCD: UCHAR = 0x80;

let Line!: HAL_LINE;
/** Signalled while the chip has something to do by itself. */
let Working!: DISPATCHER_HEADER;
let Ier!: UCHAR;
let Lcr!: UCHAR;
let Mcr!: UCHAR;
let Scr!: UCHAR;
let Divisor!: ARRAY<UCHAR, 2>;
let Fifo!: BOOLEAN;
let Trigger!: UCHAR;
/** Characters received, the oldest first, with their errors in the upper byte. Without the FIFO there is one. */
let Received!: ARRAY<USHORT, 16>;
let ReceivedCount!: UCHAR;
let Overrun!: BOOLEAN;
/** Nothing was read or received for four characters' time. */
let TimedOut!: BOOLEAN;
/** Characters to be sent: of the FIFO or of THR, and the one in the shift register. */
let Sending!: ARRAY<UCHAR, 16>;
let SendingCount!: UCHAR;
let Shift!: UCHAR;
let Shifting!: BOOLEAN;
/** The transmitter became empty, and IIR has not told. */
let TransmitterDue!: BOOLEAN;
/** What the modem's lines are, and what the chip sees of them: in loopback its own outputs. */
let Outside!: UCHAR;
let Modem!: UCHAR;
let Deltas!: UCHAR;
let IsStuck!: BOOLEAN;
let LastSent!: UCHAR;

/** The port at COM1, edge-triggered as on the ISA bus: a service routine that leaves something pending gets no second interrupt for it. */
export const Device: VIRTUAL_DEVICE = () => {
  HalClaimPorts(BASE, 8, ReadRegister, WriteRegister);
  HalClaimLine(Line, IRQ, DIRQL, TRUE);
  HalRun(Work, null as PVOID);
};

/** The same, where the line is level-sensitive, as on the PCI bus. */
export const LevelDevice: VIRTUAL_DEVICE = () => {
  HalClaimPorts(BASE, 8, ReadRegister, WriteRegister);
  HalClaimLine(Line, IRQ, DIRQL, FALSE);
  HalRun(Work, null as PVOID);
};

/** A character comes in. */
export function Receive(Character: UCHAR): void {
  ReceiveWith(Character, 0);
}

/** A character comes in with errors: of PE, FE and BI. */
export function ReceiveWith(Character: UCHAR, Errors: UCHAR): void {
  machineHardware(null);
  if ((Mcr & LOOP) === 0) Accept(Character, Errors);
  machineAtomicEnd();
}

/** The modem's lines are these, of CTS, DSR, RI and DCD. */
export function SetLine(Lines: UCHAR): void {
  machineHardware(null);
  Outside = Lines & 0xf0;
  if ((Mcr & LOOP) === 0) ChangeModem(Outside);
  machineAtomicEnd();
}

/** Something of what such a port meets with, each explored: a character, one with a parity error, a change of CTS. */
export function Act(): void {
  machineHardware(null);
  const What = machineChoose(3);
  if (What === 2) Outside = Outside ^ CTS;
  if ((Mcr & LOOP) === 0) {
    if (What === 0) Accept(0x41, 0);
    else if (What === 1) Accept(0x42, PE);
    else ChangeModem(Outside);
  }
  machineAtomicEnd();
}

/** From now on nothing is sent any more, or again. */
export function SetStuck(Stuck: BOOLEAN): void {
  machineHardware(null);
  IsStuck = Stuck;
  Update();
  machineAtomicEnd();
}

/** The port is pulled out: all reads give ones. */
export function Unplug(): void {
  HalPullOut();
}

/** The character that went out last. */
export function Sent(): UCHAR {
  return LastSent;
}

function ReadRegister(Register: ULONG, Bytes: LONG): ULONG {
  switch (Register) {
    case RBR_THR:
      return (Lcr & DLAB) !== 0 ? Divisor[0] : ReadCharacter();
    case IER:
      return (Lcr & DLAB) !== 0 ? Divisor[1] : Ier;
    case IIR_FCR:
      return ReadIdentification();
    case LCR:
      return Lcr;
    case MCR:
      return Mcr;
    case LSR:
      return ReadLineStatus();
    case MSR:
      return ReadModemStatus();
    default:
      return Scr;
  }
}

function WriteRegister(Register: ULONG, Bytes: LONG, Value: ULONG): void {
  const Byte: UCHAR = Value & 0xff;
  switch (Register) {
    case RBR_THR:
      if ((Lcr & DLAB) !== 0) Divisor[0] = Byte;
      else WriteCharacter(Byte);
      break;
    case IER:
      if ((Lcr & DLAB) !== 0) {
        Divisor[1] = Byte;
      } else {
        // An empty transmitter says so when it is asked to.
        if ((Byte & ETBEI) !== 0 && (Ier & ETBEI) === 0 && SendingCount === 0) TransmitterDue = TRUE;
        Ier = Byte & 0x0f;
      }
      break;
    case IIR_FCR:
      WriteFifoControl(Byte);
      break;
    case LCR:
      Lcr = Byte;
      break;
    case MCR:
      Mcr = Byte & 0x1f;
      // In loopback RTS, DTR, OUT1 and OUT2 are CTS, DSR, RI and DCD.
      ChangeModem((Mcr & LOOP) === 0 ? Outside : ((Mcr & 0x02) << 3) | ((Mcr & 0x01) << 5) | ((Mcr & 0x0c) << 4));
      break;
    case LSR:
    case MSR:
      break;
    default:
      Scr = Byte;
  }
  Update();
}

function ReadCharacter(): ULONG {
  const Character = Received[0] & 0xff;
  if (ReceivedCount > 0) {
    for (let Index: LONG = 1; Index < ReceivedCount; Index++) Received[Index - 1] = Received[Index];
    ReceivedCount = ReceivedCount - 1;
    Received[ReceivedCount] = 0;
  }
  TimedOut = FALSE;
  Update();
  return Character;
}

function WriteCharacter(Character: UCHAR): void {
  const Room: LONG = Fifo ? 16 : 1;
  // What is written to a full THR replaces it; a full FIFO loses it.
  if (SendingCount < Room) SendingCount = SendingCount + 1;
  else if (Fifo) return;
  Sending[SendingCount - 1] = Character;
  TransmitterDue = FALSE;
}

function WriteFifoControl(Value: UCHAR): void {
  const Enabled = (Value & 0x01) !== 0;
  if (Enabled !== Fifo || (Value & 0x02) !== 0) {
    for (let Index: LONG = 0; Index < ReceivedCount; Index++) Received[Index] = 0;
    ReceivedCount = 0;
    TimedOut = FALSE;
  }
  if (Enabled !== Fifo || (Value & 0x04) !== 0) {
    for (let Index: LONG = 0; Index < SendingCount; Index++) Sending[Index] = 0;
    if (SendingCount > 0) TransmitterDue = TRUE;
    SendingCount = 0;
  }
  Fifo = Enabled;
  const Level = Value >> 6;
  Trigger = Level === 0 ? 1 : Level === 1 ? 4 : Level === 2 ? 8 : 14;
}

/** Reading it takes the transmitter's interrupt back, when it is that one that is told. */
function ReadIdentification(): ULONG {
  const Told = Identify();
  if (Told === IIR_TRANSMITTER) {
    TransmitterDue = FALSE;
    Update();
  }
  return Fifo ? Told | IIR_FIFO : Told;
}

/** Reading it clears the errors. */
function ReadLineStatus(): ULONG {
  let Status: UCHAR = Errors();
  if (ReceivedCount > 0) Status |= DR;
  if (SendingCount === 0) Status |= THRE;
  if (SendingCount === 0 && !Shifting) Status |= TEMT;
  if (Fifo) {
    for (let Index: LONG = 0; Index < ReceivedCount; Index++) {
      if (Received[Index] >> 8 !== 0) Status |= FIFO_ERROR;
    }
  }
  Overrun = FALSE;
  Received[0] = Received[0] & 0xff;
  Update();
  return Status;
}

/** Reading it clears the deltas. */
function ReadModemStatus(): ULONG {
  const Status = Modem | Deltas;
  Deltas = 0;
  Update();
  return Status;
}

/** Errors of the oldest character, and whether one was lost. */
function Errors(): UCHAR {
  const OfCharacter: UCHAR = Received[0] >> 8;
  return Overrun ? OfCharacter | OE : OfCharacter;
}

function Identify(): UCHAR {
  if ((Ier & ELSI) !== 0 && Errors() !== 0) return IIR_LINE_STATUS;
  if ((Ier & ERBI) !== 0 && ReceivedCount > 0) {
    if (!Fifo || ReceivedCount >= Trigger) return IIR_DATA;
    if (TimedOut) return IIR_TIMEOUT;
  }
  if ((Ier & ETBEI) !== 0 && TransmitterDue) return IIR_TRANSMITTER;
  if ((Ier & EDSSI) !== 0 && Deltas !== 0) return IIR_MODEM;
  return IIR_NONE;
}

function Accept(Character: UCHAR, WithErrors: UCHAR): void {
  const Room: LONG = Fifo ? 16 : 1;
  if (ReceivedCount === Room) {
    Overrun = TRUE;
    // Without the FIFO the newer one stays.
    if (!Fifo) Received[0] = Character | (WithErrors << 8);
  } else {
    Received[ReceivedCount] = Character | (WithErrors << 8);
    ReceivedCount = ReceivedCount + 1;
  }
  TimedOut = FALSE;
  Update();
}

function ChangeModem(Lines: UCHAR): void {
  const Changed: UCHAR = (Lines ^ Modem) & 0xf0;
  // Of the ring indicator only its end counts.
  const Counted: UCHAR = (Lines & RI) !== 0 ? Changed & ~RI : Changed;
  Deltas = Deltas | (Counted >> 4);
  Modem = Lines & 0xf0;
  Update();
}

/** The interrupt line, which the PC lets through while OUT2 is set, and whether the chip has something to do. */
function Update(): void {
  const Timing = Fifo && ReceivedCount > 0 && ReceivedCount < Trigger && !TimedOut && (Ier & ERBI) !== 0;
  const Transmitting = (SendingCount > 0 || Shifting) && !IsStuck;
  Working.SignalState = Timing || Transmitting ? 1 : 0;
  HalSetLine(Line, (Mcr & OUT2) !== 0 && (Mcr & LOOP) === 0 && Identify() !== IIR_NONE);
}

/** What the chip does by itself: characters go out, and characters in the FIFO grow old. */
function Work(Unused: PVOID, Nothing: PVOID): void {
  HalRunning();
  for (;;) {
    machineHardware(Working);
    const Transmitting = (SendingCount > 0 || Shifting) && !IsStuck;
    const Timing = Fifo && ReceivedCount > 0 && ReceivedCount < Trigger && !TimedOut && (Ier & ERBI) !== 0;
    if (Transmitting && (!Timing || machineChoose(2) === 0)) Transmit();
    else if (Timing) TimedOut = TRUE;
    Update();
    machineAtomicEnd();
  }
}

/** The character in the shift register is out, and the next one takes its place. */
function Transmit(): void {
  if (Shifting) {
    LastSent = Shift;
    Shifting = FALSE;
    if ((Mcr & LOOP) !== 0) Accept(Shift, 0);
    Shift = 0;
  }
  if (SendingCount === 0) return;
  Shift = Sending[0];
  Shifting = TRUE;
  for (let Index: LONG = 1; Index < SendingCount; Index++) Sending[Index - 1] = Sending[Index];
  SendingCount = SendingCount - 1;
  Sending[SendingCount] = 0;
  if (SendingCount === 0) TransmitterDue = TRUE;
}
