/** What one analysis shares: the program and the rules, what the routine at hand has come to so far, and how much work is left. */
import type { Func, FuncId, GlobalId, Place, Program, StructType } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { Watchers } from './automaton.ts';
import { watchersOf } from './automaton.ts';
import type { Flow, StoredRoutines } from './flow.ts';
import { actsElsewhere, canRaise, flowOf, reachedFrom, storedRoutines } from './flow.ts';
import type { Handed, Past } from './irps.ts';
import { Sightings } from './sightings.ts';
import type { IrpState, Site } from './state.ts';
import { Symbols } from './value.ts';

/** Instructions interpreted for one routine, and for a program, at most; some microseconds each. */
export const stepsOfRoutine = 60_000;
export const stepsInAll = 2_000_000;

/** Offsets of the fields of IRP that the analysis itself looks at, in cells. */
export interface IrpLayout {
  readonly type: number;
  readonly cells: number;
  readonly cancel: number;
  readonly cancelRoutine: number;
  readonly cancelIrql: number;
  readonly pendingReturned: number;
  readonly allocationFlags: number;
  readonly stackCount: number;
  readonly currentLocation: number;
  /** The first stack location, the cells of one, and its completion routine. */
  readonly stack: number;
  readonly stackStride: number;
  readonly completionRoutine: number;
}

export class Run {
  /** Those of the routine at hand. */
  symbols = new Symbols();
  readonly watchers: Watchers;
  readonly stored: StoredRoutines;
  /** The driver allocates IRPs, so that one that comes out of memory may be its own. */
  readonly makesIrps: boolean;
  readonly irp: IrpLayout | undefined;
  /** The global whose word is taken as the cancel spin lock. */
  readonly cancelLock: GlobalId | undefined;
  /** How the driver's completion routines were seen to get their IRPs so far, before the routine at hand. */
  handed: ReadonlyMap<FuncId, Handed> = new Map();
  /** How the routine at hand lets them get theirs. */
  hands = new Map<FuncId, Handed>();
  /** What each past of an IRP leaves; it depends on the rules alone. */
  readonly aged = new Map<Past, IrpState>();
  /** Roles of the driver routines being interpreted, the innermost last. */
  readonly roles: string[] = [];
  /** Functions being interpreted, the innermost last. */
  readonly calls: Func[] = [];
  /** The driver's functions on whose code depends what the routine at hand comes to: those gone into, and those left in doubt. */
  reliedOn = new Set<FuncId>();
  /** Symbols in the registers of the callers of the function at hand. */
  roots: ReadonlySet<number> = new Set();
  /** Instructions that may still be interpreted for the routine at hand. */
  work = 0;
  /** Instructions interpreted in all, the routines at hand left out. */
  steps = 0;
  /** Some path of the routine at hand was given up, so nothing can be said of all of them. */
  incomplete = false;
  /** Of the routine at hand. */
  seen = new Sightings();
  private readonly statements = new Map<Func, readonly number[]>();
  private readonly elsewhere = new Map<Func, boolean>();
  private granted = 0;

  constructor(
    readonly program: Program,
    readonly rules: readonly RuleCheck[],
  ) {
    this.watchers = watchersOf(rules);
    this.stored = storedRoutines(program);
    this.makesIrps = canRaise(program, 'irp.create');
    this.irp = irpLayout(program);
    this.cancelLock = cancelLockOf(program);
  }

  /** The statement of a driver's function that an instruction belongs to; the function as a whole for -1. */
  site(func: Func, at: number, caller?: Site): Site {
    let statements = this.statements.get(func);
    if (statements === undefined) {
      statements = numbered([func.place, ...func.places], func.id * mostStatements);
      this.statements.set(func, statements);
    }
    const site = { func: func.id, place: func.places[at] ?? func.place, at, statement: statements[at + 1] ?? statements[0] };
    return caller === undefined ? site : { ...site, caller };
  }

  flow(func: Func): Flow {
    let flow = flows.get(func);
    if (flow === undefined) {
      flow = flowOf(func);
      flows.set(func, flow);
    }
    return flow;
  }

  /** Whether the function is one of the product's own. */
  isOfLibrary(func: Func): boolean {
    return this.program.files[func.file]?.path.startsWith('irpsight/') === true;
  }

  /** Whether a call of the function comes to no more than what others may do meanwhile. */
  actsElsewhere(func: Func): boolean {
    let does = this.elsewhere.get(func);
    if (does === undefined) {
      does = this.isOfLibrary(func) && actsElsewhere(this.program, func);
      this.elsewhere.set(func, does);
    }
    return does;
  }

  /** Whether enough work is left for any one routine. */
  hasWhole(): boolean {
    return stepsInAll - this.steps >= stepsOfRoutine;
  }

  /** Begins with a routine, which is interpreted as if it were the only one. */
  routineBegun(): void {
    this.symbols = new Symbols();
    this.seen = new Sightings();
    this.hands = new Map();
    this.reliedOn = new Set();
    this.work = Math.min(stepsOfRoutine, Math.max(0, stepsInAll - this.steps));
    this.granted = this.work;
  }

  /** All paths of the routine have been followed, or given up. */
  routineDone(func: Func): void {
    this.steps += this.granted - Math.max(0, this.work);
    if (this.incomplete) {
      const reached = reachedFrom(this.program, func);
      this.seen.doubt(reached);
      for (const id of reached) this.reliedOn.add(id);
    }
    this.incomplete = false;
  }
}

/** Functions of the library are the same in many programs. */
const flows = new WeakMap<Func, Flow>();
const mostStatements = 2 ** 24;

/** The cancel spin lock as its own model names it. */
function cancelLockOf({ funcs }: Program): GlobalId | undefined {
  for (const func of funcs) {
    const takes = func.origin === 'kernel' && func.code.some((instr) => instr.op === 'intrinsic' && instr.name === 'lock');
    const global = takes ? func.code.find((instr) => instr.op === 'global') : undefined;
    if (global?.op === 'global') return global.global;
  }
  return undefined;
}

/** Numbers from `first` on, the same for equal places. */
function numbered(places: readonly Place[], first: number): number[] {
  const known = new Map<string, number>();
  return places.map(({ file, start, end }, index) => {
    const key = `${file} ${start} ${end}`;
    const number = known.get(key) ?? first + index;
    known.set(key, number);
    return number;
  });
}

function irpLayout(program: Program): IrpLayout | undefined {
  const irp = program.types.find((type): type is StructType => type.kind === 'struct' && type.subject === 'irp');
  if (irp === undefined) return undefined;
  const offset = (name: string): number => irp.fields.find((field) => field.name === name)?.offset ?? -1;
  const stackType = program.types[irp.fields.find((field) => field.name === 'Stack')?.type ?? -1];
  const location = stackType?.kind === 'array' ? program.types[stackType.element] : undefined;
  const routine = location?.kind === 'struct' ? location.fields.find((field) => field.name === 'CompletionRoutine') : undefined;
  return {
    type: irp.id,
    cells: irp.cells,
    cancel: offset('Cancel'),
    cancelRoutine: offset('CancelRoutine'),
    cancelIrql: offset('CancelIrql'),
    pendingReturned: offset('PendingReturned'),
    allocationFlags: offset('AllocationFlags'),
    stackCount: offset('StackCount'),
    currentLocation: offset('CurrentLocation'),
    stack: offset('Stack'),
    stackStride: location?.cells ?? 0,
    completionRoutine: routine?.offset ?? -1,
  };
}
