/**
 * The keyboard controller of the PC, an Intel 8042 with a port for a mouse, at the ports 60h and 64h. It does what the reference manual says:
 * IBM Personal System/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller". The keyboard is keyboard.ts, the
 * mouse is mouse.ts; this file is what lies between them and the bus.
 */
import { ARRAY, BOOLEAN, FALSE, KIRQL, LONG, PVOID, TRUE, UCHAR, ULONG } from 'irpsight/wdm/types';
import { DISPATCHER_HEADER } from 'irpsight/wdm/event';
import { HAL_LINE, HalClaimLine, HalClaimPorts, HalPullOut, HalRun, HalRunning, HalSetLine, VIRTUAL_DEVICE } from 'irpsight/wdm/hal';
import { machineAtomicEnd, machineChoose, machineHardware } from 'irpsight/wdm/machine';
import { KeyboardAct, KeyboardBytes, KeyboardCommand } from './keyboard.ts';
import { MouseAct, MouseBytes, MouseCommand } from './mouse.ts';

const DATA: ULONG = 0x60;
const COMMAND: ULONG = 0x64;
const KEYBOARD_IRQ: ULONG = 1;
const MOUSE_IRQ: ULONG = 12;
const KEYBOARD_DIRQL = 9 as KIRQL;
const MOUSE_DIRQL = 6 as KIRQL;

// Bits of the status register
const OBF: UCHAR = 0x01;
const IBF: UCHAR = 0x02;
const SYSTEM_FLAG: UCHAR = 0x04;
const LAST_WAS_COMMAND: UCHAR = 0x08;
const NOT_INHIBITED: UCHAR = 0x10;
const AUX_OBF: UCHAR = 0x20;
/** The device did not answer in time. */
export const TIMEOUT: UCHAR = 0x40;
/** The byte came with a parity error. */
export const PARITY: UCHAR = 0x80;
// Bits of the command byte
const KEYBOARD_INTERRUPT: UCHAR = 0x01;
const MOUSE_INTERRUPT: UCHAR = 0x02;
const KEYBOARD_DISABLED: UCHAR = 0x10;
const MOUSE_DISABLED: UCHAR = 0x20;
const TRANSLATE: UCHAR = 0x40;

/** Bytes that one of the two devices, or the controller itself, has still to send, the oldest first. */
export interface PS2_BYTES { Byte: ARRAY<UCHAR, 8>; Count: UCHAR }
export type PPS2_BYTES = PS2_BYTES;

/** Where the next byte written to the data port goes. */
type DESTINATION = LONG;
const ToKeyboard: DESTINATION = 0;
const ToMouse: DESTINATION = 1;
const ToCommandByte: DESTINATION = 2;

let KeyboardLine!: HAL_LINE;
let MouseLine!: HAL_LINE;
let Working!: DISPATCHER_HEADER;
let CommandByte!: UCHAR;
/** OBF, AUX_OBF, TIMEOUT, PARITY, as they are in the status. */
let OutputStatus!: UCHAR;
let Output!: UCHAR;
/** The byte that was written last, which the controller has not looked at yet. */
let Input!: UCHAR;
let InputFull!: BOOLEAN;
let InputIsCommand!: BOOLEAN;
let Destination!: DESTINATION;
let Replies!: PS2_BYTES;
/** The keyboard's last byte was F0: the next one is of a key that is released. */
let Breaking!: BOOLEAN;
/** What the next byte of a device fails with. */
let NextError!: UCHAR;
let IsStuck!: BOOLEAN;

/** Scan codes of set 2, up to 7F, as those of set 1. */
const Translated: ARRAY<UCHAR, 128> = [
  0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
  0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
  0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
  0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
  0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
  0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
  0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
  0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
];

