/**
 * The machine as ARCHITECTURE.md ("The machine") describes it, one step at a time on copied states: the ground truth that the
 * engine is compared with. Written from that page alone and without any reduction.
 */
import { type EventName, events } from '../../src/ir/events.ts';
import { usedBy } from '../../src/ir/flow.ts';
import { type IntrinsicName, intrinsics } from '../../src/ir/intrinsics.ts';
import type { Func, Instr, Program, Type } from '../../src/ir/program.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import { arcTaken, concerns, notSuperseded, type Report, stateAfter } from './brute-rules.ts';
import {
  type AddressSpace,
  type Context,
  copyState,
  type Frame,
  forgetFreed,
  globalBase,
  isIrp,
  type MemoryObject,
  newGhost,
  type State,
} from './brute-state.ts';
import { binary, convert, fromCells, toCells, unary } from './brute-values.ts';

/** What can happen next in a state. */
export type Action =
  | { readonly kind: 'step'; readonly context: string }
  | { readonly kind: 'start'; readonly processor: number }
  | { readonly kind: 'elapse' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'fireTimer'; readonly timer: number }
  | { readonly kind: 'fireWait'; readonly context: string };

export interface Machine {
  readonly program: Program;
  readonly rules: readonly RuleCheck[];
  readonly processors: number;
  readonly space: AddressSpace;
}

/** One way an action can go: there are several where `choose` is met. */
export interface Result {
  /** Absent when the path ends here. */
  readonly state?: State;
  readonly reports: readonly Report[];
  /** Reasons why the verdict is only bounded. */
  readonly bounds: readonly string[];
  /** Answers of `choose`, in order. */
  readonly picks: readonly number[];
  /** What was read (`false`) and written (`true`). */
  readonly footprint: ReadonlyMap<string, boolean>;
}

/** Backward jumps after which a step ends although no visible instruction was met. */
const jumpsPerStep = 64;
const waitSucceeded = 0;
const waitTimedOut = 0x102;
const waitAlerted = 0x101;
const accessViolation = 0xc0000005 | 0;
const fiveMinutes = 300_000_000;

class PathEnd extends Error {}

/** Everything that can happen next. */
export function enabledActions(machine: Machine, state: State): Action[] {
  const actions: Action[] = [];
  const someFree = freeProcessors(machine, state).length > 0;
  for (const context of state.contexts) {
    if ((context.processor >= 0 || someFree) && isReady(machine, state, context))
      actions.push({ kind: 'step', context: context.id });
  }
  state.queues.forEach((queue, processor) => {
    if (queue.length === 0 || state.contexts.some((context) => context.processor === processor)) return;
    actions.push({ kind: 'start', processor });
  });
  const userWaits = state.contexts.some((context) => before(machine, state, context, (run, at) => run.waitsAsUser(at)));
  const still = actions.length === 0;
  if (still && !state.terminated && userWaits) actions.push({ kind: 'terminate' });
  const amounts = armedAmounts(state);
  if (still && amounts.length > 0 && amounts.every((left) => left > fiveMinutes)) {
    for (const context of state.contexts)
      if (before(machine, state, context, (run, at) => run.waitsPatiently(at)))
        actions.push({ kind: 'fireWait', context: context.id });
  }
  if (amounts.length > 0 && amounts.every((left) => left > 0)) actions.push({ kind: 'elapse' });
  for (const [timer, left] of state.timers) if (left === 0) actions.push({ kind: 'fireTimer', timer });
  for (const { id, wait } of state.contexts)
    if (wait !== null && !wait.fired && wait.left === 0) actions.push({ kind: 'fireWait', context: id });
  return actions;
}

/** All ways in which the action can go. */
export function perform(machine: Machine, state: State, action: Action): Result[] {
  return everyAnswer(machine, state, (run) => run.perform(action));
}

/** Judges a state that nothing can leave: `deadlock` where all stands still and a context spins, else the `stuck` hook, and `deadlock` when that reports nothing. */
export function judgeStuck(machine: Machine, state: State, still: boolean): Result[] {
  return everyAnswer(machine, state, (run) => run.judgeStuck(still));
}

/** Runs the hook of final states, if there is one. */
export function judgeEnd(machine: Machine, state: State): Result[] {
  return everyAnswer(machine, state, (run) => run.judgeEnd());
}

/** The main context has returned, no DPC waits, and nothing is left but system threads at waits that are not satisfied. */
export function isFinal(machine: Machine, state: State): boolean {
  return (
    state.queues.every((queue) => queue.length === 0) &&
    state.contexts.every(
      (context) => context.kind === 'system' && before(machine, state, context, (run, at) => run.waitsInVain(at)),
    )
  );
}

/** Adds the main context. */
export function startMain(machine: Machine, state: State): void {
  new Run(machine, state, []).newContext('main', 'main', machine.program.hooks.main, [], 0);
}

function everyAnswer(machine: Machine, state: State, act: (run: Run) => void): Result[] {
  const results: Result[] = [];
  for (let tape: number[] | undefined = []; tape !== undefined; ) {
    const run: Run = new Run(machine, copyState(state), tape);
    let ended = false;
    try {
      act(run);
    } catch (error) {
      if (!(error instanceof PathEnd)) throw error;
      ended = true;
    }
    forgetFreed(run.state, machine.space);
    results.push({
      ...(ended ? {} : { state: run.state }),
      reports: run.reports,
      bounds: run.bounds,
      picks: run.picks.map(({ pick }) => pick),
      footprint: run.footprint,
    });
    tape = nextTape(run.picks);
  }
  return results;
}

