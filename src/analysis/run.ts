/** What one analysis shares: the program, its symbols, the rules, what has been found, and how much work is left. */
import type { EventName } from '../ir/events.ts';
import type { Func, FuncId, Program, StructType } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { Watchers } from './automaton.ts';
import { watchersOf } from './automaton.ts';
import type { Flow, StoredRoutines } from './flow.ts';
import { canRaise, flowOf, storedRoutines } from './flow.ts';
import type { Handed, Past } from './irps.ts';
import type { Deed, IrpState, Site } from './state.ts';
import { Symbols } from './value.ts';

/** Offsets of the fields of IRP that the analysis itself looks at, in cells. */
export interface IrpLayout {
  readonly type: number;
  readonly cells: number;
  readonly cancel: number;
  readonly cancelRoutine: number;
  readonly cancelIrql: number;
  readonly pendingReturned: number;
  readonly stackCount: number;
  readonly currentLocation: number;
  /** The first stack location, the cells of one, and its completion routine. */
  readonly stack: number;
  readonly stackStride: number;
  readonly completionRoutine: number;
}

/** A breach seen on some path. */
interface Sighting {
  readonly rule: string;
  readonly message: string;
  readonly site: Site;
  readonly related: readonly Deed[];
  /** Where its event was raised; paths that pass there unharmed make it a *may*. */
  readonly occasions: Set<string>;
  sure: boolean;
}

export class Run {
  readonly symbols = new Symbols();
  readonly watchers: Watchers;
  readonly stored: StoredRoutines;
  /** The driver allocates IRPs, so that one that comes out of memory may be its own. */
  readonly makesIrps: boolean;
  readonly irp: IrpLayout | undefined;
  /** How the driver's completion routines were seen to get their IRPs. */
  readonly handed = new Map<FuncId, Handed>();
  /** Some IRP was left behind, held, with a cancel routine set; without one. */
  leftWith = false;
  leftWithout = false;
  /** All that were left behind have one; known once every routine has been seen. */
  foundCancelable = false;
  /** What each past of an IRP leaves; it depends on the rules alone. */
  readonly aged = new Map<Past, IrpState>();
  /** Roles of the driver routines being interpreted, the innermost last. */
  readonly roles: string[] = [];
  /** Functions being interpreted, the innermost last. */
  readonly calls: Func[] = [];
  /** Symbols in the registers of the callers of the function at hand. */
  roots: ReadonlySet<number> = new Set();
  /** Instructions that may still be interpreted for the routine at hand. */
  work = 0;
  /** Some path was given up, so nothing can be said of all of them. */
  incomplete = false;
  readonly sightings: Map<string, Sighting> = new Map<string, Sighting>();
  private readonly passed = new Set<string>();
  private readonly flows = new Map<Func, Flow>();

  constructor(
    readonly program: Program,
    readonly rules: readonly RuleCheck[],
  ) {
    this.watchers = watchersOf(rules);
    this.stored = storedRoutines(program);
    this.makesIrps = canRaise(program, 'irp.create');
    this.irp = irpLayout(program);
  }

  /** Begins anew, knowing how routines hand IRPs to each other. */
  secondRound(): void {
    this.foundCancelable = this.leftWith && !this.leftWithout;
    this.incomplete = false;
    this.sightings.clear();
    this.passed.clear();
  }

  flow(func: Func): Flow {
    let flow = this.flows.get(func);
    if (flow === undefined) {
      flow = flowOf(func);
      this.flows.set(func, flow);
    }
    return flow;
  }

  /** A path breaks `rule` at an event; `sure` unless the path stands for some that do not. */
  sight(rule: RuleCheck, message: string, site: Site, event: EventName, at: Site, related: readonly Deed[], sure: boolean): void {
    const key = `${rule.id} ${message} ${siteKey(site)}`;
    const known = this.sightings.get(key);
    const occasion = `${rule.id} ${event} ${siteKey(at)}`;
    if (known === undefined)
      this.sightings.set(key, { rule: rule.id, message, site, related, occasions: new Set([occasion]), sure });
    else {
      known.occasions.add(occasion);
      known.sure &&= sure;
    }
  }

  /** A path goes through the event without breaking the rule. */
  pass(rule: RuleCheck, event: EventName, at: Site): void {
    this.passed.add(`${rule.id} ${event} ${siteKey(at)}`);
  }

  /** Whether every path that reaches the statement breaks the rule. */
  isMust(sighting: Sighting): boolean {
    return sighting.sure && !this.incomplete && ![...sighting.occasions].some((occasion) => this.passed.has(occasion));
  }
}

function siteKey({ func, place }: Site): string {
  return `${func} ${place.file}:${place.start}-${place.end}`;
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
    stackCount: offset('StackCount'),
    currentLocation: offset('CurrentLocation'),
    stack: offset('Stack'),
    stackStride: location?.cells ?? 0,
    completionRoutine: routine?.offset ?? -1,
  };
}
