/** Where paths meet: which states are alike, and what holds in two of them. */
import type { Reg } from '../ir/program.ts';
import type { LazySet } from './lazy.ts';
import type { IrpState, State, Trail } from './state.ts';
import { forgetCell } from './state.ts';
import type { Symbols, Value } from './value.ts';
import { resolve, same } from './value.ts';

/** A state in the form in which states that meet are compared. */
export interface Shape {
  /** Equal for states that may be joined without losing what matters. */
  readonly key: string;
  /** The key without the constants in registers that the loop writes that begins here: equal for its rounds. */
  readonly round: string;
  /** Keys of the IRPs that came up in the function being interpreted, in order of appearance. */
  readonly named: readonly string[];
}

/** What a function's callers refer to: the IRPs known when it was entered, and the symbols in their registers. */
export interface Pinned {
  readonly irps: ReadonlySet<string>;
  readonly bases: ReadonlySet<number>;
}

/**
 * Forgets IRPs that no register or frame refers to any more (in memory they are as good as any other), and says what the state is like. Registers not in `live` are dropped.
 * @param written registers that the loop writes that begins at this point.
 */
export function shapeOf(
  state: State,
  live: readonly number[],
  pinned: Pinned,
  symbols: Symbols,
  written: ReadonlySet<Reg> = nothingWritten,
): Shape {
  const registers: (Value | undefined)[] = [];
  for (const reg of live) {
    const value = state.registers[reg];
    if (value !== undefined) registers[reg] = resolve(value, state.facts);
  }
  state.registers = registers;
  const bases = new Map<number, string>();
  for (const [key, irp] of state.irps) bases.set(irp.address.base, key);
  const named: string[] = [];
  const isPinned = (irp: string, base: number): boolean => pinned.irps.has(irp) || pinned.bases.has(base);
  const name = (value: Value): string | undefined => {
    if (value.base === 0) return String(value.offset);
    const irp = bases.get(value.base);
    if (irp === undefined) return undefined;
    if (isPinned(irp, value.base)) return `${irp}/${value.offset}`;
    if (!named.includes(irp)) named.push(irp);
    return `#${named.indexOf(irp)}/${value.offset}`;
  };
  let key = '';
  let counters = '';
  for (const reg of live) {
    const value = registers[reg];
    const text = value === undefined ? undefined : name(value);
    if (text === undefined) continue;
    if (value?.base === 0 && written.has(reg)) counters += `r${reg}=${text};`;
    else key += `r${reg}=${text};`;
  }
  for (const base of state.memory.bases()) {
    if (!symbols.isLocal(base)) continue;
    for (const [offset, value] of state.memory.of(base)) {
      const text = name(resolve(value, state.facts));
      if (text !== undefined) key += `m${base}:${offset}=${text};`;
    }
  }
  for (const [id, irp] of state.irps) {
    if (isPinned(id, irp.address.base) || named.includes(id)) continue;
    state.irps.delete(id);
    state.memory.drop(irp.address.base);
  }
  for (const [id, irp] of state.irps) key += `|${isPinned(id, irp.address.base) ? id : `#${named.indexOf(id)}`} ${irpText(irp)}`;
  const irql = resolve(state.irql, state.facts);
  state.pending = resolve(state.pending, state.facts);
  if (state.facts.size > manyFacts) forgetFacts(state, pinned.bases);
  key += `|${irql.base}:${irql.offset} ${state.pending.base}:${state.pending.offset} ${state.locks.map(({ path }) => path).join(',')} ${[...state.machine.values()].join(',')}${state.exception === undefined ? '' : ' raised'}`;
  return { key: counters + key, round: key, named };
}

const nothingWritten: ReadonlySet<Reg> = new Set();
const manyFacts = 200;

/** Forgets facts about what nothing refers to any more, which on a long path would be most. */
function forgetFacts(state: State, bases: ReadonlySet<number>): void {
  const used = new Set([...bases, state.irql.base]);
  for (const value of state.registers) if (value !== undefined) used.add(value.base);
  for (const base of state.memory.held()) used.add(base);
  for (const symbol of state.facts.keys()) if (!used.has(symbol)) state.facts.delete(symbol);
}

