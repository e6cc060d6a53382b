/** Brute-force exploration: every state kept whole, no reduction, no hash. The verdict it gives is what the engine must give. */

import type { Verdict } from '../../src/engine/api.ts';
import type { Program, Scenario } from '../../src/ir/program.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import { enabledActions, isFinal, judgeEnd, judgeStuck, type Machine, perform, startMain } from './brute-machine.ts';
import { AddressSpace, initialState, type State, stateKey } from './brute-state.ts';

export interface BruteRequest {
  readonly program: Program;
  readonly scenario: Scenario;
  readonly rules: readonly RuleCheck[];
  /** Overrides the scenario's number of processors. */
  readonly processors?: number;
  /** Most states kept. */
  readonly maxStates: number;
}

export interface BruteOutcome {
  readonly verdict: Verdict;
  /** `rule message`, sorted. */
  readonly reported: readonly string[];
  /** Those of them that are not only about cycles that nothing leaves. */
  readonly certain: readonly string[];
  readonly bounds: readonly string[];
  readonly states: number;
  readonly transitions: number;
  /** False when `maxStates` ended the search. */
  readonly complete: boolean;
  /** No path comes to a state twice. */
  readonly terminates: boolean;
  /** Some path was ended by a breach or fault. */
  readonly cut: boolean;
}

/** A machine for the request and its state before the first step. */
export function begin(request: BruteRequest): { readonly machine: Machine; readonly state: State } {
  const { program, scenario, rules } = request;
  const machine: Machine = { program, rules, processors: request.processors ?? scenario.processors, space: new AddressSpace() };
  const state = initialState(program, scenario.settings, machine.processors, rules, machine.space);
  startMain(machine, state);
  return { machine, state };
}

/** Explores every state. */
export function bruteForce(request: BruteRequest): BruteOutcome {
  const { machine, state } = begin(request);
  const reported = new Set<string>();
  const bounds = new Set<string>();
  let cut = false;
  const note = (
    results: readonly { readonly reports: readonly { rule: string; message: string }[]; readonly bounds: readonly string[] }[],
  ): void => {
    for (const result of results) {
      for (const { rule, message } of result.reports) reported.add(`${rule} ${message}`);
      for (const bound of result.bounds) bounds.add(bound);
    }
  };
  const numbers = new Map<string, number>([[stateKey(state), 0]]);
  const graph: Node[] = [{ successors: [], ends: false }];
  const work: { readonly state: State; readonly number: number }[] = [{ state, number: 0 }];
  const kept: State[] = [state];
  let transitions = 0;
  let complete = true;
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const node = graph[next.number];
    const actions = enabledActions(machine, next.state);
    const final = isFinal(machine, next.state);
    if (final || actions.length === 0) node.ends = true;
    if (!final && actions.length === 0) note(judgeStuck(machine, next.state, true));
    if (final) note(judgeEnd(machine, next.state));
    for (const action of actions) {
      const results = perform(machine, next.state, action);
      note(results);
      for (const { state: successor } of results) {
        transitions++;
        if (successor === undefined) {
          node.ends = true;
          cut = true;
          continue;
        }
        const key = stateKey(successor);
        let number = numbers.get(key);
        if (number === undefined) {
          if (graph.length >= request.maxStates) {
            complete = false;
            node.ends = true;
            continue;
          }
          number = graph.length;
          numbers.set(key, number);
          graph.push({ successors: [], ends: false });
          kept.push(successor);
          work.push({ state: successor, number });
        }
        node.successors.push(number);
      }
    }
  }
  // All states of a cycle that nothing leaves: which one is looked at must not matter.
  const certain = [...reported].sort();
  if (complete) for (const number of endless(graph)) note(judgeStuck(machine, kept[number], false));
  if (!complete) bounds.add('more states than may be kept');
  return {
    verdict: reported.size > 0 ? 'error' : bounds.size > 0 ? 'bounded' : 'verified',
    reported: [...reported].sort(),
    certain,
    bounds: [...bounds].sort(),
    states: graph.length,
    transitions,
    complete,
    terminates: !hasCycle(graph),
    cut,
  };
}

interface Node {
  readonly successors: number[];
  /** A final or stuck state, or one in which a path is ended. */
  ends: boolean;
}

/** Numbers of the states on cycles that nothing leaves: bottom components of the part of the graph that can reach no end. */
function endless(graph: readonly Node[]): number[] {
  const predecessors: number[][] = graph.map(() => []);
  graph.forEach(({ successors }, number) => {
    for (const successor of successors) predecessors[successor].push(number);
  });
  const good = reach(
    graph.flatMap((node, number) => (node.ends ? [number] : [])),
    (number) => predecessors[number],
  );
  const lost = [...graph.keys()].filter((number) => !good.has(number));
  // Kosaraju: in the order of finishing, last first, what a state can be reached from and is in no component yet is its component.
  const component = new Map<number, number>();
  for (const root of finishingOrder(lost, graph).reverse()) {
    if (component.has(root)) continue;
    for (const number of reach([root], (at) => predecessors[at].filter((before) => !component.has(before))))
      component.set(number, root);
  }
  const left = new Set(
    lost
      .filter((number) => graph[number].successors.some((next) => component.get(next) !== component.get(number)))
      .map((number) => component.get(number)),
  );
  return lost.filter((number) => !left.has(component.get(number)));
}

function finishingOrder(numbers: readonly number[], graph: readonly Node[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (const start of numbers) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path = [{ number: start, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const successor = graph[top.number].successors[top.next++];
      if (successor === undefined) {
        order.push(top.number);
        path.pop();
      } else if (!seen.has(successor)) {
        seen.add(successor);
        path.push({ number: successor, next: 0 });
      }
    }
  }
  return order;
}

function reach(from: readonly number[], next: (number: number) => readonly number[]): Set<number> {
  const reached = new Set<number>();
  const work = [...from];
  for (let number = work.pop(); number !== undefined; number = work.pop()) {
    if (reached.has(number)) continue;
    reached.add(number);
    work.push(...next(number));
  }
  return reached;
}

/** By taking away states without predecessors as long as there are any. */
function hasCycle(graph: readonly Node[]): boolean {
  const incoming = graph.map(() => 0);
  for (const { successors } of graph) for (const successor of successors) incoming[successor]++;
  const work = incoming.flatMap((count, number) => (count === 0 ? [number] : []));
  let taken = 0;
  for (let number = work.pop(); number !== undefined; number = work.pop()) {
    taken++;
    for (const successor of graph[number].successors) if (--incoming[successor] === 0) work.push(successor);
  }
  return taken < graph.length;
}
