/** At which IRQL the documentation lets a routine be called, in words. */
import { ddiFacts, documentationUrl } from '../facts/index.ts';
import { irqlName } from './notes.ts';

/** One paragraph of Markdown, with a link to the page; undefined where the documentation has no such routine or states nothing. */
export function irqlContract(name: string): string | undefined {
  const facts = ddiFacts(name);
  if (facts === undefined) return undefined;
  const link = `[documentation](${documentationUrl(facts.page)})`;
  if (facts.bounds === undefined) return link;
  const { minimum, maximum } = facts.bounds;
  const level =
    minimum === maximum
      ? `IRQL = ${levelName(maximum)}`
      : minimum === 0
        ? `IRQL <= ${levelName(maximum)}`
        : `${levelName(minimum)} <= IRQL <= ${levelName(maximum)}`;
  return `${level}${facts.conditional ? ', or less, as the documentation says when' : ''} · ${link}`;
}

/** As wdm.h spells it, where it does. */
function levelName(irql: number): string {
  if (irql === 15) return 'HIGH_LEVEL';
  return irql <= 2 ? `${irqlName(irql)}_LEVEL` : irqlName(irql);
}
