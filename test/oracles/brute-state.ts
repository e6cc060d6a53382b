/** State of the brute-force machine: plain objects, copied whole for every step, compared as text. Slow and easy to believe. */
import type { FuncId, Program, Type } from '../../src/ir/program.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';

/** An object in memory. `base` is the address of its first cell. */
export interface MemoryObject {
  readonly base: number;
  readonly type: number | 'bytes';
  readonly where: 'global' | 'stack' | 'pool';
  freed: boolean;
  /** Gone for drivers, zero for the kernel. */
  retired: boolean;
  paged: boolean;
  /** Memory of a process. */
  user: boolean;
  /** The driver's to free. */
  readonly owed: boolean;
  /** NaN in a cell that was never written. */
  cells: number[];
  /** For an IRP: the state of each rule about it, one number a rule or one a stack location. */
  ghost: number[][];
  /** The values that rules remember, likewise. */
  kept: number[][];
}

export interface Frame {
  readonly func: FuncId;
  pc: number;
  registers: number[];
  /** Addresses of the function's local objects. */
  readonly locals: readonly number[];
}

export interface Context {
  readonly id: string;
  readonly kind: 'main' | 'thread' | 'system' | 'worker' | 'dpc' | 'scratch';
  /** The KTHREAD given to spawn. */
  readonly thread: number;
  irql: number;
  /** -1 while it is not bound. */
  processor: number;
  held: { readonly word: number; readonly cancel: boolean }[];
  frames: Frame[];
  /** A timed wait under way: virtual microseconds still to go, or that it has fired. */
  wait: { left: number; fired: boolean } | null;
  /** Whether it has taken a step. */
  begun: boolean;
  /** The state of each rule about contexts. */
  ghost: number[];
  /** Code of the exception on its way. */
  exception: number | null;
}

export interface State {
  objects: Map<number, MemoryObject>;
  contexts: Context[];
  /** DPC addresses waiting for each processor, first to start first. */
  queues: number[][];
  /** Armed timers: microseconds still to go. */
  timers: Map<number, number>;
  /** State of each rule about the machine. */
  ghost: number[];
  /** `a b` for each two spin locks of which b was taken while a was held. */
  orders: Set<string>;
  /** The process is being terminated: user mode waits no longer. */
  terminated: boolean;
}

/**
 * Where objects live. Each (creator, type, ordinal) has its own range of addresses for the whole exploration, so that the same
 * deeds in another order give the same addresses. Ranges lie far apart, so no arithmetic within one object leads into another.
 */
export class AddressSpace {
  private readonly bases = new Map<string, number>();
  private readonly ranges: { readonly base: number; readonly cells: number }[] = [];
  private static readonly spacing = 4096;

  base(key: string, cells: number): number {
    let base = this.bases.get(key);
    if (base === undefined) {
      if (cells > AddressSpace.spacing / 2) throw new Error(`${key} is larger than the oracle can hold`);
      base = (this.ranges.length + 256) * AddressSpace.spacing;
      this.bases.set(key, base);
      this.ranges.push({ base, cells });
    }
    return base;
  }

  /** The base of the object whose range holds the address; 0 when none does. */
  owner(address: number): number {
    const range = this.ranges[Math.floor(address / AddressSpace.spacing) - 256];
    return range !== undefined && address < range.base + range.cells ? range.base : 0;
  }
}

export function copyState(state: State): State {
  return {
    objects: new Map(
      [...state.objects].map(([base, object]) => [
        base,
        {
          ...object,
          cells: [...object.cells],
          ghost: object.ghost.map((cell) => [...cell]),
          kept: object.kept.map((cell) => [...cell]),
        },
      ]),
    ),
    contexts: state.contexts.map(copyContext),
    queues: state.queues.map((queue) => [...queue]),
    timers: new Map(state.timers),
    ghost: [...state.ghost],
    orders: new Set(state.orders),
    terminated: state.terminated,
  };
}

