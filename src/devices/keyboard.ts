/**
 * The keyboard at the controller of i8042.ts: an enhanced keyboard that sends scan codes of set 2, as the IBM Personal System/2 Hardware Interface
 * Technical Reference has it ("Keyboards (101- and 102-Key)"). Sets 1 and 3 can be asked for, and are remembered; the codes stay those of set 2.
 */
import { BOOLEAN, FALSE, TRUE, UCHAR } from 'irpsight/wdm/types';
import { machineAtomicEnd, machineHardware } from 'irpsight/wdm/machine';
import { PS2_BYTES, Ps2Clear, Ps2Put, Update } from './i8042.ts';

const ACK: UCHAR = 0xfa;
const RESEND: UCHAR = 0xfe;
/** The self test went well. */
const PASSED: UCHAR = 0xaa;
/** In place of the key for which there was no room. */
const OVERRUN: UCHAR = 0x00;

/** What it has still to send. */
export let KeyboardBytes!: PS2_BYTES;
/** The command whose parameter comes next; 0 for none. */
let Expecting!: UCHAR;
let Disabled!: BOOLEAN;
/** Which set was asked for; 0 stands for set 2, with which it begins. */
let ScanSet!: UCHAR;
/** Scroll, Num and Caps, from bit 0 on. */
let Lights!: UCHAR;
/** What RESEND brings again. */
let LastSent!: UCHAR;

/** A key goes down: its code in set 2, such as 1C for A. */
export function Press(Code: UCHAR): void {
  machineHardware(null);
  Type(Code, FALSE);
  machineAtomicEnd();
}

/** A key goes up. */
export function Release(Code: UCHAR): void {
  machineHardware(null);
  Type(Code, TRUE);
  machineAtomicEnd();
}

/** The lights as they are: Scroll, Num and Caps, from bit 0 on. */
export function Leds(): UCHAR {
  return Lights;
}

/** The A key goes down: what the controller's Act does with the keyboard. */
export function KeyboardAct(): void {
  Type(0x1c, FALSE);
}

/** A byte comes from the controller. */
export function KeyboardCommand(Byte: UCHAR): void {
  const Command = Expecting;
  Expecting = 0;
  if (Command !== 0 && Byte < 0xed) {
    TakeParameter(Command, Byte);
    return;
  }
  switch (Byte) {
    case 0xed:
    case 0xf0:
    case 0xf3:
      Expecting = Byte;
      Answer(ACK);
      break;
    case 0xee:
      Answer(0xee);
      break;
    case 0xf2:
      Answer(ACK);
      Answer(0xab);
      Answer(0x83);
      break;
    case 0xf4:
      Ps2Clear(KeyboardBytes);
      Disabled = FALSE;
      Answer(ACK);
      break;
    case 0xf5:
      Reset();
      Disabled = TRUE;
      Answer(ACK);
      break;
    case 0xf6:
      Reset();
      Answer(ACK);
      break;
    case 0xfe:
      Ps2Put(KeyboardBytes, LastSent);
      break;
    case 0xff:
      Reset();
      Lights = 0;
      Answer(ACK);
      Answer(PASSED);
      break;
    default:
      Answer(RESEND);
  }
}

function TakeParameter(Command: UCHAR, Byte: UCHAR): void {
  Answer(ACK);
  if (Command === 0xed) Lights = Byte & 0x07;
  if (Command !== 0xf0) return;
  if (Byte === 0) Answer(ScanSet === 0 ? 2 : ScanSet);
  else ScanSet = Byte === 2 ? 0 : Byte;
}

function Reset(): void {
  Ps2Clear(KeyboardBytes);
  Disabled = FALSE;
  ScanSet = 0;
}

function Answer(Byte: UCHAR): void {
  Ps2Put(KeyboardBytes, Byte);
  LastSent = Byte;
}

/** The last place is for telling that there was no room. */
function Type(Code: UCHAR, Up: BOOLEAN): void {
  if (Disabled) return;
  const Needed: UCHAR = Up ? 2 : 1;
  if (KeyboardBytes.Count + Needed > 7) {
    if (KeyboardBytes.Count === 0 || KeyboardBytes.Byte[KeyboardBytes.Count - 1] !== OVERRUN) Ps2Put(KeyboardBytes, OVERRUN);
  } else {
    if (Up) Ps2Put(KeyboardBytes, 0xf0);
    Ps2Put(KeyboardBytes, Code);
  }
  Update();
}
