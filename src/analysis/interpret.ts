/** The abstract interpreter: runs a function over states, going both ways where a branch is not decided, and joining where paths meet. */

import { isHandledAt } from '../ir/flow.ts';
import type { Func, Instr, Reg } from '../ir/program.ts';
import { runIntrinsic } from './intrinsics.ts';
import { irpAt, updateIrp } from './irps.ts';
import type { Pinned, Shape } from './join.ts';
import { join, shapeOf } from './join.ts';
import { levelOf } from './levels.ts';
import { forgetCounters, forgetShared, forgetSymbols, load, noteLastReferences, share, store, widen } from './memory.ts';
import { callUnknown, giveAway } from './outside.ts';
import type { Run } from './run.ts';
import type { Site, State, Trail } from './state.ts';
import { marksOf } from './state.ts';
import type { Value } from './value.ts';
import { constant, resolve, zero } from './value.ts';

export interface Result {
  readonly state: State;
  readonly value: Value;
}

/** What surrounds an instruction that is interpreted. */
export interface Frame {
  readonly func: Func;
  /** The driver's statement in which it happens. */
  readonly site: Site;
  /** Its accesses count as the driver's own. */
  readonly own: boolean;
  /** A handler is around it, for exceptions. */
  readonly handled: boolean;
}

const maxDepth = 24;
const maxStatesAtJoin = 16;
/** How often a loop goes on with states of one shape before what they differ in is forgotten. */
const maxRounds = 2;
/** How often a loop goes on with states that differ in constants alone, as its counter does, before these are forgotten: as often as the model's tables have entries. */
const maxCounted = 9;
/** How often one point goes on in one activation of its function. */
const maxVisits = 64;

/** Interprets a call; gives the ways in which it returns. */
export function callFunction(run: Run, func: Func, args: readonly Value[], state: State, from: Frame | undefined): Result[] {
  const { calls } = run;
  if (calls.length >= maxDepth || calls.filter((active) => active === func).length > 1 || args.length !== func.params) {
    return [{ state: giveAway(run, state, args), value: run.symbols.fresh({ path: '?' }) }];
  }
  if (run.actsElsewhere(func)) {
    for (const arg of args) share(run, state, arg);
    forgetShared(run, state);
    return [{ state, value: zero }];
  }
  const judged = func.origin === 'driver' && func.role !== undefined;
  if (nests(calls, func)) {
    const irps = args.map((arg) => irpAt(run, state, resolve(arg, state.facts))).filter((irp) => irp !== undefined);
    if (irps.every(([, { origin }]) => origin === 'found')) {
      for (const [key] of irps) updateIrp(state, key, { blurred: true });
      forgetShared(run, state);
      return [{ state, value: run.symbols.fresh({ path: '?' }) }];
    }
  }
  calls.push(func);
  if (judged) run.roles.push(func.role ?? '');
  const saved = state.registers;
  const above = run.roots;
  const roots = new Set(above);
  for (const held of saved) if (held !== undefined && held.base !== 0) roots.add(held.base);
  run.roots = roots;
  const results = new Activation(run, func, state, args, from, roots).run();
  run.roots = above;
  for (const result of results) result.state.registers = [...saved];
  if (func.origin === 'driver') noteLastReferences(results.map(({ state: after }) => after));
  if (judged) run.roles.pop();
  calls.pop();
  return results;
}

/**
 * Whether a model calls itself, with no routine of the driver's in between: it goes on to what others do with another object, as with the
 * request that an associated IRP is a part of.
 */
function nests(calls: readonly Func[], func: Func): boolean {
  const last = calls.lastIndexOf(func);
  return last >= 0 && calls.slice(last).every(({ origin }) => origin === 'kernel');
}

/** One activation of a function, for the state it was entered in. */
class Activation {
  private readonly waiting = new Map<number, { state: State; shape: Shape }[]>();
  private readonly rounds = new Map<string, number>();
  private readonly visits = new Map<number, number>();
  private readonly returned: { result: Result; shape: Shape }[] = [];
  private readonly sites: Site[] = [];
  private readonly locals: readonly Value[];
  private readonly pinned: Pinned;
  /** A handler is around the call that led here. */
  private readonly inHandler: boolean;
  private readonly isOfLibrary: boolean;
  private readonly run_: Run;
  private readonly func: Func;
  private readonly from: Frame | undefined;
  private readonly first: State;

