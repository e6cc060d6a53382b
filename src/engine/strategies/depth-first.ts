/** Stateful depth-first search over the undo log, complete or with a bound on preemptions. */
import { isQuiescent } from '../processors.ts';
import type { StepCode } from '../scheduler.ts';
import { enabledSteps, kindOf, StepKind, takeStep, takeStepUpToEnd, whoOf } from '../scheduler.ts';
import type { RawSchedule, Session } from '../session.ts';
import { IntList, StateTable } from '../visited.ts';

export interface DepthFirstOptions {
  readonly maxStates: number;
  /** Most preemptive context switches; without it all schedules are explored. */
  readonly preemptions?: number;
  /** Keep edges and parents, for the judgement of cycles. */
  readonly graph: boolean;
}

export interface DepthFirstResult {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly end: 'complete' | 'states' | 'interrupted' | 'tainted';
  readonly graph?: StateGraph;
}

/** The explored graph: edges by state numbers, how each state was first reached, and the good ends. */
export interface StateGraph {
  readonly from: IntList;
  readonly to: IntList;
  readonly parent: IntList;
  readonly parentCode: IntList;
  readonly parentPasses: IntList;
  /** States that are quiescent, or from which some path was cut for a reason of its own. */
  readonly good: IntList;
}

/** Explores from the initial state. */
export function depthFirst(session: Session, options: DepthFirstOptions): DepthFirstResult {
  const { machine } = session;
  const { memory } = machine;
  const table = new StateTable(session.request.hashBits ?? 32);
  const graph: StateGraph = {
    from: new IntList(),
    to: new IntList(),
    parent: new IntList(),
    parentCode: new IntList(),
    parentPasses: new IntList(),
    good: new IntList(),
  };
  const stack = new Stack();
  const bound = options.preemptions;
  const take = session.watcher === undefined ? takeStep : takeStepUpToEnd;
  const steps: StepCode[] = [];
  let depth = 0;
  let transitions = 0;
  let taintedAt = 0;

  session.reset();
  machine.restart();
  enter(-1, 0, 0, -1, 0);
  while (stack.depth > 0) {
    const top = stack.depth - 1;
    if (stack.next.data[top] === stack.last.data[top]) {
      stack.pop();
      continue;
    }
    const code = stack.codes.data[stack.next.data[top]++];
    const last = stack.ran.data[top];
    let used = stack.used.data[top];
    const who = kindOf(code) === StepKind.context ? whoOf(code) : -1;
    if (bound !== undefined && last >= 0 && who !== last && stack.lastEnabled.data[top] === 1 && ++used > bound) continue;
    stack.code.data[top] = code;
    const mark = memory.top;
    const { a, b, c } = memory;
    const goes = take(machine, code);
    transitions++;
    stack.passes.data[top] = machine.passes;
    session.collect(stack.depth, schedule);
    const stop = session.tick(table.count, stack.depth);
    if (!goes) {
      graph.good.push(stack.state.data[top]);
      memory.undo(mark, a, b, c);
    } else if (!enter(stack.state.data[top], code, machine.passes, who, used)) {
      memory.undo(mark, a, b, c);
    }
    if (stop) return finish('interrupted');
    if (table.count > options.maxStates) return finish('states');
    if (machine.tainted) {
      if (taintedAt === 0) taintedAt = table.count;
      else if (table.count > 2 * taintedAt + 2000) return finish('tainted');
    }
  }
  return finish(machine.tainted ? 'tainted' : 'complete');

  /** Notes the present state as reached from `parent`; pushes it and gives true when it is new. */
  function enter(parent: number, code: StepCode, passes: number, ran: number, used: number): boolean {
    const extra = bound === undefined ? 0 : Math.imul((ran + 1) * 64 + used + 1, 0x9e3779b1);
    const found = table.add((memory.a + extra) | 0, (memory.b ^ extra) | 0, (memory.c + Math.imul(extra, 0x85ebca6b)) | 0);
    const state = found < 0 ? -1 - found : found;
    if (options.graph && parent >= 0) {
      graph.from.push(parent);
      graph.to.push(state);
    }
    if (found < 0) return false;
    if (options.graph) {
      graph.parent.push(parent);
      graph.parentCode.push(code);
      graph.parentPasses.push(passes);
    }
    enabledSteps(machine, steps);
    const final = isQuiescent(machine);
    if (final || steps.length === 0) {
      graph.good.push(state);
      judge(final);
    }
    stack.push(
      state,
      steps,
      memory.top,
      [memory.a, memory.b, memory.c],
      ran,
      used,
      steps.some((step) => kindOf(step) === StepKind.context && whoOf(step) === ran),
      memory,
    );
    depth = Math.max(depth, stack.depth);
    return true;
  }

  function judge(final: boolean): void {
    const mark = memory.top;
    const { a, b, c } = memory;
    machine.reports = [];
    if (final) machine.judgeEnd();
    else machine.judgeStuck(true);
    session.collect(stack.depth, schedule);
    memory.undo(mark, a, b, c);
  }

  function schedule(): RawSchedule {
    return {
      codes: [...stack.code.data.subarray(0, stack.depth)],
      passes: [...stack.passes.data.subarray(0, stack.depth)],
      judge: false,
    };
  }

  function finish(end: DepthFirstResult['end']): DepthFirstResult {
    session.reset();
    return { states: table.count, transitions, depth, end, ...(options.graph ? { graph } : {}) };
  }
}

/** The path being explored: per state its number, enabled steps, what to undo to, and the step taken from it. */
class Stack {
  depth = 0;
  readonly state = new IntList();
  readonly codes = new IntList();
  readonly next = new IntList();
  readonly last = new IntList();
  readonly code = new IntList();
  readonly passes = new IntList();
  readonly ran = new IntList();
  readonly used = new IntList();
  readonly lastEnabled = new IntList();
  private readonly marks = new IntList();
  private readonly lanes = new IntList();
  private memory: { undo(mark: number, a: number, b: number, c: number): void } | undefined;

  push(
    state: number,
    steps: readonly StepCode[],
    mark: number,
    lanes: readonly [number, number, number],
    ran: number,
    used: number,
    lastEnabled: boolean,
    memory: { undo(mark: number, a: number, b: number, c: number): void },
  ): void {
    this.memory = memory;
    this.state.push(state);
    this.next.push(this.codes.length);
    for (const step of steps) this.codes.push(step);
    this.last.push(this.codes.length);
    this.code.push(0);
    this.passes.push(0);
    this.ran.push(ran);
    this.used.push(used);
    this.lastEnabled.push(lastEnabled ? 1 : 0);
    this.marks.push(mark);
    for (const lane of lanes) this.lanes.push(lane);
    this.depth++;
  }

  /** Leaves the innermost state and restores the one before. */
  pop(): void {
    this.depth--;
    const first = this.depth === 0 ? 0 : this.last.data[this.depth - 1];
    this.codes.length = first;
    for (const list of [
      this.state,
      this.next,
      this.last,
      this.code,
      this.passes,
      this.ran,
      this.used,
      this.lastEnabled,
      this.marks,
    ])
      list.length--;
    this.lanes.length -= 3;
    if (this.depth === 0) return;
    const at = 3 * (this.depth - 1);
    this.memory?.undo(this.marks.data[this.depth - 1], this.lanes.data[at], this.lanes.data[at + 1], this.lanes.data[at + 2]);
  }
}