function copyContext(context: Context): Context {
  return {
    ...context,
    held: [...context.held],
    ghost: [...context.ghost],
    frames: context.frames.map((frame) => ({ ...frame, registers: [...frame.registers] })),
    wait: context.wait === null ? null : { ...context.wait },
  };
}

/** The state as text: equal states, equal text. */
export function stateKey(state: State): string {
  const byFirst = (a: readonly [number, unknown], b: readonly [number, unknown]): number => a[0] - b[0];
  return JSON.stringify([
    [...state.objects]
      .sort(byFirst)
      .map(([base, object]) => [
        base,
        object.freed,
        object.retired,
        object.freed ? [] : object.cells,
        object.user,
        object.ghost,
        object.kept,
      ]),
    [...state.contexts]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((context) => [
        context.id,
        context.thread,
        context.irql,
        context.processor,
        context.held.map(({ word, cancel }) => [word, cancel] as const).sort(byFirst),
        context.frames.map(({ func, pc, registers, locals }) => [func, pc, registers, locals]),
        context.wait,
        context.exception,
        context.begun,
        context.ghost,
      ]),
    state.queues,
    [...state.timers].sort(byFirst),
    state.ghost,
    [...state.orders].sort(),
    state.terminated,
  ]);
}

/** Drops freed objects into which nothing in the state points any more: their slots may be used again. */
export function forgetFreed(state: State, space: AddressSpace): void {
  const freed = [...state.objects.values()].filter((object) => object.freed);
  if (freed.length === 0) return;
  const pointedTo = new Set<number>();
  const see = (value: number): void => {
    if (value >= 1_000_000) pointedTo.add(space.owner(value));
  };
  for (const object of state.objects.values()) if (!object.freed) object.cells.forEach(see);
  for (const context of state.contexts) {
    see(context.thread);
    for (const { word } of context.held) see(word);
    for (const frame of context.frames) frame.registers.forEach(see);
  }
  state.queues.flat().forEach(see);
  [...state.timers.keys()].forEach(see);
  for (const { base } of freed) if (!pointedTo.has(base)) state.objects.delete(base);
}

/** Ghost state of a new IRP. */
export function newGhost(rules: readonly RuleCheck[]): number[][] {
  return rules.map((rule) => (rule.subject === 'irp' ? [0] : rule.subject === 'location' ? [0, 0, 0, 0, 0, 0, 0, 0] : []));
}

export function isIrp(type: Type | undefined): boolean {
  return type?.kind === 'struct' && type.subject === 'irp';
}

/** The state before the first step: globals with their initial values and the scenario's settings, and the main context. */
export function initialState(
  program: Program,
  settings: readonly { readonly global: number; readonly offset: number; readonly value: number }[],
  processors: number,
  rules: readonly RuleCheck[],
  space: AddressSpace,
): State {
  const state: State = {
    objects: new Map(),
    contexts: [],
    queues: Array.from({ length: processors }, () => []),
    timers: new Map(),
    ghost: rules.map(() => 0),
    orders: new Set(),
    terminated: false,
  };
  for (const global of program.globals) {
    const { cells } = program.types[global.type];
    const base = globalBase(global.id, cells, space);
    const values = new Array<number>(cells).fill(0);
    for (const { offset, value } of global.initial) values[offset] = value;
    for (const setting of settings) if (setting.global === global.id) values[setting.offset] = setting.value;
    state.objects.set(base, {
      base,
      type: global.type,
      where: 'global',
      freed: false,
      retired: false,
      paged: false,
      user: false,
      owed: false,
      cells: values,
      ghost: isIrp(program.types[global.type]) ? newGhost(rules) : [],
      kept: isIrp(program.types[global.type]) ? newGhost(rules) : [],
    });
  }
  return state;
}

export function globalBase(global: number, cells: number, space: AddressSpace): number {
  return space.base(`global ${global}`, cells);
}
