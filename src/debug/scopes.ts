/** What of a machine is shown as variables where it has stopped: those of a routine, and what the whole machine has. */
import { laneName } from '../check/lanes.ts';
import { irpNames, irqlConstant } from '../check/notes.ts';
import { armedTimers, dpcQueues, heldLocks, liveContexts } from '../engine/inspect.ts';
import type { FrameView } from '../engine/inspect-frames.ts';
import { objectsOf, partsOf, type Stored, structNamed, typeOf } from '../engine/inspect-values.ts';
import type { Machine } from '../engine/machine.ts';
import { contextName } from '../engine/names.ts';
import type { Program, StructType, TypeId } from '../ir/program.ts';
import type { Tape } from './tape.ts';
import { type Value, type Values, valuesOf } from './values.ts';

/** A frame of a context. */
export interface Frame extends FrameView {
  readonly context: number;
}

/** A named group of values. */
export interface Scope {
  readonly name: string;
  readonly values: readonly Value[];
}

/** The values of the machine as it is now. */
export function currentValues({ machine, watcher }: Tape): Values {
  const name = irpNames(watcher.recorder.steps);
  return valuesOf(machine, (address) => {
    const index = watcher.irps.lastIndexOf(address);
    return index < 0 || address === 0 ? undefined : name(index + 1);
  });
}

/** Everything that can be shown at a frame, or without one what does not depend on it; groups that are empty are left out, but for the first. */
export function scopesAt(tape: Tape, frame: Frame | undefined, values: Values): Scope[] {
  const { machine } = tape;
  const own = frame === undefined ? [] : [{ name: 'Locals', values: localsOf(frame, values) }];
  const shared = [
    { name: 'Device extension', values: extensions(machine, frame, values) },
    { name: 'IRPs', values: irps(tape, values) },
    { name: 'Locks', values: locks(tape) },
    { name: 'Queues', values: queues(machine, values) },
    { name: 'Device registers', values: globals(machine, 'device', values) },
    { name: 'Globals', values: globals(machine, 'driver', values) },
    { name: 'Contexts', values: contexts(tape) },
  ];
  return [...own, ...shared.filter(({ values }) => values.length > 0)];
}

/** What expressions may begin with at a frame: its variables, the driver's globals, and the state of the context. */
export function lookUp(tape: Tape, frame: Frame | undefined, values: Values, name: string): Value | undefined {
  const local = frame === undefined ? undefined : localsOf(frame, values).find((one) => one.name === name);
  if (local !== undefined || frame === undefined) return local;
  const at = liveContexts(tape.machine).find(({ context }) => context === frame.context);
  if (name === 'IRQL') return numberValue('IRQL', at?.irql ?? 0, irqlConstant(at?.irql ?? 0));
  if (name === 'CPU') return numberValue('CPU', at?.processor ?? -1, (at?.processor ?? -1) < 0 ? 'any' : `${at?.processor}`);
  return globals(tape.machine, 'driver', values).find((one) => one.name === name);
}

function numberValue(name: string, number: number, text: string): Value {
  return { name, type: 'LONG', text, number };
}

/** Of variables of one name in several blocks the one declared last. */
function localsOf({ registers, locals }: Frame, values: Values): Value[] {
  const found = new Map<string, Value>();
  for (const { name, kind, value, pointee } of registers) found.set(name, values.scalar(name, kind, value, pointee));
  for (const { name, type, address } of locals) if (address !== 0) found.set(name, values.stored(name, { type, address }));
  return [...found.values()];
}

/** The extension of the device that the routine was given, with its members at once; else those of all devices that have one. */
function extensions(machine: Machine, frame: Frame | undefined, values: Values): Value[] {
  const device = structNamed(machine.program, 'DEVICE_OBJECT');
  const member = device?.fields.find(({ name }) => name === 'DeviceExtension');
  if (device === undefined || member === undefined) return [];
  const given = frame?.registers.find(
    ({ pointee, value }) => pointee === device.id && objectsOf(machine, device.id).includes(value),
  );
  const devices = given === undefined ? objectsOf(machine, device.id) : [given.value];
  const found = devices
    .map((address) => values.pointedTo('DeviceExtension', machine.cells[address + member.offset]))
    .filter(({ parts }) => parts !== undefined);
  const [only] = found;
  return found.length === 1 && only?.parts !== undefined ? [...values.partsOf(only.parts)] : found;
}

/** Every IRP that has not been freed, the newest last. */
function irps({ machine, watcher }: Tape, values: Values): Value[] {
  return watcher.irps.flatMap((address, index) => {
    const reused = watcher.irps.lastIndexOf(address) !== index;
    if (reused || !machine.objects.isLive(address)) return [];
    const { name, ...value } = values.pointedTo(values.nameOf(address), address);
    return [{ ...value, name, text: value.text.replace(`${name}, `, '') }];
  });
}

