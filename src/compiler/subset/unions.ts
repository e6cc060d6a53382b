/** Unions through whose members one integer would be read as another: the model keeps one cell a number, whatever its width. */
import ts from 'typescript';
import type { Type, TypeId } from '../../ir/program.ts';
import type { Meaning } from './meaning.ts';

/** A scalar, or half of a 64-bit integer, at its place in the model (`cell`) and in C (`byte`). */
interface Piece {
  readonly cell: number;
  readonly byte: number;
  readonly bytes: number;
  /** A pointer, a routine or a text: what an integer in its place means is nobody's concern. */
  readonly address: boolean;
}

/** More pieces than any memory of the model has. */
const mostPieces = 1_000_000;

/** Checks one `Union<{ ... }>` as written. */
export function checkUnion(meaning: Meaning, node: ts.Node): void {
  const { declared, layouts, report } = meaning;
  if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName) || node.typeName.text !== 'Union') return;
  const union = declared.evaluate(node);
  if (union.kind !== 'struct' || !union.shape.union) return;
  const taken = { integers: createTaken(), addresses: createTaken() };
  let left = mostPieces;
  for (const member of union.shape.members) {
    if (member.kind !== 'field') continue;
    for (const piece of pieces(layouts.types, layouts.typeId(declared.evaluate(member.type, union.env)), 0, 0)) {
      if (--left < 0) return;
      const other = (piece.address ? taken.addresses : taken.integers).take(piece, member.name);
      if (other !== undefined) return report('dsl/union-width', member.type.parent, [member.name, other]);
    }
  }
}

/** The cells and bytes that the members so far take, and which member does. */
function createTaken(): { readonly take: (piece: Piece, member: string) => string | undefined } {
  const cells = new Map<number, { piece: Piece; member: string }>();
  const bytes = new Map<number, { piece: Piece; member: string }>();
  return {
    /** Notes a piece; gives the other member that has a different piece on the same cell or byte, if there is one. */
    take(piece, member) {
      const here = { piece, member };
      const met = [cells.get(piece.cell)];
      if (met[0] === undefined) cells.set(piece.cell, here);
      for (let byte = piece.byte; byte < piece.byte + piece.bytes; byte++) {
        const known = bytes.get(byte);
        if (known === undefined) bytes.set(byte, here);
        else met.push(known);
      }
      return met.find((known) => known !== undefined && known.member !== member && !same(known.piece, piece))?.member;
    },
  };
}

function same(a: Piece, b: Piece): boolean {
  return a.cell === b.cell && a.byte === b.byte && a.bytes === b.bytes;
}

function* pieces(types: readonly Type[], id: TypeId, cell: number, byte: number): Generator<Piece> {
  const type = types[id];
  if (type?.kind === 'array') {
    const { element, count, cells, bytes } = type;
    for (let i = 0; i < count; i++) yield* pieces(types, element, cell + (cells / count) * i, byte + (bytes / count) * i);
  } else if (type?.kind === 'struct') {
    for (const field of type.fields) yield* pieces(types, field.type, cell + field.offset, byte + field.byteOffset);
  } else if (type !== undefined) {
    // A 64-bit integer is two cells, so its halves may be read as two integers of 32 bits.
    const bytes = type.bytes / type.cells;
    for (let i = 0; i < type.cells; i++) yield { cell: cell + i, byte: byte + i * bytes, bytes, address: bytes === 8 };
  }
}
