/** What one analysis has seen: breaches with the ways that lead to them, and what paths went through unharmed, which makes a breach a *may*. */
import type { EventName } from '../ir/events.ts';
import type { FuncId } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { CallLevels, Level } from './levels.ts';
import { bothLevels } from './levels.ts';
import type { Deed, Site, State } from './state.ts';

/** A breach seen on some path. */
export interface Sighting {
  readonly rule: string;
  readonly message: string;
  readonly site: Site;
  readonly related: readonly Deed[];
  readonly ways: Map<string, SeenWay>;
  /** Where its event was raised; paths that pass there unharmed make it a *may*. */
  readonly occasions: [RuleCheck, Occasion, Site][];
  /** Instructions of the driver that broke it at once; paths that get past one of them without it make it a *may*. */
  readonly instructions: Set<number>;
  sure: boolean;
}

/** A way to a breach: its guilty statement as it was called, and all that it goes through, by instruction. */
export interface SeenWay {
  readonly end: Site;
  readonly sites: Map<number, Site>;
}

/** How a path breaks a rule. */
export interface Breach {
  /** The guilty statement, and the one at which the event is raised. */
  readonly site: Site;
  readonly event: EventName;
  readonly at: Site;
  /** The guilty statement is one that was marked before. */
  readonly marked: boolean;
  readonly related: readonly Deed[];
  /** What else brought it about: where locks were taken and memory was freed, and all that was done to the IRP. */
  readonly causes: readonly Site[];
  /** False when the path stands for some that do not. */
  readonly sure: boolean;
  /** The event is raised behind the statement's end. */
  readonly behind: boolean;
}

type Occasion = EventName | 'marked';

/** Ways to one breach that are told apart; further ones are put together. */
const maxWays = 16;

export class Sightings {
  private readonly all = new Map<string, Sighting>();
  /** Functions of routines of which some path was given up. */
  private readonly unsure = new Set<FuncId>();
  private readonly passed = new Map<RuleCheck, Map<Occasion, Set<number>>>();
  /** Breaches that every path that got past an instruction of the driver's had gone through. */
  private readonly survived = new Map<number, ReadonlySet<string>>();
  /** By call instruction of the driver's. */
  private readonly calls = new Map<number, CallLevels>();

  values(): Iterable<Sighting> {
    return this.all.values();
  }

  /** A path breaks `rule` at an event. Gives the name of the breach. */
  sight(rule: RuleCheck, message: string, breach: Breach): string {
    const { site, event, at, marked, related, sure } = breach;
    const key = `${rule.id} ${message} ${site.statement}`;
    const known: Sighting = this.all.get(key) ?? {
      rule: rule.id,
      message,
      site,
      related,
      ways: new Map(),
      occasions: [],
      instructions: new Set(),
      sure,
    };
    known.sure &&= sure;
    known.occasions.push([rule, event, at]);
    if (marked) known.occasions.push([rule, 'marked', site]);
    else if (!breach.behind) known.instructions.add(instructionKey(at));
    addWay(known, site, [at, ...breach.causes]);
    this.all.set(key, known);
    return key;
  }

  /** A path goes through the event without breaking the rule. */
  pass(rule: RuleCheck, event: Occasion, { statement }: Site): void {
    this.note(rule, event, statement);
  }

  private note(rule: RuleCheck, event: Occasion, statement: number): void {
    let occasions = this.passed.get(rule);
    if (occasions === undefined) {
      occasions = new Map();
      this.passed.set(rule, occasions);
    }
    const statements = occasions.get(event);
    if (statements === undefined) occasions.set(event, new Set([statement]));
    else statements.add(statement);
  }

  /** A path ends, or goes on to other things, on which what the rule remembers of `mark` did no harm. */
  passMark(rule: RuleCheck, mark: Site, state: State): void {
    for (const key of state.breached) {
      const known = this.all.get(key);
      if (known?.rule === rule.id && known.site.statement === mark.statement) return;
    }
    this.pass(rule, 'marked', mark);
  }

  /** A path gets past the instruction, or is given up there. */
  survive(at: Site, state: State): void {
    this.keep(instructionKey(at), state.breached);
  }

  /** A path goes through a call of the driver's. */
  call(site: Site, before: Level, after: Level): void {
    const key = instructionKey(site);
    const known = this.calls.get(key);
    this.calls.set(key, { site, before: bothLevels(known?.before, before), after: bothLevels(known?.after, after) });
  }

  /** All calls of the driver's that were come to. */
  levels(): Iterable<CallLevels> {
    return this.calls.values();
  }

  private keep(instruction: number, breached: Breaches): void {
    const before = this.survived.get(instruction);
    if (before === undefined) this.survived.set(instruction, breached.size === 0 ? none : new Set(breached));
    else if (before.size > 0) this.survived.set(instruction, new Set([...before].filter((breach) => breached.has(breach))));
  }

  /** Takes over what another routine has seen; `other` stays as it is. */
  add(other: Sightings): void {
    for (const [key, sighting] of other.all) {
      const { sure, occasions, instructions, ways, ...rest } = sighting;
      const known: Sighting = this.all.get(key) ?? { ...rest, ways: new Map(), occasions: [], instructions: new Set(), sure };
      known.sure &&= sure;
      known.occasions.push(...occasions);
      for (const instruction of instructions) known.instructions.add(instruction);
      for (const { end, sites } of ways.values()) takeWay(known, end, new Map(sites));
      this.all.set(key, known);
    }
    for (const func of other.unsure) this.unsure.add(func);
    for (const [rule, occasions] of other.passed)
      for (const [occasion, statements] of occasions) for (const statement of statements) this.note(rule, occasion, statement);
    for (const [instruction, breaches] of other.survived) this.keep(instruction, breaches);
    for (const { site, before, after } of other.calls.values()) this.call(site, before, after);
  }

  /** Nothing is sure of what happens in these functions: some path through them was given up. */
  doubt(funcs: Iterable<FuncId>): void {
    for (const func of funcs) this.unsure.add(func);
  }

  /** Whether every path that reaches the statement breaks the rule. */
  isMust({ sure, occasions, instructions, rule, message, site }: Sighting): boolean {
    const breach = `${rule} ${message} ${site.statement}`;
    return (
      sure &&
      !this.unsure.has(site.func) &&
      !occasions.some(([check, occasion, at]) => this.passed.get(check)?.get(occasion)?.has(at.statement)) &&
      [...instructions].every((at) => this.survived.get(at)?.has(breach) !== false)
    );
  }
}

/** Names of breaches. */
type Breaches = Pick<ReadonlySet<string>, 'size' | 'has'> & Iterable<string>;

const none: ReadonlySet<string> = new Set();

function addWay(sighting: Sighting, end: Site, others: readonly Site[]): void {
  const sites = new Map<number, Site>();
  for (const last of [end, ...others]) {
    for (let site: Site | undefined = last; site !== undefined; site = site.caller) sites.set(instructionKey(site), site);
  }
  takeWay(sighting, end, sites);
}

function takeWay({ ways }: Sighting, end: Site, sites: Map<number, Site>): void {
  const key = [...sites.keys()].sort((a, b) => a - b).join();
  const latest = [...ways.values()].at(-1);
  if (ways.has(key)) return;
  if (ways.size < maxWays || latest === undefined) ways.set(key, { end, sites });
  else for (const [instruction, site] of sites) latest.sites.set(instruction, site);
}

function instructionKey({ func, at }: Site): number {
  return func * 2 ** 24 + at;
}
