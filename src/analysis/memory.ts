/** Loads and stores of abstract memory: cells are remembered along a path until somebody else may have changed them. */
import type { CellKind, Reg, TypeId } from '../ir/program.ts';
import { feed } from './feed.ts';
import { fieldKey } from './flow.ts';
import { irpAt, irpOf, updateIrp } from './irps.ts';
import type { Run } from './run.ts';
import type { IrpState, Site, State } from './state.ts';
import { forgetCell } from './state.ts';
import type { Value } from './value.ts';
import { constant, one, resolve, zero } from './value.ts';

export interface Access {
  readonly address: Value;
  readonly offset: number;
  readonly type: TypeId;
  readonly kind: CellKind;
  readonly site: Site;
  /** It counts as the driver's own access. */
  readonly own: boolean;
}

/** What a cell holds, in each state in which the path goes on; none when the pointer is null. */
export function load(run: Run, state: State, access: Access): { state: State; value: Value }[] {
  return touch(run, state, access, zero).map((at) => ({ state: at, value: read(run, at, access) }));
}

/** Writes a cell; gives the states in which the path goes on. */
export function store(run: Run, state: State, access: Access, value: Value): State[] {
  return touch(run, state, access, one).map((at) => {
    const { base, offset } = resolve(access.address, at.facts);
    at.memory.set(base, offset + access.offset, resolve(value, at.facts));
    noteStored(run, at, { base, offset: offset + access.offset }, value, access.kind);
    return at;
  });
}

/** What follows from a value's being stored at an address. */
export function noteStored(run: Run, state: State, to: Value, value: Value, kind: CellKind): void {
  const found = resolve(value, state.facts);
  const target = irpAt(run, state, to);
  if (target !== undefined && run.irp !== undefined) {
    const [key, irp] = target;
    const at = to.offset - irp.address.offset;
    if (at === run.irp.cancelRoutine)
      updateIrp(state, key, { routine: found.base === 0 && found.offset === 0 ? 'null' : 'exposed' });
    if (kind === 'fn' && at >= run.irp.stack && found.base === 0) {
      const role = run.program.funcs[found.offset - 1];
      updateIrp(state, key, { returnsTo: role?.origin === 'driver' ? role.id : 0 });
    }
  }
  // A routine set in a location that is not known by its number.
  if (
    kind === 'fn' &&
    target === undefined &&
    found.base === 0 &&
    run.program.funcs[found.offset - 1]?.role === 'IO_COMPLETION_ROUTINE'
  ) {
    for (const [key, irp] of state.irps) if (irp.origin !== 'request') updateIrp(state, key, { returnsTo: found.offset });
  }
  if (found.base === 0 || isPrivate(run, state, to.base)) return;
  if (target === undefined || irpAt(run, state, found)?.[0] !== target[0]) share(run, state, found);
}

/** Others may know the address from now on, and all that is found from there. */
export function share(run: Run, state: State, value: Value): void {
  const found = resolve(value, state.facts);
  const kept = irpAt(run, state, found);
  if (kept !== undefined) updateIrp(state, kept[0], { escaped: true });
  if (!isPrivate(run, state, found.base)) return;
  state.shared.add(found.base);
  for (const held of [...state.memory.of(found.base).values()]) share(run, state, held);
}

/** An object made on this path whose address nobody else knows. */
function isPrivate(run: Run, state: State, base: number): boolean {
  return (run.symbols.isLocal(base) || state.made.has(base)) && !state.shared.has(base);
}

/** Forgets what other contexts may have changed: everything but IRPs, and frames and fresh objects that nobody else knows. */
export function forgetShared(run: Run, state: State): void {
  const irps = new Set([...state.irps.values()].map(({ address }) => address.base));
  for (const base of state.memory.bases()) if (!irps.has(base) && !isPrivate(run, state, base)) state.memory.drop(base);
  for (const base of state.zeroed) if (!irps.has(base) && !isPrivate(run, state, base)) state.zeroed.delete(base);
}

/**
 * Makes the state stand for all states of its shape at the start of a loop: of the registers that the loop writes, and of memory, only
 * constants in frames and where IRPs are stay known, for these the shape tells apart.
 */