/** The next sequence of answers in order, as an odometer counts. */
function nextTape(picks: readonly { readonly pick: number; readonly count: number }[]): number[] | undefined {
  for (let at = picks.length - 1; at >= 0; at--) {
    if (picks[at].pick + 1 < picks[at].count) return [...picks.slice(0, at).map(({ pick }) => pick), picks[at].pick + 1];
  }
  return undefined;
}

function armedAmounts(state: State): number[] {
  return [...state.timers.values(), ...state.contexts.flatMap(({ wait }) => (wait === null || wait.fired ? [] : [wait.left]))];
}

function freeProcessors(machine: Machine, state: State): number[] {
  return Array.from({ length: machine.processors }, (_, processor) => processor).filter(
    (processor) => state.queues[processor].length === 0 && !state.contexts.some((context) => context.processor === processor),
  );
}

function currentInstr(machine: Machine, context: Context): Instr | undefined {
  const frame = context.frames.at(-1);
  return frame === undefined ? undefined : machine.program.funcs[frame.func - 1].code[frame.pc];
}

function isVisible({ program, rules }: Machine, context: Context, instr: Instr): boolean {
  if (instr.op === 'load' || instr.op === 'store') return true;
  // It ends the lives of the function's objects, which others may know.
  if (instr.op === 'return') return program.funcs[(context.frames.at(-1)?.func ?? 0) - 1].locals.length > 0;
  if (instr.op !== 'intrinsic') return false;
  if (instr.name === 'event') return rules.some((rule) => concerns(rule, instr.text as EventName));
  return intrinsics[instr.name as IntrinsicName].visible;
}

/** Whether the context's next visible instruction is enabled; a context that has not started is looked at behind its local start. */
/** Whether the context's next step can be taken: a new context's goes from its entry through the first visible instruction. */
function isReady(machine: Machine, state: State, context: Context): boolean {
  return before(machine, state, context, (run, at) => {
    const next = currentInstr(machine, at);
    return next === undefined || !isVisible(machine, at, next) || run.isEnabled(at, next);
  });
}

/** Asks about a context as it stands before its next visible instruction. When a fault comes before that, the answer is true. */
function before(machine: Machine, state: State, context: Context, question: (run: Run, at: Context) => boolean): boolean {
  const instr = currentInstr(machine, context);
  if (instr === undefined || isVisible(machine, context, instr)) return question(new Run(machine, state, []), context);
  const copy = copyState(state);
  const twin = copy.contexts.find(({ id }) => id === context.id);
  if (twin === undefined) throw new Error('the copy has lost a context');
  const run = new Run(machine, copy, []);
  try {
    run.runLocals(twin);
  } catch (error) {
    if (error instanceof PathEnd) return true;
    throw error;
  }
  return question(run, twin);
}

/** One step under way on a state of its own. */
class Run {
  readonly reports: Report[] = [];
  readonly bounds: string[] = [];
  readonly picks: { pick: number; count: number }[] = [];
  readonly footprint = new Map<string, boolean>();
  private reportsOfInstr: Report[] = [];
  private jumps = 0;
  private atomic = 0;

  constructor(
    private readonly machine: Machine,
    readonly state: State,
    private readonly tape: readonly number[],
  ) {}

  perform(action: Action): void {
    switch (action.kind) {
      case 'step': {
        const context = this.contextOf(action.context);
        this.note(`step ${action.context}`, true);
        if (context.processor < 0) this.note('processors', false);
        this.step(context);
        break;
      }
      case 'start':
        this.note('processors', true);
        this.startDpc(action.processor);
        break;
      case 'elapse': {
        this.note('time', true);
        const least = Math.min(...armedAmounts(this.state));
        for (const [timer, left] of this.state.timers) this.state.timers.set(timer, left - least);
        for (const { wait } of this.state.contexts) if (wait !== null && !wait.fired) wait.left -= least;
        break;
      }
      case 'terminate':
        this.note('time', true);
        this.note('processors', true);
        this.state.terminated = true;
        break;
      case 'fireTimer':
        this.note('time', true);
        this.state.timers.delete(action.timer);
        this.runHook(this.machine.program.hooks.timerExpired, [action.timer]);
        break;
      case 'fireWait': {
        this.note('time', true);
        this.note(`wait ${action.context}`, true);
        const context = this.contextOf(action.context);
        if (context.wait !== null) context.wait.fired = true;
        else context.wait = { left: 0, fired: true };
        break;
      }
    }
  }

  judgeEnd(): void {
    const { final } = this.machine.program.hooks;
    if (final !== undefined) this.runHook(final, []);
  }

  judgeStuck(still: boolean): void {
    try {
      if (!still || !this.anySpins()) this.runHook(this.machine.program.hooks.stuck, []);
    } catch (error) {
      // A fault of the hook's own ends it; what it has not reported by then counts as not reported.
      if (!(error instanceof PathEnd)) throw error;
    }
    if (this.reports.length > 0) return;
    this.reportsOfInstr = [];
    this.emit(
      {
        id: 'scratch',
        kind: 'scratch',
        thread: 0,
        irql: 2,
        processor: -1,
        held: [],
        frames: [],
        wait: null,
        begun: false,
        ghost: [],
        exception: null,
      },
      'deadlock',
      0,
      [],
    );
    if (this.reports.length === 0) this.bounds.push('a state that nothing can leave is judged by no rule');
  }

  /** Whether a context stands before a lock that is held. */
  private anySpins(): boolean {
    return this.state.contexts.some((context) => before(this.machine, this.state, context, (run, at) => run.spins(at)));
  }

  private spins(context: Context): boolean {
    const instr = currentInstr(this.machine, context);
    return instr?.op === 'intrinsic' && instr.name === 'lock' && !this.isEnabled(context, instr);
  }

