/** What routines without a model are made of: the objects they give, and how they end a path that only their code could go on with. */
import { BOOLEAN, LONG, PVOID, SIZE_T, sizeof } from './types.ts';
import { machineAlloc, machineChoose, machineObjectSize, machineZero } from './machine.ts';

/** An object of which nothing is known: whoever looks into it or changes it ends the path, and the verdict is bounded. */
export interface KI_UNKNOWN { Word: LONG }

/** An argument of any type. */
export type KI_ANY = number | boolean | string | object | null;
/** A routine of any role. */
export type KI_ROUTINE = object | null;

/** 1 while the driver is loaded and started, 2 once a routine without a model gave something on which it may give up. */
let KiLoading!: LONG;

/** Told by whoever loads drivers when that begins and ends. */
export function KiSetLoading(Loading: BOOLEAN): void {
  KiLoading = Loading ? 1 : 0;
}

/** A routine without a model has refused, or given what a driver may take for a refusal. */
export function KiNoteRefusal(): void {
  if (KiLoading === 1) KiLoading = 2;
}

/** Whether a driver that does not start has a reason for it. */
export function KiRefused(): BOOLEAN {
  return KiLoading === 2;
}

/** A new object of which nothing is known. */
export function KiUnknownObject(): PVOID {
  return machineAlloc(sizeof<KI_UNKNOWN>(), 0, 1);
}

/** The same, or null. */
export function KiUnknownOrNull(): PVOID {
  if (machineChoose(2) === 0) {
    KiNoteRefusal();
    return null;
  }
  return KiUnknownObject();
}

/** Either of the two. */
export function KiUnknownBoolean(): BOOLEAN {
  KiNoteRefusal();
  return machineChoose(2) === 1;
}

/** Whether memory given to a routine may lead to anything: it is neither bytes nor what such a routine gave itself. */
export function KiLeadsAnywhere(Memory: PVOID): BOOLEAN {
  if (Memory === null) return false;
  const Size = machineObjectSize(Memory, 0);
  return Size <= 0 && !KiHasSize(Size, sizeof<KI_UNKNOWN>());
}

/**
 * What a routine stores in memory it is to fill is not known, but it is stored: the memory counts as written. `Size` is a size token, 0 for all
 * that was allocated there.
 */
export function KiFill(Memory: PVOID, Size: LONG): void {
  if (Memory === null) return;
  const Own = machineObjectSize(Memory, 0);
  if (Size !== 0) machineZero(Memory, Size);
  else if (Own !== 0 && !KiHasSize(Own, sizeof<KI_UNKNOWN>())) machineZero(Memory, Own);
}

/** `Size` is a size token, as is what sizeof gives here. */
function KiHasSize<T>(Size: LONG, Of: SIZE_T<T>): BOOLEAN {
  return Size === (Of as LONG);
}
