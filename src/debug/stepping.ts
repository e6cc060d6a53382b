/** How far a session goes when it is told to: to the next statement, over and out of calls, back, or to the next stop. */
import { contextBase, FP, FRAME_CALLER, FRAME_FUNC, LIFE, stackBase } from '../engine/layout.ts';
import type { RunKind, Stopped } from './protocol.ts';
import { isOwn } from './stacks.ts';
import type { Stops } from './stops.ts';
import { contextOf, type Move, type Tape } from './tape.ts';

/** Where a run has ended, and whose context to look at; -1 where it is none's. */
export interface Ended {
  readonly reason: Stopped['reason'];
  readonly context: number;
}

/** Moves after which a run stops though there was no reason: a free schedule may go on for ever. */
const mostMoves = 200_000;

/** Whom a step is about. */
export interface Looked {
  /** The context that the person looks at. */
  readonly context: number;
  /** Whether that person looks at its innermost routine, whoever wrote it, or else at the innermost that is the user's own. */
  readonly bare: boolean;
}

/** Goes as far as it is told to, or to where there is a reason to stop, or to the end. */
export function run(tape: Tape, stops: Stops, how: RunKind, looked: Looked): Ended {
  switch (how) {
    case 'continue':
      return forwardTo(tape, stops, () => undefined);
    case 'entry':
      return forwardTo(tape, stops, (move) => (move.atStatement && isDriver(tape, move.func) ? 'entry' : undefined));
    case 'reverse':
      return backTo(tape, stops);
    case 'back':
      return stepBack(tape, looked);
    default:
      return step(tape, stops, how, looked);
  }
}

/** Goes on until there is a reason to stop. */
function forwardTo(tape: Tape, stops: Stops, isThere: (move: Move) => Stopped['reason'] | undefined): Ended {
  for (let i = 0; i < mostMoves; i++) {
    const move = tape.forward();
    if (move === undefined) return ended(tape, 'end', -1);
    const reason = stops.reasonFor(move) ?? isThere(move);
    if (reason !== undefined) return { reason, context: move.context };
    if (move.over) return ended(tape, 'end', -1);
  }
  return ended(tape, 'paused', -1);
}

/** Nobody's stop: whoever moved last is looked at. */
function ended(tape: Tape, reason: 'end' | 'paused', otherwise: number): Ended {
  return { reason, context: tape.last?.context ?? otherwise };
}

/**
 * Steps a context. Where it is the one that moves next, the focus goes with the schedule: when another one moves on before it has come to its next
 * statement, that one is looked at.
 */
function step(tape: Tape, stops: Stops, how: 'in' | 'over' | 'out', looked: Looked): Ended {
  const { context } = looked;
  const start = standing(tape, looked);
  const isNext = nextMover(tape) === context;
  let isAdrift = false;
  for (let i = 0; i < mostMoves; i++) {
    const move = tape.forward();
    if (move === undefined) return ended(tape, 'end', context);
    const reason = stops.reasonFor(move);
    if (reason !== undefined) return { reason, context: move.context };
    if (move.over) return ended(tape, 'end', context);
    if (move.context === context && move.atStatement && isReached(tape, move, how, start)) return { reason: 'step', context };
    if (isAdrift && move.atStatement && isOwn(tape, move.func)) return { reason: 'step', context: move.context };
    const mover = nextMover(tape);
    const switches = isNext && !move.unfinished && mover !== undefined && mover >= 0 && mover !== context;
    if (!switches) continue;
    if (routinesOf(tape, mover).some((func) => isOwn(tape, func))) return { reason: 'step', context: mover };
    // Nothing of the user's is to be seen there: whoever comes to something of it first is looked at.
    isAdrift = true;
  }
  return ended(tape, 'paused', context);
}

/** What a step starts from: the number of frames below and with the one that is looked at, and whether that is the user's own. */
interface Standing {
  readonly depth: number;
  readonly own: boolean;
}

/** Whoever steps in the driver wants to see no statement of the kernel model but by stepping into it. */
function isReached(tape: Tape, move: Move, how: 'in' | 'over' | 'out', start: Standing): boolean {
  if (how === 'in') return true;
  if (start.own && !isOwn(tape, move.func)) return false;
  return how === 'out' ? move.depth < start.depth : move.depth <= start.depth;
}

function standing(tape: Tape, { context, bare }: Looked): Standing {
  const routines = routinesOf(tape, context);
  if (bare && routines.length > 0) return { depth: routines.length, own: isOwn(tape, routines[0]) };
  const own = routines.findIndex((func) => isOwn(tape, func));
  // Where nothing on the stack is the user's, whatever of it comes next is.
  return { depth: own < 0 ? Number.POSITIVE_INFINITY : routines.length - own, own: true };
}

/** The routines of a context, the innermost first; none where it has ended. */
function routinesOf({ machine }: Tape, context: number): number[] {
  const { cells } = machine;
  if (context < 0 || cells[contextBase(context) + LIFE] !== 1) return [];
  const stack = stackBase(context);
  const found: number[] = [];
  for (let frame = cells[contextBase(context) + FP]; frame >= 0; frame = cells[stack + frame + FRAME_CALLER])
    found.push(cells[stack + frame + FRAME_FUNC]);
  return found;
}

/** The context that the next move is of: -1 for none, undefined at the end. */
export function nextMover(tape: Tape): number | undefined {
  const code = tape.next();
  return code === undefined ? undefined : contextOf(code);
}

/** The last position before this one where there was a reason to stop, or the beginning. */
function backTo(tape: Tape, stops: Stops): Ended {
  for (let position = tape.position - 1; position > 0; position--) {
    const move = tape.moves[position - 1];
    if (!stops.mayStop(move)) continue;
    tape.windTo(position);
    const reason = stops.reasonFor(move);
    if (reason !== undefined) return { reason, context: move.context };
  }
  tape.windTo(0);
  return { reason: 'start', context: 0 };
}

/**
 * To the statement before, of the context that is looked at: or of another one that has moved in between, unless the one that is looked at has not moved
 * last. In the driver, only to statements that are the user's own.
 */
function stepBack(tape: Tape, looked: Looked): Ended {
  const { moves, position } = tape;
  const who = whoGoesBack(tape, looked);
  const start = standing(tape, who);
  const last = moves.slice(0, position).findLast(({ context }) => context >= 0)?.context;
  const isLast = last === who.context;
  let at = position - 1;
  for (; at > 0; at--) {
    const { context, atStatement, depth, func } = moves[at - 1];
    if (!atStatement || (start.own && !isOwn(tape, func))) continue;
    if (context === who.context ? !isLast || depth <= start.depth : isLast) break;
  }
  tape.windTo(Math.max(0, at));
  return at <= 0 ? { reason: 'start', context: 0 } : { reason: 'step', context: moves[at - 1].context };
}

/** Where the schedule goes over to the context that is looked at, it is the one before that goes back. */
function whoGoesBack(tape: Tape, looked: Looked): Looked {
  const before = tape.moves.slice(0, tape.position).findLast(({ context }) => context >= 0)?.context ?? looked.context;
  return nextMover(tape) === looked.context && before !== looked.context ? { context: before, bare: false } : looked;
}

function isDriver(tape: Tape, func: number): boolean {
  return tape.machine.program.funcs[func - 1]?.origin === 'driver';
}
