/** Watches a machine that follows a schedule: the steps that people read, the breaches, and the numbers by which people know the IRPs. */
import type { Machine, Observer, Report } from '../engine/machine.ts';
import { QUIET, Recorder } from '../engine/recorder.ts';
import type { FuncId, Program } from '../ir/program.ts';

/** An observer for the life of a machine. */
export interface Watcher {
  readonly observer: Observer;
  /** Before a schedule is followed from its beginning: forgets the one before. */
  restart(program: Program, machine: Machine): void;
  /** Before each step of the machine. `goesOn`: it belongs to the one before, as far as breaches are concerned. */
  beginStep(goesOn?: boolean): void;
  /** While this is set nothing that happens counts, but for the events and reports of the present step. */
  muted: boolean;
  /** Made anew by `restart`. */
  readonly recorder: Recorder;
  /** Addresses of the IRPs in the order of their numbers, which count from 1: `irps[0]` is IRP 1. An address may have had several. */
  readonly irps: readonly number[];
  /** Of the recorder's steps the first that the machine's present step began or went on with; -1 where there is none. */
  readonly firstTouched: number;
  /** What the present step has raised so far. */
  readonly events: readonly RaisedEvent[];
  readonly reports: readonly Report[];
}

/** An event with its arguments as the machine had them. */
export interface RaisedEvent {
  readonly name: string;
  /** Address, 0 for none. */
  readonly irp: number;
  readonly args: readonly number[];
}

/** Arguments of an event that are kept. */
const mostArguments = 8;

/** @param isTold whether the execution of that instruction is to be told of. */
export function createWatcher(isTold: (func: FuncId, pc: number) => boolean = () => true): Watcher {
  let recorder: Recorder | undefined;
  let irps: number[] = [];
  let numbers = new Map<number, number>();
  let firstTouched = -1;
  let events: RaisedEvent[] = [];
  let reports: Report[] = [];
  let muted = false;

  const told = (): Recorder | undefined => (muted ? undefined : recorder);
  const touch = (): void => {
    if (firstTouched < 0 && !muted && recorder !== undefined) firstTouched = recorder.steps.length - 1;
  };
  const number = (irp: number): void => {
    irps.push(irp);
    numbers.set(irp, irps.length);
  };
  const observer: Observer = {
    statement(context, func, pc) {
      if (!isTold(func, pc)) return;
      told()?.statement(context, func, pc);
      touch();
    },
    event(name, irp, args) {
      events.push({ name, irp, args: [...args.subarray(0, mostArguments)] });
      if (muted) return;
      // As the recorder numbers them.
      if (name === 'irp.create') number(irp);
      recorder?.event(name, irp, args);
      if (QUIET.has(name)) return;
      touch();
      if (irp !== 0 && !numbers.has(irp)) number(irp);
    },
    began: (context) => told()?.began(context),
    made: (object) => told()?.made(object),
    freed: (object) => told()?.freed(object),
    marked: (rule, subject) => told()?.marked(rule, subject),
    unmarked: (rule, subject) => told()?.unmarked(rule, subject),
    reported(report) {
      reports.push(report);
      told()?.reported(report);
      touch();
    },
  };
  return {
    observer,
    restart(program, machine) {
      recorder = new Recorder(program, machine);
      irps = [];
      numbers = new Map();
      firstTouched = -1;
      events = [];
      reports = [];
    },
    beginStep(goesOn = false) {
      firstTouched = -1;
      events = [];
      reports = [];
      if (!goesOn) told()?.beginStep();
    },
    get muted() {
      return muted;
    },
    set muted(value) {
      muted = value;
    },
    get recorder() {
      if (recorder === undefined) throw new Error('nothing is watched yet');
      return recorder;
    },
    get irps() {
      return irps;
    },
    get firstTouched() {
      return firstTouched;
    },
    get events() {
      return events;
    },
    get reports() {
      return reports;
    },
  };
}
