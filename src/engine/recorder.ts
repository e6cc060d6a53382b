/** Watches a machine that follows a schedule: makes the steps that people read, and finds the guilty place of each breach. */

import type { EventInfo, EventName } from '../ir/events.ts';
import { events } from '../ir/events.ts';
import type { FuncId, Place, Program } from '../ir/program.ts';
import type { Note, Step } from './api.ts';
import { contextBase, IRQL, LOCKS } from './layout.ts';
import type { Machine, Observer, Report } from './machine.ts';
import { leaveEvents } from './machine.ts';
import { contextName, processorOfContext } from './names.ts';

/** Events that would only clutter a list of steps. */
export const QUIET: ReadonlySet<string> = new Set([
  'irp.touch',
  'irp.next-location',
  'call.irql',
  'routine.enter',
  'routine.leave',
]);

/** Events about what a driver has left behind: the deed is that it was made. */
const LEFT: ReadonlySet<string> = new Set(['memory.leaked', 'irp.leaked', 'timer.left']);

export interface Guilt {
  readonly func: FuncId;
  readonly place: Place;
}

/** A report, whose deed it is, the IRP that it is about, if any, and the step of the machine. */
interface Recorded {
  readonly report: Report;
  readonly guilt: Guilt;
  readonly irp: number | undefined;
  readonly step: number;
}

interface Building {
  readonly context: number;
  readonly func: FuncId;
  readonly line: number;
  step: Step & { place: Place; notes: Note[] };
}

/** Follows one schedule. */
export class Recorder implements Observer {
  readonly steps: Step[] = [];
  readonly breaches: Recorded[] = [];
  private step = 0;
  private readonly machine: Machine;
  private readonly program: Program;
  private readonly lines: (readonly number[])[] = [];
  private current: Building | undefined;
  private readonly lastDriver: ({ func: FuncId; pc: number } | undefined)[] = [];
  private lastAnywhere: { func: FuncId; pc: number } | undefined;
  /** Remembered places, by rule, subject and key of the event, in the order in which they were marked. */
  private readonly marks = new Map<string, (Guilt & { readonly context: number })[]>();
  /** Where each object was freed, by its first cell. */
  private readonly frees = new Map<number, Guilt>();
  /** Where each pool object was made, and each timer armed. */
  private readonly makes = new Map<number, Guilt>();
  private readonly irps = new Map<number, number>();
  private irpCount = 0;
  private lastEvent = '';
  /** The values of the arguments that are the last event's key. */
  private lastKey = '';

  constructor(program: Program, machine: Machine) {
    this.program = program;
    this.machine = machine;
  }

  /** A step of the machine begins: only what it reports counts together. */
  beginStep(): void {
    this.step++;
  }

  reportsOf(step: number): readonly Report[] {
    return this.breaches.filter((breach) => breach.step === step).map((breach) => breach.report);
  }

  statement(context: number, func: FuncId, pc: number): void {
    const { origin } = this.program.funcs[func - 1];
    if (origin === 'driver') {
      this.lastDriver[context] = this.lastAnywhere = { func, pc };
      this.machine.returnedTo.fill(-1, context, context + 1);
    }
    this.enter(context, func, this.place(func, pc));
  }

  event(name: string, irp: number, args: Int32Array): void {
    this.lastEvent = name;
    const info: EventInfo = events[name as EventName];
    this.lastKey = (info.key ?? []).map((arg) => `,${args[info.args.indexOf(arg)]}`).join('');
    const { machine } = this;
    if (name === 'irp.create') this.irps.set(irp, ++this.irpCount);
    if (QUIET.has(name)) return;
    const guilt = this.guilt(machine);
    if (this.current?.context !== machine.context) this.enter(machine.context, guilt.func, guilt.place);
    const named: Record<string, number> = {};
    info.args.forEach((arg, i) => {
      named[arg] = args[i];
    });
    this.current?.step.notes.push({ event: name, ...(irp === 0 ? {} : { irp: this.irpNumber(irp) }), args: named });
  }

  began(context: number): void {
    this.lastDriver[context] = undefined;
    this.machine.returnedTo.fill(-1, context, context + 1);
  }