  startDpc(processor: number): Context {
    const dpc = this.state.queues[processor].shift();
    if (dpc === undefined) throw new Error('no DPC waits there');
    const context = this.newContext(this.freshId(`dpc ${dpc}`), 'dpc', this.machine.program.hooks.executeDpc, [dpc], 0);
    context.irql = 2;
    context.processor = processor;
    return context;
  }

  newContext(id: string, kind: Context['kind'], func: number, args: readonly number[], thread: number): Context {
    const ghost = this.machine.rules.map(() => 0);
    const context: Context = {
      id,
      kind,
      thread,
      irql: 0,
      processor: -1,
      held: [],
      frames: [],
      wait: null,
      begun: false,
      ghost,
      exception: null,
    };
    this.state.contexts.push(context);
    this.enter(context, func, args);
    return context;
  }

  /** Runs local instructions until the context stands before a visible one or has ended. */
  runLocals(context: Context): void {
    for (;;) {
      const instr = currentInstr(this.machine, context);
      if (instr === undefined || (this.atomic === 0 && (isVisible(this.machine, context, instr) || this.jumps > jumpsPerStep)))
        return;
      this.execute(context, instr);
    }
  }

  isEnabled(context: Context, instr: Instr): boolean {
    if (instr.op !== 'intrinsic') return true;
    const argument = (index: number): number => this.registers(context)[instr.args[index]];
    if (instr.name === 'lock') {
      const word = this.cellsAt(argument(0), 1);
      this.note(`cell ${argument(0)}`, false);
      return word === undefined || word[0] === 0;
    }
    if (instr.name !== 'wait') return true;
    if (context.wait?.fired) return true;
    const header = this.headerAt(argument(0));
    this.note(`cell ${argument(0)}`, false);
    if (header === undefined || header.signalled) return true;
    if (argument(1) === 2 && this.state.terminated) return true;
    return context.wait === null && (argument(1) === 1 || context.irql >= 2);
  }

  /** Whether the context at that wait must go on waiting. */
  isUnsatisfied(context: Context, instr: Instr & { readonly op: 'intrinsic' }): boolean {
    return !context.wait?.fired && this.headerAt(this.registers(context)[instr.args[0]])?.signalled === false;
  }

  /** Whether the context stands at a wait that is not satisfied. */
  waitsInVain(context: Context): boolean {
    const instr = currentInstr(this.machine, context);
    return instr?.op === 'intrinsic' && instr.name === 'wait' && this.isUnsatisfied(context, instr);
  }

  /** Whether the context waits as user mode does, which the end of the process ends. */
  waitsAsUser(context: Context): boolean {
    return this.waitsHow(context, 2);
  }

  waitsPatiently(context: Context): boolean {
    return this.waitsHow(context, 3);
  }

  private waitsHow(context: Context, how: number): boolean {
    const instr = currentInstr(this.machine, context);
    if (instr?.op !== 'intrinsic' || instr.name !== 'wait') return false;
    return this.registers(context)[instr.args[1]] === how && context.irql < 2 && this.isUnsatisfied(context, instr);
  }

  private step(context: Context): void {
    this.runLocals(context);
    const instr = currentInstr(this.machine, context);
    if (instr !== undefined && isVisible(this.machine, context, instr) && this.jumps <= jumpsPerStep) {
      this.lookForRace(context, instr);
      this.execute(context, instr);
      this.runLocals(context);
    }
    context.begun = true;
    if (context.frames.length > 0) return;
    this.state.contexts.splice(this.state.contexts.indexOf(context), 1);
    this.note(`context ${context.id.replace(/#\d+$/, '')}`, true);
    if (context.processor >= 0) this.note('processors', true);
  }

  /** Raises `memory.race` where a context that could step now stands before an access that must not happen at the same time. */
  private lookForRace(context: Context, instr: Instr): void {
    const mine = this.accessAt(context, instr);
    if (mine === undefined || this.atomic > 0) return;
    const someFree = freeProcessors(this.machine, this.state).length > 0;
    const races = this.state.contexts.some((other) => {
      const next = currentInstr(this.machine, other);
      if (other === context || !other.begun || next === undefined || (other.processor < 0 && !someFree)) return false;
      const its = this.accessAt(other, next);
      return its !== undefined && mine.at < its.at + its.count && its.at < mine.at + mine.count && isRace(mine, its);
    });
    this.reportsOfInstr = [];
    if (races) this.emit(context, 'memory.race', 0, []);
  }

  /** The access that the instruction is, where it is the driver's. */
  private accessAt(context: Context, instr: Instr): Access | undefined {
    if (!this.touchesForDriver(context)) return undefined;
    const registers = this.registers(context);
    const frame = this.frame(context);
    if (instr.op === 'load' || instr.op === 'store') {
      const at = registers[instr.base] + instr.offset;
      const object = this.objectAt(registers[instr.base]);
      if (object === undefined || this.isIrpAt(object.base)) return undefined;
      const count = toCells(instr.kind, 0).length;
      if (instr.op === 'load') return { at, count, how: 'read' };
      const value = toCells(instr.kind, registers[instr.src])[0];
      return { at, count, how: isUpdate(this.func(frame), frame.pc) ? 'update' : 'write', value };
    }
    if (instr.op !== 'intrinsic') return undefined;
    if (['exchange', 'compareExchange', 'exchangeAdd'].includes(instr.name)) {
      if (this.isIrpAt(this.objectAt(registers[instr.args[0]])?.base ?? 0)) return undefined;
      return { at: registers[instr.args[0]], count: 1, how: 'interlocked' };
    }
    return undefined;
  }

