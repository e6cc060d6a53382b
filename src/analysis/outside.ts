/** Calls that are not followed: to whoever a pointer leads to, to lower drivers, and into functions that call themselves. */
import { feed } from './feed.ts';
import type { Frame, Result } from './interpret.ts';
import { handOver, irpAt, STATUS_PENDING, updateIrp } from './irps.ts';
import { forgetIrp, forgetShared, share } from './memory.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import type { Value } from './value.ts';
import { resolve } from './value.ts';

/** A call through a pointer of which it is not known where it leads: to somebody else, with the IRPs it is given. */
export function callUnknown(
  run: Run,
  callee: Value,
  args: readonly Value[],
  state: State,
  frame: Frame,
  answered: boolean,
): Result[] {
  run.symbols.assume(callee, true, state.facts);
  const { routines, cancels } = run.symbols.info(callee);
  // Whoever it is may have changed what he can reach; a routine of the driver's own anything at all.
  if (routines !== undefined && cancels !== true) state.doubtful = true;
  for (const arg of args) if (irpAt(run, state, arg) === undefined) share(run, state, arg);
  forgetShared(run, state);
  const status = run.symbols.fresh({ path: '?' });
  let states = [state];
  for (const arg of args) {
    const irp = irpAt(run, state, arg);
    if (irp === undefined || run.irp === undefined) continue;
    const [key, { returnsTo, address }] = irp;
    const current = address.offset + run.irp.currentLocation;
    const location = state.memory.get(address.base, current);
    forgetIrp(run, state, irp[1]);
    if (cancels === true || routines !== undefined) updateIrp(state, key, { blurred: true });
    else if (returnsTo !== 0) {
      handOver(run, state, irp[1]);
      updateIrp(state, key, { blurred: true });
      // It comes back with the location of whoever sent it.
      if (location !== undefined) state.memory.set(address.base, current, { base: location.base, offset: location.offset + 1 });
    } else if (answered && location !== undefined) states = lowerDriver(run, state, key, location, status, frame);
    if (cancels === true) {
      state.locks = state.locks.filter(({ cancel }) => !cancel);
      state.irql = state.memory.get(address.base, address.offset + run.irp.cancelIrql) ?? state.irql;
    }
  }
  return states.map((after) => ({ state: after, value: resolve(status, after.facts) }));
}

/** A lower driver either marks the IRP pending and says so, or has completed it. */
function lowerDriver(run: Run, state: State, irp: string, location: Value, status: Value, { site }: Frame): State[] {
  const done = state.copy();
  run.symbols.assume(run.symbols.binary('==', 'i32', status, STATUS_PENDING, done.facts), false, done.facts);
  run.symbols.assume(run.symbols.binary('==', 'i32', status, STATUS_PENDING, state.facts), true, state.facts);
  return [done, ...feed(run, state, { event: 'irp.mark-pending', irp, args: [location], site, quiet: true, others: true })];
}

/** A call that is not followed: nothing is known any more of the IRPs it was given. */
export function giveAway(run: Run, state: State, args: readonly Value[]): State {
  state.doubtful = true;
  for (const arg of args) {
    const irp = irpAt(run, state, resolve(arg, state.facts));
    if (irp !== undefined) updateIrp(state, irp[0], { blurred: true });
    share(run, state, arg);
  }
  forgetShared(run, state);
  return state;
}
