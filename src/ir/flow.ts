/** What an instruction reads, sets, and where control goes from it: the ground of every data flow over a function. */
import type { Func, Instr, Reg } from './program.ts';

/** The register an instruction sets, if any. */
export function definedBy(instr: Instr): Reg | undefined {
  return 'dst' in instr ? instr.dst : undefined;
}

/** The registers an instruction reads. */
export function usedBy(instr: Instr): readonly Reg[] {
  switch (instr.op) {
    case 'move':
    case 'unary':
    case 'convert':
      return [instr.src];
    case 'binary':
      return [instr.left, instr.right];
    case 'offset':
    case 'load':
      return [instr.base];
    case 'element':
      return [instr.base, instr.index];
    case 'store':
      return [instr.src, instr.base];
    case 'branch':
      return [instr.cond];
    case 'call':
    case 'intrinsic':
      return instr.args;
    case 'callptr':
      return [instr.callee, ...instr.args];
    case 'return':
      return instr.src === undefined ? [] : [instr.src];
    default:
      return [];
  }
}

/** Where control goes after instruction `at`. */
export function successors(instr: Instr, at: number): readonly number[] {
  switch (instr.op) {
    case 'jump':
      return [instr.target];
    case 'branch':
      return instr.then === instr.otherwise ? [instr.then] : [instr.then, instr.otherwise];
    case 'return':
      return [];
    default:
      return [at + 1];
  }
}

/** Whether the function has a handler around instruction `at`. */
export function isHandledAt({ handled }: Func, at: number): boolean {
  return handled?.some(({ start, end }) => start <= at && at < end) ?? false;
}
