/** At which IRQL the documentation lets a routine be called, in words. */
import { ddiFacts, documentationUrl } from '../facts/index.ts';
import { irqlConstant } from './notes.ts';

/** One paragraph of Markdown, with a link to the page; undefined where the documentation has no such routine or states nothing. */
export function irqlContract(name: string): string | undefined {
  const facts = ddiFacts(name);
  if (facts === undefined) return undefined;
  const link = `[documentation](${documentationUrl(facts.page)})`;
  if (facts.bounds === undefined) return link;
  const { minimum, maximum } = facts.bounds;
  const level =
    minimum === maximum
      ? `IRQL = ${irqlConstant(maximum)}`
      : minimum === 0
        ? `IRQL <= ${irqlConstant(maximum)}`
        : `${irqlConstant(minimum)} <= IRQL <= ${irqlConstant(maximum)}`;
  return `${level}${facts.conditional ? ', or less, as the documentation says when' : ''} · ${link}`;
}