function locks({ machine, subject }: Tape): Value[] {
  return heldLocks(machine).map(({ name, context }) => ({
    name,
    type: '',
    text: `held by ${laneName(contextName(machine, context), subject.scenario)}`,
  }));
}

function contexts({ machine, subject }: Tape): Value[] {
  return liveContexts(machine).map(({ name, processor, irql, waiting }) => ({
    name: laneName(name, subject.scenario),
    type: '',
    text: [
      processor < 0 ? 'on no CPU' : `CPU ${processor}`,
      irqlConstant(irql),
      ...(waiting === undefined ? [] : [`waits for ${waiting}`]),
    ].join(', '),
  }));
}

/** DPC queues of the processors, device queues that are busy, and armed timers. */
function queues(machine: Machine, values: Values): Value[] {
  const dpc = structNamed(machine.program, 'KDPC');
  const dpcs = dpcQueues(machine).map((queue, p): Value => {
    const waiting = queue.map((address, i) => memberOf(values, dpc, address, `[${i}]`, 'DeferredRoutine'));
    return list(`DPCs of CPU ${p}`, waiting);
  });
  const timers = armedTimers(machine).map(
    ({ timer, micros }): Value => ({ ...values.pointedTo(values.nameOf(timer), timer), text: `expires in ${micros} µs` }),
  );
  return [...dpcs, ...deviceQueues(machine, values), ...(timers.length === 0 ? [] : [list('Armed timers', timers)])];
}

/** A struct of which one member tells the most. */
function memberOf(values: Values, struct: StructType | undefined, address: number, name: string, member: string): Value {
  const field = struct?.fields.find((one) => one.name === member);
  const whole = values.pointedTo(name, address);
  return field === undefined
    ? whole
    : { ...whole, text: values.stored(member, { type: field.type, address: address + field.offset }).text };
}

function list(name: string, members: readonly Value[]): Value {
  return {
    name,
    type: '',
    text: members.length === 0 ? 'empty' : members.map(({ text }) => text).join(', '),
    ...(members.length === 0 ? {} : { parts: { kind: 'list', values: members } as const }),
  };
}

/** Entries that a device queue may have before it is taken for broken. */
const mostEntries = 64;

/** The device queues in live objects: what waits in them, and whether they are busy. */
function deviceQueues(machine: Machine, values: Values): Value[] {
  const queue = structNamed(machine.program, 'KDEVICE_QUEUE');
  const entry = structNamed(machine.program, 'KDEVICE_QUEUE_ENTRY');
  const busy = queue?.fields.find(({ name }) => name === 'Busy');
  const head = queue?.fields.find(({ name }) => name === 'DeviceListHead');
  if (queue === undefined || entry === undefined || busy === undefined || head === undefined) return [];
  const found: number[] = [];
  for (const base of machine.objects.bases) {
    const token = machine.objects.sizeToken(base, false);
    if (!machine.objects.isLive(base) || token >= 0 || !mayHold(machine.program, -token, queue.id)) continue;
    within(machine, { type: -token, address: base }, queue.id, found);
  }
  return found.flatMap((address) => {
    if (machine.cells[address + busy.offset] === 0) return [];
    const entries: Value[] = [];
    const first = address + head.offset;
    // Flink is a list entry's first cell; in a queue never used it is null.
    for (let at = machine.cells[first]; at !== 0 && at !== first && entries.length < mostEntries; at = machine.cells[at])
      entries.push(values.pointedTo(`[${entries.length}]`, at));
    const shown = list(values.nameOf(address), entries);
    return [{ ...shown, text: entries.length === 0 ? 'busy, nothing waits' : `busy, ${shown.text} waits` }];
  });
}

/** The parts of that type in something stored, by address. */
function within(machine: Machine, stored: Stored, wanted: TypeId, found: number[]): void {
  if (stored.type === wanted) found.push(stored.address);
  else
    for (const part of partsOf(machine, stored))
      if (mayHold(machine.program, part.type, wanted)) within(machine, part, wanted, found);
}

function mayHold(program: Program, id: TypeId, wanted: TypeId): boolean {
  if (id === wanted) return true;
  const type = typeOf(program, id);
  if (type?.kind === 'array') return mayHold(program, type.element, wanted);
  return type?.kind === 'struct' && type.fields.some((field) => mayHold(program, field.type, wanted));
}

function globals(machine: Machine, origin: 'device' | 'driver', values: Values): Value[] {
  const { program } = machine;
  const files = new Set(program.files.filter((file) => file.origin === origin).map(({ id }) => id));
  const own = program.globals.filter(({ file }) => files.has(file));
  const several = new Set(own.map(({ file }) => file)).size > 1;
  return own.map(({ id, name, file, type }) => {
    const prefix = several ? `${program.files[file].path.replace(/^.*\//, '').replace(/\.(driver\.)?ts$/, '')}.` : '';
    return values.stored(`${prefix}${name}`, { type, address: machine.globals.get(id) ?? 0 });
  });
}
