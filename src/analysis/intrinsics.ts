/** What the machine's intrinsics do to abstract states. */

import type { EventName } from '../ir/events.ts';
import { events } from '../ir/events.ts';
import type { Instr } from '../ir/program.ts';
import { feed } from './feed.ts';
import type { Frame, Result } from './interpret.ts';
import { addIrp, exchangeRoutine, exposeRoutines, irpAt, irpOf } from './irps.ts';
import { clear, copyCells, forgetShared, isLive, noteStored, share } from './memory.ts';
import type { Run } from './run.ts';
import type { Site, State } from './state.ts';
import { forgetCell } from './state.ts';
import type { Value } from './value.ts';
import { constant, one, resolve, zero } from './value.ts';

/** Models raise these where a condition fails that the analysis cannot judge: such a path is not followed. */
const notJudged: ReadonlySet<string> = new Set([
  'list.corrupt',
  'lock.not-owned',
  'lock.apcs-enabled',
  'lock.kept',
  'lock.in-use',
  'object.uninitialised',
  'semaphore.over-limit',
  'assert.failed',
  'deadlock',
  'object.over-released',
  'work-item.queued',
  'irp.no-location',
  'remove-lock.misuse',
  'queue.misuse',
  'queue.start-misuse',
  'csq.lock-leave',
  'csq.overwritten',
]);

/** Events told of a routine that has returned. */
/** HIGH_LEVEL of x64. */
const HIGHEST_IRQL = 15;
const returns: ReadonlySet<string> = new Set(Object.keys(events).filter((name) => /[-.]leave$|^irp\.dispatched$/.test(name)));

/** The ways in which an intrinsic goes on. */
export function runIntrinsic(
  run: Run,
  state: State,
  instr: Instr & { readonly op: 'intrinsic' },
  args: readonly Value[],
  frame: Frame,
): Result[] {
  const { symbols } = run;
  const arg = (index: number): Value => args[index] ?? zero;
  const gives = (value: Value): Result[] => [{ state, value }];
  const unknown = (range?: readonly [number, number]): Result[] => gives(symbols.fresh({ path: '?', range }));
  switch (instr.name) {
    case 'event':
      return raiseEvent(run, state, instr.text ?? '', args, frame).map((after) => ({ state: after, value: zero }));
    case 'alloc':
      return gives(allocate(run, state, arg(2)));
    case 'free': {
      const { base } = arg(0);
      const freed = state.freed.get(base);
      if (base !== 0 && freed !== undefined) {
        if (!freed.last) feed(run, state, { event: 'fault.double-free', args: [], site: frame.site, cause: freed.site });
        return [];
      }
      state.freed.set(base, { site: frame.site, last: false });
      return gives(zero);
    }
    case 'retire':
      // What a driver still does to it is the rules' affair.
      return gives(zero);
    case 'exchange':
      return exchange(run, state, arg(0), arg(1), frame);
    case 'compareExchange':
    case 'exchangeAdd': {
      const address = arg(0);
      if (!isLive(run, state, address.base, one, frame.site)) return [];
      forgetCell(state, address.base, address.offset, symbols);
      return gives(symbols.fresh({ path: '?', from: address.base }));
    }
    case 'zero':
      clear(run, state, arg(0), cellsOf(run, arg(1)));
      return gives(zero);
    case 'copy':
      copyCells(run, state, arg(0), arg(1), cellsOf(run, arg(2)));
      return gives(zero);
    case 'lock':
      return takeLock(run, state, arg(0), arg(1), frame.site) ? gives(zero) : [];
    case 'unlock':
      releaseLock(run, state, arg(0));
      return gives(zero);
    case 'tryLock': {
      const other = state.copy();
      const taken: Result[] = takeLock(run, state, arg(0), arg(1), frame.site) ? [{ state, value: one }] : [];
      return [...taken, { state: other, value: zero }];
    }
    case 'holds':
      return holds(run, state, arg(0));
    case 'wait':
      forgetShared(run, state);
      return same(arg(1), zero) ? gives(zero) : unknown();
    case 'interruptWait':
      forgetShared(run, state);
      state.irql = arg(1);
      return gives(zero);
    case 'waitSeveral':
      forgetShared(run, state);
      return unknown();
    case 'raise': {
      const before = state.irql;
      const known = symbols.range(before, state.facts);
      const wanted = arg(0);
      if (known !== undefined && wanted.base === 0 && known[0] > wanted.offset) return [];
      // Of a level that comes out of memory, as that of an interrupt object, nothing is claimed.
      const span = symbols.range(wanted, state.facts);
      state.irql =
        span !== undefined && span[1] - span[0] > HIGHEST_IRQL
          ? symbols.shared(`level ${wanted.base}:${wanted.offset}`, { path: '?' })
          : wanted;
      state.raised = frame.site;
      return gives(before);
    }
    case 'lower':
      return lower(run, state, arg(0), frame) ? gives(zero) : [];
    case 'irql':
      return gives(state.irql);
    case 'spawn':
    case 'queueDpc':
    case 'armTimer':
      for (const given of args) share(run, state, given);
      return gives(zero);
    case 'currentThread':
      return gives(symbols.shared('thread', { path: 'thread', object: true }));
    case 'dequeueDpc':
    case 'disarmTimer':
      return unknown([0, 1]);
    case 'choose':
      return unknown(arg(0).base === 0 && arg(0).offset > 0 ? [0, arg(0).offset - 1] : undefined);
    case 'raiseException':
      if (!frame.handled) return feedFault(run, state, arg(0), frame.site);
      state.exception = arg(0);
      return gives(zero);
    case 'exceptionPending':
      return gives(state.exception === undefined ? zero : one);
    case 'takeException': {
      const code = state.exception ?? zero;
      state.exception = undefined;
      return gives(code);
    }
    case 'userMemory':
      return gives(zero);
    case 'isUserMemory':
      return unknown([0, 1]);
    case 'userFault':
      // Whose memory it is, is not known; what an access violation comes to is left to exploration.
      return gives(zero);
    case 'atomicBegin':
    case 'hardware':
      state.atomic++;
      return gives(zero);
    case 'atomicEnd':
      state.atomic--;
      return gives(zero);
    case 'isTerminated':
    case 'isTimePending':
      return gives(zero);
    case 'isDriverRoutine':
      return gives(arg(0).base === 0 && run.program.funcs[arg(0).offset - 1]?.origin === 'driver' ? one : zero);
    case 'locksHeld':
      return gives(constant(state.locks.length));
    case 'cancelLockHeld':
      return gives(state.cancelLock ? one : zero);
    case 'bounded':
      run.seen.survive(frame.site, state);
      return [];
    case 'invariant':
      return symbols.assume(arg(0), true, state.facts) ? gives(zero) : [];
    default:
      return unknown();
  }
}

