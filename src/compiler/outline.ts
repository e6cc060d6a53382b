/** What a source declares, and what its names are, as TypeScript's language service tells it. */
import ts from 'typescript';
import type { NameKind, Outline } from './language-api.ts';

/** What is declared in it, in the order of the text. */
export function outlinesOf(tree: ts.NavigationTree): Outline[] {
  return (tree.childItems ?? []).flatMap(outlineOf).sort((a, b) => a.start - b.start);
}

function outlineOf(tree: ts.NavigationTree): Outline[] {
  const [first, ...others] = tree.spans;
  if (first === undefined || tree.kind === ts.ScriptElementKind.alias) return [];
  const last = others.at(-1) ?? first;
  const name = tree.nameSpan ?? first;
  return [
    {
      name: tree.text,
      kind: kindOf(tree.kind, tree.kindModifiers),
      start: first.start,
      end: last.start + last.length,
      nameStart: name.start,
      nameEnd: name.start + name.length,
      inner: outlinesOf(tree),
    },
  ];
}

/** What a name of TypeScript's kinds is. */
export function kindOf(kind: ts.ScriptElementKind, modifiers = ''): NameKind {
  switch (kind) {
    case ts.ScriptElementKind.functionElement:
    case ts.ScriptElementKind.localFunctionElement:
      return 'function';
    case ts.ScriptElementKind.memberFunctionElement:
    case ts.ScriptElementKind.callSignatureElement:
      return 'method';
    case ts.ScriptElementKind.constElement:
      return 'constant';
    case ts.ScriptElementKind.letElement:
    case ts.ScriptElementKind.variableElement:
    case ts.ScriptElementKind.localVariableElement:
    case ts.ScriptElementKind.alias:
      return modifiers.includes('const') ? 'constant' : 'variable';
    case ts.ScriptElementKind.parameterElement:
      return 'parameter';
    case ts.ScriptElementKind.memberVariableElement:
    case ts.ScriptElementKind.memberGetAccessorElement:
      return 'field';
    case ts.ScriptElementKind.interfaceElement:
      return 'struct';
    case ts.ScriptElementKind.typeElement:
    case ts.ScriptElementKind.typeParameterElement:
    case ts.ScriptElementKind.primitiveType:
      return 'type';
    case ts.ScriptElementKind.moduleElement:
    case ts.ScriptElementKind.externalModuleName:
      return 'module';
    case ts.ScriptElementKind.keyword:
      return 'keyword';
    default:
      return 'text';
  }
}
