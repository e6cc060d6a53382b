/** The machine's stacks: frames made and left, and what they tell of who does something. */
import { isHandledAt } from '../ir/flow.ts';
import type { Func, FuncId } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';
import {
  contextBase,
  EXCEPTION,
  FP,
  FRAME_CALLER,
  FRAME_FUNC,
  FRAME_HEADER,
  FRAME_PC,
  Kind,
  SP,
  STACK_CELLS,
  stackBase,
  UNWRITTEN,
  UNWRITTEN_WIDE,
} from './layout.ts';
import { liveness, mostLiveCells, perhapsUnwritten } from './liveness.ts';
import { MachineState } from './machine-state.ts';
import type { MachineOptions } from './machine-types.ts';
import { EngineError, Status } from './machine-types.ts';
import { ObjectKind } from './objects.ts';
import { startContext } from './processors.ts';

/** A frame's pc before its context's first step. */
export const NOT_ENTERED = -1;

/** The frames of the running context. */
export abstract class FrameMachine extends MachineState {
  private readonly entries: (readonly EntryRegister[])[] = [];
  private readonly mostLive: (number | undefined)[] = [];

  constructor(options: MachineOptions) {
    super(options);
    startContext(this, Kind.main, this.program.hooks.main, 0, []);
    // Nothing before this can be undone.
    this.memory.top = 0;
  }

  /** Writes the first frame of a new context; its stack objects are made when it takes its first step. */
  firstFrame(context: number, func: FuncId, args: readonly number[]): void {
    this.observer?.began(context);
    const stack = stackBase(context);
    let top = stack + FRAME_HEADER + this.program.funcs[func - 1].locals.length;
    this.memory.set(stack + FRAME_FUNC, func);
    this.memory.set(stack + FRAME_PC, NOT_ENTERED);
    this.memory.set(stack + FRAME_CALLER, -1);
    for (const register of this.entryOf(func)) {
      const value = register.param < 0 ? register.first : (args[register.param] ?? 0);
      this.memory.set(top++, value | 0);
      if (register.wide) this.memory.set(top++, Math.floor(value / 0x100000000) | 0);
    }
    this.memory.set(contextBase(context) + SP, top - stack);
    this.memory.set(contextBase(context) + FP, 0);
  }

  /** Pushes a frame for `func` at `frame` with the arguments in `callArgs`; its end, or -1 when the path ends here. */
  push(func: FuncId, frame: number, caller: number): number {
    const { scratch } = this;
    const callee = this.program.funcs[func - 1];
    const entry = this.entryOf(func);
    const registers = frame + FRAME_HEADER + callee.locals.length;
    if (registers + this.mostLiveOf(func) + 8 > STACK_CELLS) {
      this.bound(
        caller < 0
          ? `${callee.name} has more variables than the checker follows.`
          : 'Calls nest deeper than the checker follows.',
      );
      return -1;
    }
    scratch[frame + FRAME_FUNC] = func;
    scratch[frame + FRAME_PC] = 0;
    scratch[frame + FRAME_CALLER] = caller;
    let top = registers;
    for (let i = frame + FRAME_HEADER; i < registers; i++) scratch[i] = 0;
    for (const register of entry) {
      const value = register.param < 0 ? register.first : this.callArgs[register.param];
      scratch[top++] = value | 0;
      if (register.wide) scratch[top++] = Math.floor(value / 0x100000000) | 0;
    }
    this.sp = top;
    return callee.locals.length === 0 || this.makeLocals(callee, frame) ? top : -1;
  }

  /** An object that a routine without a model gave is followed: the path ends, and the verdict is bounded. */
  lookInto(): number {
    return this.bound(
      `Some path ends in ${this.nameOf(this.func)}: what comes next depends on what a routine without a model gave or did.`,
    );
  }

  /** Goes back to the caller of `frame`: a Status. */
  back(frame: number): number {
    const func = this.scratch[frame + FRAME_FUNC];
    if (this.driver[func] === 1) this.lastReturn[this.context] = func * 0x2000 + this.pc;
    const caller = this.scratch[frame + FRAME_CALLER];
    if (caller < 0) {
      if (this.cells[this.at + EXCEPTION] !== 0) throw new EngineError('an exception has left its context');
      return Status.ended;
    }
    this.fp = caller;
    if (this.driver[func] === 1) this.returnedTo[this.context] = caller;
    if (caller < this.low) this.low = caller;
    return Status.goOn;
  }