  /** Runs a hook to its end in a context of its own. */
  private runHook(func: number, args: readonly number[]): void {
    const scratch = this.newContext('scratch', 'scratch', func, args, 0);
    scratch.irql = 2;
    for (let instr = currentInstr(this.machine, scratch); instr !== undefined; instr = currentInstr(this.machine, scratch)) {
      if (!this.isEnabled(scratch, instr)) throw new Error('a hook blocks');
      this.execute(scratch, instr);
    }
    this.state.contexts.splice(this.state.contexts.indexOf(scratch), 1);
  }

  private execute(context: Context, instr: Instr): void {
    const frame = this.frame(context);
    const { registers } = frame;
    const { program, space } = this.machine;
    this.reportsOfInstr = [];
    const before = this.func(frame).code[frame.pc - 1];
    const isCopy = instr.op === 'store' && before?.op === 'load' && before.dst === instr.src;
    if (instr.op !== 'move' && !isCopy && usedBy(instr).some((reg) => Number.isNaN(registers[reg])))
      this.fault(context, 'fault.uninitialised', []);
    frame.pc++;
    switch (instr.op) {
      case 'const':
        registers[instr.dst] = instr.value;
        break;
      case 'move':
        registers[instr.dst] = registers[instr.src];
        break;
      case 'binary':
        registers[instr.dst] = this.valid(
          context,
          binary(instr.operator, instr.kind, registers[instr.left], registers[instr.right]),
        );
        break;
      case 'unary':
        registers[instr.dst] = this.valid(context, unary(instr.operator, instr.kind, registers[instr.src]));
        break;
      case 'convert':
        registers[instr.dst] = this.valid(context, convert(instr.from, instr.to, registers[instr.src]));
        break;
      case 'offset':
        registers[instr.dst] = registers[instr.base] === 0 ? 0 : (registers[instr.base] + instr.offset) | 0;
        break;
      case 'element': {
        const index = registers[instr.index];
        if (index < 0 || index >= instr.count || this.isBeyond(registers[instr.base], index * instr.stride))
          this.fault(context, 'fault.bounds', []);
        registers[instr.dst] = registers[instr.base] === 0 ? 0 : registers[instr.base] + index * instr.stride;
        break;
      }
      case 'load': {
        const object = this.access(context, registers[instr.base], instr.type, false);
        const at = registers[instr.base] + instr.offset;
        const count = toCells(instr.kind, 0).length;
        for (let cell = at; cell < at + count; cell++) this.note(`cell ${cell}`, false);
        const cells = object.cells.slice(at - object.base, at - object.base + count);
        if (cells.some(Number.isNaN)) {
          // What is only copied is not looked at.
          const next = this.func(frame).code[frame.pc];
          if (next?.op !== 'store' || next.src !== instr.dst || next.base === instr.dst)
            this.fault(context, 'fault.uninitialised', []);
          registers[instr.dst] = Number.NaN;
          break;
        }
        const value = this.valid(context, fromCells(instr.kind, cells));
        // The cell may have been written as another kind.
        registers[instr.dst] = this.valid(context, convert(instr.kind, instr.kind, value));
        break;
      }
      case 'store': {
        const object = this.access(context, registers[instr.base], instr.type, true);
        const at = registers[instr.base] + instr.offset;
        const stored = registers[instr.src];
        toCells(instr.kind, stored).forEach((value, index) => {
          this.write(object, at + index, Number.isNaN(stored) ? stored : value);
        });
        break;
      }
      case 'local':
        registers[instr.dst] = frame.locals[instr.index];
        break;
      case 'global':
        registers[instr.dst] = globalBase(instr.global, program.types[program.globals[instr.global].type].cells, space);
        break;
      case 'func':
        registers[instr.dst] = instr.func;
        break;
      case 'jump':
        this.jump(frame, instr.target);
        break;
      case 'branch':
        this.jump(frame, registers[instr.cond] !== 0 ? instr.then : instr.otherwise);
        break;
      case 'call':
        this.enter(
          context,
          instr.func,
          instr.args.map((arg) => registers[arg]),
        );
        break;
      case 'callptr': {
        const callee = registers[instr.callee];
        if (callee === 0) this.fault(context, 'fault.null', []);
        const func = program.funcs[callee - 1];
        const kinds = instr.args.map((arg) => this.func(frame).registers[arg].kind);
        if (
          func === undefined ||
          func.params !== kinds.length ||
          kinds.some((kind, index) => sort(kind) !== sort(func.registers[index].kind))
        ) {
          this.fault(context, 'fault.type', []);
        }
        this.enter(
          context,
          callee,
          instr.args.map((arg) => registers[arg]),
        );
        break;
      }
      case 'return':
        this.leave(context, instr.src === undefined ? undefined : registers[instr.src]);
        break;
      case 'intrinsic': {
        const result = this.intrinsic(
          context,
          instr,
          instr.args.map((arg) => registers[arg]),
        );
        if (instr.dst !== undefined && result !== undefined) registers[instr.dst] = result;
        break;
      }
    }
  }

