/** Each rule's state machine over event sequences: breaches, and correct code that looks like one. */
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import type { RuleEvent } from '../kit/rule-runner.ts';
import { runRule } from '../kit/rule-runner.ts';

const PENDING = 0x103;
const MORE = 0xc0000016 | 0;
const SUCCESS = 0;

type Values = { readonly [name: string]: number };
const received = (location = 1): RuleEvent => ['irp.dispatch', { location, target: 1, major: 3 }];
const toLower = (location = 1): RuleEvent => ['irp.dispatch', { location, target: 0, major: 3 }];
const returned = (status: number, location = 1, at = 'return'): RuleEvent => [
  'irp.dispatched',
  { location, target: 1, status },
  at,
];
const marked = (location = 1, at = 'mark'): RuleEvent => ['irp.mark-pending', { location, driver: 1 }, at];
const completed = (more: Values = {}): RuleEvent => ['irp.complete', { driver: 1, ...more }, 'complete'];
const outcome = (more: Values = {}): RuleEvent => [
  'irp.outcome',
  { location: 1, status: SUCCESS, routineSet: 0, information: 0, driver: 1, ...more },
  'complete',
];
const lowerCompletes: RuleEvent = ['irp.complete', { driver: 0 }];
const send = (more: Values = {}): RuleEvent => ['irp.send', { location: 2, routineSet: 0, driver: 1, ...more }, 'send'];
const sent = (status: number, location = 2): RuleEvent => ['irp.sent', { location, status, driver: 1 }];
const enter = (pendingReturned = 0, location = 2): RuleEvent => [
  'irp.completion-enter',
  { location, target: 1, pendingReturned },
];
const leave = (status: number, pendingReturned = 0, location = 2): RuleEvent => [
  'irp.completion-leave',
  { location, target: 1, pendingReturned, status },
  'leave',
];
const next = (how: number, driver = 1): RuleEvent => ['irp.next-location', { how, driver }];
const inserted: RuleEvent = ['csq.insert-leave', { status: SUCCESS }];
const removed: RuleEvent = ['csq.remove-leave', {}, 'remove'];
const peeked = (again: number): RuleEvent => ['csq.peek-leave', { again }];
const finished: RuleEvent = ['irp.finished', { status: SUCCESS }];
const touch = (more: Values = {}): RuleEvent => ['irp.touch', { write: 0, driver: 1, ...more }, 'touch'];
const freed: RuleEvent = ['irp.free', { driver: 1 }];
const reused: RuleEvent = ['irp.reuse', { driver: 1 }];
const made = (driverMade: number): RuleEvent => ['irp.create', { driverMade, driver: driverMade }];
const set = (more: Values = {}): RuleEvent => [
  'irp.set-cancel',
  { installed: 1, previous: 0, requested: 0, driver: 1, ...more },
  'set',
];
const clear = (previous: number, more: Values = {}): RuleEvent => [
  'irp.set-cancel',
  { installed: 0, previous, requested: 0, driver: 1, ...more },
  'clear',
];
const cancelled = (claimed: number): RuleEvent => ['irp.cancel-requested', { claimed }];
const cancelEnter: RuleEvent = ['irp.cancel-enter', { target: 1 }];
const cancelLeft = (more: Values = {}): RuleEvent => [
  'irp.cancel-leave',
  { target: 1, entryIrql: 0, entryLocks: 0, ...more },
  'cancel-leave',
];
const cancelLeave = cancelLeft();
const abandoned = (requested: number, routineSet = 0): RuleEvent => ['irp.abandoned', { requested, routineSet }];
const inCancel = { inCancel: 1 };