/** The path ends with an exception that nobody handles. */
function feedFault(run: Run, state: State, status: Value, site: Site): Result[] {
  feed(run, state, { event: 'fault.exception', args: [status], site });
  return [];
}

function same(a: Value, b: Value): boolean {
  return a.base === b.base && a.offset === b.offset;
}

function raiseEvent(run: Run, state: State, name: string, args: readonly Value[], frame: Frame): State[] {
  if (!Object.hasOwn(events, name)) return [state];
  if (notJudged.has(name)) {
    // An object is made once, for all paths: that it may not have been says nothing of what comes of its use.
    if (name !== 'object.uninitialised') run.seen.survive(frame.site, state);
    return [];
  }
  // What is queued where the analysis does not know: an IRP that comes out of memory may be in any queue.
  if (name.startsWith('csq.')) return [state];
  const event = name as EventName;
  // What is told of a routine that has just returned lies at the last statement it executed.
  const behind = returns.has(name);
  const told = { event, site: behind ? state.last : frame.site, ...(behind ? { behind } : {}) } as const;
  if (events[event].subject === 'machine') return feed(run, state, { ...told, args });
  const address = resolve(args[0] ?? zero, state.facts);
  if (name === 'irp.create' && address.base !== 0)
    addIrp(run, state, address, { origin: 'made', pasts: [], routine: 'null' }, frame.site);
  const irp = irpOf(run, state, address, frame.site);
  if (event === 'irp.free-foreign' && irp !== undefined && isAnyones(run, state, irp)) return [];
  return irp === undefined ? [state] : feed(run, state, { ...told, irp, args: args.slice(1) });
}

/** Who made the IRP is not known: one that the driver frees is taken to be its own. */
function isAnyones(run: Run, state: State, key: string): boolean {
  const irp = state.irps.get(key);
  if (irp?.origin !== 'found' || run.irp === undefined) return false;
  const flags = state.memory.get(irp.address.base, irp.address.offset + run.irp.allocationFlags);
  return flags === undefined || resolve(flags, state.facts).base !== 0;
}

function allocate(run: Run, state: State, zeroed: Value): Value {
  const object = run.symbols.fresh({ path: 'new', object: true });
  state.made.add(object.base);
  if (same(zeroed, one)) state.zeroed.add(object.base);
  return object;
}

