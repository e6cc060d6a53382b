/** Values in the words of a driver's author: `STATUS_PENDING`, `DISPATCH_LEVEL`, `IRP 2 (READ)`, members and elements as a tree. */
import { irqlConstant, statusName } from '../check/notes.ts';
import { routineName } from '../engine/inspect.ts';
import { addressName, partName, partsOf, type Stored, scalarAt, targetOf, typeOf } from '../engine/inspect-values.ts';
import { irpStateReader } from '../engine/irp-state.ts';
import { UNWRITTEN } from '../engine/layout.ts';
import type { Machine } from '../engine/machine.ts';
import type { CellKind, TypeId } from '../ir/program.ts';

/** A named value; its parts, where it has any, are asked for by `parts`. */
export interface Value {
  readonly name: string;
  /** As C writes it, as far as it is known: `IRP`, `PDEVICE_OBJECT`, `ULONG`. */
  readonly type: string;
  readonly text: string;
  readonly parts?: Parts;
  /** The number itself, for comparisons; absent for structs and what was never written. */
  readonly number?: number;
}

/** What a value's parts are found by. */
export type Parts =
  | { readonly kind: 'memory'; readonly stored: Stored }
  | { readonly kind: 'list'; readonly values: readonly Value[] };

/** Makes values of a machine. */
export interface Values {
  /** A value that is not in memory, such as a variable in a register. */
  scalar(name: string, kind: CellKind, value: number, pointee?: TypeId): Value;
  /** What lies at an address. */
  stored(name: string, stored: Stored): Value;
  /** What a pointer points to, under a name of its own. */
  pointedTo(name: string, address: number): Value;
  /** The parts of a value. */
  partsOf(parts: Parts): readonly Value[];
  /** `IRP 2 (READ)`, or `DEVICE_EXTENSION.Queue` for what is no IRP. */
  nameOf(address: number): string;
}

/** @param irpName the name of the IRP at that address, undefined where none is. */
export function valuesOf(machine: Machine, irpName: (address: number) => string | undefined): Values {
  const { program } = machine;
  const stateOf = irpStateReader(machine);
  return { scalar, stored, pointedTo: (name, address) => pointer(name, address, undefined), partsOf: parts, nameOf };

  function stored(name: string, at: Stored): Value {
    const type = typeOf(program, at.type);
    if (type?.kind === 'scalar') {
      const value = scalarAt(machine, type.cell, at.address);
      if (value === undefined) return { name, type: type.name, text: 'never written' };
      const shown = scalar(name, type.cell, value);
      return type.name === 'PCWSTR' ? { ...shown, type: 'PCWSTR', text: `text ${value}` } : { ...shown, type: shown.type };
    }
    const typeName = type?.name ?? '';
    const irp = isIrp(at) ? nameOf(at.address, at) : undefined;
    const summary = irp === undefined ? typeName : `${irp}, ${stateText(at.address)}`;
    return { name, type: typeName, text: type?.kind === 'array' ? elements(at) : summary, parts: { kind: 'memory', stored: at } };
  }

  function scalar(name: string, kind: CellKind, value: number, pointee?: TypeId): Value {
    if (kind === 'ptr') return pointer(name, value, pointee);
    if (value === UNWRITTEN) return { name, type: typeNames[kind], text: 'never written' };
    const text =
      kind === 'fn'
        ? (routineName(machine, value) ?? (value === 0 ? 'null' : 'no routine'))
        : kind === 'bool'
          ? value === 0
            ? 'FALSE'
            : 'TRUE'
          : integer(name, kind === 'u32' ? value >>> 0 : value);
    return { name, type: typeNames[kind], text, number: value };
  }

  function pointer(name: string, address: number, pointee: TypeId | undefined): Value {
    const declared = pointee === undefined ? undefined : typeOf(program, pointee)?.name;
    const type = declared === undefined ? 'PVOID' : `P${declared}`;
    if (address === 0) return { name, type, text: 'null', number: 0 };
    if (address === UNWRITTEN) return { name, type, text: 'never written' };
    const { stored: at, object, bytes, freed } = targetOf(machine, address, pointee);
    if (object === 0) return { name, type, text: 'no object', number: address };
    const what = bytes === undefined ? nameOf(address, at) : `${bytes} bytes`;
    const known = at === undefined ? undefined : typeOf(program, at.type)?.name;
    const state = at !== undefined && isIrp(at) ? `, ${stateText(at.address)}` : freed ? ', freed' : '';
    return {
      name,
      type: declared === undefined && known !== undefined ? `P${known}` : type,
      text: `${what}${state}`,
      number: address,
      ...(at === undefined || freed ? {} : { parts: { kind: 'memory', stored: at } as const }),
    };
  }

  function parts(of: Parts): readonly Value[] {
    if (of.kind === 'list') return of.values;
    const members = partsOf(machine, of.stored).map(({ name, ...at }) => stored(name, at));
    if (members.length === 0) return [stored('*', of.stored)];
    return isIrp(of.stored) ? [cancelState(of.stored.address), ...members] : members;
  }

  function cancelState(irp: number): Value {
    const routine = routineName(machine, stateOf(irp)?.routine ?? 0);
    return { name: 'cancel state', type: '', text: `${stateText(irp)}${routine === undefined ? '' : `, by ${routine}`}` };
  }

  function stateText(irp: number): string {
    return stateOf(irp)?.state.replace('-', ' ') ?? 'no state';
  }

  function isIrp({ type: id, address }: Stored): boolean {
    const type = typeOf(program, id);
    return type?.kind === 'struct' && type.subject === 'irp' && machine.objects.at(address) === address;
  }

  function nameOf(address: number, at = targetOf(machine, address).stored): string {
    const irp = irpName(machine.objects.at(address));
    const name = at === undefined ? addressName(machine, address) : partName(machine, at);
    return irp === undefined ? name : `${irp}${name.replace(/^\w+/, '')}`;
  }

  function elements(at: Stored): string {
    const shown = partsOf(machine, at)
      .slice(0, shownElements)
      .map((part) => stored('', part).text);
    const type = typeOf(program, at.type);
    return `[${shown.join(', ')}${type?.kind === 'array' && type.count > shownElements ? ', ...' : ''}]`;
  }
}

/** Elements of an array that its own line shows. */
const shownElements = 8;

const typeNames: Readonly<Record<CellKind, string>> = {
  i8: 'CHAR',
  u8: 'UCHAR',
  i16: 'SHORT',
  u16: 'USHORT',
  i32: 'LONG',
  u32: 'ULONG',
  i64: 'LONGLONG',
  u64: 'ULONGLONG',
  bool: 'BOOLEAN',
  ptr: 'PVOID',
  fn: 'routine',
};

/** The program has widths only: that a number is a status or a level its name tells. */
function integer(name: string, value: number): string {
  if (/Status$/.test(name)) return statusName(value);
  if (/Irql$/.test(name) && value >= 0 && value <= 2) return `${irqlConstant(value)} (${value})`;
  return value >= 0 && value < 10 ? `${value}` : `${value} (0x${(value < 0 ? value >>> 0 : value).toString(16)})`;
}
