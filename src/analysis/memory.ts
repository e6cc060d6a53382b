/** Loads and stores of abstract memory: cells are remembered along a path until somebody else may have changed them. */
import type { CellKind, TypeId } from '../ir/program.ts';
import { feed } from './feed.ts';
import { fieldKey } from './flow.ts';
import { irpAt, irpOf, updateIrp } from './irps.ts';
import type { Run } from './run.ts';
import type { Site, State } from './state.ts';
import { baseOfCell, cellKey } from './state.ts';
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
    at.memory.set(cellKey(base, offset + access.offset), resolve(value, at.facts));
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
  if (found.base === 0 || run.symbols.info(to).local === true) return;
  const kept = irpAt(run, state, found);
  if (kept !== undefined && kept[0] !== target?.[0]) updateIrp(state, kept[0], { escaped: true });
}

/** Forgets what other contexts may have changed: everything but frames and IRPs, and fresh objects that nobody else knows. */
export function forgetShared(run: Run, state: State): void {
  const irps = new Set([...state.irps.values()].map(({ address }) => address.base));
  for (const cell of state.memory.keys()) {
    const base = baseOfCell(cell);
    if (!run.symbols.isLocal(base) && !irps.has(base)) state.memory.delete(cell);
  }
}

/** Zero in all cells from there on. */
export function clear(run: Run, state: State, to: Value, cells: number): void {
  const { base, offset } = resolve(to, state.facts);
  if (base === 0) return;
  const most = 100;
  for (let at = 0; at < Math.min(cells, most); at++) state.memory.set(cellKey(base, offset + at), zero);
  const irp = irpAt(run, state, { base, offset });
  if (irp === undefined || run.irp === undefined) return;
  const first = offset - irp[1].address.offset;
  if (first <= run.irp.cancelRoutine && run.irp.cancelRoutine < first + cells) updateIrp(state, irp[0], { routine: 'null' });
}

/** Copies the cells that are known. */
export function copyCells(state: State, to: Value, from: Value, cells: number): void {
  const target = resolve(to, state.facts);
  const source = resolve(from, state.facts);
  if (target.base === 0) return;
  for (let at = 0; at < Math.min(cells, 100); at++) {
    const value =
      state.memory.get(cellKey(source.base, source.offset + at)) ?? (state.zeroed.has(source.base) ? zero : undefined);
    const cell = cellKey(target.base, target.offset + at);
    if (value === undefined) state.memory.delete(cell);
    else state.memory.set(cell, value);
  }
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
  return states.filter((at) => {
    if (!at.freed.has(address.base)) return true;
    feed(run, at, { event: 'fault.freed', args: [write], site: access.site });
    return false;
  });
}

function read(run: Run, state: State, access: Access): Value {
  const { symbols } = run;
  const address = resolve(access.address, state.facts);
  const cell = cellKey(address.base, address.offset + access.offset);
  const irp = irpAt(run, state, { base: address.base, offset: address.offset + access.offset });
  const at = irp === undefined ? -1 : address.offset + access.offset - irp[1].address.offset;
  if (irp !== undefined && run.irp !== undefined && at === run.irp.cancel) return readCancel(run, state, irp[0], cell);
  if (irp !== undefined && run.irp !== undefined && at === run.irp.cancelRoutine) {
    if (irp[1].routine === 'null' || irp[1].routine === 'claimed' || (irp[1].routine === 'unknown' && !run.foundCancelable))
      return zero;
    const routine = symbols.fresh({ path: '?' });
    symbols.assume(routine, true, state.facts);
    return routine;
  }
  const known = state.memory.get(cell);
  if (known !== undefined) return resolve(known, state.facts);
  if (state.zeroed.has(address.base)) return zero;
  const routines = access.kind === 'fn' ? run.stored.get(fieldKey(access.type, access.offset)) : undefined;
  if (routines?.length === 1 && calledInPlace(run, routines[0])) return constant(routines[0]);
  // A field into which the driver stores no routine stays null; of an array of routines (MajorFunction) others have filled in theirs.
  const element = run.program.types[access.type]?.kind === 'scalar';
  if (access.kind === 'fn' && routines === undefined && !element) return zero;
  const value = symbols.fresh({
    path: symbols.path({ base: address.base, offset: address.offset + access.offset }),
    range: rangeOf(access.kind),
    routines,
  });
  if (access.kind === 'fn' && element) symbols.assume(value, true, state.facts);
  state.memory.set(cell, value);
  return value;
}

/** Irp->Cancel may become TRUE at any time, and stays so. */
function readCancel(run: Run, state: State, key: string, cell: number): Value {
  const irp = state.irps.get(key);
  const known = state.memory.get(cell);
  const before = known === undefined ? undefined : resolve(known, state.facts);
  if (state.atomic === 0 && irp !== undefined && (irp.routine === 'set' || irp.routine === 'exposed' || state.cancelLock))
    updateIrp(state, key, { tested: true });
  if (before?.base === 0 && before.offset === 1) return one;
  const value = run.symbols.fresh({ path: '?', range: [0, 1] });
  state.memory.set(cell, value);
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
