/** Values of a machine's memory as typed trees: members of structs, elements of arrays, what pointers point to. */
import type { CellKind, Field, Program, StructType, Type, TypeId } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';
import { cellName } from './cell-names.ts';
import { UNWRITTEN } from './layout.ts';
import type { Machine } from './machine.ts';

/** Something of a type that lies at an address. */
export interface Stored {
  readonly type: TypeId;
  readonly address: number;
}

/** A member or an element, by its name: `Flags`, `[3]`. */
export interface Part extends Stored {
  readonly name: string;
}

/** The members of a struct, those of unions side by side, or the elements of an array; none of a scalar. */
export function partsOf({ program }: Machine, { type: id, address }: Stored): Part[] {
  const type = typeOf(program, id);
  if (type?.kind === 'struct')
    return type.fields.map((field) => ({ name: field.name, type: field.type, address: address + field.offset }));
  if (type?.kind !== 'array') return [];
  const stride = typeOf(program, type.element)?.cells ?? 0;
  return Array.from({ length: type.count }, (_, i) => ({ name: `[${i}]`, type: type.element, address: address + i * stride }));
}

/** What a scalar holds, as registers would; undefined where nothing was ever written there. */
export function scalarAt({ cells }: Machine, kind: CellKind, address: number): number | undefined {
  const cell = cells[address];
  if (isWide(kind)) return cells[address + 1] === UNWRITTEN ? undefined : cells[address + 1] * 0x100000000 + (cell >>> 0);
  if (cell === UNWRITTEN) return undefined;
  switch (kind) {
    case 'i8':
      return (cell << 24) >> 24;
    case 'u8':
      return cell & 0xff;
    case 'i16':
      return (cell << 16) >> 16;
    case 'u16':
      return cell & 0xffff;
    case 'u32':
      return cell >>> 0;
    default:
      return cell;
  }
}

/** What a pointer points to. */
export interface Target {
  /** Absent where what lies there has no type: bytes, or no object at all. */
  readonly stored?: Stored;
  /** The object's first cell; 0 where there is none. */
  readonly object: number;
  /** Its size in bytes, where it is nothing but bytes. */
  readonly bytes?: number;
  readonly freed: boolean;
}

/** What lies at an address other than null. `declared`: the struct that the pointer is declared to point to. */
export function targetOf(machine: Machine, address: number, declared?: TypeId): Target {
  const { objects, program } = machine;
  const object = objects.at(address);
  if (object === 0) return { object: 0, freed: false };
  const freed = !objects.isLive(object);
  const token = objects.sizeToken(object, false);
  if (token >= 0) {
    const fits = declared !== undefined && objects.hasPart(object, address, declared);
    return { object, freed, bytes: token, ...(fits ? { stored: { type: declared, address } } : {}) };
  }
  if (declared !== undefined && objects.hasPart(object, address, declared))
    return { object, freed, stored: { type: declared, address } };
  const type = outermostAt(program, -token, address - object);
  return { object, freed, ...(type === undefined ? {} : { stored: { type, address } }) };
}

/** The struct of that name that programs have; undefined where this one has none. */
export function structNamed(program: Program, name: string): StructType | undefined {
  return program.types.find((type): type is StructType => type.kind === 'struct' && type.name === name);
}

/** The live objects whose type is that struct, by address. */
export function objectsOf({ objects }: Machine, type: TypeId): number[] {
  return objects.bases.filter((base) => objects.isLive(base) && objects.sizeToken(base, false) === -type);
}

/** The type of that id. */
export function typeOf(program: Program, id: TypeId): Type | undefined {
  const type = program.types[id];
  return type?.id === id ? type : program.types.find((one) => one.id === id);
}

/** The largest part of a type that begins that many cells behind its start. */
function outermostAt(program: Program, id: TypeId, offset: number): TypeId | undefined {
  if (offset === 0) return id;
  const type = typeOf(program, id);
  if (type?.kind === 'array') {
    const stride = typeOf(program, type.element)?.cells ?? 1;
    return outermostAt(program, type.element, offset % stride);
  }
  if (type?.kind !== 'struct') return undefined;
  const around = type.fields.filter((field) => within(program, field, offset));
  return around.flatMap((field) => outermostAt(program, field.type, offset - field.offset) ?? [])[0];
}