  constructor(run: Run, func: Func, state: State, args: readonly Value[], from: Frame | undefined, bases: ReadonlySet<number>) {
    this.run_ = run;
    this.func = func;
    this.from = from;
    // No exception leaves a routine of the driver's that somebody else has called.
    this.inHandler = from?.handled === true && (func.origin !== 'driver' || from.func.origin === 'driver');
    this.isOfLibrary = run.isOfLibrary(func);
    this.locals = func.locals.map(({ name }) => run.symbols.fresh({ path: `&${func.id}.${name}`, object: true, local: true }));
    this.pinned = { irps: new Set(state.irps.keys()), bases };
    state.registers = [...args];
    state.search = undefined;
    this.first = state;
  }

  run(): Result[] {
    if (this.run_.flow(this.func).joins[0]) this.goTo(0, this.first);
    else this.straight(0, this.first);
    for (;;) {
      let at = Number.POSITIVE_INFINITY;
      for (const other of this.waiting.keys()) if (other < at) at = other;
      if (at === Number.POSITIVE_INFINITY) break;
      const group = this.waiting.get(at) ?? [];
      this.waiting.delete(at);
      for (const { state } of group) this.straight(at, state);
    }
    return this.returned.map(({ result }) => result);
  }

  /** Puts a state where paths meet, joined with one of its shape. */
  private goTo(at: number, state: State, from = -1): void {
    const live = this.run_.flow(this.func).live.get(at) ?? [...state.registers.keys()];
    const written = this.run_.flow(this.func).loops.get(at);
    // Which entry of its tables the kernel has found is nothing that a driver could rely on.
    const counters = this.isOfLibrary ? this.run_.flow(this.func).searches.get(at) : undefined;
    if (counters !== undefined && written !== undefined) {
      forgetCounters(this.run_, state, counters);
      forgetSymbols(this.run_, state, written);
    }
    let shape = shapeOf(state, live, this.pinned, this.run_.symbols, written);
    if (written !== undefined && shape.key !== shape.round && this.isCounted(at, shape)) {
      forgetCounters(this.run_, state, written);
      shape = shapeOf(state, live, this.pinned, this.run_.symbols, written);
    }
    if (counters !== undefined) {
      // What differs from one round of a search to the next are registers, of which nothing is known now: such a round has been.
      const search = `${at} ${shape.key}`;
      if (from >= at && state.search === search) {
        passMarks(this.run_, state, undefined);
        return;
      }
      state.search = search;
    }
    const group = this.waiting.get(at) ?? [];
    const twin = group.find((other) => other.shape.key === shape.key);
    if (twin !== undefined) {
      passMarks(this.run_, state, twin.state);
      join(twin.state, twin.shape.named, state, shape.named, this.run_.symbols);
      return;
    }
    if (written !== undefined) {
      const round = `${at} ${shape.key}`;
      const rounds = (this.rounds.get(round) ?? 0) + 1;
      this.rounds.set(round, rounds);
      if (rounds > maxRounds) passMarks(this.run_, state, undefined);
      // The last round stands for all states of this shape, however they came about.
      if (rounds > maxRounds + 1) return;
      if (rounds > maxRounds) widen(this.run_, state, written);
    }
    const visits = (this.visits.get(at) ?? 0) + 1;
    if (group.length >= maxStatesAtJoin || visits > maxVisits) {
      this.run_.incomplete = true;
      return;
    }
    this.visits.set(at, visits);
    group.push({ state, shape });
    this.waiting.set(at, group);
  }

  /** Whether the loop has gone on with enough states of which only its counters tell this one. */
  private isCounted(at: number, { round }: Shape): boolean {
    const key = `${at} counted ${round}`;
    const rounds = (this.rounds.get(key) ?? 0) + 1;
    this.rounds.set(key, rounds);
    return rounds > maxCounted;
  }

