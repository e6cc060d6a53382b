/** Which explored states can never reach a good end, and one state in each terminal cycle among them. */
import type { RawSchedule } from './session.ts';
import type { StateGraph } from './strategies/depth-first.ts';
import type { IntList } from './visited.ts';

/** Schedules to one state in each terminal strongly connected component from which no good end can be reached (at most `most`). */
export function hopelessCycles(graph: StateGraph, states: number, most: number): readonly RawSchedule[] {
  const hopeful = new Uint8Array(states);
  const queue: number[] = [];
  for (let i = 0; i < graph.good.length; i++) {
    const state = graph.good.data[i];
    if (hopeful[state] === 0) {
      hopeful[state] = 1;
      queue.push(state);
    }
  }
  const backward = adjacency(graph.to, graph.from, states);
  while (queue.length > 0) {
    const state = queue.pop() ?? 0;
    for (let i = backward.first[state]; i < backward.first[state + 1]; i++) {
      const before = backward.other[i];
      if (hopeful[before] === 0) {
        hopeful[before] = 1;
        queue.push(before);
      }
    }
  }
  if (!hopeful.includes(0)) return [];
  const forward = adjacency(graph.from, graph.to, states);
  return terminalStates(forward, hopeful, states, most).map((state) => pathTo(graph, state));
}

interface Adjacency {
  readonly first: Int32Array;
  readonly other: Int32Array;
}

function adjacency(by: IntList, other: IntList, states: number): Adjacency {
  const first = new Int32Array(states + 1);
  for (let i = 0; i < by.length; i++) first[by.data[i] + 1]++;
  for (let s = 0; s < states; s++) first[s + 1] += first[s];
  const at = first.slice();
  const others = new Int32Array(by.length);
  for (let i = 0; i < by.length; i++) others[at[by.data[i]]++] = other.data[i];
  return { first, other: others };
}

/** Tarjan's algorithm over the hopeless states; a component with no edge out of it is terminal. */
function terminalStates(graph: Adjacency, hopeful: Uint8Array, states: number, most: number): number[] {
  const index = new Int32Array(states);
  const low = new Int32Array(states);
  const component = new Int32Array(states).fill(-1);
  const next = new Int32Array(states);
  const open: number[] = [];
  const found: number[] = [];
  let counter = 0;
  let components = 0;
  for (let root = 0; root < states && found.length < most; root++) {
    if (hopeful[root] === 1 || index[root] !== 0) continue;
    const path = [root];
    index[root] = low[root] = ++counter;
    next[root] = graph.first[root];
    open.push(root);
    while (path.length > 0) {
      const state = path[path.length - 1];
      if (next[state] < graph.first[state + 1]) {
        const to = graph.other[next[state]++];
        if (index[to] === 0) {
          index[to] = low[to] = ++counter;
          next[to] = graph.first[to];
          open.push(to);
          path.push(to);
        } else if (component[to] < 0) low[state] = Math.min(low[state], index[to]);
        continue;
      }
      path.pop();
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[state]);
      if (low[state] !== index[state]) continue;
      const members: number[] = [];
      for (;;) {
        const member = open.pop() ?? state;
        component[member] = components;
        members.push(member);
        if (member === state) break;
      }
      const leaves = members.some((member) => {
        for (let i = graph.first[member]; i < graph.first[member + 1]; i++)
          if (component[graph.other[i]] !== components) return true;
        return false;
      });
      components++;
      if (!leaves) found.push(state);
    }
  }
  return found.slice(0, most);
}

function pathTo(graph: StateGraph, state: number): RawSchedule {
  const codes: number[] = [];
  const passes: number[] = [];
  for (let s = state; graph.parent.data[s] >= 0; s = graph.parent.data[s]) {
    codes.push(graph.parentCode.data[s]);
    passes.push(graph.parentPasses.data[s]);
  }
  return { codes: codes.reverse(), passes: passes.reverse(), judge: true };
}
