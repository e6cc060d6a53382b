/** What is known of a library's own syntax trees, whatever sources are compiled with it: kept from one compilation to the next. */
import type ts from 'typescript';
import type { Declared, Shape } from './declared.ts';

/** Kept by nodes of the library's trees: it goes when they go. */
export interface Lasting {
  /** What names stand for. */
  readonly symbols: WeakMap<ts.Node, ts.Symbol>;
  readonly shapes: WeakMap<ts.Node, Shape>;
  /** Types of expressions and declarations. */
  readonly types: WeakMap<ts.Node, Declared>;
}

/** Nothing yet. */
export function createLasting(): Lasting {
  return { symbols: new WeakMap(), shapes: new WeakMap(), types: new WeakMap() };
}
