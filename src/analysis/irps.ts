/** IRPs in abstract states: where each comes from, and what may have happened to it meanwhile. */
import type { EventName } from '../ir/events.ts';
import { feed } from './feed.ts';
import type { Run } from './run.ts';
import type { IrpState, Site, State } from './state.ts';
import { irpKey } from './state.ts';
import type { Value } from './value.ts';
import { constant, one, resolve, zero } from './value.ts';

/**
 * The stack location at which the driver runs: the top one, so that what is above it is the I/O manager, with room for two
 * drivers below.
 */
export const driverLocation = constant(3);
export const STATUS_PENDING = constant(0x103);

/** One thing that happened to an IRP before: an event with its arguments, and a cancel routine that it sets. */
export type Past = readonly (readonly [EventName, ...Value[]])[];

/** What of an IRP's past was the driver's doing; whether an IRP was its make says the event itself. */
const byDriver: ReadonlySet<EventName> = new Set<EventName>(['irp.create', 'irp.send']);

/** Pasts of IRPs that a driver can have. */
export const pasts = {
  dispatched: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
  ],
  pended: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
    ['irp.mark-pending', driverLocation],
    ['irp.dispatched', driverLocation, one, STATUS_PENDING],
  ],
  /** The same, and its next stack location set up: it is to be sent down later. */
  prepared: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
    ['irp.mark-pending', driverLocation],
    ['irp.next-location', zero],
    ['irp.dispatched', driverLocation, one, STATUS_PENDING],
  ],
  cancelable: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
    ['irp.mark-pending', driverLocation],
    ['irp.set-cancel', one, zero, zero],
    ['irp.dispatched', driverLocation, one, STATUS_PENDING],
  ],
  cancelled: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
    ['irp.mark-pending', driverLocation],
    ['irp.set-cancel', one, zero, zero],
    ['irp.dispatched', driverLocation, one, STATUS_PENDING],
    ['irp.cancel-requested', one],
    ['irp.cancel-enter', one],
  ],
  sent: [
    ['irp.create', zero],
    ['irp.dispatch', driverLocation, one, zero],
    ['irp.send', driverLocation, zero],
  ],
  made: [['irp.create', one]],
  madeAndSent: [
    ['irp.create', one],
    ['irp.send', driverLocation, zero],
  ],
} as const satisfies Record<string, Past>;

export interface IrpStart {
  readonly origin: IrpState['origin'];
  readonly pasts: readonly Past[];
  readonly routine: IrpState['routine'];
  /** Where it is known how the routine's IRPs are handed to it. */
  readonly handed?: Handed;
}

/** In what states IRPs were seen to be handed to a routine. */
export interface Handed {
  readonly states: ReadonlyMap<number, number>;
  readonly located: ReadonlyMap<string, number>;
  /** All in one state, so that what one of them does all do. */
  readonly alike: boolean;
  /** Their AllocationFlags, where all have the same. */
  readonly flags?: Value;
}

/** Notes the state in which an IRP goes to the driver's completion routine. */
export function handOver(run: Run, state: State, irp: IrpState): void {
  const known = run.hands.get(irp.returnsTo);
  const states = new Map(known?.states);
  const located = new Map(known?.located);
  for (const [rule, set] of irp.states) states.set(rule, (states.get(rule) ?? 0) | set);
  for (const [where, set] of irp.located) located.set(where, (located.get(where) ?? 0) | set);
  const alike = (known?.alike ?? irp.origin !== 'found') && equal(known?.states, states) && equal(known?.located, located);
  const at = irp.address.offset + (run.irp?.allocationFlags ?? -1);
  const found = state.memory.get(irp.address.base, at) ?? (state.zeroed.has(irp.address.base) ? zero : undefined);
  const flags = found === undefined ? undefined : resolve(found, state.facts);
  const agreed = flags?.base === 0 && (known === undefined || known.flags?.offset === flags.offset);
  run.hands.set(irp.returnsTo, { states, located, alike, ...(agreed ? { flags } : {}) });
}

function equal(before: ReadonlyMap<unknown, number> | undefined, after: ReadonlyMap<unknown, number>): boolean {
  return before === undefined || (before.size === after.size && [...after].every(([key, set]) => before.get(key) === set));
}

/** What two routines that hand IRPs to one completion routine come to together. */
export function bothHand(one: Handed | undefined, other: Handed): Handed {
  if (one === undefined) return other;
  const states = new Map(one.states);
  const located = new Map(one.located);
  for (const [rule, set] of other.states) states.set(rule, (states.get(rule) ?? 0) | set);
  for (const [where, set] of other.located) located.set(where, (located.get(where) ?? 0) | set);
  const alike = one.alike && other.alike && equal(one.states, states) && equal(one.located, located);
  const agreed = one.flags !== undefined && one.flags.offset === other.flags?.offset;
  return { states, located, alike, ...(agreed ? { flags: one.flags } : {}) };
}