/** Makes `into` hold what holds in both; their shapes have equal keys. */
export function join(
  into: State,
  intoNamed: readonly string[],
  from: State,
  fromNamed: readonly string[],
  symbols: Symbols,
): void {
  const renamed = new Map<number, number>();
  fromNamed.forEach((key, index) => {
    const a = into.irps.get(intoNamed[index]);
    const b = from.irps.get(key);
    if (a !== undefined && b !== undefined) renamed.set(b.address.base, a.address.base);
  });
  const rename = (value: Value): Value => {
    const base = renamed.get(value.base);
    return base === undefined ? value : { base, offset: value.offset };
  };
  into.registers.forEach((value, reg) => {
    const other = from.registers[reg];
    if (value === undefined) return;
    if (other === undefined) into.registers[reg] = undefined;
    else if (!same(value, rename(resolve(other, from.facts))))
      into.registers[reg] = either(symbols, into, value, from, resolve(other, from.facts));
  });
  if (into.exception !== undefined && from.exception !== undefined && !same(into.exception, rename(from.exception)))
    into.exception = either(symbols, into, into.exception, from, from.exception);
  for (const base of into.memory.bases()) {
    const back = renamed.size === 0 ? base : ([...renamed].find(([, to]) => to === base)?.[0] ?? base);
    const mine = into.memory.of(base);
    const others = from.memory.of(back);
    if (mine === others) continue;
    for (const [offset, value] of [...mine]) {
      const other = others.get(offset);
      if (other === undefined || !same(resolve(value, into.facts), rename(resolve(other, from.facts))))
        forgetCell(into, base, offset, symbols);
    }
  }
  for (const base of into.zeroed) {
    for (const offset of from.memory.of(base).keys())
      if (into.memory.get(base, offset) === undefined) forgetCell(into, base, offset, symbols);
  }
  keepCommon(into.zeroed, from.zeroed);
  addAll(into.shared, from.shared);
  addAll(into.made, from.made);
  keepCommon(into.breached, from.breached);
  into.doubtful ||= from.doubtful;
  if (into.search !== from.search) into.search = undefined;
  into.trail = common(into.trail, from.trail);
  addAll(into.asked, from.asked);
  if (!into.freed.isCopyOf(from.freed)) for (const base of into.freed.keys()) if (!from.freed.has(base)) into.freed.delete(base);
  if (!into.facts.isCopyOf(from.facts)) joinFacts(into, from);
}

function addAll<T>(into: LazySet<T>, from: LazySet<T>): void {
  if (!into.isCopyOf(from)) for (const item of from) into.add(item);
}

function keepCommon<T>(into: LazySet<T>, from: LazySet<T>): void {
  if (!into.isCopyOf(from)) for (const item of into) if (!from.has(item)) into.delete(item);
}

function joinFacts(into: State, from: State): void {
  for (const [symbol, fact] of into.facts) {
    const other = from.facts.get(symbol);
    if (other === fact) continue;
    if (fact.equals !== undefined) {
      if (other?.equals !== fact.equals) into.facts.delete(symbol);
    } else if (other === undefined) into.facts.delete(symbol);
    else {
      const differs = (fact.differs ?? []).filter(
        (number) => other.differs?.includes(number) || (other.equals !== undefined && other.equals !== number),
      );
      into.facts.set(symbol, { differs });
    }
  }
}

/** Told once for each `IrpState`. */
const texts = new WeakMap<IrpState, string>();

function irpText(irp: IrpState): string {
  let text = texts.get(irp);
  if (text === undefined) {
    text = textOf(irp);
    texts.set(irp, text);
  }
  return text;
}

function textOf(irp: IrpState): string {
  const states = [...irp.states].map(([rule, set]) => `${rule}.${set}`).join(',');
  const located = [...irp.located].map(([where, set]) => `${where}.${set}`).join(',');
  return `${states} ${located} ${irp.routine}${irp.tested ? 't' : ''}${irp.escaped ? 'e' : ''}${irp.returnsTo === 0 ? '' : `r${irp.returnsTo}`}${irp.blurred ? 'b' : ''}`;
}

function common(one: Trail | undefined, other: Trail | undefined): Trail | undefined {
  let a = one;
  let b = other;
  while (a !== b) {
    if (b === undefined || (a !== undefined && a.length > b.length)) a = a?.before;
    else b = b.before;
  }
  return a;
}

/** A new symbol for what is one of two values, with what holds of both. Locks are told apart by path, so two pointers that came the same way keep it. */
function either(symbols: Symbols, into: State, a: Value, from: State, b: Value): Value {
  const path = symbols.path(a);
  const first = symbols.range(a, into.facts);
  const second = symbols.range(b, from.facts);
  const range =
    first === undefined || second === undefined
      ? undefined
      : ([Math.min(first[0], second[0]), Math.max(first[1], second[1])] as const);
  const value = symbols.fresh({ path: path === symbols.path(b) ? path : '?', range });
  const candidates = [...(into.facts.get(a.base)?.differs ?? []), ...(from.facts.get(b.base)?.differs ?? [])];
  const differs = [...new Set(candidates)].filter(
    (number) => symbols.excludes(a, number, into.facts) && symbols.excludes(b, number, from.facts),
  );
  if (differs.length > 0) into.facts.set(value.base, { differs });
  return value;
}
