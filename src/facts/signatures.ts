/** What documentation and headers say of routines and names: parameters with their directions and C types, results, statuses, constants, types. */
import { constantTable } from './constants.generated.ts';
import { ddiFacts } from './index.ts';
import { signatureTable } from './signatures.generated.ts';
import { statusTable } from './statuses.generated.ts';
import { typeTable } from './types.generated.ts';

export interface ParameterFacts {
  readonly name: string;
  /** Absent where the page does not say. */
  readonly direction?: 'in' | 'out' | 'inout';
  /** May be null. */
  readonly optional: boolean;
  /** As in C, without spaces around `*`; absent where no header declares it. */
  readonly type?: string;
}

export interface SignatureFacts {
  readonly name: string;
  /** The C type; absent where it is not known. */
  readonly result?: string;
  /** Whether the page speaks of a null result. */
  readonly nullable: boolean;
  /** Names of the statuses that the page speaks of. */
  readonly statuses: readonly string[];
  /** Absent where their number is not known. */
  readonly parameters?: readonly ParameterFacts[];
  readonly macro: boolean;
}

/** How the routine or macro of that name, or of which it is another name, is called; undefined for callbacks and what is not in the WDM headers. */
export function signatureOf(name: string): SignatureFacts | undefined {
  const line = signatures().get(name) ?? signatures().get(ddiFacts(name)?.name ?? '');
  if (line === undefined) return undefined;
  const [own = '', result = '?', nullable, statuses = '', parameters = '', kind] = line.split('\t');
  return {
    name: own,
    ...(result === '?' ? {} : { result }),
    nullable: nullable === 'null',
    statuses: statuses === '' ? [] : statuses.split(' '),
    ...(parameters === '?' ? {} : { parameters: parameters === '' ? [] : parameters.split(';').map(readParameter) }),
    macro: kind === 'macro',
  };
}

/** Names of all routines and macros with a signature. */
export function signatureNames(): readonly string[] {
  return [...signatures().keys()];
}

/** The value of a status of ntstatus.h, as the header writes it (`0xC0000022`). */
export function statusValue(name: string): string | undefined {
  return statuses().get(name);
}

/** The name that ntstatus.h has for a status, signed or unsigned; of several, the first by alphabet. */
export function statusNameOf(status: number): string | undefined {
  return statusesByValue().get(status >>> 0);
}

/** Names of all statuses of ntstatus.h. */
export function statusNames(): readonly string[] {
  return [...statuses().keys()];
}

export interface ConstantFacts {
  readonly type: 'LONG' | 'ULONG' | 'ULONGLONG';
  /** As it can be written in a source. */
  readonly value: string;
}

/** An integer constant of the headers. */
export function constantOf(name: string): ConstantFacts | undefined {
  const line = constants().get(name);
  if (line === undefined) return undefined;
  const [, type = 'ULONG', value = '0'] = line.split('\t');
  return { type: type as ConstantFacts['type'], value };
}

export interface FieldFacts {
  readonly name: string;
  readonly type: string;
  /** Of an array. */
  readonly count?: string;
}

/** The members of a struct of the headers, none for an enumeration; undefined for any other name. */
export function fieldsOf(name: string): readonly FieldFacts[] | undefined {
  const line = types().get(name);
  if (line === undefined) return undefined;
  const [, kind, fields = ''] = line.split('\t');
  if (kind === 'enum') return [];
  return fields.split(';').map((field) => {
    const [own = '', type = '', count] = field.split(':');
    return { name: own, type, ...(count === undefined ? {} : { count }) };
  });
}

/** Names of all constants and types of the headers. */
export function headerNames(): readonly string[] {
  return [...constants().keys(), ...types().keys()];
}

const directions = { i: 'in', o: 'out', io: 'inout' } as const;

function readParameter(text: string): ParameterFacts {
  const [name = '', mark = '', type = '?'] = text.split(':');
  const direction = directions[mark.replace('?', '') as keyof typeof directions] as ParameterFacts['direction'];
  return {
    name,
    ...(direction === undefined ? {} : { direction }),
    optional: mark.endsWith('?'),
    ...(type === '?' ? {} : { type }),
  };
}

const signatures = once(() => byName(signatureTable));
const constants = once(() => byName(constantTable));
const types = once(() => byName(typeTable));
const statuses = once(() => new Map(lines(statusTable).map((line) => line.split('\t') as [string, string])));

const statusesByValue = once(() => new Map([...statuses()].reverse().map(([name, value]) => [Number(value), name])));

function byName(table: string): ReadonlyMap<string, string> {
  return new Map(lines(table).map((line) => [line.slice(0, line.indexOf('\t')), line]));
}

function lines(table: string): string[] {
  return table.trim().split('\n');
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
