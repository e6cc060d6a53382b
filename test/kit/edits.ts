/** Random edits of a driver as people make them, line by line: most leave a driver that compiles. */
import fc from 'fast-check';

/** One edit, to be applied to any text. */
export interface Edit {
  readonly kind: 'delete' | 'duplicate' | 'swap' | 'comment' | 'number' | 'local' | 'function' | 'field' | 'call';
  /** Of 1,000 parts of the statements. */
  readonly at: number;
  readonly number: number;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom<Edit['kind']>('delete', 'duplicate', 'swap', 'comment', 'number', 'local', 'function', 'field', 'call'),
  at: fc.integer({ min: 0, max: 999 }),
  number: fc.integer({ min: 0, max: 300 }),
});

/** The text behind the edit. */
export function edited(text: string, { kind, at, number }: Edit): string {
  const lines = text.split('\n');
  const statements = lines.flatMap((line, index) => (/^\s+[A-Za-z].*;$/.test(line) && !line.includes(' from ') ? [index] : []));
  const here = statements[Math.floor((at * statements.length) / 1000)] ?? 0;
  const line = lines[here] ?? '';
  const insert = (...inserted: readonly string[]): string =>
    [...lines.slice(0, here), ...inserted, ...lines.slice(here)].join('\n');
  const name = `Edited${number}`;
  switch (kind) {
    case 'delete':
      return lines.filter((_, index) => index !== here).join('\n');
    case 'duplicate':
      return insert(line);
    case 'swap':
      return [...lines.slice(0, here), lines[here + 1] ?? '', line, ...lines.slice(here + 2)].join('\n');
    case 'comment':
      return insert(`  // ${'x'.repeat(number % 40)}`, '');
    case 'number':
      return lines.map((one, index) => (index === here ? one.replace(/\b\d+\b/, String(number)) : one)).join('\n');
    case 'local':
      return insert(`  let ${name}: number = ${number};`, `  ${name}++;`);
    case 'function':
      return text.replace(/^(function|const) (?=\w)/m, `function ${name}(): boolean {\n  return ${number} > 7;\n}\n\n$1 `);
    case 'field':
      return text.replace(/^(interface \w+ (?:extends \w+ )?\{)/m, `$1 ${name}: ULONG;`);
    default:
      return insert('  KeGetCurrentIrql();');
  }
}
