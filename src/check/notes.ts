/** The events of a schedule in words: `IRP 1 (READ): IoCancelIrp sets Cancel and finds no cancel routine`. */
import type { Note, Step } from '../engine/api.ts';
import { statusNameOf } from '../facts/signatures.ts';
import type { EventName } from '../ir/events.ts';

type Args = Readonly<Record<string, number>>;
type Phrase = (args: Args) => string | undefined;

/** A note in words, and whose deed it was. */
export interface NoteText {
  readonly note: Note;
  /** Without the name of the IRP. */
  readonly text: string;
}

/**
 * What happened at each step of a schedule, for people: phrases without the IRP's name. What a simulated lower driver did is said to be its
 * deed. Left out is what says nothing new: that IoCallDriver was called where the dispatch routine is entered at once, or that it returned
 * what the dispatch routine did.
 */
export function noteTexts(steps: readonly Pick<Step, 'context' | 'notes'>[]): NoteText[][] {
  const inside = new Map<string, boolean[]>();
  return steps.map(({ context, notes }, at) => {
    const goesOn = steps[at + 1]?.context === context;
    const stack = inside.get(context) ?? [];
    inside.set(context, stack);
    return notes.flatMap((note, index) => {
      const leaves = leaving.has(note.event);
      if (leaves) stack.pop();
      const byLower = stack.at(-1) === false;
      if (entering.has(note.event)) stack.push(note.args.target !== 0);
      if (isRepetition(note, notes[index - 1], notes[index + 1])) return [];
      // Told before the lock is taken: where others come first it may well be theirs.
      const waits = note.event === 'lock.acquire' && index === notes.length - 1 && !goesOn && !note.args.held;
      const phrase = waits
        ? `asks for the ${lockName(note.args)}`
        : (phrases as Record<string, Phrase | undefined>)[note.event]?.(note.args);
      if (phrase === undefined) return [];
      return [
        {
          note,
          text:
            byLower && note.irp !== undefined && !leaves && !entering.has(note.event)
              ? `${phrase.replace(/ by the driver$/, '')} by the lower driver`
              : phrase,
        },
      ];
    });
  });
}

/** The same with the IRPs' names before them: `IRP 2 (READ): marked pending`. */
export function notesInWords(steps: readonly Pick<Step, 'context' | 'notes'>[]): string[][] {
  const name = irpNames(steps);
  return noteTexts(steps).map((notes) =>
    notes.map(({ note, text }) => (note.irp === undefined ? text : `${name(note.irp)}: ${text}`)),
  );
}

/** Names of the IRPs of a schedule, by the major function that they are first dispatched with: `IRP 2 (READ)`. */
export function irpNames(steps: readonly Pick<Step, 'notes'>[]): (irp: number) => string {
  const majorOf = new Map<number, string>();
  for (const { event, irp, args } of steps.flatMap(({ notes }) => notes)) {
    const name = event === 'irp.dispatch' ? majors[args.major] : undefined;
    if (irp !== undefined && name !== undefined && !majorOf.has(irp)) majorOf.set(irp, name);
  }
  return (irp) => (majorOf.has(irp) ? `IRP ${irp} (${majorOf.get(irp)})` : `IRP ${irp}`);
}

const entering: ReadonlySet<string> = new Set(['irp.dispatch', 'irp.completion-enter', 'irp.cancel-enter']);
const leaving: ReadonlySet<string> = new Set(['irp.dispatched', 'irp.completion-leave', 'irp.cancel-leave']);

function isRepetition(note: Note, before: Note | undefined, after: Note | undefined): boolean {
  switch (note.event) {
    case 'irp.create':
      return !note.args.driverMade && (after?.event === 'irp.send' || after?.event === 'irp.dispatch') && after.irp === note.irp;
    case 'irp.send':
      return !note.args.routineSet && after?.event === 'irp.dispatch' && after.irp === note.irp;
    case 'irp.complete':
      return after?.event === 'irp.outcome' && after.irp === note.irp;
    case 'irp.sent':
      return before?.event === 'irp.dispatched' && before.irp === note.irp && before.args.status === note.args.status;
    default:
      return false;
  }
}