export function widen(run: Run, state: State, written: ReadonlySet<Reg>): void {
  const { symbols } = run;
  const irps = new Map([...state.irps.values()].map(({ address }) => [address.base, address.offset]));
  forgetSymbols(run, state, written);
  for (const base of state.memory.bases()) {
    const irp = irps.get(base);
    for (const [offset, value] of [...state.memory.of(base)]) {
      const kept = irp === undefined ? symbols.isLocal(base) : isSettled(run, offset - irp);
      const found = resolve(value, state.facts);
      if (kept && (found.base === 0 || irps.has(found.base) || irp !== undefined)) state.memory.set(base, offset, found);
      else state.memory.delete(base, offset);
    }
  }
  state.zeroed.clear();
  state.facts.clear();
}

/** Makes the state stand for all that differ from it in the unknown numbers and addresses in these registers. */
export function forgetSymbols({ symbols }: Run, state: State, written: ReadonlySet<Reg>): void {
  const irps = new Set([...state.irps.values()].map(({ address }) => address.base));
  for (const reg of written) {
    const value = state.registers[reg];
    const found = value === undefined ? undefined : resolve(value, state.facts);
    if (found !== undefined && found.base !== 0 && !irps.has(found.base))
      state.registers[reg] = symbols.fresh({ path: symbols.path(found) });
  }
}

/** Makes the state stand for all that differ from it in the constants of these registers. */
export function forgetCounters(run: Run, state: State, written: ReadonlySet<Reg>): void {
  for (const reg of written) if (state.registers[reg]?.base === 0) state.registers[reg] = run.symbols.fresh({ path: '?' });
}

/** Forgets what lower drivers, and completion routines on the way back, write into an IRP they are given: all but what says where it is. */
export function forgetIrp(run: Run, state: State, { address }: IrpState): void {
  const { irp } = run;
  if (irp === undefined) return;
  for (const offset of [...state.memory.of(address.base).keys()]) {
    const at = offset - address.offset;
    if (at >= 0 && at < irp.stack && !isSettled(run, at)) forgetCell(state, address.base, offset, run.symbols);
  }
}

/** Zero in all cells from there on. */
export function clear(run: Run, state: State, to: Value, cells: number): void {
  const { base, offset } = resolve(to, state.facts);
  if (base === 0) return;
  const most = 100;
  for (let at = 0; at < Math.min(cells, most); at++) state.memory.set(base, offset + at, zero);
  const irp = irpAt(run, state, { base, offset });
  if (irp === undefined || run.irp === undefined) return;
  const first = offset - irp[1].address.offset;
  if (first <= run.irp.cancelRoutine && run.irp.cancelRoutine < first + cells) updateIrp(state, irp[0], { routine: 'null' });
}

/** Copies the cells that are known. */
export function copyCells(run: Run, state: State, to: Value, from: Value, cells: number): void {
  const target = resolve(to, state.facts);
  const source = resolve(from, state.facts);
  if (target.base === 0) return;
  for (let at = 0; at < Math.min(cells, 100); at++) {
    const value = state.memory.get(source.base, source.offset + at) ?? (state.zeroed.has(source.base) ? zero : undefined);
    if (value === undefined) forgetCell(state, target.base, target.offset + at, run.symbols);
    else {
      state.memory.set(target.base, target.offset + at, value);
      if (!isPrivate(run, state, target.base)) share(run, state, value);
    }
  }
}

/** Whether the cell at that offset of an IRP is none that drivers write by themselves. */
function isSettled({ irp }: Run, at: number): boolean {
  if (irp === undefined) return false;
  return [irp.stackCount, irp.currentLocation, irp.cancel, irp.cancelIrql, irp.allocationFlags, irp.pendingReturned].includes(at);
}