  private intrinsic(context: Context, instr: Instr & { readonly op: 'intrinsic' }, args: readonly number[]): number | undefined {
    const { state } = this;
    const [first, second, third] = args;
    switch (instr.name as IntrinsicName) {
      case 'alloc':
        return this.alloc(
          first,
          `${context.id} ${this.frame(context).func}:${this.frame(context).pc}`,
          'pool',
          this.driverDoes(context) ? second : second & 1,
          third === 0,
        ).base;
      case 'leaks':
        for (const _ of state.timers) this.emit(context, 'timer.left', 0, []);
        for (const object of state.objects.values()) {
          if (!object.owed || object.freed || object.retired) continue;
          if (this.isIrpAt(object.base)) this.emit(context, 'irp.leaked', object.base, []);
          else this.emit(context, 'memory.leaked', 0, []);
        }
        return undefined;
      case 'free':
        this.free(context, first);
        return undefined;
      case 'retire': {
        if (first === 0) this.fault(context, 'fault.null', []);
        const object = this.objectAt(first);
        if (object?.base !== first) return this.fault(context, 'fault.type', []);
        this.note(`life ${first}`, true);
        if (object.freed) this.fault(context, 'fault.freed', [1]);
        object.retired = true;
        object.cells = object.cells.map(() => 0);
        return undefined;
      }
      case 'exchange':
        return this.interlocked(context, first, () => second);
      case 'compareExchange':
        return this.interlocked(context, first, (old) => (old === third ? second : old));
      case 'exchangeAdd':
        return this.interlocked(context, first, (old) => (old + second) | 0);
      case 'zero':
        for (let at = first; at < first + this.sizeOf(second); at++) this.write(this.accessCell(context, at, true, true), at, 0);
        return undefined;
      case 'copy':
        for (let index = 0; index < this.sizeOf(third); index++) {
          const from = this.accessCell(context, second + index, false, true);
          this.note(`cell ${second + index}`, false);
          this.write(this.accessCell(context, first + index, true, true), first + index, from.cells[second + index - from.base]);
        }
        return undefined;
      case 'lock':
      case 'tryLock': {
        const object = this.accessCell(context, first, true);
        if (object.cells[first - object.base] !== 0) {
          if (instr.name === 'lock') throw new Error('a lock was taken although it is not free');
          this.note(`cell ${first}`, false);
          return 0;
        }
        this.write(object, first, 1);
        if (instr.name === 'lock') this.noteOrder(context, first);
        context.held.push({ word: first, cancel: second !== 0 });
        return 1;
      }
      case 'unlock': {
        const object = this.accessCell(context, first, true);
        this.write(object, first, 0);
        for (const other of state.contexts) other.held = other.held.filter(({ word }) => word !== first);
        return undefined;
      }
      case 'holds':
        return context.held.some(({ word }) => word === first) ? 1 : 0;
      case 'wait':
        return this.wait(context, first, second, third);
      case 'raise': {
        const old = context.irql;
        if (first < old) this.fault(context, 'fault.irql', []);
        context.irql = first;
        if (first >= 2 && context.processor < 0 && context.kind !== 'scratch') {
          this.note('processors', true);
          context.processor = this.lowestFree();
        }
        return old;
      }
      case 'lower':
        if (first > context.irql) this.fault(context, 'fault.irql', []);
        context.irql = first;
        if (first < 2 && context.processor >= 0) {
          this.note('processors', true);
          context.processor = -1;
        }
        return undefined;
      case 'irql':
        return context.irql;
      case 'spawn': {
        const site = `${context.id} ${this.frame(context).func}:${this.frame(context).pc}`;
        this.newContext(this.freshId(site), (['thread', 'system', 'worker'] as const)[first], second, args.slice(3), third);
        return undefined;
      }
      case 'currentThread':
        return context.thread;
      case 'queueDpc':
        this.note('processors', true);
        state.queues[second >= 0 ? second : context.processor >= 0 ? context.processor : this.lowestFree()].push(first);
        return undefined;
      case 'dequeueDpc': {
        this.note('processors', true);
        const queue = state.queues.find((waiting) => waiting.includes(first));
        queue?.splice(queue.indexOf(first), 1);
        return queue === undefined ? 0 : 1;
      }
      case 'armTimer':
        this.note('time', true);
        state.timers.set(first, Math.max(0, second));
        return undefined;
      case 'disarmTimer':
        this.note('time', true);
        return state.timers.delete(first) ? 1 : 0;
      case 'choose':
        return this.choose(first);
      case 'raiseException':
        if (!this.isHandled(context)) this.fault(context, 'fault.exception', [first]);
        if (context.exception !== null) throw new Error('an exception is raised while another is on its way');
        context.exception = first;
        return undefined;
      case 'exceptionPending':
        return context.exception === null ? 0 : 1;
      case 'takeException': {
        const code = context.exception;
        context.exception = null;
        return code ?? 0;
      }
      case 'userMemory': {
        if (first === 0) return undefined;
        const object = this.objectAt(first);
        if (object === undefined) return this.fault(context, 'fault.type', []);
        this.note(`life ${object.base}`, true);
        if (object.freed) this.fault(context, 'fault.freed', [1]);
        object.user = true;
        object.paged = true;
        return undefined;
      }
      case 'isUserMemory': {
        const object = this.objectAt(first);
        return object?.user === true && !object.freed ? 1 : 0;
      }
      case 'userFault': {
        const object = this.objectAt(first);
        if (object === undefined || object.freed || !object.user || !this.touchesForDriver(context)) return 0;
        return this.choose(2);
      }
      case 'event':
        this.modelEvent(context, instr.text as EventName, args);
        return undefined;
      case 'atomicBegin':
        this.atomic++;
        return undefined;
      case 'atomicEnd':
        this.atomic--;
        return undefined;
      case 'isTerminated':
        return this.state.terminated ? 1 : 0;
      case 'isTimePending':
        return this.state.timers.size > 0 || this.state.contexts.some(({ wait }) => wait !== null && !wait.fired) ? 1 : 0;
      case 'isDriverRoutine':
        return this.machine.program.funcs[first - 1]?.origin === 'driver' ? 1 : 0;
      case 'locksHeld':
        return context.held.length;
      case 'cancelLockHeld':
        return context.held.some(({ cancel }) => cancel) ? 1 : 0;
      case 'processor':
        this.note('processors', false);
        return context.processor >= 0 ? context.processor : this.lowestFree();
      case 'bounded':
        this.bounds.push(instr.text ?? 'bounded');
        return undefined;
      case 'objectSize': {
        const object = state.objects.get(first);
        if (object === undefined || object.freed) return 0;
        if (object.type === 'bytes') return object.cells.length;
        return second !== 0 ? this.machine.program.types[object.type].bytes : -object.type;
      }
      case 'invariant':
        if (first === 0) throw new Error('an invariant of the model does not hold');
        return undefined;
    }
  }