/** `STATUS_CANCELLED` where ntstatus.h knows the status, else hexadecimal. */
export function statusName(status: number): string {
  return statusNameOf(status) ?? `0x${(status >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** `PASSIVE`, `APC`, `DISPATCH`, or `DIRQL n` above them. */
export function irqlName(irql: number): string {
  return ['PASSIVE', 'APC', 'DISPATCH'][irql] ?? `DIRQL ${irql}`;
}

/** An IRQL as wdm.h spells it, where it does: `DISPATCH_LEVEL`, `DIRQL 5`. */
export function irqlConstant(irql: number): string {
  if (irql >= 15) return 'HIGH_LEVEL';
  return irql <= 2 ? `${irqlName(irql)}_LEVEL` : irqlName(irql);
}

function lockName({ cancel }: Args): string {
  return cancel ? 'cancel spin lock' : 'spin lock';
}

const phrases: Partial<Record<EventName, Phrase>> = {
  'irp.create': ({ driverMade }) => (driverMade ? 'allocated by the driver' : 'created by the I/O manager'),
  'irp.reuse': () => 'initialised again for reuse',
  'irp.no-location': ({ sent }) => (sent ? 'no stack location is left' : 'a stack location is asked for that it does not have'),
  'irp.free': () => 'freed',
  'irp.free-foreign': () => 'to be freed, which is for the I/O manager to do',
  'irp.send': ({ routineSet }) => `passed to IoCallDriver${routineSet ? ' with a cancel routine still set' : ''}`,
  'irp.sent': ({ status }) => `IoCallDriver returns ${statusName(status)}`,
  'irp.dispatch': ({ major, target }) => `${majorName(major)} goes to the ${owner(target)} dispatch routine`,
  'irp.dispatched': ({ status, target }) => `the ${owner(target)} dispatch routine returns ${statusName(status)}`,
  'irp.mark-pending': () => 'marked pending',
  'irp.complete': () => 'IoCompleteRequest is called',
  'irp.outcome': ({ status, routineSet }) =>
    `IoCompleteRequest with ${statusName(status)}${routineSet ? ' while a cancel routine is still set' : ''}`,
  'irp.completion-enter': ({ target, pendingReturned }) =>
    target ? `the driver's completion routine is entered, PendingReturned ${pendingReturned ? 'TRUE' : 'FALSE'}` : undefined,
  'irp.completion-leave': ({ target, status }) =>
    target ? `the driver's completion routine returns ${statusName(status)}` : undefined,
  'irp.finished': ({ status }) => `back at the I/O manager with ${statusName(status)}`,
  'irp.start-io': ({ target }) => (target ? 'handed to StartIo' : undefined),
  'irp.set-cancel': ({ installed, previous, requested }) => {
    const now = `Cancel is ${requested ? 'TRUE' : 'FALSE'}`;
    if (installed) return `cancel routine set (${now})`;
    return `cancel routine ${previous ? 'taken back' : 'was no longer set'} (${now})`;
  },
  'irp.cancel': () => 'IoCancelIrp is called',
  'irp.cancel-requested': ({ claimed }) =>
    `IoCancelIrp sets Cancel and ${claimed ? 'takes the cancel routine, which it will call' : 'finds no cancel routine'}`,
  'irp.cancel-enter': ({ target }) => `the ${owner(target)} cancel routine is entered`,
  'irp.cancel-leave': ({ target }) => `the ${owner(target)} cancel routine is left`,
  'irp.detached': () => 'taken from its thread, which has waited for it for five minutes',
  'irp.abandoned': ({ requested, routineSet }) =>
    `nothing will complete it any more${requested ? ', although its cancel was requested' : ''}${routineSet ? ' (a cancel routine is set)' : ''}`,
  'lock.acquire': (lock) => `${lockName(lock)} ${lock.held ? 'requested again by its holder' : 'acquired'}`,
  'lock.release': (lock) => `${lockName(lock)} released${lock.held ? '' : ' without being held'}`,
  'queue.start-next': () => 'the next packet is asked for',
  'queue.start-misuse': ({ misuse }) => startMisuse[misuse],
  'queue.stalled': () => 'packets wait behind it, and nobody asks for the next one',
  'queue.misuse': ({ misuse }) => queueMisuse[misuse],
  'queue.not-busy': () => 'an entry is to be removed from a device queue that is not busy',
  'remove-lock.acquire': () => 'remove lock acquired',
  'remove-lock.release': () => 'remove lock given back',
  'remove-lock.misuse': ({ misuse }) => removeLockMisuse[misuse],
  'remove-lock.leaked': () => 'a remove lock is waited for and nobody gives this hold back',
  'work-item.queued': ({ freed }) => `a work item that is still queued is ${freed ? 'freed' : 'queued again'}`,
  'object.over-released': () => 'the object is dereferenced more often than it was referenced',
  'list.corrupt': () => 'the entry and its neighbours do not point at each other',
  'fault.null': () => 'a null pointer is followed',
  'fault.freed': ({ write }) => `freed memory is ${write ? 'written' : 'read'}`,
  'fault.double-free': () => 'freed memory is freed again',
  'fault.type': () => 'no object of the expected type lies at the address',
  'fault.bounds': () => 'an index lies outside its array',
  'fault.divide': () => 'division by zero',
  'fault.overflow': () => 'the value leaves 53 bits',
  'fault.wait': () => 'a wait that would block above APC_LEVEL',
  'fault.irql': () => 'the IRQL is raised to a lower level or lowered to a higher one',
  'fault.exception': ({ status }) => `an exception is raised, ${statusName(status)}, and no handler is around it`,
  'assert.failed': () => 'the condition does not hold',
  deadlock: () => 'nothing can go on: every context waits',
};

