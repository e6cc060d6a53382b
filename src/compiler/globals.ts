/** Top-level variables and their initial cells. */
import ts from 'typescript';
import type { Global, GlobalId } from '../ir/program.ts';
import type { Compilation } from './compilation.ts';
import { routineOfExpression } from './compilation.ts';
import { convert } from './constants.ts';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import { canonical } from './integers.ts';
import { cellKind, isWide } from './layouts.ts';
import { skipParentheses } from './syntax.ts';

export interface Cell {
  readonly offset: number;
  readonly value: number;
}

/** Cells that one variable may have: as the longest array of LONGLONG. */
const largest = 131_072;
/** Cells that all together may have: half of the machine's memory; what is allocated needs the rest. */
const most = 524_288;
/** Cells of the globals made so far. */
const made = new WeakMap<Compilation, number>();

/** The global that a top-level declaration makes. */
export function makeGlobal(compilation: Compilation, declaration: ts.VariableDeclaration, id: GlobalId): Global {
  const type = compilation.typing.typeOfDeclaration(declaration);
  const initial: Cell[] = [];
  checkSize(compilation, type, declaration);
  if (declaration.initializer !== undefined) fill(compilation, type, declaration.initializer, 0, initial);
  return {
    id,
    name: declaration.name.getText(),
    file: compilation.place(declaration).file,
    type: compilation.layouts.typeId(type),
    initial: initial.filter((cell) => cell.value !== 0),
  };
}

/** Reports a global that the machine's memory has no room for, by itself or behind those before it. */
function checkSize(compilation: Compilation, type: Declared, declaration: ts.VariableDeclaration): void {
  const { layouts, report } = compilation;
  const cells = layouts.types[layouts.typeId(type)]?.cells ?? 0;
  const before = made.get(compilation) ?? 0;
  const [what, count, limit] =
    cells > largest ? ['it has', cells, largest] : ['with the variables before it there are', before + cells, most];
  if (count > limit) report(declaration.name, 'dsl/too-large', [declaration.name.getText(), what, String(count), String(limit)]);
  // One that is refused takes no room from those behind it.
  else made.set(compilation, before + cells);
}

function fill(compilation: Compilation, type: Declared, from: ts.Expression, offset: number, cells: Cell[]): void {
  const { layouts, report } = compilation;
  const node = skipParentheses(from);
  if (type.kind === 'struct' && ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      const field = property.name === undefined ? undefined : layouts.field(type, property.name.getText());
      if (field === undefined || !ts.isPropertyAssignment(property)) report(property, 'dsl/initialiser', []);
      else fill(compilation, field.type, property.initializer, offset + field.offset, cells);
    }
  } else if (type.kind === 'array' && ts.isArrayLiteralExpression(node)) {
    const stride = layouts.types[layouts.typeId(type.element)]?.cells ?? 0;
    node.elements.forEach((element, index) => {
      if (index >= type.count) report(element, 'dsl/initialiser-length', [String(type.count)]);
      else fill(compilation, type.element, element, offset + index * stride, cells);
    });
  } else {
    const value = constantCells(compilation, type, node, offset);
    if (value === undefined) report(node, 'dsl/constant-expected', []);
    else cells.push(...value);
  }
}

/** The cells of a constant or routine, as a value of that type; nothing when the expression is neither. */
export function constantCells(compilation: Compilation, type: Declared, node: ts.Expression, offset: number): Cell[] | undefined {
  const routine = routineOfExpression(node, compilation.typing);
  if (routine !== undefined) return [{ offset, value: compilation.funcFor(routine) }];
  const constant = type.kind === 'struct' || type.kind === 'array' ? undefined : convert(compilation.constants.fold(node), type);
  if (constant === undefined) return undefined;
  const to = decay(type);
  if (to.kind === 'int' && isWide(cellKind(to))) {
    return [
      { offset, value: Number(BigInt.asIntN(32, constant.value)) },
      { offset: offset + 1, value: Number(BigInt.asIntN(32, constant.value >> 32n)) },
    ];
  }
  return [{ offset, value: to.kind === 'int' ? canonical(constant.value, to.cell) : Number(constant.value) }];
}
