/** What cells are called: `DEVICE_EXTENSION.QueueLock`, `IopCancelSpinLock`. */
import type { Program, Type } from '../ir/program.ts';
import type { Machine } from './machine.ts';

/**
 * The name of what lies at an address: the global or the type of the object, then its members down to the cell.
 * @returns undefined where no object is, or one without a type.
 */
export function cellName(machine: Machine, address: number): string | undefined {
  const base = machine.objects.at(address);
  const token = base === 0 ? 0 : machine.objects.sizeToken(base, false);
  if (token >= 0) return undefined;
  const { program } = machine;
  const type = program.types.find(({ id }) => id === -token);
  if (type === undefined) return undefined;
  const global = [...machine.globals].find(([, at]) => at === base)?.[0];
  const name = program.globals.find(({ id }) => id === global)?.name ?? type.name;
  return `${name}${memberPath(program, type, address - base)}`;
}

/** The same of a lock word, without the member that the word is of its lock. */
export function lockName(machine: Machine, word: number): string {
  const name = cellName(machine, word)?.replace(/\.Word$/, '');
  return name === 'IopCancelSpinLock' ? 'the cancel spin lock' : (name ?? 'a spin lock');
}

function memberPath(program: Program, type: Type | undefined, offset: number): string {
  const typeOf = (id: number): Type | undefined => program.types.find((one) => one.id === id);
  if (type?.kind === 'array') {
    const element = typeOf(type.element);
    const index = Math.trunc(offset / (element?.cells ?? 1));
    return `[${index}]${memberPath(program, element, offset - index * (element?.cells ?? 1))}`;
  }
  if (type?.kind !== 'struct') return '';
  const field = type.fields.find((one) => offset >= one.offset && offset < one.offset + (typeOf(one.type)?.cells ?? 0));
  return field === undefined ? '' : `.${field.name}${memberPath(program, typeOf(field.type), offset - field.offset)}`;
}