const startMisuse: Readonly<Record<number, string>> = {
  1: 'no packet has been started since the last one was asked for',
  2: 'the packets have a cancel routine, and the next one is asked for as if they had none',
};

const queueMisuse: Readonly<Record<number, string>> = {
  1: 'the entry is in a device queue already',
  2: 'the entry is in another device queue',
  3: 'the device queue still has entries',
};

const removeLockMisuse: Readonly<Record<number, string>> = {
  1: 'the remove lock is not held by that tag',
  2: 'the remove lock has been initialised before',
  3: 'the remove lock is held by that request once more',
};

function owner(target: number): string {
  return target ? "driver's" : "lower driver's";
}

/** Major function codes of wdm.h, by number. */
const majors = [
  'CREATE',
  'CREATE_NAMED_PIPE',
  'CLOSE',
  'READ',
  'WRITE',
  'QUERY_INFORMATION',
  'SET_INFORMATION',
  'QUERY_EA',
  'SET_EA',
  'FLUSH_BUFFERS',
  'QUERY_VOLUME_INFORMATION',
  'SET_VOLUME_INFORMATION',
  'DIRECTORY_CONTROL',
  'FILE_SYSTEM_CONTROL',
  'DEVICE_CONTROL',
  'INTERNAL_DEVICE_CONTROL',
  'SHUTDOWN',
  'LOCK_CONTROL',
  'CLEANUP',
  'CREATE_MAILSLOT',
  'QUERY_SECURITY',
  'SET_SECURITY',
  'POWER',
  'SYSTEM_CONTROL',
  'DEVICE_CHANGE',
  'QUERY_QUOTA',
  'SET_QUOTA',
  'PNP',
];

/** `IRP_MJ_READ` for 3. */
export function majorName(major: number): string {
  return majors[major] === undefined ? `major function ${major}` : `IRP_MJ_${majors[major]}`;
}