function exchange(run: Run, state: State, address: Value, value: Value, frame: Frame): Result[] {
  if (!isLive(run, state, address.base, one, frame.site)) return [];
  const irp = irpAt(run, state, address) ?? irpBehind(run, state, address, frame);
  if (irp !== undefined && run.irp !== undefined && address.offset - irp[1].address.offset === run.irp.cancelRoutine) {
    return exchangeRoutine(run, state, irp[0], value, frame.site).map(({ state: at, previous }) => ({
      state: at,
      value: previous,
    }));
  }
  const before = run.symbols.info(address).local === true ? state.memory.get(address.base, address.offset) : undefined;
  state.memory.set(address.base, address.offset, value);
  noteStored(run, state, address, value, 'i32');
  return [{ state, value: before ?? run.symbols.fresh({ path: run.symbols.path(address), from: address.base }) }];
}

/** The address of a cancel routine in an IRP that came out of memory and was not looked at so far: a parameter tells what it lies in. */
function irpBehind(run: Run, state: State, address: Value, frame: Frame) {
  const { irp } = run;
  if (irp === undefined || address.base === 0) return undefined;
  const start = { base: address.base, offset: address.offset - irp.cancelRoutine };
  const known = frame.func.registers.some(({ pointee }, reg) => {
    const value = state.registers[reg];
    return pointee === irp.type && value !== undefined && same(resolve(value, state.facts), start);
  });
  if (known) irpOf(run, state, start, frame.site);
  return irpAt(run, state, address);
}

/** False when this context holds the lock already: it would wait for itself. */
function takeLock(run: Run, state: State, word: Value, cancel: Value, site: Site): boolean {
  if (state.locks.some((lock) => same(lock.word, word))) return false;
  forgetShared(run, state);
  state.locks = [...state.locks, { path: run.symbols.path(word), word, cancel: same(cancel, one), site }];
  return true;
}

/** Whether this context holds the lock. Of one that is to be taken, a pointer that was read again may be another. */
function holds(run: Run, state: State, word: Value): Result[] {
  const index = lockIndex(run, state, word);
  const sure = index < 0 || releases(run) || same(state.locks[index].word, word);
  return [{ state, value: sure ? (index < 0 ? zero : one) : run.symbols.fresh({ path: '?', range: [0, 1] }) }];
}

function releases(run: Run): boolean {
  return run.calls.at(-1)?.code.some((instr) => instr.op === 'intrinsic' && instr.name === 'unlock') === true;
}

function releaseLock(run: Run, state: State, word: Value): void {
  const index = lockIndex(run, state, word);
  if (index < 0) return;
  if (state.locks[index].cancel) exposeRoutines(state);
  state.locks = state.locks.filter((_, at) => at !== index);
  forgetShared(run, state);
}

/** The held lock at that address; of one lock only, held under another name, the address is taken to be its. */
function lockIndex(run: Run, state: State, word: Value): number {
  const path = run.symbols.path(word);
  const exact = state.locks.findIndex((lock) => same(lock.word, word));
  const alike = exact >= 0 ? exact : state.locks.findIndex((lock) => lock.path === path);
  if (alike >= 0 || !releases(run) || run.symbols.info(word).object === true) return alike;
  const others = state.locks.filter(({ cancel }) => !cancel);
  return others.length === 1 ? state.locks.indexOf(others[0]) : -1;
}

/** False when the level is known to be above the present one. */
function lower(run: Run, state: State, irql: Value, frame: Frame): boolean {
  const from = resolve(state.irql, state.facts);
  const to = resolve(irql, state.facts);
  if (from.base === 0 && to.base === 0 && to.offset > from.offset) {
    feed(run, state, { event: 'fault.irql', args: [], site: frame.site });
    return false;
  }
  state.irql = levelOf(state, from, to);
  state.raised = undefined;
  forgetShared(run, state);
  return true;
}

/**
 * The level that a driver lowers to. One that is not known, as it was kept in memory or in a variable of a loop, is taken to be the right one: that
 * of the routine's entry, or with another lock still held the present one.
 */
function levelOf(state: State, from: Value, to: Value): Value {
  if (to.base === 0) return to;
  return state.locks.length > 0 ? from : state.entered;
}

/** Cells that a size token stands for. */
function cellsOf(run: Run, size: Value): number {
  if (size.base !== 0) return 0;
  return size.offset < 0 ? (run.program.types[-size.offset]?.cells ?? 0) : size.offset;
}
