/**
 * Where everything lies: cells of the simulated memory and, beside them, the bytes a C compiler for x64 would use
 * (sizeof is compared with buffer lengths). Makes the program's type table.
 */
import type ts from 'typescript';
import type { ArrayType, CellKind, Field, ScalarType, StructType, Type, TypeId } from '../ir/program.ts';
import type { Declared, Shape, ShapeMember, StructDeclared, TypeEnvironment } from './declared.ts';
import type { DeclaredTypes } from './declared-types.ts';

/** A field as found by its name: `type` is its declared type, storage not decayed. */
export interface FoundField {
  readonly type: Declared;
  /** Cells from the start of the struct. */
  readonly offset: number;
  readonly byteOffset: number;
  /** The type as written where the field is declared. */
  readonly node: ts.TypeNode;
}

/** One cell kind of storage, at an offset in cells. */
export interface ScalarPart {
  readonly offset: number;
  readonly kind: CellKind;
}

export interface Layouts {
  readonly types: readonly Type[];
  readonly typeId: (type: Declared) => TypeId;
  readonly field: (struct: StructDeclared, name: string) => FoundField | undefined;
  /** The type of that field; nothing is laid out for it. */
  readonly memberType: (struct: StructDeclared, name: string) => Declared | undefined;
  /** The scalars that cover a type, in address order; of a union, those of its largest member. */
  readonly scalars: (type: TypeId) => ScalarPart[];
}

/** The cell kind that holds a value of a declared type (an address for storage). */
export function cellKind(type: Declared): CellKind {
  switch (type.kind) {
    case 'int':
      return type.cell;
    case 'bool':
      return 'bool';
    case 'fn':
      return 'fn';
    case 'string':
    case 'size':
      return 'i32';
    case 'void':
      return 'i32';
    default:
      return 'ptr';
  }
}

/** True for the kinds that take two cells. */
export function isWide(kind: CellKind): boolean {
  return kind === 'i64' || kind === 'u64';
}

const scalarTypes: Readonly<Record<CellKind, { name: string; bytes: number }>> = {
  i8: { name: 'CHAR', bytes: 1 },
  u8: { name: 'UCHAR', bytes: 1 },
  i16: { name: 'SHORT', bytes: 2 },
  u16: { name: 'USHORT', bytes: 2 },
  i32: { name: 'LONG', bytes: 4 },
  u32: { name: 'ULONG', bytes: 4 },
  i64: { name: 'LONGLONG', bytes: 8 },
  u64: { name: 'ULONGLONG', bytes: 8 },
  bool: { name: 'BOOLEAN', bytes: 1 },
  ptr: { name: 'PVOID', bytes: 8 },
  fn: { name: 'ROUTINE', bytes: 8 },
};

interface Laid {
  readonly type: StructType;
  readonly align: number;
  readonly places: ReadonlyMap<string, { offset: number; byteOffset: number; type: ts.TypeNode }>;
  readonly bases: readonly { offset: number; byteOffset: number; type: ts.TypeNode | ts.ExpressionWithTypeArguments }[];
}

