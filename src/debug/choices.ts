/** What could come next, in words, and how to make something happen now: a cancel, an interrupt, a removal. */
import { laneName } from '../check/lanes.ts';
import { routineName } from '../engine/inspect.ts';
import { addressName, partsOf, scalarAt, structNamed, typeOf } from '../engine/inspect-values.ts';
import { CPU, contextBase, GUARD, Guard, QUEUE, QUEUE_CELLS, TIMERS } from '../engine/layout.ts';
import type { Machine } from '../engine/machine.ts';
import { contextName } from '../engine/names.ts';
import { kindOf, pickOf, type StepCode, StepKind, whoOf } from '../engine/scheduler.ts';
import type { ChoiceView, LeadKind } from './protocol.ts';
import { contextOf, type Move, type Tape } from './tape.ts';

/** The steps that could come next, numbered as `tape.enabled()` has them. */
export function choicesOf(tape: Tape): ChoiceView[] {
  const next = tape.next();
  return tape.enabled().map((code, id) => ({ id, ...wordsOf(tape, code), next: code === next }));
}

function wordsOf(tape: Tape, code: StepCode): Pick<ChoiceView, 'label' | 'detail'> {
  const { machine, stepped, subject } = tape;
  const who = whoOf(code);
  const name = (): string => laneName(contextName(machine, who), subject.scenario);
  switch (kindOf(code)) {
    case StepKind.elapse:
      return { label: 'Time passes', detail: 'until the next deadline' };
    case StepKind.terminate:
      return { label: 'The process is terminated', detail: 'nothing else can go on' };
    case StepKind.timer:
      return { label: 'A timer expires', detail: addressName(machine, machine.cells[TIMERS + 2 * who]) };
    case StepKind.timeout:
      return { label: `The wait of ${name()} times out`, detail: '' };
    case StepKind.startDpc:
      return { label: `CPU ${who} starts a DPC`, detail: dpcRoutine(machine, machine.cells[QUEUE + who * QUEUE_CELLS + 1]) };
    default: {
      const { func: id, pc } = machine.pointOf(who);
      const func = stepped.program.funcs[id - 1];
      const place = func.places[pc] ?? func.place;
      const file = stepped.program.files[place.file].path.replace(/^.*\//, '');
      const where = `${func.name}, ${file}:${stepped.lines.lineOf(place)}`;
      const picks = machine.picksOf(who);
      return { label: picks > 1 ? `${name()} ${answer(machine, code)}` : name(), detail: where };
    }
  }
}

/** An interrupt's answer says on which processor it comes. */
function answer(machine: Machine, code: StepCode): string {
  if (!isInterrupt(machine, code)) return `with answer ${pickOf(code)}`;
  const over = machine.cells[CPU + pickOf(code)];
  return `on CPU ${pickOf(code)}${over === 0 ? '' : ', over what runs there'}`;
}

function dpcRoutine(machine: Machine, dpc: number): string {
  const field = structNamed(machine.program, 'KDPC')?.fields.find(({ name }) => name === 'DeferredRoutine');
  return field === undefined ? '' : (routineName(machine, machine.cells[dpc + field.offset]) ?? '');
}

/** Moves that are tried for one way, and ways that are tried. */
const mostMoves = 5_000;
const mostWays = 64;

/**
 * The steps with which one of the contexts that could go on now gets there by itself: it calls IoCancelIrp, or dispatches a device's removal; or a service
 * routine is entered, by the context or because of what it makes a device do. Undefined where none does.
 */
export function leadTo(tape: Tape, to: LeadKind): StepCode[] | undefined {
  const starts = tape.enabled().filter((code) => contextOf(code) >= 0);
  const ways: StepCode[][] = starts.map((code) => [code]);
  for (let tried = 0; tried < mostWays; tried++) {
    const way = ways.shift();
    if (way === undefined) return undefined;
    const found = tape.tryOut((take) => follow(tape, way, take, to));
    if (found.isThere) return found.codes;
    ways.push(...found.others);
  }
  return undefined;
}

interface Followed {
  readonly isThere: boolean;
  readonly codes: StepCode[];
  /** Ways that begin as this one and answer a question otherwise. */
  readonly others: readonly StepCode[][];
}

function follow(tape: Tape, way: readonly StepCode[], take: (code: StepCode) => Move, to: LeadKind): Followed {
  const codes: StepCode[] = [];
  const others: StepCode[][] = [];
  let next: StepCode | undefined = way[0];
  while (next !== undefined && codes.length < mostMoves) {
    codes.push(next);
    const move = take(next);
    if (tests[to](tape, move)) return { isThere: true, codes, others: [] };
    if (move.over) break;
    next = way[codes.length];
    if (next !== undefined) continue;
    const [first, ...rest] = move.unfinished ? [ownStep(move.context)] : goingOn(tape, move.context, to);
    next = first;
    for (const other of rest) others.push([...codes, other]);
  }
  return { isThere: false, codes, others };
}

/** How a way goes on: an interrupt that can come is what was wanted, else the context itself moves. */
function goingOn(tape: Tape, context: number, to: LeadKind): StepCode[] {
  const enabled = tape.enabled();
  const interrupt = to === 'interrupt' ? enabled.find((code) => isInterrupt(tape.machine, code)) : undefined;
  return interrupt === undefined ? enabled.filter((code) => contextOf(code) === context) : [interrupt];
}

function isInterrupt({ cells }: Machine, code: StepCode): boolean {
  return contextOf(code) >= 0 && cells[contextBase(contextOf(code)) + GUARD] === Guard.interrupt;
}

function ownStep(context: number): StepCode {
  return StepKind.context | (context << 3);
}

const majorPnp = 27;
/** IRP_MN_REMOVE_DEVICE and IRP_MN_SURPRISE_REMOVAL. */
const removals: ReadonlySet<number> = new Set([0x02, 0x17]);

const tests: Readonly<Record<LeadKind, (tape: Tape, move: Move) => boolean>> = {
  cancel: (_, move) => move.events.some(({ name }) => name === 'irp.cancel'),
  interrupt: ({ machine, stepped }, { atStatement, func, pc }) =>
    atStatement &&
    machine.program.funcs[func - 1]?.role?.startsWith('KSERVICE_ROUTINE') === true &&
    stepped.original(func, pc) === 0,
  remove: ({ machine }, move) =>
    move.events.some(
      ({ name, irp, args }) => name === 'irp.dispatch' && args[2] === majorPnp && removals.has(minorOf(machine, irp, args[0])),
    ),
};

/** The minor function in a stack location of an IRP, counted from 1; -1 where there is none. */
function minorOf(machine: Machine, irp: number, location: number): number {
  const struct = structNamed(machine.program, 'IRP');
  const stack = struct?.fields.find(({ name }) => name === 'Stack');
  if (struct === undefined || stack === undefined) return -1;
  const found = partsOf(machine, { type: stack.type, address: irp + stack.offset })[location - 1];
  const minor = found === undefined ? undefined : partsOf(machine, found).find(({ name }) => name === 'MinorFunction');
  const type = minor === undefined ? undefined : typeOf(machine.program, minor.type);
  return minor === undefined || type?.kind !== 'scalar' ? -1 : (scalarAt(machine, type.cell, minor.address) ?? -1);
}