/** The controller as firmware leaves it: both devices enabled, interrupts off, translation on. Its lines are edge-triggered. */
export const Device: VIRTUAL_DEVICE = () => {
  CommandByte = TRANSLATE | SYSTEM_FLAG;
  HalClaimPorts(DATA, 1, ReadData, WriteData);
  HalClaimPorts(COMMAND, 1, ReadStatus, WriteCommand);
  HalClaimLine(KeyboardLine, KEYBOARD_IRQ, KEYBOARD_DIRQL, TRUE);
  HalClaimLine(MouseLine, MOUSE_IRQ, MOUSE_DIRQL, TRUE);
  HalRun(Work, null as PVOID);
};

/** Something of what its devices do, each explored: a key is pressed, the mouse is moved. */
export function Act(): void {
  machineHardware(null);
  if (machineChoose(2) === 0) KeyboardAct();
  else MouseAct();
  Update();
  machineAtomicEnd();
}

/** The next byte that comes from a device comes with that error: TIMEOUT or PARITY. */
export function FailNext(Error: UCHAR): void {
  machineHardware(null);
  NextError = Error;
  machineAtomicEnd();
}

/** From now on the controller does nothing any more, or again. */
export function SetStuck(Stuck: BOOLEAN): void {
  machineHardware(null);
  IsStuck = Stuck;
  Update();
  machineAtomicEnd();
}

/** The controller is gone: all reads give ones. */
export function Unplug(): void {
  HalPullOut();
}

/** Puts a byte behind those that are to be sent; FALSE when there is no room. */
export function Ps2Put(Bytes: PPS2_BYTES, Byte: UCHAR): BOOLEAN {
  if (Bytes.Count === 8) return FALSE;
  Bytes.Byte[Bytes.Count] = Byte;
  Bytes.Count = Bytes.Count + 1;
  return TRUE;
}

/** A device drops what it had to send. */
export function Ps2Clear(Bytes: PPS2_BYTES): void {
  while (Bytes.Count > 0) Ps2Take(Bytes);
}

/** The lines, and whether there is something to do. Whoever changes what a device has to send calls this. */
export function Update(): void {
  const Full = (OutputStatus & OBF) !== 0;
  const OfMouse = (OutputStatus & AUX_OBF) !== 0;
  Working.SignalState = !IsStuck && (InputFull || (!Full && HasByte())) ? 1 : 0;
  HalSetLine(KeyboardLine, Full && !OfMouse && (CommandByte & KEYBOARD_INTERRUPT) !== 0);
  HalSetLine(MouseLine, Full && OfMouse && (CommandByte & MOUSE_INTERRUPT) !== 0);
}

function ReadData(Register: ULONG, Bytes: LONG): ULONG {
  OutputStatus = 0;
  Update();
  return Output;
}

function ReadStatus(Register: ULONG, Bytes: LONG): ULONG {
  let Status: UCHAR = OutputStatus | NOT_INHIBITED | (CommandByte & SYSTEM_FLAG);
  if (InputFull) Status |= IBF;
  if (InputIsCommand) Status |= LAST_WAS_COMMAND;
  return Status;
}

function WriteData(Register: ULONG, Bytes: LONG, Value: ULONG): void {
  Write(Value & 0xff, FALSE);
}

function WriteCommand(Register: ULONG, Bytes: LONG, Value: ULONG): void {
  Write(Value & 0xff, TRUE);
}

/** A byte written while another is still there replaces it. */
function Write(Byte: UCHAR, IsCommand: BOOLEAN): void {
  Input = Byte;
  InputFull = TRUE;
  InputIsCommand = IsCommand;
  Update();
}

function KeyboardSends(): BOOLEAN {
  return KeyboardBytes.Count > 0 && (CommandByte & KEYBOARD_DISABLED) === 0;
}

function MouseSends(): BOOLEAN {
  return MouseBytes.Count > 0 && (CommandByte & MOUSE_DISABLED) === 0;
}

function HasByte(): BOOLEAN {
  return Replies.Count > 0 || KeyboardSends() || MouseSends();
}

