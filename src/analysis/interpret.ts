/** The abstract interpreter: runs a function over states, going both ways where a branch is not decided, and joining where paths meet. */

import { isHandledAt } from '../ir/flow.ts';
import type { Func, Instr, Reg } from '../ir/program.ts';
import { computed, heldIn } from './compute.ts';
import type { Flow, Loop } from './flow.ts';
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
import { resolve, zero } from './value.ts';

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
  if (func.origin === 'driver') run.reliedOn.add(func.id);
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
  /** The branches that were come to, and whether nothing known has ever decided one. */
  private readonly undecided = new Map<number, boolean>();
  private readonly returned: { result: Result; shape: Shape }[] = [];
  private readonly sites: Site[] = [];
  /** Where paths go on before they meet others. */
  private readonly open: { readonly at: number; readonly state: State }[] = [];
  private readonly locals: readonly Value[];
  private readonly pinned: Pinned;
  /** A handler is around the call that led here. */
  private readonly inHandler: boolean;
  private readonly isOfLibrary: boolean;
  private readonly run_: Run;
  private readonly func: Func;
  private readonly flow: Flow;
  private readonly from: Frame | undefined;
  private readonly first: State;

  constructor(run: Run, func: Func, state: State, args: readonly Value[], from: Frame | undefined, bases: ReadonlySet<number>) {
    this.run_ = run;
    this.func = func;
    this.flow = run.flow(func);
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
    if (this.flow.joins[0]) this.goTo(0, this.first);
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
    const { run_: run } = this;
    const loop = this.flow.loops.get(at);
    const shape = loop === undefined ? this.shapeAt(at, state) : this.shapeOfRound(at, loop, state, from >= at);
    if (shape === undefined) return passMarks(run, state, undefined);
    const group = this.waiting.get(at) ?? [];
    const twin = group.find((other) => other.shape.key === shape.key);
    if (twin !== undefined) {
      passMarks(run, state, twin.state);
      return join(twin.state, twin.shape.named, state, shape.named, run.symbols);
    }
    if (loop !== undefined && !this.goesOn(at, loop, shape, state)) return;
    const visits = (this.visits.get(at) ?? 0) + 1;
    if (group.length >= maxStatesAtJoin || visits > maxVisits) {
      run.incomplete = true;
      return;
    }
    this.visits.set(at, visits);
    group.push({ state, shape });
    this.waiting.set(at, group);
  }

  private shapeAt(at: number, state: State, written?: ReadonlySet<Reg>): Shape {
    return shapeOf(state, this.flow.live.get(at) ?? [...state.registers.keys()], this.pinned, this.run_.symbols, written);
  }

  /** Forgets what is not to tell a round of the loop from others. Undefined where the loop has gone on with such a round. */
  private shapeOfRound(at: number, loop: Loop, state: State, again: boolean): Shape | undefined {
    const { run_: run } = this;
    // Who counts rounds that nothing known ends learns nothing from the number.
    if (again && this.isOpen(loop)) forgetCounters(run, state, loop.counters);
    // Which entry of its tables the kernel has found is nothing that a driver could rely on.
    const search = this.isOfLibrary ? loop.search : undefined;
    if (search !== undefined) {
      forgetCounters(run, state, search);
      forgetSymbols(run, state, loop.written);
    }
    let shape = this.shapeAt(at, state, loop.written);
    if (shape.key !== shape.round && this.isCounted(at, shape)) {
      forgetCounters(run, state, loop.written);
      shape = this.shapeAt(at, state, loop.written);
    }
    if (search === undefined) return shape;
    // What differs from one round of a search to the next are registers, of which nothing is known now.
    const round = `${at} ${shape.key}`;
    if (again && state.search === round) return undefined;
    state.search = round;
    return shape;
  }

  /** Whether nothing known has decided so far how often the loop is gone through. */
  private isOpen({ leaves }: Loop): boolean {
    return leaves.length > 0 && leaves.every((leave) => this.undecided.get(leave) === true);
  }

  /** Counts the rounds with states of one shape. The last one stands for all of them, however they came about. */
  private goesOn(at: number, { written }: Loop, { key }: Shape, state: State): boolean {
    const round = `${at} ${key}`;
    const rounds = (this.rounds.get(round) ?? 0) + 1;
    this.rounds.set(round, rounds);
    if (rounds > maxRounds) passMarks(this.run_, state, undefined);
    if (rounds === maxRounds + 1) widen(this.run_, state, written);
    return rounds <= maxRounds + 1;
  }

  /** Whether the loop has gone on with enough states of which only its counters tell this one. */
  private isCounted(at: number, { round }: Shape): boolean {
    const key = `${at} counted ${round}`;
    const rounds = (this.rounds.get(key) ?? 0) + 1;
    this.rounds.set(key, rounds);
    return rounds > maxCounted;
  }

  /** Runs from there to where paths meet or the function returns. */
  private straight(start: number, first: State): void {
    const { open } = this;
    open.push({ at: start, state: first });
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (--this.run_.work < 0) {
        this.run_.incomplete = true;
        open.length = 0;
        return;
      }
      this.step(next.at, next.state);
    }
  }

  /** Goes on from one instruction to another. */
  private follow(from: number, to: number, state: State): void {
    if (this.flow.joins[to]) this.goTo(to, state, from);
    else this.open.push({ at: to, state });
  }

  private step(at: number, state: State): void {
    const { func } = this;
    const instr = func.code[at];
    if (instr === undefined) return;
    const judged = func.origin === 'driver';
    const site = this.siteOf(at);
    if (judged) state.last = site;
    if (instr.op === 'return') return this.leave(state, instr.src === undefined ? zero : heldIn(state, instr.src));
    if (instr.op === 'jump') return this.follow(at, instr.target, state);
    if (instr.op === 'branch') return this.branch(at, instr, state);
    const set = computed(this.run_, state, instr, this.locals);
    if (set !== undefined && 'dst' in instr && instr.dst !== undefined) {
      state.registers[instr.dst] = set;
      if (judged) this.run_.seen.survive(site, state);
      return this.follow(at, at + 1, state);
    }
    const own = judged || (func.inline && this.from?.own === true);
    const handled = this.inHandler || isHandledAt(func, at);
    const before = judged && (instr.op === 'call' || instr.op === 'callptr') ? levelOf(this.run_, state) : undefined;
    for (const after of this.execute(instr, state, { func, site, own, handled })) {
      if (judged) this.run_.seen.survive(site, after);
      if (before !== undefined) this.run_.seen.call(site, before, levelOf(this.run_, after));
      this.follow(at, at + 1, after);
    }
  }

  private branch(at: number, instr: Instr & { readonly op: 'branch' }, state: State): void {
    const { symbols } = this.run_;
    const condition = heldIn(state, instr.cond);
    if (condition.base === 0) {
      this.undecided.set(at, false);
      return this.follow(at, condition.offset === 0 ? instr.otherwise : instr.then, state);
    }
    if (!this.undecided.has(at)) this.undecided.set(at, true);
    const judged = this.func.origin === 'driver';
    if (judged) for (const base of symbols.decidedBy(condition)) state.asked.add(base);
    const other = state.copy();
    const no = symbols.assume(condition, false, other.facts);
    const yes = symbols.assume(condition, true, state.facts);
    if (judged && yes && no) {
      other.trail = onward(state.trail, this.siteOf(instr.otherwise));
      state.trail = onward(state.trail, this.siteOf(instr.then));
    }
    if (no) this.follow(at, instr.otherwise, other);
    if (yes) this.follow(at, instr.then, state);
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

  private execute(instr: Instr, state: State, frame: Frame): State[] {
    const { program } = this.run_;
    switch (instr.op) {
      case 'load':
        return statesOf(
          load(this.run_, state, {
            address: heldIn(state, instr.base),
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
          { address: heldIn(state, instr.base), ...frame, offset: instr.offset, type: instr.type, kind: instr.kind },
          heldIn(state, instr.src),
        );
      case 'intrinsic':
        return statesOf(
          runIntrinsic(
            this.run_,
            state,
            instr,
            instr.args.map((arg) => heldIn(state, arg)),
            frame,
          ),
          instr.dst,
        );
      case 'call': {
        const callee = program.funcs[instr.func - 1];
        const args = instr.args.map((arg) => heldIn(state, arg));
        return callee === undefined ? [] : statesOf(callFunction(this.run_, callee, args, state, frame), instr.dst);
      }
      case 'callptr': {
        const callee = heldIn(state, instr.callee);
        const args = instr.args.map((arg) => heldIn(state, arg));
        if (callee.base !== 0)
          return statesOf(callUnknown(this.run_, callee, args, state, frame, instr.dst !== undefined), instr.dst);
        const func = program.funcs[callee.offset - 1];
        return func === undefined ? [] : statesOf(callFunction(this.run_, func, args, state, frame), instr.dst);
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

/** The states in which an instruction is left, with the register set to what it gives. */
function statesOf(results: readonly Result[], reg: Reg | undefined): State[] {
  return results.map(({ state, value }) => {
    if (reg !== undefined) state.registers[reg] = value;
    return state;
  });
}
