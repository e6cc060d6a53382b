/** Small questions about a function of the IR that `shape.ts` asks: what a register may hold, what a branch leads to, which field is read. */
import type { Func, FuncId, Instr, Program, Reg, TypeId } from '../ir/program.ts';

/** The same with the names of the members that hold them: `Parameters.Power.Type`. */
export function leafPaths(program: Program, type: TypeId, offset: number): readonly string[] {
  const found = program.types[type];
  if (found === undefined || found.kind !== 'struct') return [];
  return found.fields.flatMap((field) => {
    const inner = program.types[field.type];
    const at = offset - field.offset;
    if (inner === undefined || at < 0 || at >= inner.cells) return [];
    return inner.kind === 'struct' ? leafPaths(program, field.type, at).map((path) => `${field.name}.${path}`) : [field.name];
  });
}

/** Names of the scalar members that lie at `offset` cells into the type; several where a union overlaps. */
export function leafNames(program: Program, type: TypeId, offset: number): readonly string[] {
  const found = program.types[type];
  if (found === undefined || found.kind !== 'struct') return [];
  return found.fields.flatMap((field) => {
    const inner = program.types[field.type];
    const at = offset - field.offset;
    if (inner === undefined || at < 0 || at >= inner.cells) return [];
    if (inner.kind === 'struct') return leafNames(program, field.type, at);
    return [field.name];
  });
}

/** The value a register always has in this function, when every instruction that sets it sets the same constant. */
export function constantOf(func: Func, reg: Reg, depth = 0): number | undefined {
  if (reg < func.params || depth > 8) return undefined;
  let value: number | undefined;
  for (const instr of func.code) {
    if (destination(instr) !== reg) continue;
    const next =
      instr.op === 'const'
        ? instr.value
        : instr.op === 'move' || instr.op === 'convert'
          ? constantOf(func, instr.src, depth + 1)
          : undefined;
    if (next === undefined || (value !== undefined && value !== next)) return undefined;
    value = next;
  }
  return value;
}

/** The routines a register may hold. */
export function routinesOf(func: Func, reg: Reg, depth = 0): readonly FuncId[] {
  if (depth > 8) return [];
  return func.code.flatMap((instr) => {
    if (destination(instr) !== reg) return [];
    if (instr.op === 'func') return [instr.func];
    return instr.op === 'move' ? routinesOf(func, instr.src, depth + 1) : [];
  });
}

/** Every register that may hold what `sources` hold, by moves, conversions and address arithmetic within the function. */
export function derived(func: Func, sources: Iterable<Reg>): ReadonlySet<Reg> {
  const regs = new Set(sources);
  for (let size = -1; size !== regs.size; ) {
    size = regs.size;
    for (const instr of func.code) {
      if ((instr.op === 'move' || instr.op === 'convert') && regs.has(instr.src)) regs.add(instr.dst);
      if ((instr.op === 'offset' || instr.op === 'element') && regs.has(instr.base)) regs.add(instr.dst);
    }
  }
  return regs;
}

/** Instructions that can follow the one at `start`, itself included; what follows only by the one at `without` is left out. */
export function reachableFrom(func: Func, start: number, without?: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instr = func.code[at];
    if (instr === undefined || seen.has(at) || at === without) continue;
    seen.add(at);
    if (instr.op === 'jump') open.push(instr.target);
    else if (instr.op === 'branch') open.push(instr.then, instr.otherwise);
    else if (instr.op !== 'return') open.push(at + 1);
  }
  return seen;
}

/** The register an instruction sets. */
export function destination(instr: Instr): Reg | undefined {
  return 'dst' in instr ? instr.dst : undefined;
}

/** Functions that `roots` may call directly, themselves included; only those for which `follow` holds are looked into. */
export function callees(program: Program, roots: Iterable<FuncId>, follow: (func: Func) => boolean): ReadonlySet<FuncId> {
  const seen = new Set<FuncId>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const func = program.funcs[id - 1];
    if (func === undefined || seen.has(id)) continue;
    seen.add(id);
    if (follow(func)) for (const instr of func.code) if (instr.op === 'call') open.push(instr.func);
  }
  return seen;
}