  /** Whether one of the functions entered since the driver was called has a handler around what it is at. */
  private isHandled(context: Context): boolean {
    const isDriver = (index: number): boolean => {
      const frame = context.frames[index];
      return frame !== undefined && this.func(frame).origin === 'driver';
    };
    const outermost = context.frames.findLastIndex((_, index) => isDriver(index) && !isDriver(index - 1));
    return context.frames.slice(Math.max(0, outermost)).some((frame) => {
      const at = frame.pc - 1;
      return (this.func(frame).handled ?? []).some(({ start, end }) => at >= start && at < end);
    });
  }

  /** Notes the order in which spin locks are taken, and raises `lock.order` when both orders of two have been seen. */
  private noteOrder(context: Context, taken: number): void {
    for (const { word } of [...context.held]) {
      if (this.state.orders.has(`${word} ${taken}`)) continue;
      this.note('orders', true);
      this.state.orders.add(`${word} ${taken}`);
      if (this.state.orders.has(`${taken} ${word}`)) this.emit(context, 'lock.order', 0, []);
    }
  }

  private choose(count: number): number {
    const pick = this.tape[this.picks.length] ?? 0;
    this.picks.push({ pick, count });
    return pick;
  }

  private wait(context: Context, address: number, how: number, micros: number): number | undefined {
    if (context.wait?.fired) {
      this.note(`wait ${context.id}`, true);
      context.wait = null;
      return waitTimedOut;
    }
    const object = this.accessCell(context, address, true);
    const header = this.headerAt(address);
    if (header === undefined) return this.fault(context, 'fault.type', []);
    if (header.signalled) {
      this.note(`wait ${context.id}`, true);
      this.note(`cell ${header.signalState}`, false);
      if (context.wait !== null) this.note('time', true);
      context.wait = null;
      const count = object.cells[header.signalState - object.base];
      if (header.type === 1) this.write(object, header.signalState, 0);
      if (header.type === 5) this.write(object, header.signalState, count - 1);
      return waitSucceeded;
    }
    const timed = how === 1;
    if (how === 2 && this.state.terminated) return waitAlerted;
    if (timed && micros <= 0) return waitTimedOut;
    if (context.irql >= 2) return this.fault(context, 'fault.wait', []);
    if (!timed || context.wait !== null) throw new Error('a wait was stepped although it is not enabled');
    this.note('time', true);
    this.note(`wait ${context.id}`, true);
    context.wait = { left: micros, fired: false };
    this.frame(context).pc--;
    // The next instruction is the wait itself, so the step ends here.
    return undefined;
  }

  private modelEvent(context: Context, name: EventName, args: readonly number[]): void {
    if (events[name].subject === 'machine') {
      this.emit(context, name, 0, args);
      return;
    }
    if (args[0] === 0) this.fault(context, 'fault.null', []);
    if (!this.isIrpAt(args[0])) this.fault(context, 'fault.type', []);
    this.emit(context, name, args[0], args.slice(1));
  }

  /** Shows the event to every rule. Ends the path at a breach behind which its rule does not go on. */
  private emit(context: Context, name: EventName, irp: number, args: readonly number[]): void {
    const { rules } = this.machine;
    const fields: Record<string, number> = {
      irql: context.irql,
      locks: context.held.length,
      cancelLock: context.held.some(({ cancel }) => cancel) ? 1 : 0,
      driver: this.driverDoes(context) ? 1 : 0,
      inCancel: this.inCancel(context) ? 1 : 0,
    };
    events[name].args.forEach((arg, index) => {
      fields[arg] = args[index];
    });
    const found: Report[] = [];
    rules.forEach((rule, index) => {
      if (!concerns(rule, name)) {
        // A rule about IRPs may report at an event that is about none: then it asks for no state.
        const report = arcTaken(rule, 0, name, fields)?.report;
        if (report !== undefined) found.push({ rule: rule.id, message: report });
        return;
      }
      const whole = rule.subject === 'machine' || rule.subject === 'context';
      this.note(`ghost ${rule.id} ${rule.subject === 'machine' ? '' : rule.subject === 'context' ? context.id : irp}`, true);
      const object = this.state.objects.get(irp);
      const cells =
        rule.subject === 'machine' ? this.state.ghost : rule.subject === 'context' ? context.ghost : (object?.ghost[index] ?? []);
      const moved = whole
        ? [index]
        : rule.subject === 'irp'
          ? [0]
          : 'location' in fields
            ? [fields.location & 7]
            : cells.map((_, location) => location);
      for (const at of moved) {
        const kept = object?.kept[index] ?? [];
        const known = rule.remembers ? { ...fields, remembered: kept[at] } : fields;
        const arc = arcTaken(rule, cells[at], name, known);
        if (arc?.remember !== undefined) kept[at] = known[arc.remember];
        cells[at] = stateAfter(rule, cells[at], arc);
        if (arc?.report !== undefined) found.push({ rule: rule.id, message: arc.report });
      }
    });
    this.reportsOfInstr.push(...found);
    const kept = notSuperseded(this.reportsOfInstr, rules).filter((report) => found.includes(report));
    this.reports.push(...kept);
    if (kept.some((report) => !rules.find(({ id }) => id === report.rule)?.continues)) throw new PathEnd();
  }