function touch(run: Run, state: State, access: Access, write: Value): State[] {
  const address = resolve(access.address, state.facts);
  if (address.base === 0) {
    if (address.offset === 0) feed(run, state, { event: 'fault.null', args: [], site: access.site });
    return [];
  }
  const irp = access.type === run.irp?.type ? irpOf(run, state, address, access.site) : irpAt(run, state, address)?.[0];
  const states =
    irp === undefined || !access.own ? [state] : feed(run, state, { event: 'irp.touch', irp, args: [write], site: access.site });
  return states.filter((at) => isLive(run, at, address.base, write, access.site));
}

/** False where the path ends because the object was freed. */
export function isLive(run: Run, state: State, base: number, write: Value, site: Site): boolean {
  const freed = state.freed.get(base);
  if (freed === undefined) return true;
  if (!freed.last) feed(run, state, { event: 'fault.freed', args: [write], site, cause: freed.site });
  return false;
}

/**
 * Where some ways through a function free an object and others do not, and the driver has looked into the object on the way, the
 * object itself may have told which it is to be.
 */
export function noteLastReferences(states: readonly State[]): void {
  for (const state of states) {
    for (const [base, { site, last }] of state.freed) {
      if (!last && state.asked.has(base) && !states.every((other) => other.freed.has(base)))
        state.freed.set(base, { site, last: true });
    }
  }
}

function read(run: Run, state: State, access: Access): Value {
  const { symbols } = run;
  const address = resolve(access.address, state.facts);
  const offset = address.offset + access.offset;
  const irp = irpAt(run, state, { base: address.base, offset });
  const at = irp === undefined ? -1 : offset - irp[1].address.offset;
  if (irp !== undefined && run.irp !== undefined && at === run.irp.cancel)
    return readCancel(run, state, irp[0], { base: address.base, offset });
  if (irp !== undefined && run.irp !== undefined && at === run.irp.cancelRoutine) {
    // One that comes out of memory may have been relieved of its routine by whoever took it from its queue: nothing is claimed of it.
    if (irp[1].routine === 'null' || irp[1].routine === 'claimed' || irp[1].routine === 'unknown') return zero;
    const routine = symbols.fresh({ path: '?' });
    symbols.assume(routine, true, state.facts);
    return routine;
  }
  const known = state.memory.get(address.base, offset);
  if (known !== undefined) return resolve(known, state.facts);
  if (state.zeroed.has(address.base)) return zero;
  const routines = access.kind === 'fn' ? run.stored.get(fieldKey(access.type, access.offset)) : undefined;
  if (routines?.length === 1 && calledInPlace(run, routines[0])) return constant(routines[0]);
  // A field into which the driver stores no routine stays null; of an array of routines (MajorFunction) others have filled in theirs.
  const element = run.program.types[access.type]?.kind === 'scalar';
  if (access.kind === 'fn' && routines === undefined && !element) return zero;
  const value = symbols.fresh({
    path: symbols.path({ base: address.base, offset }),
    range: rangeOf(access.kind),
    from: address.base,
    routines,
  });
  if (access.kind === 'fn' && element) symbols.assume(value, true, state.facts);
  state.memory.set(address.base, offset, value);
  return value;
}

/** Irp->Cancel may become TRUE at any time, and stays so. */
function readCancel(run: Run, state: State, key: string, { base, offset }: Value): Value {
  const irp = state.irps.get(key);
  const known = state.memory.get(base, offset);
  const before = known === undefined ? undefined : resolve(known, state.facts);
  if (state.atomic === 0 && irp !== undefined && (irp.routine === 'set' || irp.routine === 'exposed' || state.cancelLock))
    updateIrp(state, key, { tested: true });
  if (before?.base === 0 && before.offset === 1) return one;
  const value = run.symbols.fresh({ path: '?', range: [0, 1] });
  state.memory.set(base, offset, value);
  return value;
}

/** Callbacks that a model calls on the driver's behalf, in the driver's own call; others are analysed by themselves. */
function calledInPlace(run: Run, routine: number): boolean {
  const role = run.program.funcs[routine - 1]?.role;
  return role === undefined || role.startsWith('IO_CSQ_');
}

function rangeOf(kind: CellKind): readonly [number, number] | undefined {
  if (kind === 'bool') return [0, 1];
  if (kind === 'u8') return [0, 255];
  return kind === 'u16' ? [0, 65535] : undefined;
}
