/** The nested stretches around a place that a selection is widened to, where there are too many for TypeScript to find. */
import ts from 'typescript';

/** Selections around one place; nobody widens one more often. */
export const mostSelections = 100;

/** The nodes that an offset lies in, the innermost first. Between two nodes it lies in the one before it, -1, or behind it, 1. */
function nodesAround(file: ts.SourceFile, offset: number, side: -1 | 1): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const holds =
    (end: number) =>
    (node: ts.Node): ts.Node | undefined =>
      node.getStart(file) <= offset && end <= node.end ? node : undefined;
  const inner = (node: ts.Node): ts.Node | undefined =>
    (side === 1 ? ts.forEachChild(node, holds(offset + 1)) : undefined) ?? ts.forEachChild(node, holds(offset));
  for (let node: ts.Node | undefined = file; node !== undefined; node = inner(node)) found.push(node);
  return found.reverse();
}

/**
 * The innermost stretches around an offset, where more nodes lie around it than are given: TypeScript's own search takes a time that grows with the
 * square of them. Undefined where there are few.
 */
export function manySelections(
  file: ts.SourceFile,
  offset: number,
): readonly { readonly start: number; readonly end: number }[] | undefined {
  const [before, behind] = [nodesAround(file, offset, -1), nodesAround(file, offset, 1)];
  const nodes = before.length > behind.length ? before : behind;
  if (nodes.length <= mostSelections) return undefined;
  return nodes.slice(0, mostSelections).map((node) => ({ start: node.getStart(file), end: node.end }));
}
