/** The stacks of a machine's contexts: routines, places, and the variables that have a value there. */
import type { Func, FuncId, Reg, TypeId, ValueKind } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';
import { contextBase, FP, FRAME_CALLER, FRAME_FUNC, FRAME_HEADER, FRAME_PC, stackBase } from './layout.ts';
import { liveness } from './liveness.ts';
import type { Machine } from './machine.ts';

/** A variable that lives in a register. */
export interface RegisterValue {
  readonly name: string;
  readonly kind: ValueKind;
  readonly pointee?: TypeId;
  /** As registers hold it, see ValueKind. */
  readonly value: number;
}

/** A variable with an address. */
export interface LocalValue {
  readonly name: string;
  readonly type: TypeId;
  readonly address: number;
}

/** One activation of a routine. */
export interface FrameView {
  readonly func: FuncId;
  /** The instruction that comes next; of a routine that waits for another, its call. */
  readonly pc: number;
  readonly registers: readonly RegisterValue[];
  readonly locals: readonly LocalValue[];
}

/** The frames of a context that has stopped, the innermost first. */
export function stackOf(machine: Machine, context: number): FrameView[] {
  const stack = stackBase(context);
  const innermost = machine.cells[contextBase(context) + FP];
  const at = (offset: number): number => machine.cells[stack + offset];
  return frames(innermost, at).map((frame) => {
    const func = machine.program.funcs[at(frame + FRAME_FUNC) - 1];
    // What has not been entered stands at its first instruction.
    const pc = Math.max(0, at(frame + FRAME_PC));
    return frame === innermost ? stopped(func, frame, pc, at) : waiting(func, frame, at);
  });
}

/**
 * The frames of the context whose step has ended the path, the innermost first. What the innermost routine had in variables that changed within the
 * step is not kept.
 */
export function cutStack(machine: Machine): FrameView[] {
  const stack = stackBase(machine.context);
  const before = (offset: number): number => machine.cells[stack + offset];
  const at = (offset: number): number => machine.scratch[offset];
  return frames(machine.fp, at).map((frame) => {
    const func = machine.program.funcs[at(frame + FRAME_FUNC) - 1];
    if (frame !== machine.fp) return waiting(func, frame, at);
    const known = before(frame + FRAME_FUNC) === func.id && before(frame + FRAME_PC) < func.code.length;
    const entered = known ? stopped(func, frame, Math.max(0, before(frame + FRAME_PC)), before) : undefined;
    return { func: func.id, registers: [], locals: [], ...entered, pc: machine.pc };
  });
}

function frames(innermost: number, at: (offset: number) => number): number[] {
  const found: number[] = [];
  for (let frame = innermost; frame >= 0; frame = at(frame + FRAME_CALLER)) found.push(frame);
  return found;
}

function stopped(func: Func, frame: number, pc: number, at: (offset: number) => number): FrameView {
  return { func: func.id, pc, ...variables(func, frame, liveness(func).before[pc] ?? [], at) };
}

function waiting(func: Func, frame: number, at: (offset: number) => number): FrameView {
  const pc = at(frame + FRAME_PC) - func.code.length;
  const instr = func.code[pc];
  const result = instr?.op === 'call' || instr?.op === 'callptr' ? instr.dst : undefined;
  const kept = (liveness(func).after[pc] ?? []).filter((reg) => reg !== result);
  return { func: func.id, pc, ...variables(func, frame, kept, at) };
}

/** Registers lie behind the addresses of the stack objects, in ascending order, those of 64 bits in two cells: see codegen. */
function variables(
  func: Func,
  frame: number,
  kept: readonly Reg[],
  at: (offset: number) => number,
): Pick<FrameView, 'registers' | 'locals'> {
  const registers: RegisterValue[] = [];
  let offset = frame + FRAME_HEADER + func.locals.length;
  for (const reg of kept) {
    const { kind, name, pointee } = func.registers[reg];
    const value = isWide(kind) ? at(offset + 1) * 0x100000000 + (at(offset) >>> 0) : at(offset);
    offset += isWide(kind) ? 2 : 1;
    if (name !== undefined) registers.push({ name, kind, value, ...(pointee === undefined ? {} : { pointee }) });
  }
  const locals = func.locals.map(({ name, type }, i) => ({ name, type, address: at(frame + FRAME_HEADER + i) }));
  return { registers, locals };
}
