/** Which registers of a function are live at each instruction: only those are kept at a scheduling point, so that equal states look equal. */
import { definedBy, successors, usedBy } from '../ir/flow.ts';
import type { Func, Instr, Reg } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';

/** `before[i]` lists, in ascending order, the registers live on entry to instruction i; `after[i]` on leaving it. */
export interface Liveness {
  readonly before: readonly (readonly Reg[])[];
  readonly after: readonly (readonly Reg[])[];
}

const solved = new WeakMap<Func, Liveness>();

/** Solves the usual backward data flow over `func`, once. */
export function liveness(func: Func): Liveness {
  let known = solved.get(func);
  if (known === undefined) {
    known = solve(func);
    solved.set(func, known);
  }
  return known;
}

/** Most cells that the registers of a frame of `func` take while it does not run: wide ones take two. */
export function mostLiveCells(func: Func): number {
  const cells = (regs: readonly Reg[]): number => regs.reduce((sum, reg) => sum + (isWide(func.registers[reg].kind) ? 2 : 1), 0);
  const { before, after } = liveness(func);
  return [before, after].flat().reduce((most, regs) => Math.max(most, cells(regs)), 0);
}

/** The driver's variables that may be read before they are written, and what is moved out of them. */
export function perhapsUnwritten(func: Func): ReadonlySet<Reg> {
  const found = new Set<Reg>();
  if (func.origin !== 'driver' || func.code.length === 0) return found;
  for (const reg of liveness(func).before[0]) if (reg >= func.params && func.registers[reg].name !== undefined) found.add(reg);
  for (let size = -1; found.size > 0 && size !== found.size; ) {
    size = found.size;
    for (const instr of func.code) if (instr.op === 'move' && found.has(instr.src)) found.add(instr.dst);
  }
  return found;
}

function solve(func: Func): Liveness {
  const { code } = func;
  const words = (func.registers.length + 31) >>> 5;
  const live: Uint32Array[] = code.map(() => new Uint32Array(words));
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = code.length - 1; i >= 0; i--) {
      const next = leave(live, code[i], i, words);
      const defined = definedBy(code[i]);
      if (defined !== undefined) next[defined >>> 5] &= ~(1 << (defined & 31));
      for (const reg of usedBy(code[i])) next[reg >>> 5] |= 1 << (reg & 31);
      for (let w = 0; w < words; w++) {
        if (next[w] !== live[i][w]) {
          live[i] = next;
          changed = true;
          break;
        }
      }
    }
  }
  return {
    before: live.map(list),
    after: code.map((instr, i) => list(leave(live, instr, i, words))),
  };
}

function leave(live: readonly Uint32Array[], instr: Instr, at: number, words: number): Uint32Array {
  const out = new Uint32Array(words);
  for (const target of successors(instr, at)) {
    if (target < live.length) for (let w = 0; w < words; w++) out[w] |= live[target][w];
  }
  return out;
}

function list(bits: Uint32Array): Reg[] {
  const regs: Reg[] = [];
  for (let r = 0; r < bits.length * 32; r++) if ((bits[r >>> 5] >>> (r & 31)) & 1) regs.push(r);
  return regs;
}
