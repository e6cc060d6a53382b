/** The routines that the analysis starts in: how each role is entered, and what the model would say of its return. */
import type { Func, FuncId } from '../ir/program.ts';
import type { Feeding } from './feed.ts';
import { feed } from './feed.ts';
import type { Result } from './interpret.ts';
import { callFunction } from './interpret.ts';
import type { IrpStart } from './irps.ts';
import { addIrp, driverLocation, pasts, STATUS_PENDING } from './irps.ts';
import type { Run } from './run.ts';
import type { Lock, Site } from './state.ts';
import { irpKey, marksOf, State } from './state.ts';
import type { Value } from './value.ts';
import { constant, one, resolve, zero } from './value.ts';

/** How a role is entered. `irql` is the level, or the least and the greatest. */
interface Entry {
  readonly irql: number | readonly [number, number];
  /** The parameter that is the IRP, with what has happened to it. */
  readonly irp?: number;
  readonly start?: (run: Run, func: Func) => IrpStart;
}

const DISPATCH_LEVEL = 2;
const DEVICE_LEVEL = 5;
const anyLevel = [0, DISPATCH_LEVEL] as const;

const entries: Readonly<Record<string, Entry>> = {
  DRIVER_INITIALIZE: { irql: 0 },
  DRIVER_ADD_DEVICE: { irql: 0 },
  DRIVER_UNLOAD: { irql: 0 },
  DRIVER_DISPATCH: { irql: 0, irp: 1, start: () => ({ origin: 'request', pasts: [[['irp.create', zero]]], routine: 'null' }) },
  IO_COMPLETION_ROUTINE: { irql: anyLevel, irp: 1, start: comingBack },
  DRIVER_CANCEL: {
    irql: DISPATCH_LEVEL,
    irp: 1,
    start: () => ({ origin: 'request', pasts: [pasts.cancelled], routine: 'null' }),
  },
  DRIVER_STARTIO: {
    irql: DISPATCH_LEVEL,
    irp: 1,
    start: () => ({ origin: 'found', pasts: [pasts.pended, pasts.prepared, pasts.cancelable], routine: 'unknown' }),
  },
  KDEFERRED_ROUTINE: { irql: DISPATCH_LEVEL },
  IO_DPC_ROUTINE: {
    irql: DISPATCH_LEVEL,
    irp: 2,
    start: () => ({ origin: 'found', pasts: [pasts.pended, pasts.prepared, pasts.cancelable], routine: 'unknown' }),
  },
  KSERVICE_ROUTINE: { irql: DEVICE_LEVEL },
  KSYNCHRONIZE_ROUTINE: { irql: DEVICE_LEVEL },
  KSTART_ROUTINE: { irql: 0 },
  IO_WORKITEM_ROUTINE: { irql: 0 },
  IO_WORKITEM_ROUTINE_EX: { irql: 0 },
  WORKER_THREAD_ROUTINE: { irql: 0 },
  DRIVER_NOTIFICATION_CALLBACK_ROUTINE: { irql: 0 },
  FWMI_NOTIFICATION_CALLBACK: { irql: 0 },
};

/** An IRP that comes back to a completion routine, as it was sent. */
function comingBack(run: Run, func: Func): IrpStart {
  const handed = run.handed.get(func.id);
  if (handed !== undefined) return { origin: handed.alike ? 'request' : 'found', pasts: [], routine: 'null', handed };
  return { origin: 'found', pasts: run.makesIrps ? [pasts.sent, pasts.madeAndSent] : [pasts.sent], routine: 'null' };
}

/** Interprets a routine from its entry to its return; does nothing for one that the system does not enter by itself. */
export function analyseRoutine(run: Run, func: Func): void {
  const entry = Object.hasOwn(entries, func.role ?? '') ? entries[func.role ?? ''] : undefined;
  if (entry === undefined) return;
  const site = run.site(func, -1);
  const irql = typeof entry.irql === 'number' ? constant(entry.irql) : run.symbols.fresh({ path: 'irql', range: entry.irql });
  const state = new State(irql, site);
  const args = func.registers.slice(0, func.params).map((_, index) => parameter(run, func, index, entry));
  const irp = entry.irp === undefined ? undefined : args[entry.irp];
  if (irp !== undefined && entry.start !== undefined) addIrp(run, state, irp, entry.start(run, func), site);
  for (const entered of enter(run, state, func, irp, site)) {
    const { level } = entered;
    for (const result of callFunction(run, func, args, entered.state, undefined)) leave(run, func, result, { irp, level });
  }
  run.routineDone(func);
}

function parameter(run: Run, func: Func, index: number, entry: Entry): Value {
  const { name, kind } = func.registers[index];
  const path = `${func.role} ${name ?? index}`;
  // A device object is null where a completion routine belongs to the IRP's sender.
  const object = kind === 'ptr' && (index === entry.irp || (index === 0 && func.role !== 'IO_COMPLETION_ROUTINE'));
  return run.symbols.fresh({ path, ...(object ? { object } : {}) });
}