/** Enters an IRP into the state, with what any of its pasts leaves. */
export function addIrp(run: Run, state: State, address: Value, start: IrpStart, site: Site): void {
  const key = irpKey(address);
  const states = new Map<number, number>(start.handed?.states);
  const located = new Map<string, number>(start.handed?.located);
  for (const past of start.pasts) {
    const aged = run.aged.get(past) ?? ageIrp(run, state, address, past, site);
    run.aged.set(past, aged);
    for (const [rule, set] of aged.states) states.set(rule, (states.get(rule) ?? 0) | set);
    for (const [where, set] of aged.located) located.set(where, (located.get(where) ?? 0) | set);
  }
  state.irps.set(key, {
    address,
    origin: start.origin,
    states,
    located,
    marks: new Map(),
    routine: start.routine,
    tested: false,
    escaped: start.origin === 'found',
    returnsTo: 0,
    blurred: false,
    deeds: [],
  });
  if (run.irp === undefined || start.origin === 'made') return;
  const set = (offset: number, value: Value): void => state.memory.set(address.base, address.offset + offset, value);
  // Who did not make IRPs has none that were made by a driver.
  const flags =
    start.handed === undefined ? (start.origin === 'request' || !run.makesIrps ? zero : undefined) : start.handed.flags;
  if (flags !== undefined) set(run.irp.allocationFlags, flags);
  set(run.irp.stackCount, driverLocation);
  set(run.irp.currentLocation, driverLocation);
  set(run.irp.stack + (driverLocation.offset - 1) * run.irp.stackStride + run.irp.completionRoutine, zero);
}

/** The IRP that an address lies in, if the path deals with it. */
export function irpAt(run: Run, state: State, address: Value): readonly [string, IrpState] | undefined {
  if (address.base === 0) return undefined;
  for (const entry of state.irps) {
    const within = address.offset - entry[1].address.offset;
    if (entry[1].address.base === address.base && within >= 0 && within < (run.irp?.cells ?? 0)) return entry;
  }
  return undefined;
}

/** The IRP at exactly that address, entered as one out of memory when it is new. */
export function irpOf(run: Run, state: State, address: Value, site: Site): string | undefined {
  if (address.base === 0) return undefined;
  const found = irpAt(run, state, address);
  if (found !== undefined) return found[0];
  const held = [pasts.pended, pasts.prepared, pasts.cancelable];
  const all = run.makesIrps ? [...held, pasts.made, pasts.madeAndSent] : held;
  addIrp(run, state, address, { origin: 'found', pasts: all, routine: 'unknown' }, site);
  return irpKey(address);
}

export function updateIrp(state: State, key: string, change: Partial<IrpState>): void {
  const irp = state.irps.get(key);
  if (irp !== undefined) state.irps.set(key, { ...irp, ...change });
}

/**
 * Exchanges the cancel routine. Unless the cancel spin lock has kept it out, IoCancelIrp may have taken the routine before: then the
 * exchange finds none, and the path goes two ways.
 */
export function exchangeRoutine(
  run: Run,
  state: State,
  key: string,
  value: Value,
  site: Site,
): { state: State; previous: Value }[] {
  const irp = state.irps.get(key);
  if (irp === undefined) return [];
  const installs = value.base !== 0 || value.offset !== 0;
  const locked = state.cancelLock;
  const after = (at: State, previous: Value, none: 'null' | 'claimed' = 'null'): { state: State; previous: Value } => {
    updateIrp(at, key, {
      routine: installs ? (locked ? 'set' : 'exposed') : none,
      tested: (at.irps.get(key)?.tested ?? false) && locked,
    });
    return { state: at, previous };
  };
  if (irp.routine === 'null' || irp.routine === 'claimed') return [after(state, zero, irp.routine)];
  const claimed = irp.routine === 'set' && locked ? undefined : state.copy();
  const routine = run.symbols.fresh({ path: '?', cancels: true });
  run.symbols.assume(routine, true, state.facts);
  const results = [after(state, routine)];
  // Under the cancel spin lock, one that another routine left set is taken to be set still: its cancel routine would have cleared the way to it.
  if (claimed !== undefined && !(irp.routine === 'unknown' && locked)) {
    if (run.irp !== undefined) claimed.memory.set(irp.address.base, irp.address.offset + run.irp.cancel, one);
    for (const at of feed(run, claimed, {
      event: 'irp.cancel-requested',
      irp: key,
      args: [one],
      site,
      quiet: true,
      others: true,
    }))
      results.push(after(at, zero, 'claimed'));
  }
  return results;
}

/** What others may do as soon as this context lets them: IoCancelIrp may take a cancel routine that the cancel spin lock has protected so far. */
export function exposeRoutines(state: State): void {
  for (const [key, irp] of state.irps) {
    if (irp.routine === 'set') state.irps.set(key, { ...irp, routine: 'exposed' });
    else if (irp.routine === 'null' && irp.tested) state.irps.set(key, { ...irp, tested: false });
  }
}

/** Runs a past over a fresh IRP, apart from everything else. */
function ageIrp(run: Run, state: State, address: Value, past: Past, site: Site): IrpState {
  const key = irpKey(address);
  const blank: IrpState = {
    address,
    origin: 'found',
    states: new Map(),
    located: new Map(),
    marks: new Map(),
    routine: 'unknown',
    tested: false,
    escaped: false,
    returnsTo: 0,
    blurred: false,
    deeds: [],
  };
  const scratch = state.copy();
  scratch.irps.set(key, blank);
  let at = scratch;
  for (const [event, ...args] of past) {
    at = feed(run, at, { event, irp: key, args, site, quiet: true, ...(byDriver.has(event) ? {} : { others: true }) })[0] ?? at;
  }
  return at.irps.get(key) ?? blank;
}
