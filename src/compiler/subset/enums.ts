/** The quick fix for an `enum`: its members as constants of a named integer. */
import ts from 'typescript';

/** The text that replaces the enum, or undefined where a member's value is computed. */
export function enumAsConstants(node: ts.EnumDeclaration, file: ts.SourceFile): string | undefined {
  const exported = node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ? 'export ' : '';
  const newLine = file.text.includes('\r\n') ? '\r\n' : '\n';
  const type = node.name.text;
  const lines = [`${exported}type ${type} = LONG;`];
  let next: number | undefined = 0;
  for (const member of node.members) {
    if (!ts.isIdentifier(member.name)) return undefined;
    const written: string | undefined = member.initializer?.getText(file);
    if (written !== undefined)
      next = /^-?(0x[0-9a-f]+|\d+)$/i.test(written)
        ? Number(written.replace('-', '')) * (written.startsWith('-') ? -1 : 1)
        : undefined;
    if (next === undefined) return undefined;
    lines.push(`${exported}const ${member.name.text}: ${type} = ${written ?? next};`);
    next++;
  }
  return lines.join(newLine);
}