interface Entered {
  readonly state: State;
  /** The level that the routine is to return at. */
  readonly level: Value;
}

/** What the model says and does before it calls a routine of that role. */
function enter(run: Run, state: State, func: Func, irp: Value | undefined, site: Site): Entered[] {
  const { symbols } = run;
  const key = irp === undefined ? undefined : irpKey(irp);
  const say = (at: State, event: Feeding['event'], ...args: readonly Value[]): State[] =>
    feed(run, at, { event, irp: key, args, site, others: true });
  const set = (offset: number, value: Value): void => {
    if (irp !== undefined) state.memory.set(irp.base, irp.offset + offset, value);
  };
  let level = state.irql;
  let states = [state];
  if (func.role === 'DRIVER_DISPATCH')
    states = say(state, 'irp.dispatch', driverLocation, one, symbols.fresh({ path: 'major', range: [0, 27] }));
  else if (func.role === 'IO_COMPLETION_ROUTINE') {
    state.pending = symbols.fresh({ path: 'pending', range: [0, 1] });
    if (run.irp !== undefined) set(run.irp.pendingReturned, state.pending);
    states = say(state, 'irp.completion-enter', driverLocation, one, state.pending);
  } else if (func.role === 'DRIVER_CANCEL') {
    level = symbols.fresh({ path: 'irql', range: anyLevel });
    state.entered = level;
    if (run.irp !== undefined) {
      set(run.irp.cancel, one);
      set(run.irp.cancelIrql, level);
    }
    state.locks = [cancelLock(run, site)];
  }
  return states
    .flatMap((at) => feed(run, at, { event: 'routine.enter', args: [], site, others: true }))
    .map((at) => ({ state: at, level }));
}

/** What the model says behind a routine's return, at its last statement. */
function leave(run: Run, func: Func, { state, value }: Result, from: { irp?: Value; level: Value }): void {
  const key = from.irp === undefined ? undefined : irpKey(from.irp);
  const say = (states: readonly State[], event: Feeding['event'], args: readonly Value[], irp = key, doubtful = false): State[] =>
    states.flatMap((at) =>
      feed(run, at, { event, irp, args, site: at.last, others: true, behind: true, ...(doubtful ? { doubtful } : {}) }),
    );
  let states = func.role === 'DRIVER_CANCEL' ? say([state], 'irp.cancel-leave', [one, from.level, zero]) : [state];
  // A level that came with a mutex is not judged here: that it is left behind is about the mutex, which the exploration follows.
  const judged = states.filter((at) => at.raised === undefined || !takesByWaiting(run, at.raised));
  states = [...states.filter((at) => !judged.includes(at)), ...say(judged, 'routine.leave', [from.level, zero, zero], undefined)];
  if (func.role === 'DRIVER_DISPATCH') states = say(states, 'irp.dispatched', [driverLocation, one, value]);
  if (func.role === 'IO_COMPLETION_ROUTINE')
    states = states.flatMap((at) => say([at], 'irp.completion-leave', [driverLocation, one, at.pending, value]));
  for (const at of states) {
    if (func.role === 'DRIVER_DISPATCH' && key !== undefined && isFinal(run, value, at)) {
      const escaped = at.irps.get(key)?.escaped === true;
      if (!escaped) say([at.copy()], 'irp.abandoned', [zero, zero], key);
    }
    for (const [irp, { routine, tested }] of at.irps) {
      // Its cancel routine was set here, and a cancel that came before it has not been looked for.
      if ((routine === 'set' || routine === 'exposed') && !tested) say([at.copy()], 'irp.abandoned', [one, one], irp, true);
    }
    for (const [rule, mark] of marksOf(at)) run.seen.passMark(run.rules[rule], mark, at);
  }
}

/** Whether the routine of the system's that is called there may wait for what it takes. */
function takesByWaiting(run: Run, site: Site): boolean {
  const { funcs } = run.program;
  const instr = funcs[site.func - 1]?.code[site.at];
  const seen = new Set<FuncId>();
  const waits = (id: FuncId): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    const { code } = funcs[id - 1];
    return code.some(
      (inner) => (inner.op === 'intrinsic' && inner.name === 'wait') || (inner.op === 'call' && waits(inner.func)),
    );
  };
  return instr?.op === 'call' && funcs[instr.func - 1].origin === 'kernel' && waits(instr.func);
}

function isFinal(run: Run, status: Value, state: State): boolean {
  const found = resolve(status, state.facts);
  const pending = run.symbols.binary('==', 'i32', found, STATUS_PENDING, state.facts);
  return pending.base === 0 && pending.offset === 0;
}

function cancelLock(run: Run, site: Site): Lock {
  const path = run.cancelLock === undefined ? 'cancel spin lock' : `global ${run.cancelLock}`;
  const word = run.symbols.shared(path, { path, ...(run.cancelLock === undefined ? {} : { object: true }) });
  return { path: run.cancelLock === undefined ? path : run.symbols.path(word), word, cancel: true, site };
}
