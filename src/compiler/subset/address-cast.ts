/** The one cast between integers and pointers: of ULONG_PTR and its like, which are wide enough for an address. */
import ts from 'typescript';
import type { Declared } from '../declared.ts';
import { createMeaning } from './meaning.ts';

/** Whether the type checker objects to a cast that has a meaning here. It sees a number and a structure, which share nothing. */
export function isAddressCast(program: ts.Program, diagnostic: ts.Diagnostic): boolean {
  const { code, file, start = 0, length = 0 } = diagnostic;
  if (code !== 2352 || file === undefined) return false;
  const node = castAt(file, start, start + length);
  if (node === undefined) return false;
  const { typing, declared } = createMeaning(program, file, file.fileName);
  const from = typing.typeOf(node.expression);
  const to = declared.evaluate(node.type);
  return (isWide(from) && isPointer(to)) || (isPointer(from) && isWide(to));
}

/** A 64-bit integer. */
export function isWide(type: Declared): boolean {
  return type.kind === 'int' && (type.cell === 'u64' || type.cell === 'i64');
}

function isPointer({ kind }: Declared): boolean {
  return kind === 'ptr' || kind === 'ref' || kind === 'struct';
}

function castAt(node: ts.Node, start: number, end: number): ts.AsExpression | undefined {
  return ts.forEachChild(node, (child) => {
    if (child.end < end || child.pos > start) return undefined;
    const inner = castAt(child, start, end);
    if (inner !== undefined) return inner;
    return ts.isAsExpression(child) && child.getStart() === start && child.end === end ? child : undefined;
  });
}
