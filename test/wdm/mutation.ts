/**
 * Breaks the kernel model on purpose, one mutant at a time, and runs on it the behaviours that tell of the same facts: at least one
 * must come out otherwise than on the model as it is. Run by `npm run mutate [-- part of a name]`.
 */
import { behaviours } from './behaviours.ts';
import { CompileError, type Library, model, outcomeOf } from './model.ts';
import { type Mutant, mutants } from './mutants.ts';

/** `invalid`: the mutant says nothing, because it cannot be made or does not compile. */
export type Outcome =
  | { readonly kind: 'killed'; readonly by: string; readonly outcome: string }
  | { readonly kind: 'survived'; readonly tried: number }
  | { readonly kind: 'invalid'; readonly reason: string };

/** The kernel model with the mutant's one place replaced; a sentence where that place is not there exactly once. */
export function mutate({ file, find, replace }: Mutant): Library | string {
  const path = `irpsight/wdm/${file}`;
  const source = model.find((input) => input.path === path);
  if (source === undefined) return `src/wdm/${file} does not exist.`;
  const places = source.text.split(find).length - 1;
  if (places !== 1) return `src/wdm/${file} has the text to be replaced ${places} times, not once: ${find}`;
  return model.map((input) => (input === source ? { ...input, text: input.text.replace(find, () => replace) } : input));
}

/** Runs the behaviours of the mutant's facts, those of its first fact first, until one notices. */
export function tryMutant(mutant: Mutant): Outcome {
  const library = mutate(mutant);
  if (typeof library === 'string') return { kind: 'invalid', reason: library };
  const all = Object.values(behaviours).flat();
  const tests = [...new Set(mutant.facts.flatMap((fact) => all.filter(({ facts }) => facts.includes(fact))))];
  for (const behaviour of tests) {
    try {
      const outcome = outcomeOf(behaviour, library);
      if (outcome !== behaviour.expected) return { kind: 'killed', by: behaviour.title, outcome };
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return { kind: 'invalid', reason: error.message };
    }
  }
  return { kind: 'survived', tried: tests.length };
}

/** Tries every mutant whose name contains the text, prints the survivors, and gives their number. */
export function runMutants(part = ''): number {
  const chosen = mutants.filter(({ name }) => name.includes(part));
  let bad = 0;
  for (const mutant of chosen) {
    const outcome = tryMutant(mutant);
    if (outcome.kind === 'killed') continue;
    bad++;
    console.log(`${outcome.kind}: ${mutant.name} (${mutant.facts.join(' ')})`);
    console.log(outcome.kind === 'survived' ? `  ${outcome.tried} behaviours did not notice` : `  ${outcome.reason}`);
  }
  console.log(`${chosen.length} mutants, ${chosen.length - bad} noticed, ${bad} not`);
  return bad;
}
