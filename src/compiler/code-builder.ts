/** Collects one function's instructions; jumps go to labels until the function is finished. Code that no jump reaches is dropped. */
import type { CellKind, Instr, LocalObject, Place, Reg, RegisterInfo, TypeId } from '../ir/program.ts';
import type { Exit } from './unwinding.ts';

/** A place in the code that may not be known yet. */
export interface Label {
  at: number;
  used: boolean;
}

/** What is around the statements of a try block. */
export interface Guard {
  /** Where an exception goes that is raised in it. */
  readonly landing: Label;
  /** A handler is around it, in this function. */
  readonly handled: boolean;
}

export interface CodeBuilder {
  readonly register: (kind: CellKind, name?: string, pointee?: TypeId) => Reg;
  /** The kind a register was made with. */
  readonly kindOf: (register: Reg) => CellKind;
  /** Makes an unnamed register the variable of that name; false when it already is one. */
  readonly adopt: (register: Reg, name: string, pointee?: TypeId) => boolean;
  /** Storage in the function's frame; gives its index. */
  readonly local: (name: string, type: TypeId) => number;
  readonly emit: (instr: Exclude<Instr, { op: 'jump' | 'branch' }>, place: Place) => void;
  readonly label: () => Label;
  readonly mark: (label: Label) => void;
  readonly jump: (target: Label, place: Place) => void;
  readonly branch: (cond: Reg, then: Label, otherwise: Label, place: Place) => void;
  /** Sets what is around that which is emitted next; gives what was around before. */
  readonly guard: (guard: Guard | undefined) => Guard | undefined;
  /** Raises again the exception of that code, which was taken at `landing`: only exceptions that come there are. */
  readonly raiseAgain: (code: Reg, landing: Label, place: Place) => void;
  /** Whether control can get to what is emitted next. */
  readonly reachable: () => boolean;
  /** `exits[i]` says where an exception goes that comes out of instruction i. */
  readonly finish: () => {
    body: { code: Instr[]; places: Place[]; registers: RegisterInfo[]; locals: LocalObject[] };
    exits: Exit[];
  };
}

/** An empty function body. */
export function createCodeBuilder(): CodeBuilder {
  const code: (() => Instr)[] = [];
  const places: Place[] = [];
  const registers: RegisterInfo[] = [];
  const locals: LocalObject[] = [];
  const exits: (() => Exit)[] = [];
  let live = true;
  let around: Guard | undefined;
  const push = (instr: () => Instr, place: Place, taken?: Label): boolean => {
    if (!live) return false;
    const guard = around;
    code.push(instr);
    places.push(place);
    exits.push(() => ({ landing: guard?.landing.at, handled: guard?.handled ?? false, takenAt: taken?.at }));
    return true;
  };
  return {
    register: (kind, name, pointee) => registers.push(registerInfo(kind, name, pointee)) - 1,
    kindOf: (register) => registers[register]?.kind ?? 'i32',
    adopt: (register, name, pointee) => {
      const info = registers[register];
      if (info === undefined || info.name !== undefined) return false;
      registers[register] = registerInfo(info.kind, name, pointee);
      return true;
    },
    local: (name, type) => locals.push({ name, type }) - 1,
    emit: (instr, place) => {
      const there = push(() => instr, place);
      if (there && around !== undefined && mayRaise(instr)) around.landing.used = true;
      if (instr.op === 'return') live = false;
    },
    guard: (guard) => {
      const before = around;
      around = guard;
      return before;
    },
    raiseAgain: (register, landing, place) => {
      if (push(() => ({ op: 'intrinsic', name: 'raiseException', args: [register] }), place, landing) && around !== undefined)
        around.landing.used = true;
    },
    label: () => ({ at: -1, used: false }),
    mark: (label) => {
      label.at = code.length;
      live ||= label.used;
    },
    jump: (target, place) => {
      if (push(() => ({ op: 'jump', target: target.at }), place)) target.used = true;
      live = false;
    },
    branch: (cond, then, otherwise, place) => {
      if (push(() => ({ op: 'branch', cond, then: then.at, otherwise: otherwise.at }), place)) {
        then.used = true;
        otherwise.used = true;
      }
      live = false;
    },
    reachable: () => live,
    finish: () => ({ body: { code: code.map((make) => make()), places, registers, locals }, exits: exits.map((make) => make()) }),
  };
}

/** Whether an exception could come out of the instruction, whatever is called or accessed. */
function mayRaise({ op }: Instr): boolean {
  return op === 'call' || op === 'callptr' || op === 'load' || op === 'store' || op === 'intrinsic';
}

function registerInfo(kind: CellKind, name?: string, pointee?: TypeId): RegisterInfo {
  return { kind, ...(name === undefined ? {} : { name }), ...(pointee === undefined ? {} : { pointee }) };
}
