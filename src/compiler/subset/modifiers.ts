/** Words and decorators before a declaration. */
import ts from 'typescript';
import type { Reporter } from './report.ts';

/** Rejects every modifier of `node` but those in `allowed`, and every decorator. */
export function checkModifiers(walk: Reporter, node: ts.Node, allowed: readonly ts.SyntaxKind[]): void {
  if (!ts.canHaveModifiers(node) && !ts.canHaveDecorators(node)) return;
  // `modifiers` is on every statement the parser can put one before, also where none is legal.
  for (const modifier of (node as { readonly modifiers?: readonly ts.ModifierLike[] }).modifiers ?? []) {
    if (ts.isDecorator(modifier)) walk.report('dsl/decorator', modifier, []);
    else if (modifier.kind === ts.SyntaxKind.AsyncKeyword) walk.report('dsl/async', modifier, []);
    else if (!allowed.includes(modifier.kind)) walk.report('dsl/modifier', modifier, [modifier.getText(walk.file)]);
  }
}

/** Whether `export` stands before it. */
export function isExported(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}