/** What the controller does by itself: it looks at what was written, and takes bytes from its devices. */
function Work(Unused: PVOID, Nothing: PVOID): void {
  HalRunning();
  for (;;) {
    machineHardware(Working);
    const Free = (OutputStatus & OBF) === 0 && HasByte();
    if (InputFull && (!Free || machineChoose(2) === 0)) Accept();
    else if (Free) Send();
    Update();
    machineAtomicEnd();
  }
}

/** The oldest answer of the controller, else a byte of one of the devices. */
function Send(): void {
  if (Replies.Count > 0) {
    Output = Ps2Take(Replies);
    OutputStatus = OBF;
  } else if (KeyboardSends() && (!MouseSends() || machineChoose(2) === 0)) {
    if (NextError !== 0) SendError(0);
    else SendKeyboardByte(Ps2Take(KeyboardBytes));
  } else if (NextError !== 0) {
    SendError(AUX_OBF);
  } else {
    Output = Ps2Take(MouseBytes);
    OutputStatus = OBF | AUX_OBF;
  }
}

/** The device sends its byte again. */
function SendError(Source: UCHAR): void {
  Output = 0xff;
  OutputStatus = OBF | Source | NextError;
  NextError = 0;
}

function SendKeyboardByte(Byte: UCHAR): void {
  if ((CommandByte & TRANSLATE) !== 0 && Byte === 0xf0) {
    Breaking = TRUE;
    return;
  }
  Output = (CommandByte & TRANSLATE) !== 0 ? Translate(Byte) : Byte;
  OutputStatus = OBF;
  Breaking = FALSE;
}

function Translate(Byte: UCHAR): UCHAR {
  let Code: UCHAR = Byte;
  if (Byte < 0x80) Code = Translated[Byte];
  else if (Byte === 0x83) Code = 0x41;
  else if (Byte === 0x84) Code = 0x54;
  return Breaking ? Code | 0x80 : Code;
}

/** The controller looks at the byte that was written. */
function Accept(): void {
  const Byte = Input;
  InputFull = FALSE;
  Input = 0;
  if (InputIsCommand) {
    Destination = ToKeyboard;
    Execute(Byte);
    return;
  }
  const Goes = Destination;
  Destination = ToKeyboard;
  if (Goes === ToCommandByte) {
    CommandByte = Byte;
  } else if (Goes === ToMouse) {
    CommandByte = CommandByte & ~MOUSE_DISABLED;
    MouseCommand(Byte);
  } else {
    CommandByte = CommandByte & ~KEYBOARD_DISABLED;
    KeyboardCommand(Byte);
  }
}

function Execute(Command: UCHAR): void {
  switch (Command) {
    case 0x20:
      Ps2Put(Replies, CommandByte);
      break;
    case 0x60:
      Destination = ToCommandByte;
      break;
    case 0xa7:
      CommandByte = CommandByte | MOUSE_DISABLED;
      break;
    case 0xa8:
      CommandByte = CommandByte & ~MOUSE_DISABLED;
      break;
    case 0xa9:
    case 0xab:
      // Nothing is wrong with the port of the mouse, or of the keyboard.
      Ps2Put(Replies, 0x00);
      break;
    case 0xaa:
      CommandByte = CommandByte | SYSTEM_FLAG | KEYBOARD_DISABLED | MOUSE_DISABLED;
      Ps2Put(Replies, 0x55);
      break;
    case 0xad:
      CommandByte = CommandByte | KEYBOARD_DISABLED;
      break;
    case 0xae:
      CommandByte = CommandByte & ~KEYBOARD_DISABLED;
      break;
    case 0xd4:
      Destination = ToMouse;
      break;
  }
}

function Ps2Take(Bytes: PPS2_BYTES): UCHAR {
  const Byte = Bytes.Byte[0];
  for (let Index: LONG = 1; Index < Bytes.Count; Index++) Bytes.Byte[Index - 1] = Bytes.Byte[Index];
  Bytes.Count = Bytes.Count - 1;
  Bytes.Byte[Bytes.Count] = 0;
  return Byte;
}