  /**
   * Whether an exception raised here meets a handler: in the functions entered since the kernel called the driver, for it is no business of a
   * driver's routine to raise into its caller.
   */
  protected isHandled(): boolean {
    for (let frame = this.fp; frame >= 0; ) {
      const func = this.program.funcs[this.scratch[frame + FRAME_FUNC] - 1];
      const pc = frame === this.fp ? this.pc : this.scratch[frame + FRAME_PC] - func.code.length;
      if (isHandledAt(func, pc)) return true;
      const caller = this.scratch[frame + FRAME_CALLER];
      if (this.driver[func.id] === 1 && (caller < 0 || this.driver[this.scratch[caller + FRAME_FUNC]] === 0)) return false;
      frame = caller;
    }
    return false;
  }

  fieldDriver(): number {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.transparent[func] === 0) return this.driver[func];
    }
    return 0;
  }

  fieldInCancel(): number {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.driver[func] === 1 && this.program.funcs[func - 1].role !== undefined) return this.cancelRole[func];
    }
    return 0;
  }

  /**
   * Whether a cell's old value may be one that was never written, since whoever called the inline routine that runs makes no use of what it
   * gives: InterlockedExchange initialises, too.
   */
  isIgnored(old: number): boolean {
    if (old !== UNWRITTEN || this.inline[this.func] === 0) return false;
    const caller = this.scratch[this.fp + FRAME_CALLER];
    if (caller < 0) return false;
    const func = this.program.funcs[this.scratch[caller + FRAME_FUNC] - 1];
    const at = this.scratch[caller + FRAME_PC] - func.code.length;
    const call = func.code[at];
    return call?.op === 'call' && (call.dst === undefined || !liveness(func).after[at].includes(call.dst));
  }

  /** Whether the running function is not the scenario's or its library's, or was called by the driver. */
  protected isDriverOrSystem(): boolean {
    const { origin } = this.program.funcs[this.func - 1];
    return (origin !== 'scenario' && origin !== 'environment') || this.driverFrame() !== undefined;
  }

  /** The innermost driver frame of the running context with its instruction, if any. */
  driverFrame(): { func: FuncId; pc: number } | undefined {
    return this.frameOf((func) => func.origin === 'driver');
  }

  /** The innermost frame whose function passes, with its instruction; frames that wait for a callee stand at their call. */
  frameOf(test: (func: Func) => boolean): { func: FuncId; pc: number } | undefined {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.program.funcs[this.scratch[frame + FRAME_FUNC] - 1];
      if (!test(func)) continue;
      return { func: func.id, pc: frame === this.fp ? this.pc : this.scratch[frame + FRAME_PC] - func.code.length };
    }
    return undefined;
  }

  protected isInDriver(context: number): boolean {
    const stack = stackBase(context);
    for (let frame = this.cells[contextBase(context) + FP]; frame >= 0; frame = this.cells[stack + frame + FRAME_CALLER]) {
      if (this.driver[this.cells[stack + frame + FRAME_FUNC]] === 1) return true;
    }
    return false;
  }

  /** Makes the stack objects of the frame at `frame`, the top of the stack; false when memory is full. */
  protected makeLocals(func: Func, frame: number): boolean {
    for (let i = 0; i < func.locals.length; i++) {
      const site = (func.id * 0x4000 + i) * 2 + 1;
      const base = this.objects.make(
        this.context,
        site,
        -func.locals[i].type,
        ObjectKind.stack,
        this.context + 1,
        this.scratch,
        this.sp,
      );
      if (base === 0) {
        this.bound('The scenario needs more memory than the checker has.');
        return false;
      }
      this.scratch[frame + FRAME_HEADER + i] = base;
      // The kernel model and the environment do not look at what they have not written.
      if (func.origin === 'driver') this.objects.unwrite(base);
    }
    return true;
  }

  protected entryOf(func: FuncId): readonly EntryRegister[] {
    let entry = this.entries[func];
    if (entry === undefined) {
      const { registers, params, code } = this.program.funcs[func - 1];
      const live = code.length === 0 ? [] : liveness(this.program.funcs[func - 1]).before[0];
      const unwritten = perhapsUnwritten(this.program.funcs[func - 1]);
      entry = live.map((reg) => {
        const wide = isWide(registers[reg].kind);
        return { param: reg < params ? reg : -1, wide, first: unwritten.has(reg) ? (wide ? UNWRITTEN_WIDE : UNWRITTEN) : 0 };
      });
      this.entries[func] = entry;
    }
    return entry;
  }

  private mostLiveOf(func: FuncId): number {
    let most = this.mostLive[func];
    if (most === undefined) {
      const callee = this.program.funcs[func - 1];
      most = callee.code.length === 0 ? 0 : mostLiveCells(callee);
      this.mostLive[func] = most;
    }
    return most;
  }
}

interface EntryRegister {
  /** Parameter it comes from, -1 for a register that starts with the value `first`. */
  readonly param: number;
  readonly wide: boolean;
  readonly first: number;
}
