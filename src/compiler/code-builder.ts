/** Collects one function's instructions; jumps go to labels until the function is finished. Code that no jump reaches is dropped. */
import type { CellKind, Instr, LocalObject, Place, Reg, RegisterInfo, TypeId } from '../ir/program.ts';

/** A place in the code that may not be known yet. */
export interface Label {
  at: number;
  used: boolean;
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
  /** Whether control can get to what is emitted next. */
  readonly reachable: () => boolean;
  readonly finish: () => { code: Instr[]; places: Place[]; registers: RegisterInfo[]; locals: LocalObject[] };
}

/** An empty function body. */
export function createCodeBuilder(): CodeBuilder {
  const code: (() => Instr)[] = [];
  const places: Place[] = [];
  const registers: RegisterInfo[] = [];
  const locals: LocalObject[] = [];
  let live = true;
  const push = (instr: () => Instr, place: Place): boolean => {
    if (!live) return false;
    code.push(instr);
    places.push(place);
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
      push(() => instr, place);
      if (instr.op === 'return') live = false;
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
    finish: () => ({ code: code.map((make) => make()), places, registers, locals }),
  };
}

function registerInfo(kind: CellKind, name?: string, pointee?: TypeId): RegisterInfo {
  return { kind, ...(name === undefined ? {} : { name }), ...(pointee === undefined ? {} : { pointee }) };
}
