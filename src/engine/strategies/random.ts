/**
 * Random schedules by priorities (Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS
 * 2010): the enabled context of highest priority goes on, and at a few random steps the running one's priority drops. Never a proof.
 */
import { isQuiescent } from '../processors.ts';
import type { StepCode } from '../scheduler.ts';
import { enabledSteps, kindOf, StepKind, takeStep, whoOf } from '../scheduler.ts';
import type { Session } from '../session.ts';
import type { DepthFirstResult } from './depth-first.ts';

const LONGEST = 20000;
const CHANGES = 3;

/** Runs `runs` schedules from `seed`. */
export function randomRuns(session: Session, seed: number, runs: number): Omit<DepthFirstResult, 'graph'> {
  const { machine } = session;
  const next = generator(seed);
  const steps: StepCode[] = [];
  let transitions = 0;
  let depth = 0;
  let length = 100;
  for (let run = 0; run < runs; run++) {
    session.reset();
    const priority = new Float64Array(64).map(() => 1 + next());
    const changes = new Set(Array.from({ length: CHANGES }, () => Math.floor(next() * length)));
    const codes: number[] = [];
    const passes: number[] = [];
    const schedule = () => ({ codes: [...codes], passes: [...passes], judge: false });
    for (let at = 0; at < LONGEST; at++) {
      enabledSteps(machine, steps);
      if (steps.length === 0) {
        machine.reports = [];
        if (isQuiescent(machine)) machine.judgeEnd();
        else machine.judgeStuck(true);
        session.collect(codes.length, schedule);
        break;
      }
      const best = Math.max(...steps.map((code) => priority[actor(code)]));
      const candidates = steps.filter((code) => priority[actor(code)] === best);
      const code = candidates[Math.floor(next() * candidates.length)];
      if (changes.has(at)) priority[actor(code)] = next() / 2;
      codes.push(code);
      const goes = takeStep(machine, code);
      passes.push(machine.passes);
      session.collect(codes.length, schedule);
      transitions++;
      depth = Math.max(depth, codes.length);
      if (session.tick(transitions, codes.length)) return { states: transitions, transitions, depth, end: 'interrupted' };
      if (!goes) break;
    }
    length = Math.max(length, codes.length);
  }
  session.reset();
  return { states: transitions, transitions, depth, end: 'complete' };
}

/** Whose priority a step has: its context's; time has one of its own. */
function actor(code: StepCode): number {
  return kindOf(code) === StepKind.context ? whoOf(code) : 32 + kindOf(code);
}

/** Marsaglia's xorshift, from 0 to below 1. */
function generator(seed: number): () => number {
  let x = (seed ^ 0x9e3779b9) | 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 0x100000000;
  };
}
