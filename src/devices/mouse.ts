/**
 * The mouse at the controller of i8042.ts: a PS/2 mouse with two buttons, as the IBM Personal System/2 Hardware Interface Technical Reference has
 * it ("Mouse").
 */
import { BOOLEAN, FALSE, LONG, TRUE, UCHAR } from 'irpsight/wdm/types';
import { machineAtomicEnd, machineHardware } from 'irpsight/wdm/machine';
import { PS2_BYTES, Ps2Clear, Ps2Put, Update } from './i8042.ts';

const ACK: UCHAR = 0xfa;
const RESEND: UCHAR = 0xfe;
const PASSED: UCHAR = 0xaa;
export const LEFT: UCHAR = 0x01;
export const RIGHT: UCHAR = 0x02;

/** What it has still to send. */
export let MouseBytes!: PS2_BYTES;
/** The command whose parameter comes next; 0 for none. */
let Expecting!: UCHAR;
/** It sends packets when something changes. */
let Reporting!: BOOLEAN;
/** It sends packets when it is asked only. */
let Remote!: BOOLEAN;
let Scaling!: BOOLEAN;
/** 0 stands for 4 counts a millimetre and 100 reports a second, with which it begins. */
let Resolution!: UCHAR;
let Rate!: UCHAR;
let Buttons!: UCHAR;
/** What RESEND brings again. */
let LastSent!: UCHAR;

/** It is moved: to the right and away from the user are positive. */
export function Move(X: LONG, Y: LONG): void {
  machineHardware(null);
  if (Reporting && !Remote) SendPacket(X, Y);
  Update();
  machineAtomicEnd();
}

/** The buttons that are down from now on, of LEFT and RIGHT. */
export function Press(Down: UCHAR): void {
  machineHardware(null);
  Buttons = Down & 0x03;
  if (Reporting && !Remote) SendPacket(0, 0);
  Update();
  machineAtomicEnd();
}

/** It is moved a little to the right: what the controller's Act does with the mouse. */
export function MouseAct(): void {
  if (Reporting && !Remote) SendPacket(1, 0);
}

/** A byte comes from the controller. */
export function MouseCommand(Byte: UCHAR): void {
  const Command = Expecting;
  Expecting = 0;
  // It stops what it was sending.
  Ps2Clear(MouseBytes);
  if (Command !== 0) {
    if (Command === 0xe8) Resolution = Byte ^ 2;
    else Rate = Byte ^ 100;
    Answer(ACK);
    return;
  }
  switch (Byte) {
    case 0xe6:
    case 0xe7:
      Scaling = Byte === 0xe7;
      Answer(ACK);
      break;
    case 0xe8:
    case 0xf3:
      Expecting = Byte;
      Answer(ACK);
      break;
    case 0xe9:
      Answer(ACK);
      Answer(StatusByte());
      Answer(Resolution ^ 2);
      Answer(Rate ^ 100);
      break;
    case 0xea:
      Remote = FALSE;
      Answer(ACK);
      break;
    case 0xeb:
      Answer(ACK);
      SendPacket(0, 0);
      break;
    case 0xf0:
      Remote = TRUE;
      Answer(ACK);
      break;
    case 0xf2:
      Answer(ACK);
      Answer(0x00);
      break;
    case 0xf4:
      Reporting = TRUE;
      Answer(ACK);
      break;
    case 0xf5:
      Reporting = FALSE;
      Answer(ACK);
      break;
    case 0xf6:
      Reset();
      Answer(ACK);
      break;
    case 0xfe:
      Ps2Put(MouseBytes, LastSent);
      break;
    case 0xff:
      Reset();
      Answer(ACK);
      Answer(PASSED);
      Answer(0x00);
      break;
    default:
      Answer(RESEND);
  }
}

function StatusByte(): UCHAR {
  let Status: UCHAR = ((Buttons & LEFT) << 2) | ((Buttons & RIGHT) >> 1);
  if (Remote) Status |= 0x40;
  if (Reporting) Status |= 0x20;
  if (Scaling) Status |= 0x10;
  return Status;
}

function Reset(): void {
  Reporting = FALSE;
  Remote = FALSE;
  Scaling = FALSE;
  Resolution = 0;
  Rate = 0;
}

function Answer(Byte: UCHAR): void {
  Ps2Put(MouseBytes, Byte);
  LastSent = Byte;
}

/** Three bytes, or none: signs and overflows with the buttons, then both movements' low eight bits. */
function SendPacket(X: LONG, Y: LONG): void {
  if (MouseBytes.Count > 5) return;
  let First: UCHAR = 0x08 | Buttons;
  if (X < 0) First |= 0x10;
  if (Y < 0) First |= 0x20;
  if (X > 255 || X < -256) First |= 0x40;
  if (Y > 255 || Y < -256) First |= 0x80;
  Answer(First);
  Answer(X & 0xff);
  Answer(Y & 0xff);
}
