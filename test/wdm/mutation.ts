/**
 * Breaks the kernel model on purpose, one mutant at a time, and runs on it the behaviours that tell of the same facts: for each fact
 * one that names it must come out otherwise than on the model as it is. Run by `npm run mutate [-- part of a name]`, and by
 * `mutation.test.ts`.
 */
import { behaviours } from './behaviours.ts';
import { type Behaviour, CompileError, type Library, model, outcomeOf } from './model.ts';
import type { Mutant } from './mutants.ts';

/** `invalid`: the mutant says nothing, because it cannot be made or does not compile. `facts` of survivors: those no behaviour noticed. */
export type MutantOutcome =
  | { readonly kind: 'killed' }
  | { readonly kind: 'survived'; readonly facts: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Breaks the model as the mutant says, and runs the behaviours of each of its facts until one notices. */
export function tryMutant(mutant: Mutant): MutantOutcome {
  const library = mutate(mutant);
  if (typeof library === 'string') return { kind: 'invalid', reason: library };
  const tried = new Map<Behaviour, boolean>();
  const notices = (behaviour: Behaviour): boolean => {
    const known = tried.get(behaviour) ?? outcomeOf(behaviour, library) !== behaviour.expected;
    tried.set(behaviour, known);
    return known;
  };
  try {
    const facts = mutant.facts.filter((fact) => !all.some((behaviour) => behaviour.facts.includes(fact) && notices(behaviour)));
    return facts.length === 0 ? { kind: 'killed' } : { kind: 'survived', facts };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { kind: 'invalid', reason: error.message };
  }
}

/** What is wrong with the outcome of a mutant, as a sentence; undefined when it was noticed. */
export function complaint({ name }: Mutant, outcome: MutantOutcome): string | undefined {
  if (outcome.kind === 'killed') return undefined;
  return outcome.kind === 'survived'
    ? `survived: ${name}: no behaviour that names it noticed ${outcome.facts.join(' ')}`
    : `invalid: ${name}: ${outcome.reason}`;
}

const all = Object.values(behaviours).flat();

/** The kernel model with the mutant's one place replaced; a sentence where that place is not there exactly once. */
function mutate({ file, find, replace }: Mutant): Library | string {
  const path = `irpsight/wdm/${file}`;
  const source = model.find((input) => input.path === path);
  if (source === undefined) return `src/wdm/${file} does not exist.`;
  const places = source.text.split(find).length - 1;
  if (places !== 1) return `src/wdm/${file} has the text to be replaced ${places} times, not once: ${find}`;
  const unknown = [...new Set(replace.match(/\bmachine[A-Z]\w*/g))].filter((name) => !source.text.includes(name));
  const imports = unknown.length === 0 ? '' : `import { ${unknown.join(', ')} } from './machine.ts';\n`;
  const text = imports + source.text.replace(find, () => replace);
  return model.map((input) => (input === source ? { ...input, text } : input));
}
