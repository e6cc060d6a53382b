/** A timeline as a sequence diagram in Mermaid's language: who did what, in order. */
import { changesOf, cpuName } from './changes.ts';
import type { Timeline } from './model.ts';
import type { TimelineWords } from './words.ts';

/** The text of the diagram: steps that change something, the first of each context's turn, and the one that the finding is at. */
export function timelineMermaid(timeline: Timeline, words: TimelineWords): string {
  const { steps, contexts, levels, scenario, rule, breach } = timeline;
  const changes = changesOf(timeline, words);
  const lines = ['sequenceDiagram', `  title ${entities([rule, scenario].filter(Boolean).join(', '))}`];
  const acting = [...new Set(steps.filter(({ stuck }) => stuck === undefined).map(({ context }) => context))];
  lines.push(...acting.map((context) => `  participant c${context} as ${entities(contexts[context])}`));
  for (const [index, step] of steps.entries()) {
    const turn = index === 0 || steps[index - 1].context !== step.context;
    if (!turn && changes[index].length === 0 && index !== breach) continue;
    const where = `${index + 1}. ${step.routine}:${step.range.start.line}, ${cpuName(step.processor, words)}, ${levels[step.irql]}`;
    const told =
      step.stuck === undefined ? [where, step.source, ...changes[index]] : [`${index + 1}. ${words.stuck}`, ...changes[index]];
    if (index === breach && rule !== undefined) told.push(`✗ ${rule}`);
    const over = step.stuck === undefined ? `c${step.context}` : span(acting);
    lines.push(`  Note over ${over}: ${told.map(entities).join('<br/>')}`);
  }
  return `${lines.join('\n')}\n`;
}

function span(contexts: readonly number[]): string {
  return contexts.length === 1 ? `c${contexts[0]}` : `c${contexts[0]},c${contexts.at(-1)}`;
}

/** What Mermaid would take for its own: line ends, the end of a statement, and marks of HTML and entities. */
function entities(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[#;<>&{}%"]/g, (character) => `#${character.charCodeAt(0)};`);
}