  made(object: number): void {
    this.makes.set(object, this.guilt(this.machine));
  }

  freed(object: number): void {
    this.frees.set(object, this.guilt(this.machine));
  }

  marked(rule: number, subject: number): void {
    const key = this.markKey(rule, subject);
    const known = this.lastKey === '' ? [] : (this.marks.get(key) ?? []);
    this.marks.set(key, [...known, { ...this.guilt(this.machine), context: this.machine.context }]);
  }

  unmarked(rule: number, subject: number): void {
    const key = this.markKey(rule, subject);
    const known = this.marks.get(key) ?? [];
    const own = known.findLastIndex(({ context }) => context === this.machine.context);
    this.marks.set(key, known.toSpliced(Math.max(own, 0), 1));
  }

  reported(report: Report): void {
    const marked = report.marked ? this.marks.get(this.markKey(report.rule, report.subject))?.at(-1) : undefined;
    const guilt = marked ?? this.guilt(this.machine);
    const running = this.machine.driverFrame();
    // A statement is shown once it is done; one that is not to be done is shown, too.
    if (running?.func === guilt.func && this.place(running.func, running.pc) === guilt.place)
      this.enter(this.machine.context, guilt.func, guilt.place);
    const irp = [...this.irps].find(([object]) => this.machine.objects.ghostBase(object) === report.subject)?.[1];
    this.breaches.push({ report, guilt, irp, step: this.step });
  }

  /** The driver statement that the event being raised, or the freeing under way, is the deed of. */
  private guilt(machine: Machine): Guilt {
    if (this.lastEvent === 'assert.failed') {
      const asserting = machine.frameOf(({ origin }) => origin === 'driver' || origin === 'scenario');
      if (asserting !== undefined) return { func: asserting.func, place: this.place(asserting.func, asserting.pc) };
    }
    if (LEFT.has(this.lastEvent)) {
      const maker = this.makes.get(machine.goneObject);
      if (maker !== undefined) return maker;
    }
    const last = this.lastDriver[machine.context];
    const justReturned = leaveEvents.includes(this.lastEvent) && machine.returnedTo[machine.context] === machine.fp;
    const driver = (justReturned ? last : undefined) ?? machine.driverFrame();
    if (driver === undefined && this.lastEvent === 'fault.freed') {
      // The kernel touches what the driver has freed: the deed is the freeing.
      const guilty = this.frees.get(machine.goneObject);
      if (guilty !== undefined) return guilty;
    }
    const at = driver ?? last ?? this.lastAnywhere ?? { func: machine.func, pc: machine.pc };
    return { func: at.func, place: this.place(at.func, at.pc) };
  }

  private markKey(rule: number, subject: number): string {
    return `${rule}:${subject}${this.lastKey}`;
  }

  private place(func: FuncId, pc: number): Place {
    const { places, place } = this.program.funcs[func - 1];
    return places[pc] ?? place;
  }

  /** Goes on with the current step when it is the same statement line of the same context, else begins one. */
  private enter(context: number, func: FuncId, place: Place): void {
    const { machine } = this;
    const line = this.lineOf(place);
    const { current } = this;
    if (current !== undefined && current.context === context && current.func === func && current.line === line) {
      if (place.end - place.start > current.step.place.end - current.step.place.start) current.step.place = place;
      return;
    }
    const at = contextBase(context);
    const step = {
      context: contextName(machine, context),
      processor: processorOfContext(machine, context),
      irql: machine.cells[at + IRQL],
      locks: machine.cells[at + LOCKS],
      func: this.program.funcs[func - 1]?.name ?? '',
      place,
      notes: [],
    };
    this.current = { context, func, line, step };
    this.steps.push(step);
  }

  private irpNumber(irp: number): number {
    let number = this.irps.get(irp);
    if (number === undefined) {
      number = ++this.irpCount;
      this.irps.set(irp, number);
    }
    return number;
  }

  private lineOf(place: Place): number {
    let starts = this.lines[place.file];
    if (starts === undefined) {
      const text = this.program.files.find((file) => file.id === place.file)?.text ?? '';
      starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
      this.lines[place.file] = starts;
    }
    let low = 0;
    for (let high = starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle] <= place.start) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
