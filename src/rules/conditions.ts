/** Short forms for the conditions and status values that checks use. */
import type { Condition, Operand } from '../ir/rule.ts';

/** NTSTATUS values as events carry them: signed 32-bit. */
export const STATUS_PENDING = 0x103;
export const STATUS_MORE_PROCESSING_REQUIRED = 0xc0000016 | 0;

/** `left == right`. */
export function is(left: Operand, right: Operand): Condition {
  return { left, is: '==', right };
}

/** `left != right`. */
export function isNot(left: Operand, right: Operand): Condition {
  return { left, is: '!=', right };
}

/** Every one of the conditions. */
export function all(...conditions: readonly Condition[]): Condition {
  return { all: conditions };
}

/** At least one of the conditions. */
export function any(...conditions: readonly Condition[]): Condition {
  return { any: conditions };
}

/** The event is the driver's own doing. */
export const byDriver = is('driver', 1);

/** The IRP that has come into being was made by the driver, not by the I/O manager or another driver. */
export const madeByDriver = all(is('driverMade', 1), byDriver);

/** The routine about to run, or just left, is the driver's. */
export const ofDriver = is('target', 1);

/** The completion routine of the driver lets completion go on. */
export const driverLetsGo = all(ofDriver, isNot('status', STATUS_MORE_PROCESSING_REQUIRED));

/** The completion routine of the driver keeps the IRP. */
export const driverKeeps = all(ofDriver, is('status', STATUS_MORE_PROCESSING_REQUIRED));
