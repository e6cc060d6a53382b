/** Which identifiers a driver may use. */
import ts from 'typescript';
import type { Reporter } from './report.ts';

/** Names that JavaScript gives a meaning of its own, to every object or to code; as C names nobody misses them. */
const reserved = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'arguments',
  'eval',
  'globalThis',
  'prototype',
  'require',
  'Infinity',
  'NaN',
]);

/** Checks an identifier as written, where it is declared or used. */
export function checkName({ file, report }: Reporter, name: ts.Node | undefined): void {
  if (!name) return;
  if (!ts.isIdentifier(name)) {
    report('dsl/name', name, [name.getText(file)]);
    return;
  }
  // A missing name is the parser's invention; its syntax error says so.
  if (name.text === '') return;
  const written = name.getText(file);
  if (name.text === 'undefined') report('dsl/undefined', name, []);
  else if (name.text === 'NULL') report('dsl/null', name, [], 'null');
  else if (reserved.has(name.text)) report('dsl/reserved-name', name, [name.text]);
  else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(written)) report('dsl/name', name, [written]);
}
