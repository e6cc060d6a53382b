/** At which IRQL the documentation lets a routine be called, in words. */
import { type Bounds, ddiFacts, documentationUrl } from '../facts/index.ts';
import { irqlConstant } from './notes.ts';

/** One paragraph of Markdown, with a link to the page; undefined where the documentation has no such routine or states nothing. */
export function irqlContract(name: string): string | undefined {
  const facts = ddiFacts(name);
  if (facts === undefined) return undefined;
  const link = `[documentation](${documentationUrl(facts.page)})`;
  if (facts.bounds === undefined) return link;
  return `${boundsInWords(facts.bounds)}${facts.conditional ? ', or less, as the documentation says when' : ''} · ${link}`;
}

/** `IRQL <= APC_LEVEL`. */
export function boundsInWords({ minimum, maximum }: Bounds): string {
  if (minimum === maximum) return `IRQL = ${irqlConstant(maximum)}`;
  return minimum === 0 ? `IRQL <= ${irqlConstant(maximum)}` : `${irqlConstant(minimum)} <= IRQL <= ${irqlConstant(maximum)}`;
}
