/**
 * What the analysis of a routine depends on, as a short text: the code of the functions that it goes into, and what that code refers to.
 * Not where things stand in the text, and not how functions of the library, types and globals are numbered in this program.
 */
import type { Func, FuncId, Instr, Place } from '../ir/program.ts';
import { fieldKey } from './flow.ts';
import type { Handed } from './irps.ts';
import type { Run } from './run.ts';

/**
 * Gives the fingerprint of a routine of the program, for IRPs that come to it in that way.
 *
 * @param reliedOn The driver's functions whose code counts; of others, which the routine hands on or may find in memory, only what they are does.
 */
export type Fingerprints = (func: Func, handed: Handed | undefined, reliedOn: ReadonlySet<FuncId>) => string;

/** Fingerprints of the routines of the run's program. */
export function fingerprintsOf(run: Run): Fingerprints {
  const { program, irp } = run;
  const names = program.funcs.map((func) => nameOf(run, func));
  const types = program.types.map(({ kind, name, cells }, id) => `${kind} ${name} ${cells}${id === irp?.type ? ' irp' : ''}`);
  const globals = program.globals.map(({ file, name }) => `${program.files[file]?.path} ${name}`);
  const base = JSON.stringify([run.makesIrps, { ...irp, type: 0 }, globals[run.cancelLock ?? -1] ?? null]);
  const known = new Map<FuncId, Own>();
  const ownOf = (id: FuncId): Own => {
    const func = program.funcs[id - 1];
    const found = known.get(id) ?? ofOthers.get(func);
    if (found !== undefined) return found;
    const own = fingerprint(func, { names, types, globals });
    if (func.origin === 'driver') known.set(id, own);
    else ofOthers.set(func, own);
    return own;
  };
  return (func, handed, reliedOn) => {
    const digest = new Digest();
    digest.text(base);
    if (handed !== undefined)
      digest.text(JSON.stringify([[...handed.states], [...handed.located], handed.alike, handed.flags ?? null]));
    const seen = new Set<FuncId>([func.id]);
    for (const id of seen) {
      const { origin, role, params } = program.funcs[id - 1];
      if (origin === 'driver' && !reliedOn.has(id)) {
        digest.text(`${names[id - 1]} ${role} ${params}`);
        continue;
      }
      const { first, second, leadsTo, loads } = ownOf(id);
      digest.number(first);
      digest.number(second);
      for (const next of leadsTo) if (program.funcs[next - 1] !== undefined) seen.add(next);
      for (const field of loads) {
        const stored = run.stored.get(field);
        digest.text(stored === undefined ? 'never' : stored.map((next) => names[next - 1]).join());
        for (const next of stored ?? []) seen.add(next);
      }
    }
    return digest.value();
  };
}

/** What is no driver's is the same object in many programs, in which what it refers to has the same numbers. */
const ofOthers = new WeakMap<Func, Own>();

/** The function by itself, in two numbers, the functions that it names, and the fields that it loads routines from. */
interface Own {
  readonly first: number;
  readonly second: number;
  readonly leadsTo: readonly FuncId[];
  readonly loads: readonly string[];
}

/** What the numbers in instructions stand for. */
interface Named {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly globals: readonly string[];
}

/** Findings of the driver's functions are kept by their numbers, so these are part of the name. */
function nameOf(run: Run, { id, name, file, origin, place }: Func): string {
  const path = run.program.files[file]?.path;
  return origin === 'driver' ? `${id} ${path} ${name}` : `${origin} ${path} ${name} ${place.start}`;
}

function fingerprint(func: Func, named: Named): Own {
  const digest = new Digest();
  const leadsTo: FuncId[] = [];
  const loads: string[] = [];
  digest.text(named.names[func.id - 1]);
  digest.text(`${func.role} ${func.inline} ${func.params} ${JSON.stringify([func.locals.length, func.handled ?? []])}`);
  for (const { kind, name, pointee } of func.registers) digest.text(`${kind} ${name} ${named.types[pointee ?? -1]}`);
  for (const { name } of func.locals) digest.text(name);
  for (const instr of func.code) {
    addInstr(digest, instr, named);
    if (instr.op === 'call' || instr.op === 'func') leadsTo.push(instr.func);
    else if (instr.op === 'load' && instr.kind === 'fn') loads.push(fieldKey(instr.type, instr.offset));
  }
  if (func.origin === 'driver') addStatements(digest, [func.place, ...func.places]);
  return { first: digest.first, second: digest.second, leadsTo, loads };
}

function addInstr(digest: Digest, instr: Instr, { names, types, globals }: Named): void {
  const fields = instr as unknown as Readonly<Record<string, string | number | readonly number[] | undefined>>;
  for (const field in fields) {
    const value = fields[field];
    if (value === undefined) continue;
    digest.text(field);
    if (typeof value === 'string') digest.text(value);
    else if (typeof value !== 'number') {
      digest.number(value.length);
      for (const register of value) digest.number(register);
    } else if (field === 'func') digest.text(names[value - 1] ?? '');
    else if (field === 'type') digest.text(types[value] ?? '');
    else if (field === 'global') digest.text(globals[value] ?? '');
    else {
      digest.number(value);
      // It may stand for the size of a type.
      if (field === 'value' && value < 0) digest.text(types[-value] ?? '');
    }
  }
}

/** Which instructions are of one statement, and which statements begin at one place: wherever that is. */
function addStatements(digest: Digest, places: readonly Place[]): void {
  const statements = new Map<string, number>();
  const starts = new Map<string, number>();
  for (const { file, start, end } of places) {
    digest.number(numberIn(statements, `${file} ${start} ${end}`));
    digest.number(numberIn(starts, `${file} ${start}`));
  }
}

function numberIn(numbers: Map<string, number>, key: string): number {
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}

/** A hash of 64 bits of what is told to it, in order. */
class Digest {
  first = 0x811c9dc5 | 0;
  second = 0x9e3779b9 | 0;

  number(value: number): void {
    this.mix(value | 0);
    this.mix(Math.floor(value / 2 ** 32) | 0);
  }

  text(value: string): void {
    this.mix(value.length);
    for (let index = 0; index < value.length; index++) this.mix(value.charCodeAt(index));
  }

  value(): string {
    return `${this.first}:${this.second}`;
  }

  private mix(word: number): void {
    this.first = Math.imul(this.first ^ word, 0x01000193);
    this.first ^= this.first >>> 15;
    this.second = Math.imul(this.second ^ word, 0x5bd1e995);
    this.second = (this.second << 13) | (this.second >>> 19);
  }
}