  /** Runs from `at` to where paths meet or the function returns. */
  private straight(start: number, first: State): void {
    const { func } = this;
    const { joins } = this.run_.flow(func);
    const work: [number, State][] = [[start, first]];
    let at = start;
    const follow = (to: number, going: State): void => {
      if (joins[to]) this.goTo(to, going, at);
      else work.push([to, going]);
    };
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const [, state] = next;
      at = next[0];
      const instr = func.code[at];
      if (instr === undefined) continue;
      if (--this.run_.work < 0) {
        this.run_.incomplete = true;
        return;
      }
      const judged = func.origin === 'driver';
      const site = this.siteOf(at);
      if (judged) state.last = site;
      if (instr.op === 'return') this.leave(state, instr.src === undefined ? zero : value(state, instr.src));
      else if (instr.op === 'jump') follow(instr.target, state);
      else if (instr.op === 'branch') {
        const condition = value(state, instr.cond);
        if (condition.base === 0) {
          follow(condition.offset === 0 ? instr.otherwise : instr.then, state);
          continue;
        }
        if (judged) for (const base of this.run_.symbols.decidedBy(condition)) state.asked.add(base);
        const other = state.copy();
        const no = this.run_.symbols.assume(condition, false, other.facts);
        const yes = this.run_.symbols.assume(condition, true, state.facts);
        if (judged && yes && no) {
          other.trail = onward(state.trail, this.siteOf(instr.otherwise));
          state.trail = onward(state.trail, this.siteOf(instr.then));
        }
        if (no) follow(instr.otherwise, other);
        if (yes) follow(instr.then, state);
      } else if (this.compute(instr, state)) {
        if (judged) this.run_.seen.survive(site, state);
        follow(at + 1, state);
      } else {
        const own = func.origin === 'driver' || (func.inline && this.from?.own === true);
        const handled = this.inHandler || isHandledAt(func, at);
        const before = judged && (instr.op === 'call' || instr.op === 'callptr') ? levelOf(this.run_, state) : undefined;
        for (const after of this.execute(instr, state, { func, site, own, handled })) {
          if (judged) this.run_.seen.survive(site, after);
          if (before !== undefined) this.run_.seen.call(site, before, levelOf(this.run_, after));
          follow(at + 1, after);
        }
      }
    }
  }

  private siteOf(at: number): Site {
    if (this.func.origin !== 'driver' && this.from !== undefined) return this.from.site;
    this.sites[at] ??= this.run_.site(this.func, at, this.from?.site);
    return this.sites[at];
  }

  private leave(state: State, returned: Value): void {
    for (const { base } of this.locals) state.memory.drop(base);
    state.registers = [resolve(returned, state.facts)];
    const shape = shapeOf(state, [0], this.pinned, this.run_.symbols);
    const twin = this.returned.find((other) => other.shape.key === shape.key);
    if (twin !== undefined) {
      join(twin.result.state, twin.shape.named, state, shape.named, this.run_.symbols);
      this.returned[this.returned.indexOf(twin)] = {
        ...twin,
        result: { state: twin.result.state, value: twin.result.state.registers[0] ?? zero },
      };
    } else if (this.returned.length < maxStatesAtJoin)
      this.returned.push({ result: { state, value: state.registers[0] ?? zero }, shape });
    else this.run_.incomplete = true;
  }

  /** Executes what only sets a register from others; false for any other instruction. */
  private compute(instr: Instr, state: State): boolean {
    const { symbols } = this.run_;
    const set = (reg: Reg, to: Value): boolean => {
      state.registers[reg] = to;
      return true;
    };
    switch (instr.op) {
      case 'const':
        return set(instr.dst, constant(instr.value));
      case 'func':
        return set(instr.dst, constant(instr.func));
      case 'move':
        return set(instr.dst, value(state, instr.src));
      case 'convert':
        return set(instr.dst, convert(this.run_, state, instr));
      case 'unary':
        if (instr.operator === '!')
          return set(instr.dst, symbols.binary('==', 'i32', value(state, instr.src), zero, state.facts));
        if (instr.operator === '-')
          return set(instr.dst, symbols.binary('-', instr.kind, zero, value(state, instr.src), state.facts));
        return set(instr.dst, symbols.binary('^', instr.kind, value(state, instr.src), constant(-1), state.facts));
      case 'binary':
        return set(
          instr.dst,
          symbols.binary(instr.operator, instr.kind, value(state, instr.left), value(state, instr.right), state.facts),
        );
      case 'offset': {
        const { base, offset } = value(state, instr.base);
        return set(instr.dst, base === 0 && offset === 0 ? zero : { base, offset: offset + instr.offset });
      }
      case 'element':
        return set(instr.dst, element(this.run_, state, instr));
      case 'local':
        return set(instr.dst, this.locals[instr.index] ?? zero);
      case 'global':
        return set(instr.dst, symbols.shared(`global ${instr.global}`, { path: `global ${instr.global}`, object: true }));
      default:
        return false;
    }
  }

  private execute(instr: Instr, state: State, frame: Frame): State[] {
    const { program } = this.run_;
    const setAll = (results: readonly Result[], reg: Reg | undefined): State[] =>
      results.map((result) => {
        if (reg !== undefined) result.state.registers[reg] = result.value;
        return result.state;
      });
    switch (instr.op) {
      case 'load':
        return setAll(
          load(this.run_, state, {
            address: value(state, instr.base),
            ...frame,
            offset: instr.offset,
            type: instr.type,
            kind: instr.kind,
          }),
          instr.dst,
        );
      case 'store':
        return store(
          this.run_,
          state,
          { address: value(state, instr.base), ...frame, offset: instr.offset, type: instr.type, kind: instr.kind },
          value(state, instr.src),
        );
      case 'intrinsic':
        return setAll(
          runIntrinsic(
            this.run_,
            state,
            instr,
            instr.args.map((arg) => value(state, arg)),
            frame,
          ),
          instr.dst,
        );
      case 'call': {
        const callee = program.funcs[instr.func - 1];
        const args = instr.args.map((arg) => value(state, arg));
        return callee === undefined ? [] : setAll(callFunction(this.run_, callee, args, state, frame), instr.dst);
      }
      case 'callptr': {
        const callee = value(state, instr.callee);
        const args = instr.args.map((arg) => value(state, arg));
        if (callee.base !== 0)
          return setAll(callUnknown(this.run_, callee, args, state, frame, instr.dst !== undefined), instr.dst);
        const func = program.funcs[callee.offset - 1];
        return func === undefined ? [] : setAll(callFunction(this.run_, func, args, state, frame), instr.dst);
      }
      default:
        return [state];
    }
  }
}