/** A type table that grows as types are asked for. `report` hears of structs that cannot be laid out. */
export function createLayouts(declared: DeclaredTypes, report: (node: ts.Node, name: string) => void): Layouts {
  const types: Type[] = [];
  const scalars = new Map<string, TypeId>();
  const arrays = new Map<string, TypeId>();
  const structs = new Map<Shape, Laid>();
  const aligns: number[] = [];
  const busy = new Set<Shape>();

  const add = <T extends Type>(make: (id: TypeId) => T, align: number): T => {
    const type = make(types.length);
    types.push(type);
    aligns.push(align);
    return type;
  };

  const scalar = (cell: CellKind, name: string, bytes: number): TypeId => {
    const known = scalars.get(name);
    if (known !== undefined) return known;
    const made = add<ScalarType>((id) => ({ kind: 'scalar', id, name, cell, cells: isWide(cell) ? 2 : 1, bytes }), bytes);
    scalars.set(name, made.id);
    return made.id;
  };

  const typeId = (type: Declared): TypeId => {
    if (type.kind === 'struct') return layOut(type.shape, type.env).type.id;
    if (type.kind === 'array') return array(typeId(type.element), type.count);
    if (type.kind === 'string') return scalar('i32', 'PCWSTR', 8);
    const kind = cellKind(type);
    return scalar(kind, scalarTypes[kind].name, scalarTypes[kind].bytes);
  };

  const array = (element: TypeId, count: number): TypeId => {
    const key = `${element}*${count}`;
    const known = arrays.get(key);
    if (known !== undefined) return known;
    const of = types[element] as Type;
    const made = add<ArrayType>(
      (id) => ({
        kind: 'array',
        id,
        name: `ARRAY<${of.name}, ${count}>`,
        element,
        count,
        cells: of.cells * count,
        bytes: of.bytes * count,
      }),
      aligns[element] ?? 1,
    );
    arrays.set(key, made.id);
    return made.id;
  };

  /** Shapes are laid out once: what a type parameter stands for never changes a layout, because it is always a pointer. */
  const layOut = (shape: Shape, env: TypeEnvironment): Laid => {
    const known = structs.get(shape);
    if (known !== undefined) return known;
    if (busy.has(shape)) {
      report(shape.node, shape.name);
      return { type: emptyStruct(shape), align: 1, places: new Map(), bases: [] };
    }
    busy.add(shape);
    const laid = place(shape, env);
    busy.delete(shape);
    structs.set(shape, laid);
    return laid;
  };

  const emptyStruct = (shape: Shape): StructType =>
    add((id) => ({ kind: 'struct', id, name: shape.name, cells: 0, bytes: 0, fields: [] }), 1);

  const place = (shape: Shape, env: TypeEnvironment): Laid => {
    const fields: Field[] = [];
    const places = new Map<string, { offset: number; byteOffset: number; type: ts.TypeNode }>();
    const bases: Laid['bases'][number][] = [];
    const size = arrange(shape, env, 0, 0, fields, places, bases);
    // Opaque kernel objects are smaller or larger here than on x64, where all of them hold pointers.
    const align = shape.bytes === undefined ? size.align : 8;
    const bytes = shape.bytes ?? roundUp(size.bytes, align);
    const { subject } = shape;
    const type = add<StructType>(
      (id) => ({
        kind: 'struct',
        id,
        name: shape.name,
        cells: size.cells,
        bytes,
        fields,
        ...(subject === undefined ? {} : { subject }),
      }),
      align,
    );
    return { type, align, places, bases };
  };

  /** Lays out `shape`'s members from the given offsets on into the struct being made; gives where it ends, relative to the struct. */
  const arrange = (
    shape: Shape,
    env: TypeEnvironment,
    startCell: number,
    startByte: number,
    fields: Field[],
    places: Map<string, { offset: number; byteOffset: number; type: ts.TypeNode }>,
    bases: Laid['bases'][number][],
  ): { cells: number; bytes: number; align: number } => {
    let cell = startCell;
    let byte = startByte;
    let cellEnd = startCell;
    let byteEnd = startByte;
    let align = 1;
    for (const member of shape.members) {
      if (shape.union) {
        cell = startCell;
        byte = startByte;
      }
      if (member.kind === 'group') {
        byte = roundUp(byte, groupAlign(member.shape, env));
        const inner = arrange(member.shape, env, cell, byte, fields, places, bases);
        align = Math.max(align, inner.align);
        cell = inner.cells;
        byte = roundUp(inner.bytes, inner.align);
      } else {
        const id = typeId(member.kind === 'base' ? baseStruct(member.type, env) : declared.evaluate(member.type, env));
        const type = types[id] as Type;
        const memberAlign = aligns[id] ?? 1;
        byte = roundUp(byte, memberAlign);
        align = Math.max(align, memberAlign);
        fields.push({ name: member.name, type: id, offset: cell, byteOffset: byte });
        if (member.kind === 'base') bases.push({ offset: cell, byteOffset: byte, type: member.type });
        else if (!places.has(member.name)) places.set(member.name, { offset: cell, byteOffset: byte, type: member.type });
        cell += type.cells;
        byte += type.bytes;
      }
      cellEnd = Math.max(cellEnd, cell);
      byteEnd = Math.max(byteEnd, byte);
    }
    return { cells: cellEnd, bytes: byteEnd, align };
  };

  const groupAlign = (shape: Shape, env: TypeEnvironment): number =>
    Math.max(
      1,
      ...shape.members.map((member) => {
        if (member.kind === 'group') return groupAlign(member.shape, env);
        return aligns[typeId(member.kind === 'base' ? baseStruct(member.type, env) : declared.evaluate(member.type, env))] ?? 1;
      }),
    );

  /** The struct behind an `extends`: an alias of it means the struct here, since there is no embedding a pointer this way. */
  const baseStruct = (node: ts.TypeNode | ts.ExpressionWithTypeArguments, env: TypeEnvironment): Declared => {
    const type = declared.evaluate(node, env);
    return type.kind === 'ptr' && type.to !== undefined ? type.to : type;
  };

  const field = (struct: StructDeclared, name: string): FoundField | undefined => {
    const laid = layOut(struct.shape, struct.env);
    const own = laid.places.get(name);
    if (own !== undefined)
      return { type: declared.evaluate(own.type, struct.env), offset: own.offset, byteOffset: own.byteOffset, node: own.type };
    for (const base of laid.bases) {
      const type = baseStruct(base.type, struct.env);
      const found = type.kind === 'struct' ? field(type, name) : undefined;
      if (found !== undefined)
        return { ...found, offset: base.offset + found.offset, byteOffset: base.byteOffset + found.byteOffset };
    }
    return undefined;
  };

  const memberType = ({ shape, env }: StructDeclared, name: string): Declared | undefined => {
    const members = shape.members.flatMap(flat);
    const own = members.find((member) => member.kind === 'field' && member.name === name);
    if (own !== undefined) return declared.evaluate(own.type as ts.TypeNode, env);
    for (const member of members) {
      const type = member.kind === 'base' ? baseStruct(member.type, env) : undefined;
      const found = type?.kind === 'struct' ? memberType(type, name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const scalarParts = (id: TypeId): ScalarPart[] => {
    const type = types[id];
    if (type === undefined) return [];
    if (type.kind === 'scalar') return [{ offset: 0, kind: type.cell }];
    if (type.kind === 'array') {
      const inner = scalarParts(type.element);
      const stride = types[type.element]?.cells ?? 0;
      return Array.from({ length: type.count }, (_, index) =>
        inner.map((part) => ({ offset: part.offset + index * stride, kind: part.kind })),
      ).flat();
    }
    return widestMembers(type, types).flatMap((member) =>
      scalarParts(member.type).map((part) => ({ offset: part.offset + member.offset, kind: part.kind })),
    );
  };

  // The unsized-buffer element type must exist even when no source names it: allocations by byte count are made of it.
  typeId({ kind: 'int', cell: 'u8' });
  return { types, typeId, field, memberType, scalars: scalarParts };
}

/** The members of anonymous unions and structs count as those of the struct around them. */
function flat(member: ShapeMember): Exclude<ShapeMember, { kind: 'group' }>[] {
  return member.kind === 'group' ? member.shape.members.flatMap(flat) : [member];
}

/** Fields that together cover the struct's cells once: of those that overlap, the widest. */
function widestMembers(type: StructType, types: readonly Type[]): Field[] {
  const chosen: Field[] = [];
  const byWidth = [...type.fields].sort(
    (a, b) => (types[b.type]?.cells ?? 0) - (types[a.type]?.cells ?? 0) || a.offset - b.offset,
  );
  const end = (field: Field): number => field.offset + (types[field.type]?.cells ?? 0);
  for (const candidate of byWidth) {
    if (!chosen.some((field) => candidate.offset < end(field) && field.offset < end(candidate))) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.offset - b.offset);
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
