/** Interrupt request levels: their names, and raising and lowering by hand. */
import { KIRQL } from './types.ts';
import { KiLowerIrql, KiRaiseIrql } from './region.ts';
import { machineEvent, machineIrql } from './machine.ts';

export const PASSIVE_LEVEL = 0 as KIRQL;
export const LOW_LEVEL = 0 as KIRQL;
export const APC_LEVEL = 1 as KIRQL;
export const DISPATCH_LEVEL = 2 as KIRQL;
/** The level the simulated devices interrupt at. */
export const DEVICE_LEVEL = 5 as KIRQL;
export const CLOCK_LEVEL = 13 as KIRQL;
export const HIGH_LEVEL = 15 as KIRQL;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kegetcurrentirql */
export function KeGetCurrentIrql(): KIRQL {
  return machineIrql() as KIRQL;
}

/**
 * Gives the old level, which C's macro stores through its second argument. Never to a lower level.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keraiseirql
 */
export function KeRaiseIrql(NewIrql: KIRQL): KIRQL {
  machineEvent('call.irql', 0, 15);
  machineEvent('irql.change');
  return KiRaiseIrql(NewIrql);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keraiseirqltodpclevel */
export function KeRaiseIrqlToDpcLevel(): KIRQL {
  machineEvent('call.irql', 0, 2);
  machineEvent('irql.change');
  return KiRaiseIrql(DISPATCH_LEVEL);
}

/**
 * Only to the level that the matching raise gave.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kelowerirql
 */
export function KeLowerIrql(NewIrql: KIRQL): void {
  machineEvent('call.irql', 0, 15);
  machineEvent('irql.change');
  KiLowerIrql(NewIrql);
}