  private fault(context: Context, name: EventName, args: readonly number[]): never {
    const origins = context.frames.map(({ func }) => this.machine.program.funcs[func - 1].origin);
    const running = origins.at(-1);
    if (
      ['fault.null', 'fault.type', 'fault.bounds'].includes(name) &&
      (running === 'scenario' || running === 'environment') &&
      !origins.includes('driver')
    ) {
      this.bounds.push('the scenario itself goes wrong');
      throw new PathEnd();
    }
    const before = this.reportsOfInstr.length;
    this.emit(context, name, 0, args);
    if (this.reportsOfInstr.length === before) this.bounds.push(`${name} is judged by no rule`);
    throw new PathEnd();
  }

  /** The checks of a load or store. */
  private access(context: Context, base: number, type: number, write: boolean): MemoryObject {
    return this.checked(context, base, write, (object) =>
      this.hasPart(object.type, base - object.base, type, object.cells.length),
    );
  }

  /** The checks of an access that names no type. */
  private accessCell(context: Context, address: number, write: boolean, block = false): MemoryObject {
    return this.checked(context, address, write, () => true, block);
  }

  private checked(
    context: Context,
    address: number,
    write: boolean,
    suits: (object: MemoryObject) => boolean,
    block = false,
  ): MemoryObject {
    const object = this.objectAt(address);
    if (
      object !== undefined &&
      this.isIrpAt(object.base) &&
      (this.touchesForDriver(context) || (object.retired && this.driverDoes(context)))
    ) {
      this.emit(context, 'irp.touch', object.base, [write ? 1 : 0]);
    }
    if (address === 0) return this.fault(context, 'fault.null', []);
    if (object === undefined) return this.fault(context, 'fault.type', []);
    if (!suits(object)) return this.fault(context, object.type === 'bytes' ? 'fault.bounds' : 'fault.type', []);
    this.note(`life ${object.base}`, false);
    if (object.freed || (object.retired && this.driverDoes(context))) return this.fault(context, 'fault.freed', [write ? 1 : 0]);
    if (object.paged && context.irql >= 2) this.emit(context, 'memory.paged', 0, [0]);
    if (object.user && this.driverDoes(context) && (!block || this.touchesForDriver(context))) this.userAccess(context);
    return object;
  }

  /** An access to user memory that does not raise. */
  private userAccess(context: Context): void {
    if (!this.isHandled(context)) this.fault(context, 'fault.exception', [accessViolation]);
    const frame = this.frame(context);
    const asked = this.func(frame).code[frame.pc - 3];
    if (asked?.op === 'intrinsic' && asked.name === 'userFault') return;
    this.bounds.push('user memory is accessed where nothing is prepared for its raising');
    throw new PathEnd();
  }

  private interlocked(context: Context, address: number, change: (old: number) => number): number {
    const object = this.accessCell(context, address, true);
    const old = object.cells[address - object.base];
    if (Number.isNaN(old)) this.fault(context, 'fault.uninitialised', []);
    this.write(object, address, change(old));
    return old;
  }

  private write(object: MemoryObject, address: number, value: number): void {
    this.note(`cell ${address}`, true);
    object.cells[address - object.base] = value;
  }

  private alloc(size: number, site: string, where: 'pool' | 'stack', pool = 0, unwritten = false): MemoryObject {
    const { program, rules, space } = this.machine;
    const cells = this.sizeOf(size);
    for (let ordinal = 0; ; ordinal++) {
      const base = space.base(`${site} ${size} ${ordinal}`, cells);
      if (this.state.objects.has(base)) continue;
      const type = size <= 0 ? -size : ('bytes' as const);
      const object: MemoryObject = {
        base,
        type,
        where,
        freed: false,
        retired: false,
        paged: (pool & 1) !== 0,
        user: false,
        owed: (pool & 2) !== 0,
        cells: new Array<number>(cells).fill(unwritten ? Number.NaN : 0),
        ghost: type !== 'bytes' && isIrp(program.types[type]) ? newGhost(rules) : [],
        kept: type !== 'bytes' && isIrp(program.types[type]) ? newGhost(rules) : [],
      };
      this.state.objects.set(base, object);
      return object;
    }
  }

  private free(context: Context, address: number): void {
    if (address === 0) this.fault(context, 'fault.null', []);
    const object = this.objectAt(address);
    if (object !== undefined) this.note(`life ${object.base}`, true);
    if (object !== undefined && object.base === address && object.where === 'pool' && !object.freed) this.release(object);
    else this.fault(context, 'fault.double-free', []);
  }

  private release(object: MemoryObject): void {
    this.note(`life ${object.base}`, true);
    object.freed = true;
    object.cells = object.cells.map(() => 0);
  }

  private enter(context: Context, func: number, args: readonly number[]): void {
    const { registers, locals, origin } = this.machine.program.funcs[func - 1];
    context.frames.push({
      func,
      pc: 0,
      registers: registers.map(({ name }, index) => args[index] ?? (origin === 'driver' && name !== undefined ? Number.NaN : 0)),
      locals: locals.map(
        (local, index) => this.alloc(-local.type, `${context.id} ${func} local ${index}`, 'stack', 0, origin === 'driver').base,
      ),
    });
  }

  private leave(context: Context, value: number | undefined): void {
    const frame = this.frame(context);
    for (const base of frame.locals) {
      const object = this.state.objects.get(base);
      if (object !== undefined) this.release(object);
    }
    context.frames.pop();
    const caller = context.frames.at(-1);
    if (caller === undefined || value === undefined) return;
    const call = this.func(caller).code[caller.pc - 1];
    if ((call.op === 'call' || call.op === 'callptr') && call.dst !== undefined) caller.registers[call.dst] = value;
  }

  private jump(frame: Frame, target: number): void {
    if (target < frame.pc) this.jumps++;
    frame.pc = target;
  }