/** What lies at an address, in words: `IopCancelSpinLock`, `DEVICE_EXTENSION.Timer`, `null`. */
export function addressName(machine: Machine, address: number): string {
  return address === 0 ? 'null' : (cellName(machine, address) ?? 'unknown memory');
}

/** The name of a part of an object: that of the global or of the object's type, and the members that lead to the part. */
export function partName(machine: Machine, { type, address }: Stored): string {
  const { objects, program } = machine;
  const object = objects.at(address);
  const token = object === 0 ? 0 : objects.sizeToken(object, false);
  const whole = typeOf(program, -token);
  if (token >= 0 || whole === undefined) return addressName(machine, address);
  const global = [...machine.globals].find(([, at]) => at === object)?.[0];
  const name = program.globals.find(({ id }) => id === global)?.name ?? whole.name;
  return `${name}${pathTo(program, whole, address - object, type)}`;
}

/** The members from the start of a type to the part of type `wanted` that many cells behind it. */
function pathTo(program: Program, type: Type, offset: number, wanted: TypeId): string {
  if (offset === 0 && type.id === wanted) return '';
  if (type.kind === 'array') {
    const element = typeOf(program, type.element);
    const index = Math.trunc(offset / (element?.cells ?? 1));
    return `[${index}]${element === undefined ? '' : pathTo(program, element, offset - index * element.cells, wanted)}`;
  }
  if (type.kind !== 'struct') return '';
  const around = type.fields.filter((field) => within(program, field, offset));
  const field = around.find((one) => holds(program, one.type, offset - one.offset, wanted)) ?? around[0];
  const inner = field === undefined ? undefined : typeOf(program, field.type);
  return field === undefined || inner === undefined
    ? ''
    : `.${field.name}${pathTo(program, inner, offset - field.offset, wanted)}`;
}

/** Whether a part of type `wanted` lies that many cells behind the start of a type. */
function holds(program: Program, id: TypeId, offset: number, wanted: TypeId): boolean {
  if (id === wanted && offset === 0) return true;
  const type = typeOf(program, id);
  if (type?.kind === 'array') return holds(program, type.element, offset % (typeOf(program, type.element)?.cells ?? 1), wanted);
  if (type?.kind !== 'struct') return false;
  return type.fields.some((field) => within(program, field, offset) && holds(program, field.type, offset - field.offset, wanted));
}

function within(program: Program, field: Field, offset: number): boolean {
  return offset >= field.offset && offset < field.offset + (typeOf(program, field.type)?.cells ?? 0);
}

/** A variable of a virtual device, which stands for one of its registers. */
export interface RegisterView {
  /** File of the device without folders: `serial`. */
  readonly device: string;
  readonly name: string;
  readonly value: number;
}

/** Elements of a device's arrays that are shown as registers; larger ones are tables. */
const mostElements = 16;

/** The registers of the virtual devices that the program has, in the order in which the devices declare them. */
export function deviceRegisters({ program, globals, cells }: Machine): RegisterView[] {
  return program.globals.flatMap(({ id, name, file, type: typeId }): RegisterView[] => {
    const { origin, path } = program.files[file];
    const base = globals.get(id);
    const type = typeOf(program, typeId);
    if (origin !== 'device' || base === undefined || type === undefined) return [];
    const device = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
    if (type.kind === 'scalar') return [{ device, name, value: cells[base] }];
    const element = type.kind === 'array' ? typeOf(program, type.element) : undefined;
    if (type.kind !== 'array' || element?.kind !== 'scalar' || type.count > mostElements) return [];
    return Array.from({ length: type.count }, (_, i) => ({
      device,
      name: `${name}[${i}]`,
      value: cells[base + i * element.cells],
    }));
  });
}