function onward(before: Trail | undefined, site: Site): Trail {
  return { site, before, length: (before?.length ?? 0) + 1 };
}

/** What a path that is joined with another, or stands for others, remembers of places that it alone came through. */
function passMarks(run: Run, state: State, kept: State | undefined): void {
  const marks = marksOf(state);
  if (marks.length === 0) return;
  const others = kept === undefined ? [] : marksOf(kept);
  for (const [rule, mark] of marks) {
    if (!others.some(([other, place]) => other === rule && place === mark)) run.seen.passMark(run.rules[rule], mark, state);
  }
}

function value(state: State, reg: Reg): Value {
  const found = state.registers[reg];
  return found === undefined ? zero : resolve(found, state.facts);
}

function convert(run: Run, state: State, instr: Instr & { readonly op: 'convert' }): Value {
  const from = value(state, instr.src);
  const bits = { i8: 8, u8: 8, i16: 16, u16: 16 }[instr.to as string];
  if (instr.to === 'bool') return run.symbols.binary('!=', 'i32', from, zero, state.facts);
  if (from.base !== 0) {
    // What fits stays itself; anything else is some number of that kind.
    const range = run.symbols.range(from, state.facts);
    const least = instr.to.startsWith('u') ? 0 : -(2 ** ((bits ?? 32) - 1));
    const most = least === 0 ? 2 ** (bits ?? 31) - 1 : 2 ** ((bits ?? 32) - 1) - 1;
    if (bits === undefined || (range !== undefined && range[0] >= least && range[1] <= most)) return from;
    return run.symbols.shared(`convert ${instr.to} ${from.base}:${from.offset}`, { path: '?', range: [least, most] });
  }
  const number = from.offset;
  if (bits === undefined) return instr.to === 'i32' || instr.to === 'u32' ? constant(number | 0) : from;
  const masked = number & (2 ** bits - 1);
  return constant(instr.to.startsWith('i') && masked >= 2 ** (bits - 1) ? masked - 2 ** bits : masked);
}

function element(run: Run, state: State, instr: Instr & { readonly op: 'element' }): Value {
  const base = value(state, instr.base);
  const index = value(state, instr.index);
  if (base.base === 0 && base.offset === 0) return zero;
  if (index.base === 0) return { base: base.base, offset: base.offset + index.offset * instr.stride };
  return run.symbols.shared(`element ${base.base}:${base.offset} ${index.base}:${index.offset} ${instr.stride}`, {
    path: `${run.symbols.path(base)}[?]`,
    object: true,
  });
}