/** Sequences and what the rule reports about them. */
const leftAt = (irql: number): RuleEvent => ['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, irql }];

const cases: {
  readonly [rule: string]: readonly (readonly [title: string, sequence: readonly RuleEvent[], reports: readonly string[]])[];
} = {
  'completion/twice': [
    ['completed once', [received(), completed(), finished], []],
    ['completed twice in a row', [received(), completed(), finished, completed()], ['again']],
    ['completed while the first completion is under way', [received(), completed(), completed()], ['again']],
    [
      'completed inside the completion routine, which keeps it',
      [received(2), send(), lowerCompletes, enter(), completed(), finished, leave(MORE)],
      [],
    ],
    [
      'completed inside the completion routine, which lets it go',
      [received(2), send(), lowerCompletes, enter(), completed(), leave(SUCCESS)],
      ['again-by-return'],
    ],
    [
      'kept for the dispatch routine, which completes it before the routine is left',
      [received(2), send(), lowerCompletes, enter(), completed(), finished, leave(MORE)],
      [],
    ],
    ['kept, then completed', [received(2), send(), lowerCompletes, enter(), leave(MORE), completed(), finished], []],
    [
      'sent again from the completion routine',
      [received(2), send(), lowerCompletes, enter(), send(), leave(MORE), lowerCompletes, enter(), leave(SUCCESS), finished],
      [],
    ],
    ['let go, then completed', [received(2), send(), lowerCompletes, enter(), leave(SUCCESS), finished, completed()], ['again']],
    ['reused', [made(1), send(), lowerCompletes, ['irp.reuse'], send(), lowerCompletes], []],
  ],
  'completion/not-owned': [
    ['completed while below', [received(2), send(), completed()], ['below']],
    ['completed after it was kept', [received(2), send(), lowerCompletes, enter(), leave(MORE), completed()], []],
    ['passed to the own lower device, which completes it', [received(2), send(), received(1), completed()], []],
  ],
  'completion/never': [
    ['returned without completing', [received(), returned(SUCCESS), abandoned(0)], ['never at return']],
    ['pended and forgotten', [received(), marked(), returned(PENDING), abandoned(0)], ['never at mark']],
    ['dispatch is blocked: a deadlock, not this', [received(), abandoned(0)], []],
    [
      'the cancel routine leaves it',
      [received(), marked(), set(), returned(PENDING), cancelled(1), cancelLeave, abandoned(1)],
      ['never at cancel-leave'],
    ],
    [
      'taken to work on it',
      [received(), marked(), set(), returned(PENDING), clear(1), cancelled(0), abandoned(1)],
      ['never at clear'],
    ],
    [
      'kept by the completion routine',
      [received(2), send(), returned(PENDING, 2), enter(), leave(MORE), abandoned(0)],
      ['never at leave'],
    ],
    [
      'kept for a dispatch routine that waits for it: a deadlock if in vain',
      [received(2), send(), enter(), leave(MORE), abandoned(0)],
      [],
    ],
    ['held by the lower driver', [received(2), send(), abandoned(1)], []],
    ['an own IRP that its routine kept', [made(1), send(), enter(), leave(MORE), abandoned(0)], []],
    ['an own IRP sent to an own device', [made(1), send(), received(1), marked(1), abandoned(0)], ['never at ']],
    [
      'held without a cancel routine and cancelled is cancel/lost',
      [received(), marked(), returned(PENDING), cancelled(0), abandoned(1)],
      [],
    ],
    ['completed', [received(), marked(), returned(PENDING), completed(), abandoned(0)], []],
  ],
  'cancel/lost': [
    [
      'routine set after the request',
      [received(), marked(), cancelled(0), set({ requested: 1 }), returned(PENDING), abandoned(1, 1)],
      ['unanswered at set'],
    ],
    ['held without a routine', [received(), marked(), returned(PENDING), cancelled(0), abandoned(1)], ['no-routine at mark']],
    ['never cancelled', [received(), marked(), set(), returned(PENDING), abandoned(0, 1)], []],
    ['the cancel routine answers', [received(), marked(), set(), cancelled(1), completed(inCancel), cancelLeave], []],
    [
      'set again after the cancel routine gave it back',
      [received(), marked(), set(), cancelled(1), cancelLeave, set({ requested: 1 }), abandoned(1, 1)],
      ['unanswered at set'],
    ],
    [
      'routine set before marking',
      [received(), cancelled(0), set({ requested: 1 }), marked(), abandoned(1, 1)],
      ['unanswered at set'],
    ],
  ],
  'completion/touched-after': [
    ['touched after completing', [received(), completed(), touch()], ['touched']],
    ['sent after completing', [received(), completed(), send()], ['sent']],
    ['touched by the model', [received(), completed(), touch({ driver: 0 })], []],
    ['back in the completion routine', [received(2), send(), received(1), completed(), enter(), touch()], []],
    ['reused', [made(1), completed(), ['irp.reuse'], touch()], []],
  ],
  'completion/touched-after-send': [
    ['touched after sending', [received(2), touch(), send(), sent(SUCCESS), touch()], ['touched']],
    ['sent twice', [received(2), send(), send()], ['again']],
    [
      'synchronous forward: kept, then touched',
      [received(2), send(), lowerCompletes, enter(), touch(), leave(MORE), sent(PENDING), touch()],
      [],
    ],
    [
      'the routine lets it go',
      [received(2), send(), lowerCompletes, enter(), leave(SUCCESS), sent(SUCCESS), touch()],
      ['touched'],
    ],
    [
      'sent again from the routine, then touched in it',
      [received(2), send(), lowerCompletes, enter(), send(), touch()],
      ['touched'],
    ],
    ['an own IRP freed in its routine', [made(1), send(), lowerCompletes, enter(), touch(), ['irp.free'], leave(MORE)], []],
    ['completed in the routine is touched-after', [received(2), send(), lowerCompletes, enter(), completed(), touch()], []],
  ],
  'completion/under-spin-lock': [
    ['completing with a lock', [completed({ locks: 1 })], ['complete']],
    ['the next packet with a lock', [['queue.start-next', { driver: 1, locks: 1 }]], ['start-next']],
    ['no lock', [completed(), ['queue.start-next', { driver: 1, irql: 2 }]], []],
  ],
  'completion/with-status-pending': [
    ['pending', [outcome({ status: PENDING })], ['pending']],
    ['final', [outcome()], []],
  ],
  'pending/marked-not-returned': [
    ['marked, other status', [received(), marked(), returned(SUCCESS)], ['returned']],
    ['marked, completed and pending returned', [received(), marked(), completed(), finished, returned(PENDING)], []],
    [
      'marked, completed and freed, other status',
      [received(), marked(), completed(), finished, ['irp.free'], returned(SUCCESS)],
      ['returned'],
    ],
    [
      'skipped: the lower driver marks the same location',
      [received(1), send(), toLower(1), ['irp.mark-pending', { location: 1 }], returned(SUCCESS)],
      ['returned'],
    ],
    ['skipped and passed on', [received(1), send(), toLower(1), ['irp.mark-pending', { location: 1 }], returned(PENDING)], []],
    ['marked after a final return', [received(), returned(SUCCESS), marked()], ['late']],
    [
      'carried up by the completion routine afterwards',
      [received(2), send(), sent(PENDING), returned(PENDING, 2), enter(1), marked(2), leave(SUCCESS, 1)],
      [],
    ],
    [
      'another location is another matter',
      [received(2), send(), toLower(1), ['irp.mark-pending', { location: 1 }], returned(SUCCESS, 2)],
      [],
    ],
    ['sent again', [received(), marked(), returned(PENDING), received(), returned(SUCCESS)], []],
  ],
  'pending/returned-not-marked': [
    ['unmarked', [received(), returned(PENDING)], ['returned']],
    ['marked', [received(), marked(), returned(PENDING)], []],
    ['passed down with that result', [received(2), send(), sent(PENDING), returned(PENDING, 2)], []],
    ['passed down with another result', [received(2), send(), sent(SUCCESS), returned(PENDING, 2)], ['returned']],
    [
      'skipped: marked below',
      [received(1), send(), toLower(1), ['irp.mark-pending', { location: 1 }], sent(PENDING, 2), returned(PENDING, 1)],
      [],
    ],
    [
      'taken back and completed unmarked',
      [received(2), send(), sent(PENDING), enter(1), leave(MORE, 1), outcome({ location: 2 }), returned(PENDING, 2)],
      ['returned'],
    ],
    [
      'completed later unmarked',
      [received(2), send(), sent(PENDING), returned(PENDING, 2), enter(1), outcome({ location: 2 })],
      ['completed'],
    ],
    [
      'waited for, completed, final status',
      [received(2), send(), sent(PENDING), enter(1), leave(MORE, 1), outcome({ location: 2 }), returned(SUCCESS, 2)],
      [],
    ],
  ],
  'pending/not-propagated': [
    ['not carried', [received(2), send(), enter(1), leave(SUCCESS, 1)], ['left']],
    ['carried', [received(2), send(), enter(1), marked(2), leave(SUCCESS, 1)], []],
    ['marked by dispatch', [received(2), marked(2), send(), enter(1), leave(SUCCESS, 1)], []],
    ['kept', [received(2), send(), enter(1), leave(MORE, 1)], []],
    ['an own IRP without a location', [made(1), send(), enter(1, 2), leave(SUCCESS, 1, 2)], []],
  ],
  'cancel/foreign-irp': [
    ['foreign', [made(0), received(), ['irp.cancel', { driver: 1 }]], ['foreign']],
    ['own', [made(1), send(), ['irp.cancel', { driver: 1 }]], []],
    ['by the system', [made(0), ['irp.cancel', { driver: 0 }]], []],
  ],
  'cancel/routine-left-set': [
    ['completed', [outcome({ routineSet: 1 })], ['completed']],
    ['sent', [send({ routineSet: 1 })], ['sent']],
    ['cleared', [set(), clear(1), outcome()], []],
  ],
  'cancel/claim-ignored': [
    [
      'both complete, this one first',
      [set(), cancelled(1), clear(0), cancelEnter, completed(), completed(inCancel)],
      ['ignored at clear'],
    ],
    [
      'both complete, the cancel routine first',
      [set(), cancelled(1), cancelEnter, clear(0), completed(inCancel), completed()],
      ['ignored at clear'],
    ],
    [
      'respected, but somebody comes by a pointer that was left behind',
      [set(), cancelled(1), cancelEnter, clear(0), completed(inCancel), touch()],
      [],
    ],
    ['taken, then the cancel routine touches it', [set(), cancelled(1), clear(0), send(), touch(inCancel)], ['ignored at clear']],
    ['completed before IoCancelIrp has called the routine', [set(), cancelled(1), clear(0), completed()], ['ignored at clear']],
    ['respected', [set(), cancelled(1), clear(0), cancelEnter, touch(), touch(inCancel), completed(inCancel)], []],
    [
      'the cancel routine only gives the lock back',
      [set(), cancelled(1), cancelEnter, touch(inCancel), clear(0), completed()],
      [],
    ],
    ['won', [set(), clear(1), cancelled(0), completed()], []],
    ['under the cancel lock', [set(), cancelled(1), clear(0, { cancelLock: 1 }), completed(), touch(inCancel)], []],
  ],
  'cancel/lock-not-released': [
    ['cancel routine', [cancelLeft({ cancelLock: 1 })], ['cancel-routine']],
    ['cancel routine released it, at whatever level', [cancelLeft({ irql: 2 })], []],
    ['other routine', [['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, cancelLock: 1 }]], ['routine']],
    ['entered with it', [['routine.leave', { entryIrql: 2, entryLocks: 1, entryCancelLock: 1, cancelLock: 1 }]], []],
    ['taken again', [['lock.acquire', { cancel: 1, held: 1 }]], ['again']],
  ],
  'irql/too-high': [
    ['above', [['call.irql', { minimum: 0, maximum: 1, irql: 2, driver: 1 }]], ['above']],
    ['at the maximum', [['call.irql', { minimum: 0, maximum: 2, irql: 2, driver: 1 }]], []],
    ['not the driver', [['call.irql', { minimum: 0, maximum: 1, irql: 2 }]], []],
  ],
  'irql/too-low': [
    ['below', [['call.irql', { minimum: 2, maximum: 2, irql: 0, driver: 1 }]], ['below']],
    ['at the minimum', [['call.irql', { minimum: 2, maximum: 2, irql: 2, driver: 1 }]], []],
  ],
  'irql/changed-at-return': [
    ['raised', [['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, irql: 2 }]], ['changed']],
    ['lowered', [['routine.leave', { entryIrql: 2, entryLocks: 0, entryCancelLock: 0, irql: 0 }]], ['changed']],
    ['as it was entered', [['routine.leave', { entryIrql: 2, entryLocks: 1, entryCancelLock: 1, locks: 1, irql: 2 }]], []],
    [
      'with a lock held that is another matter',
      [['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, locks: 1, irql: 2 }]],
      [],
    ],
  ],
  'irp/freed-in-flight': [
    ['freed after sending', [made(1), send(), freed], ['freed']],
    ['made new after sending', [made(1), send(), reused], ['reused']],
    ['sent, pended and freed', [made(1), send(), sent(PENDING), freed], ['freed']],
    ['freed in its completion routine', [made(1), send(), lowerCompletes, enter(), freed, leave(MORE)], []],
    [
      'kept by its routine, freed by the waiting sender',
      [made(1), send(), lowerCompletes, enter(), leave(MORE), sent(PENDING), freed],
      [],
    ],
    [
      'sent again from its routine, then freed',
      [made(1), send(), lowerCompletes, enter(), reused, send(), leave(MORE), freed],
      ['freed'],
    ],
    ['never sent', [made(1), freed], []],
    ['freed by the I/O manager', [made(1), send(), lowerCompletes, finished, ['irp.free']], []],
    [
      'the completion routine of another driver',
      [made(1), send(), ['irp.completion-enter', { location: 1, target: 0, pendingReturned: 0 }], freed],
      ['freed'],
    ],
  ],
  'irp/not-yours-to-free': [
    ['received', [made(0), received(), ['irp.free-foreign', { driver: 1 }]], ['foreign']],
    ['made for it by the I/O manager', [made(1), ['irp.free-foreign', { driver: 1 }]], ['foreign']],
    ['not the driver', [made(0), ['irp.free-foreign']], []],
    ['its own', [made(1), send(), lowerCompletes, enter(), freed, leave(MORE)], []],
  ],
  'lock/held-at-call': [
    ['with a lock', [send({ locks: 1 })], ['send']],
    ['each time', [send({ locks: 1 }), send({ locks: 2 })], ['send', 'send']],
    ['without', [send({ irql: 2 })], []],
    ['not the driver', [send({ locks: 1, driver: 0 })], []],
  ],
  'lock/held-at-return': [
    ['held', [['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, locks: 1, irql: 2 }]], ['held']],
    ['entered with it', [['routine.leave', { entryIrql: 2, entryLocks: 1, entryCancelLock: 0, locks: 1, irql: 2 }]], []],
    ['released what it was entered with', [['routine.leave', { entryIrql: 2, entryLocks: 1, entryCancelLock: 0 }]], []],
    [
      'the cancel lock has its own rule',
      [['routine.leave', { entryIrql: 0, entryLocks: 0, entryCancelLock: 0, cancelLock: 1, locks: 1, irql: 2 }]],
      [],
    ],
  ],
  'lock/wrong-release': [
    ['not held', [['lock.release', { cancel: 0, held: 0, driver: 1 }]], ['not-held']],
    ['the cancel lock', [['lock.release', { cancel: 1, held: 0, driver: 1 }]], ['not-held']],
    ['held', [['lock.release', { cancel: 0, held: 1, driver: 1 }]], []],
    ['not the driver', [['lock.release', { cancel: 0, held: 0 }]], []],
  ],
  'lock/recursive': [
    ['held', [['lock.acquire', { cancel: 0, held: 1 }]], ['again']],
    ['the cancel lock has its own rule', [['lock.acquire', { cancel: 1, held: 1 }]], []],
  ],
  'assert/failed': [
    ['driver', [['assert.failed', { scenario: 0 }]], ['assert']],
    ['scenario', [['assert.failed', { scenario: 1 }]], ['expect']],
  ],
  'irql/blocking-wait': [['fault', [['fault.wait']], ['wait']]],
  'irql/wrong-change': [['fault', [['fault.irql']], ['change']]],
  'list/corruption': [
    ['a work item queued twice', [['work-item.queued', { freed: 0 }]], ['work-item']],
    ['event', [['list.corrupt']], ['corrupt']],
  ],
  'memory/use-after-free': [
    ['by the driver', [['fault.freed', { write: 0, driver: 1 }]], ['freed']],
    ['by the system', [['fault.freed', { write: 0 }]], ['stillUsed']],
    ['a timer outlives the driver', [['timer.left']], ['timer']],
    ['a thread outlives the driver', [['thread.start', {}, 'create'], ['thread.left']], ['thread at create']],
  ],
  'memory/null-dereference': [['fault', [['fault.null']], ['null']]],
  'memory/double-free': [
    ['fault', [['fault.double-free']], ['twice']],
    ['a dereference too many', [['object.over-released', { driver: 1 }]], ['over-released']],
    ['not the driver', [['object.over-released']], []],
  ],
  'memory/wrong-type': [['fault', [['fault.type']], ['type']]],
  'memory/buffer-overrun': [['fault', [['fault.bounds']], ['outside']]],
  'integer/divide-by-zero': [['fault', [['fault.divide']], ['zero']]],
  'integer/overflow': [['fault', [['fault.overflow']], ['range']]],
  'cancel/irql-not-restored': [
    ['ends at DISPATCH_LEVEL', [cancelLeft({ irql: 2 })], ['changed']],
    ['ends at the level of CancelIrql', [cancelLeft({ irql: 1, entryIrql: 1 })], []],
    ['still holds the cancel lock', [cancelLeft({ irql: 2, locks: 1, cancelLock: 1 })], []],
    ['returns with a lock of its own', [cancelLeft({ irql: 2, locks: 1 })], []],
    ['not the driver', [cancelLeft({ irql: 2, target: 0 })], []],
  ],
  'completion/information-on-cancel': [
    ['cancelled with bytes', [outcome({ status: 0xc0000120, information: 1 })], ['information']],
    ['cancelled', [outcome({ status: 0xc0000120 })], []],
    ['success with bytes', [outcome({ information: 1 })], []],
    ['not the driver', [outcome({ status: 0xc0000120, information: 1, driver: 0 })], []],
  ],
  'irp/next-location-unset': [
    ['sent as it came', [received(2), send()], ['unset']],
    ['only a completion routine', [received(2), next(4), send()], ['unset']],
    ['copied', [received(2), next(1), next(4), send()], []],
    ['skipped', [received(2), next(2), send()], []],
    ['filled', [made(1), next(0), send()], []],
    ['moved and not filled', [made(1), next(0), next(3), send()], ['unset']],
    ['moved and filled', [made(1), next(3), next(0), send()], []],
    ['resent without', [received(2), next(1), send(), lowerCompletes, enter(), send()], ['unset']],
    ['resent', [received(2), next(1), send(), lowerCompletes, enter(), next(1), send()], []],
    ['reused', [made(1), next(0), send(), lowerCompletes, enter(), reused, send()], ['unset']],
    ['sent twice is another rule', [received(2), next(2), send(), send()], []],
    ['not the driver', [made(0), send({ driver: 0 }), received(2)], []],
  ],
  'irp/stack-location': [
    ['pended and skipped', [received(), marked(), next(2)], ['pended']],
    ['pended and copied', [received(), marked(), next(1), send()], []],
    ['skipped by a lower driver', [received(), marked(), next(2, 0)], []],
    ['a routine after skipping', [received(2), next(2), next(4)], ['after-skip']],
    ['copied after skipping', [received(2), next(2), next(1)], ['after-skip']],
    ['asked for after skipping', [received(2), next(2), next(0)], ['after-skip']],
    ['skipped and moved back', [received(2), next(2), next(3), next(1)], []],
    ['skipped and sent', [received(2), next(2), send(), lowerCompletes, enter(), next(1)], []],
    ['sent with none left', [received(1), ['irp.no-location', { sent: 1, driver: 1 }]], ['none-left']],
    ['skipped down to the last', [received(1), next(2), send({ location: 2 })], []],
    ['outside', [made(1), ['irp.no-location', { sent: 0, driver: 1 }]], ['outside']],
    ['not the driver', [made(0), next(2, 0), next(1, 0), ['irp.no-location', { sent: 1 }]], []],
  ],
  'remove-lock/misuse': [
    ['not held', [['remove-lock.misuse', { misuse: 1, driver: 1 }]], ['not-held']],
    ['initialised again', [['remove-lock.misuse', { misuse: 2, driver: 1 }]], ['initialised-again']],
    ['held once more', [['remove-lock.misuse', { misuse: 3, driver: 1 }]], ['held-once-more']],
    ['not the driver', [['remove-lock.misuse', { misuse: 1 }]], []],
  ],
  'remove-lock/leak': [
    [
      'never given back',
      [
        ['remove-lock.acquire', { lock: 1, tag: 2, driver: 1 }, 'acquire'],
        ['remove-lock.leaked', { lock: 1, tag: 2 }],
      ],
      ['leaked at acquire'],
    ],
    [
      'given back',
      [
        ['remove-lock.acquire', { lock: 1, tag: 2, driver: 1 }],
        ['remove-lock.release', { lock: 1, tag: 2, driver: 1 }],
      ],
      [],
    ],
  ],
  'queue/device-queue': [
    ['inserted again', [['queue.misuse', { misuse: 1, driver: 1 }]], ['again']],
    ['in another queue', [['queue.misuse', { misuse: 2, driver: 1 }]], ['another-queue']],
    ['initialised with entries', [['queue.misuse', { misuse: 3, driver: 1 }]], ['forgotten']],
    ['the first one in a cancel routine', [['queue.remove-next', { driver: 1, inCancel: 1 }]], ['in-cancel']],
    ['the first one', [['queue.remove-next', { driver: 1 }]], []],
  ],
  'queue/start-io': [
    ['none started', [['queue.start-misuse', { misuse: 1, driver: 1 }]], ['none-started']],
    ['not as cancelable', [['queue.start-misuse', { misuse: 2, driver: 1 }]], ['not-cancelable']],
    [
      'forgotten',
      [received(), marked(), ['irp.start-io', { target: 1 }], completed(), finished, ['queue.stalled']],
      ['forgotten at complete'],
    ],
    ['not finished', [received(), marked(), ['irp.start-io', { target: 1 }], ['queue.stalled']], []],
  ],
  'queue/cancel-safe': [
    [
      'queued, removed, completed, and the queue is empty',
      [received(), ['csq.insert-enter'], inserted, peeked(0), ['csq.remove-enter'], removed, completed(), finished],
      [],
    ],
    ['the same one again', [['csq.insert-enter'], inserted, peeked(1)], ['again']],
    [
      'still linked',
      [['csq.insert-enter'], inserted, ['csq.remove-enter'], removed, completed(), peeked(0)],
      ['not-unlinked at remove'],
    ],
    [
      'queued again',
      [['csq.insert-enter'], inserted, ['csq.remove-enter'], removed, ['csq.insert-enter'], inserted, peeked(0)],
      [],
    ],
    ['never queued', [received(), peeked(0)], ['not-queued']],
    ['insert refused', [['csq.insert-enter'], ['csq.insert-leave', { status: -1 }], peeked(0)], ['not-queued']],
    ['completed by the remove routine', [['csq.insert-enter'], inserted, ['csq.remove-enter'], completed()], ['under-lock']],
    [
      'cancelled and not completed',
      [['csq.insert-enter'], inserted, ['csq.remove-enter'], removed, ['csq.complete-leave', {}, 'complete-leave'], abandoned(1)],
      ['not-completed at complete-leave'],
    ],
    [
      'cancelled and completed later',
      [['csq.insert-enter'], inserted, ['csq.remove-enter'], removed, ['csq.complete-leave'], completed(), finished],
      [],
    ],
    ['overwritten', [['csq.overwritten']], ['overwritten']],
    ['two at once', [['csq.lock-leave']], ['not-excluded']],
  ],
  'cancel/unanswered': [
    [
      'finished after it was detached',
      [received(), marked(), returned(PENDING), ['irp.detached'], completed(), finished],
      ['unanswered at mark'],
    ],
    ['detached and never finished', [received(), marked(), returned(PENDING), ['irp.detached'], abandoned(1)], []],
    [
      'a lower driver has it',
      [received(2), next(2), send(), sent(PENDING), returned(PENDING, 2), ['irp.detached'], finished],
      [],
    ],
    ['finished in time', [received(), marked(), returned(PENDING), completed(), finished], []],
  ],
  'completion/status-differs': [
    ['the same', [received(), outcome({ status: -1 }), completed(), returned(-1)], []],
    ['another', [received(), outcome({ status: -1 }), completed(), returned(SUCCESS)], ['differs']],
    ['pending', [received(), marked(), outcome({ status: -1 }), completed(), returned(PENDING)], []],
    [
      'completed with STATUS_PENDING is another matter',
      [received(), outcome({ status: PENDING }), completed(), returned(-1)],
      [],
    ],
    ['what the lower driver answered', [received(2), send(), sent(-1), returned(-1, 2)], []],
    ['not what the lower driver answered', [received(2), send(), sent(-1), returned(SUCCESS, 2)], ['replaced']],
    ['the lower driver has it still', [received(2), send(), sent(PENDING), returned(SUCCESS, 2)], []],
    [
      'after a skipped location',
      [received(), ['irp.dispatched', { location: 1, target: 0, status: -1 }], returned(SUCCESS)],
      ['replaced'],
    ],
    [
      'taken back and completed otherwise',
      [
        received(2),
        send(),
        lowerCompletes,
        enter(),
        leave(MORE),
        sent(-1),
        outcome({ location: 2 }),
        completed(),
        returned(SUCCESS, 2),
      ],
      [],
    ],
    ['the lower driver completes it', [received(), outcome({ status: -1, driver: 0 }), returned(SUCCESS)], []],
  ],
  'exception/unhandled': [['fault', [['fault.exception', { status: -1 }]], ['raised']]],
  'irp/not-freed': [['left', [made(1), ['irp.leaked']], ['left']]],
  'irql/paged-memory': [
    ['data', [['memory.paged', { code: 0 }]], ['data']],
    ['code', [['memory.paged', { code: 1 }]], ['code']],
    [
      'told once in a routine',
      [
        ['memory.paged', { code: 0 }],
        ['memory.paged', { code: 1 }],
      ],
      ['data'],
    ],
    [
      'told again in the next',
      [['memory.paged', { code: 0 }], ['routine.enter'], ['memory.paged', { code: 0 }]],
      ['data', 'data'],
    ],
    ['PAGED_CODE below', [['code.paged', { irql: 1 }]], []],
    ['PAGED_CODE at DISPATCH_LEVEL', [['code.paged', { irql: 2 }]], ['code']],
  ],
  'lock/irql-not-restored': [
    [
      'another level',
      [['routine.enter'], ['lock.release', { cancel: 0, held: 1, locks: 1, driver: 1 }, 'release'], leftAt(2)],
      ['not-restored at release'],
    ],
    ['the same level', [['routine.enter'], ['lock.release', { cancel: 0, held: 1, locks: 1, driver: 1 }], leftAt(0)], []],
    ['lowered by hand', [['lock.release', { cancel: 0, held: 1, locks: 1, driver: 1 }], ['irql.change'], leftAt(2)], []],
    ['an inner lock', [['lock.release', { cancel: 0, held: 1, locks: 2, driver: 1 }], leftAt(2)], []],
    ['in a cancel routine', [['lock.release', { cancel: 1, held: 1, locks: 1, driver: 1, inCancel: 1 }], leftAt(2)], []],
  ],
  'lock/order': [['both', [['lock.order']], ['both']]],
  'memory/data-race': [['race', [['memory.race']], ['race']]],
  'memory/leak': [['left', [['memory.leaked']], ['left']]],
  'memory/uninitialised': [
    ['storage', [['fault.uninitialised']], ['unwritten']],
    ['an object', [['object.uninitialised']], ['object']],
  ],
  'interrupt/not-quieted': [
    ['said not to be its own', [['interrupt.unquieted', { claimed: 0 }]], ['disowned']],
    ['claimed again and again', [['interrupt.unquieted', { claimed: 1 }]], ['storm']],
    ["another device's", [['interrupt.unquieted', { claimed: 2 }]], ['foreign']],
  ],
  'lock/apcs-enabled': [['enabled', [['lock.apcs-enabled']], ['enabled']]],
  'lock/deadlock': [['end state', [['deadlock']], ['stuck']]],
};

it('covers every rule', () => {
  expect(Object.keys(cases).sort()).toEqual(rules.map(({ id }) => id));
});

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ id, rule }) => {
  it.each(cases[id] ?? [])('%s', (_title, sequence, reports) => {
    expect(runRule(rule.check, sequence)).toEqual(reports);
  });
});
