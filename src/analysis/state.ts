/** One abstract state: what holds on a path at a point. Changed in place by its owner; `copy` before going two ways. */
import type { FuncId, Place } from '../ir/program.ts';
import type { Fact, Symbols, Value } from './value.ts';
import { resolve, same } from './value.ts';

/** A statement of the driver. */
export interface Site {
  readonly func: FuncId;
  readonly place: Place;
}

/** Something telling that was done to an IRP, and where. */
export interface Deed {
  readonly event: string;
  readonly site: Site;
}

/**
 * An IRP that the path deals with; replaced as a whole when anything about it changes.
 *
 * `routine`: its cancel routine is not set (`null`), or was taken by IoCancelIrp (`claimed`); set, and IoCancelIrp kept out by the cancel spin lock (`set`); set, but it may have been
 * taken by IoCancelIrp since (`exposed`); or set elsewhere, if at all (`unknown`).
 */
export interface IrpState {
  readonly address: Value;
  /** `request`: given to the routine that the analysis starts in. `made`: allocated on this path. `found`: comes out of memory. */
  readonly origin: 'request' | 'made' | 'found';
  /** Sets of rule states as bits, by number of the rule; for rules about a location one for each, under the key of the location. */
  readonly states: ReadonlyMap<number, number>;
  readonly located: ReadonlyMap<string, number>;
  readonly marks: ReadonlyMap<number, Site>;
  readonly routine: 'null' | 'claimed' | 'set' | 'exposed' | 'unknown';
  /** Irp->Cancel was looked at where no cancel could slip in between that and the routine's being set. */
  readonly tested: boolean;
  /** Its address was stored where others find it. */
  readonly escaped: boolean;
  /** The completion routine of the driver's own that is set in the next location; 0 when there is none. */
  readonly returnsTo: FuncId;
  /** Nothing is known of it until this path ends: it may have come back through a routine of the driver's. */
  readonly blurred: boolean;
  readonly deeds: readonly Deed[];
}

export interface Lock {
  readonly path: string;
  readonly cancel: boolean;
}

export class State {
  registers: (Value | undefined)[] = [];
  memory = new Map<number, Value>();
  /** Objects whose cells are zero where `memory` says nothing. */
  zeroed = new Set<number>();
  /** Symbols of objects that this path has freed. */
  freed = new Set<number>();
  facts = new Map<number, Fact>();
  irql: Value;
  locks: readonly Lock[] = [];
  irps = new Map<string, IrpState>();
  /** Sets of states of the rules about the machine, by number of the rule. */
  machine = new Map<number, number>();
  machineMarks = new Map<number, Site>();
  atomic = 0;
  /** The statement of the driver executed last. */
  last: Site;

  constructor(irql: Value, last: Site) {
    this.irql = irql;
    this.last = last;
  }

  copy(): State {
    const other = new State(this.irql, this.last);
    other.registers = [...this.registers];
    other.memory = new Map(this.memory);
    other.zeroed = new Set(this.zeroed);
    other.freed = new Set(this.freed);
    other.facts = new Map(this.facts);
    other.locks = this.locks;
    other.irps = new Map(this.irps);
    other.machine = new Map(this.machine);
    other.machineMarks = new Map(this.machineMarks);
    other.atomic = this.atomic;
    return other;
  }

  get cancelLock(): boolean {
    return this.locks.some(({ cancel }) => cancel);
  }
}

export function irpKey(address: Value): string {
  return `${address.base}:${address.offset}`;
}

/** Where a cell is kept in `State.memory`. */
export function cellKey(base: number, offset: number): number {
  return base * 2 ** 22 + (offset + 2 ** 21);
}

export function baseOfCell(key: number): number {
  return Math.floor(key / 2 ** 22);
}

/** A state in the form in which states that meet are compared. */
export interface Shape {
  /** Equal for states that may be joined without losing what matters. */
  readonly key: string;
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
 */
export function shapeOf(state: State, live: readonly number[], pinned: Pinned, symbols: Symbols): Shape {
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
  for (const reg of live) {
    const value = registers[reg];
    const text = value === undefined ? undefined : name(value);
    if (text !== undefined) key += `r${reg}=${text};`;
  }
  for (const [cell, value] of state.memory) {
    if (!symbols.isLocal(baseOfCell(cell))) continue;
    const text = name(resolve(value, state.facts));
    if (text !== undefined) key += `m${cell}=${text};`;
  }
  const gone = new Set<number>();
  for (const [id, irp] of state.irps) {
    if (isPinned(id, irp.address.base) || named.includes(id)) continue;
    state.irps.delete(id);
    gone.add(irp.address.base);
  }
  if (gone.size > 0) for (const cell of state.memory.keys()) if (gone.has(baseOfCell(cell))) state.memory.delete(cell);
  for (const [id, irp] of state.irps) key += `|${isPinned(id, irp.address.base) ? id : `#${named.indexOf(id)}`} ${irpText(irp)}`;
  const irql = resolve(state.irql, state.facts);
  key += `|${irql.base}:${irql.offset} ${state.locks.map(({ path }) => path).join(',')} ${[...state.machine.values()].join(',')}`;
  return { key, named };
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
  for (const [cell, value] of into.memory) {
    const base = baseOfCell(cell);
    const back = [...renamed].find(([, to]) => to === base)?.[0];
    const other = from.memory.get(back === undefined ? cell : cellKey(back, cell - cellKey(base, 0)));
    if (other === undefined || !same(resolve(value, into.facts), rename(resolve(other, from.facts)))) into.memory.delete(cell);
  }
  for (const base of into.zeroed) if (!from.zeroed.has(base)) into.zeroed.delete(base);
  for (const base of into.freed) if (!from.freed.has(base)) into.freed.delete(base);
  for (const [symbol, fact] of into.facts) {
    const other = from.facts.get(symbol);
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

function irpText(irp: IrpState): string {
  const states = [...irp.states].map(([rule, set]) => `${rule}.${set}`).join(',');
  const located = [...irp.located].map(([where, set]) => `${where}.${set}`).join(',');
  return `${states} ${located} ${irp.routine}${irp.tested ? 't' : ''}${irp.escaped ? 'e' : ''}${irp.returnsTo === 0 ? '' : `r${irp.returnsTo}`}${irp.blurred ? 'b' : ''}`;
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