  private valid(context: Context, value: number | EventName): number {
    return typeof value === 'number' ? value : this.fault(context, value, []);
  }

  /** By the innermost frame that is not kernel or device. */
  private driverDoes(context: Context): boolean {
    const origins = context.frames.map((frame) => this.func(frame).origin);
    return origins.findLast((origin) => origin !== 'kernel' && origin !== 'device') === 'driver';
  }

  private inCancel(context: Context): boolean {
    const routine = context.frames
      .map((frame) => this.func(frame))
      .findLast(({ origin, role }) => origin === 'driver' && role !== undefined);
    return routine?.role === 'DRIVER_CANCEL';
  }

  /** Driver code, or inline model code called from it. */
  private touchesForDriver(context: Context): boolean {
    return context.frames.map((frame) => this.func(frame)).findLast(({ inline }) => !inline)?.origin === 'driver';
  }

  private hasPart(type: number | 'bytes', offset: number, wanted: number, bytes = 0): boolean {
    const { types } = this.machine.program;
    const part = types[wanted];
    if (type === 'bytes') return part.bytes <= bytes - offset;
    const whole: Type = types[type];
    if (offset === 0 && type === wanted) return true;
    if (offset === 0 && whole.kind === 'scalar' && part.kind === 'scalar' && sort(whole.cell) === sort(part.cell)) return true;
    if (offset < 0 || offset >= whole.cells || whole.kind === 'scalar') return false;
    if (whole.kind === 'array') return this.hasPart(whole.element, offset % types[whole.element].cells, wanted);
    return whole.fields.some((field) => this.hasPart(field.type, offset - field.offset, wanted));
  }

  private headerAt(address: number): { type: number; signalState: number; signalled: boolean } | undefined {
    const struct = this.machine.program.types.find((type) => type.name === 'DISPATCHER_HEADER');
    const offset = (name: string, otherwise: number): number =>
      (struct?.kind === 'struct' ? struct.fields.find((field) => field.name === name)?.offset : undefined) ?? otherwise;
    const type = this.cellsAt(address + offset('Type', 0), 1);
    const signal = this.cellsAt(address + offset('SignalState', 1), 1);
    if (type === undefined || signal === undefined) return undefined;
    return { type: type[0], signalState: address + offset('SignalState', 1), signalled: signal[0] > 0 };
  }

  /** The cells there, when a live object is. */
  private cellsAt(address: number, count: number): number[] | undefined {
    const object = this.objectAt(address);
    return object === undefined || object.freed
      ? undefined
      : object.cells.slice(address - object.base, address - object.base + count);
  }

  /** Whether the cell that many behind an address lies outside of its object. */
  private isBeyond(address: number, cells: number): boolean {
    const object = this.objectAt(address);
    return object !== undefined && address + cells >= object.base + object.cells.length;
  }

  private objectAt(address: number): MemoryObject | undefined {
    return this.state.objects.get(this.machine.space.owner(address));
  }

  private isIrpAt(address: number): boolean {
    const type = this.state.objects.get(address)?.type;
    return type !== undefined && type !== 'bytes' && isIrp(this.machine.program.types[type]);
  }

  /** A size token in cells. */
  private sizeOf(size: number): number {
    return size <= 0 ? this.machine.program.types[-size].cells : size;
  }

  private lowestFree(): number {
    return freeProcessors(this.machine, this.state)[0] ?? 0;
  }

  private freshId(prefix: string): string {
    this.note(`context ${prefix}`, true);
    for (let ordinal = 0; ; ordinal++) {
      const id = `${prefix}#${ordinal}`;
      if (!this.state.contexts.some((context) => context.id === id)) return id;
    }
  }

  private contextOf(id: string): Context {
    const context = this.state.contexts.find((candidate) => candidate.id === id);
    if (context === undefined) throw new Error(`there is no context ${id}`);
    return context;
  }

  private frame(context: Context): Frame {
    const frame = context.frames.at(-1);
    if (frame === undefined) throw new Error(`${context.id} has ended`);
    return frame;
  }

  private registers(context: Context): number[] {
    return this.frame(context).registers;
  }

  private func(frame: Frame): Func {
    return this.machine.program.funcs[frame.func - 1];
  }

  private note(resource: string, write: boolean): void {
    this.footprint.set(resource, write || (this.footprint.get(resource) ?? false));
  }
}

/** An access of the driver's to so many cells. */
interface Access {
  readonly at: number;
  readonly count: number;
  readonly how: 'read' | 'write' | 'update' | 'interlocked';
  readonly value?: number;
}

/** Whether the two must not happen at the same time. */
function isRace(a: Access, b: Access): boolean {
  const ways = [a.how, b.how];
  if (ways.includes('read')) return ways.some((how) => how === 'write' || how === 'update') && (a.count > 1 || b.count > 1);
  if (ways.includes('update')) return true;
  if (ways.includes('interlocked')) return false;
  return a.count > 1 || b.count > 1 || a.value !== b.value;
}

/** Whether the store at `at` ends a statement that began with a load of the same cell. */
function isUpdate(func: Func, at: number): boolean {
  const store = func.code[at];
  const { start, end } = func.places[at];
  return (
    store.op === 'store' &&
    func.code.some(
      (load, index) =>
        index < at &&
        load.op === 'load' &&
        load.base === store.base &&
        load.offset === store.offset &&
        load.type === store.type &&
        func.places[index].start >= start &&
        func.places[index].end <= end,
    )
  );
}

/** Kinds that can stand for each other where a scalar is accessed and in a call through a pointer. */
function sort(kind: string): string {
  return kind === 'ptr' || kind === 'fn' ? kind : kind === 'i64' || kind === 'u64' ? 'wide' : 'narrow';
}
