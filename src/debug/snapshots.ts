/**
 * What the machine held behind each step of a trace: states of the IRPs, locks, contexts and device registers. The trace has only what its steps
 * did; this follows its schedule again and looks.
 */
import { traceSteps } from '../check/finding.ts';
import type { Trace, TraceStep } from '../check/findings.ts';
import { laneName } from '../check/lanes.ts';
import { irpNames } from '../check/notes.ts';
import type { Project } from '../check/project.ts';
import type { SourceInput } from '../compiler/api.ts';
import type { Step } from '../engine/api.ts';
import { unwatched } from '../engine/codegen.ts';
import { heldLocks, liveContexts, routineName } from '../engine/inspect.ts';
import { deviceRegisters, type RegisterView } from '../engine/inspect-values.ts';
import type { IrpState } from '../engine/irp-state.ts';
import { irpStateReader } from '../engine/irp-state.ts';
import type { Machine } from '../engine/machine.ts';
import { contextName } from '../engine/names.ts';
import { makeMachine } from '../engine/session.ts';
import type { Scenario } from '../ir/program.ts';
import { followExactly } from './follow.ts';
import { passingSchedule } from './passing.ts';
import { type Subject, traceSubject } from './prepare.ts';
import { createWatcher, type Watcher } from './watch.ts';

/** What a machine held at one moment. Contexts have the names that traces give them. */
export interface TraceSnapshot {
  /** Every IRP there has been, in the order of their numbers. */
  readonly irps: readonly IrpSnapshot[];
  /** The spin locks held, and by whom. */
  readonly locks: readonly { readonly name: string; readonly context: string }[];
  readonly contexts: readonly ContextSnapshot[];
  /** The registers of virtual devices. */
  readonly registers: readonly RegisterView[];
}

/** An IRP: `name` is `IRP 2 (READ)`, `routine` the cancel routine that is set. */
export interface IrpSnapshot {
  readonly irp: number;
  readonly name: string;
  readonly state: IrpState;
  readonly routine?: string;
}

/** A context that has begun and not ended. `processor` is -1 while it is bound to none; `waiting`: what it waits for that has not come. */
export interface ContextSnapshot {
  readonly context: string;
  readonly processor: number;
  readonly irql: number;
  readonly waiting?: string;
}

/** Snapshots of a trace, one for each of the steps that following its schedule gives. */
export interface TraceSnapshots {
  readonly snapshots: readonly TraceSnapshot[];
  /** The nearest schedule without an error; absent where none was found. */
  readonly passing?: { readonly steps: readonly TraceStep[]; readonly snapshots: readonly TraceSnapshot[] };
}

/** Follows a trace's schedule on the sources as they are now, and tells what the machine held when each of its steps was done. */
export function traceSnapshots(
  trace: Trace,
  project: Project,
  library: readonly SourceInput[],
): TraceSnapshots | { readonly error: string } {
  const subject = traceSubject(trace, project, library);
  if ('error' in subject) return subject;
  const { snapshots } = followed(subject);
  // A trace that breaks no rule shows how something comes about, and is right itself.
  const schedule = trace.rule === '' ? undefined : passingSchedule(subject);
  if (schedule === undefined) return { snapshots };
  const passing = followed({ ...subject, schedule });
  return {
    snapshots,
    passing: { steps: traceSteps(subject.program, subject.scenario, passing.steps), snapshots: passing.snapshots },
  };
}

function followed(subject: Subject): { readonly steps: readonly Step[]; readonly snapshots: readonly TraceSnapshot[] } {
  const watcher = createWatcher();
  const machine = makeMachine(subject, { observer: watcher.observer });
  watcher.restart(subject.program, machine);
  const look = snapshotter(machine, watcher, subject.scenario);
  const { steps } = watcher.recorder;
  const snapshots: Unnamed[] = [];
  /** The step, by its index, that what comes now belongs to: what a context does in the kernel shows in the step that it is in. */
  let underWay = -1;
  followExactly(machine, subject.schedule, {
    before: (context) => {
      watcher.beginStep();
      const isTold = context < 0 || !unwatched.includes(subject.program.funcs[machine.pointOf(context).func - 1].origin);
      underWay = !isTold && steps.at(-1)?.context === contextName(machine, context) ? steps.length - 1 : -1;
    },
    after: () => {
      const touched = [underWay, watcher.firstTouched].filter((index) => index >= 0);
      // What a context that has since been interrupted does there shows in the next step. A step that only now is there has its own, too.
      const first = Math.min(...touched, snapshots.length);
      if (first >= steps.length) return;
      const now = look();
      for (let i = first; i < steps.length; i++) snapshots[i] = now;
    },
  });
  // The end has been judged, which may be a step or more.
  const end = look();
  for (let i = Math.min(snapshots.length, steps.length - 1); i >= 0 && i < steps.length; i++) snapshots[i] = end;
  const name = irpNames(steps);
  const named = snapshots.map((snapshot) => ({
    ...snapshot,
    irps: snapshot.irps.map((irp) => ({ ...irp, name: name(irp.irp) })),
  }));
  return { steps, snapshots: named };
}

type Unnamed = Omit<TraceSnapshot, 'irps'> & { readonly irps: readonly Omit<IrpSnapshot, 'name'>[] };

/** What looks at the machine. */
function snapshotter(machine: Machine, watch: Watcher, scenario: Scenario): () => Unnamed {
  const read = irpStateReader(machine);
  return () => ({
    irps: watch.irps.flatMap((address, index) => {
      // A later IRP at the same address: this one's memory was freed.
      const reused = watch.irps.lastIndexOf(address) !== index;
      const now = reused ? ({ state: 'freed', routine: 0 } as const) : read(address);
      if (now === undefined) return [];
      const routine = routineName(machine, now.routine);
      return [{ irp: index + 1, state: now.state, ...(routine === undefined ? {} : { routine }) }];
    }),
    locks: heldLocks(machine).map(({ name, context }) => ({
      name,
      context: laneName(contextName(machine, context), scenario),
    })),
    contexts: liveContexts(machine).map(({ name, processor, irql, waiting }) => ({
      context: laneName(name, scenario),
      processor,
      irql,
      ...(waiting === undefined ? {} : { waiting }),
    })),
    registers: deviceRegisters(machine),
  });
}
