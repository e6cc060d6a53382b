/** Small random concurrent programs, built directly as IR: threads, DPCs and a timer over two IRPs, locks, events and pointers. */
import fc from 'fast-check';
import type { Program } from '../../src/ir/program.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import { type FuncBuilder, ProgramBuilder } from '../kit/ir-program.ts';

/** What a driver routine does. `irp`, `lock`, `cell` and `event` choose one of two. */
export type Action =
  | { readonly do: 'add' | 'set' | 'interlocked-add'; readonly cell: number }
  | { readonly do: 'assert-below' | 'spin-while-zero'; readonly cell: number; readonly bound: number }
  | {
      readonly do:
        | 'complete'
        | 'complete-once'
        | 'touch'
        | 'touch-inline'
        | 'cancel'
        | 'set-cancel'
        | 'clear-cancel'
        | 'mark-pending'
        | 'dispatched'
        | 'free-irp'
        | 'retire-irp';
      readonly irp: number;
    }
  | {
      readonly do: 'lock';
      readonly lock: number;
      readonly raise: boolean;
      readonly release: boolean;
      readonly body: readonly Action[];
    }
  | { readonly do: 'try-lock'; readonly lock: number; readonly body: readonly Action[] }
  | { readonly do: 'raise'; readonly irql: number; readonly body: readonly Action[] }
  | { readonly do: 'atomic' | 'choose' | 'twice'; readonly body: readonly Action[] }
  /** Raises, in a function called (`deep`: by another one), both with an object in their frames that others know. */
  | { readonly do: 'throw'; readonly deep: boolean }
  /** Accesses user memory, ready for its raising or not. */
  | { readonly do: 'touch-user'; readonly ready: boolean }
  | { readonly do: 'try' | 'try-finally'; readonly body: readonly Action[]; readonly handler: readonly Action[] }
  /** An object handed over by a flag in it, touched once more; and freed by whoever sees the flag. */
  | { readonly do: 'hand-over' | 'hand-over-atomic' | 'free-handed-over' | 'look-unwritten' }
  /** Releases a lock that somebody else may hold. */
  | { readonly do: 'unlock-foreign'; readonly lock: number }
  | { readonly do: 'publish-new' | 'publish-stack' | 'use-published' | 'free-published' | 'take-and-free' | 'private' }
  | { readonly do: 'signal' | 'wait' | 'user-wait' | 'clear'; readonly event: number }
  | { readonly do: 'timed-wait'; readonly event: number; readonly micros: number }
  | { readonly do: 'arm'; readonly micros: number }
  | { readonly do: 'queue-dpc-to'; readonly processor: number }
  /** `kind` 1: a system thread, which may wait for ever; 2: a worker. */
  | { readonly do: 'spawn'; readonly kind: number }
  | { readonly do: 'disarm' | 'queue-dpc' | 'dequeue-dpc' | 'start-next' | 'copy' | 'zero' };

export interface ProgramSpec {
  readonly processors: number;
  /** The harness waits until the first IRP is completed. */
  readonly waits: boolean;
  /** The harness returns at once, without waiting for the threads. */
  readonly detached?: boolean;
  readonly threads: readonly (readonly Action[])[];
  readonly dpc: readonly Action[];
  readonly cancel: readonly Action[];
  readonly worker: readonly Action[];
}

/** Rules in miniature, of every subject and with and without going on behind a breach. */
export const miniRules: readonly RuleCheck[] = [
  {
    id: 'completion/twice',
    subject: 'irp',
    states: ['open', 'done'],
    continues: false,
    on: {
      'irp.complete': [
        { from: 'open', to: 'done', mark: true },
        { from: 'done', report: 'twice', place: 'marked' },
      ],
    },
  },
  {
    id: 'completion/never',
    subject: 'irp',
    states: ['open', 'done'],
    continues: true,
    on: {
      'irp.complete': [{ to: 'done' }],
      'irp.abandoned': [{ from: 'open', when: { left: 'requested', is: '==', right: 0 }, report: 'never' }],
    },
  },
  {
    id: 'cancel/lost',
    subject: 'irp',
    states: ['quiet', 'asked'],
    continues: true,
    on: {
      'irp.cancel-requested': [{ when: { left: 'claimed', is: '==', right: 0 }, to: 'asked' }],
      'irp.abandoned': [
        {
          from: 'asked',
          when: {
            all: [
              { left: 'requested', is: '!=', right: 0 },
              { left: 'routineSet', is: '==', right: 0 },
            ],
          },
          report: 'lost',
        },
      ],
    },
  },
  {
    id: 'completion/touched-after',
    subject: 'irp',
    states: ['open', 'done'],
    continues: true,
    on: {
      'irp.complete': [{ to: 'done' }],
      'irp.touch': [
        {
          from: 'done',
          when: { all: [{ left: 'driver', is: '==', right: 1 }, { not: { left: 'write', is: '==', right: 0 } }] },
          report: 'written',
        },
        {
          from: 'done',
          when: {
            any: [
              { left: 'inCancel', is: '==', right: 1 },
              { left: 'irql', is: '>=', right: 2 },
            ],
          },
          report: 'read',
        },
      ],
    },
  },
  {
    id: 'pending/marked-not-returned',
    subject: 'location',
    states: ['unmarked', 'marked', 'over'],
    continues: true,
    on: {
      'irp.mark-pending': [{ from: ['unmarked'], to: 'marked' }],
      'irp.dispatched': [{ from: 'marked', to: 'over', when: { left: 'status', is: '!=', right: 0x103 }, report: 'marked' }],
      'irp.cancel-requested': [{ from: 'marked', to: 'unmarked' }],
    },
  },
  {
    id: 'lock/held-at-return',
    subject: 'machine',
    states: ['any'],
    continues: true,
    on: { 'routine.leave': [{ when: { left: 'locks', is: '>', right: 'entryLocks' }, report: 'held' }] },
  },
  {
    id: 'lock/recursive',
    subject: 'machine',
    states: ['any'],
    continues: false,
    supersedes: ['lock/deadlock'],
    on: { 'lock.acquire': [{ when: { left: 'held', is: '==', right: 1 }, report: 'recursive' }] },
  },
  {
    id: 'queue/start-next',
    subject: 'machine',
    states: ['none', 'one', 'two'],
    continues: false,
    on: {
      'queue.start-next': [{ from: 'none', to: 'one' }, { from: 'one', to: 'two' }, { report: 'thrice' }],
      'routine.leave': [{ to: 'none' }],
    },
  },
  {
    id: 'memory/use-after-free',
    subject: 'machine',
    states: ['any'],
    continues: false,
    on: { 'fault.freed': [{ report: 'used' }], 'fault.double-free': [{ report: 'twice' }] },
  },
  {
    id: 'memory/null',
    subject: 'machine',
    states: ['any'],
    continues: false,
    on: { 'fault.null': [{ report: 'null' }], 'fault.type': [{ report: 'type' }] },
  },
  {
    id: 'irql/wait',
    subject: 'machine',
    states: ['any'],
    continues: false,
    on: { 'fault.wait': [{ report: 'blocks' }], 'fault.irql': [{ report: 'level' }] },
  },
  {
    id: 'exception/unhandled',
    subject: 'machine',
    states: ['any'],
    continues: false,
    on: {
      'fault.exception': [{ when: { left: 'status', is: '==', right: 5 }, report: 'raised' }, { report: 'raised in a handler' }],
    },
  },
  {
    id: 'memory/data-race',
    subject: 'machine',
    states: ['any'],
    continues: true,
    on: { 'memory.race': [{ report: 'race' }] },
  },
  { id: 'lock/order', subject: 'machine', states: ['any'], continues: true, on: { 'lock.order': [{ report: 'order' }] } },
  {
    id: 'memory/uninitialised',
    subject: 'machine',
    states: ['any'],
    continues: false,
    on: { 'fault.uninitialised': [{ report: 'unwritten' }], 'memory.leaked': [{ report: 'leaked' }] },
  },
  {
    id: 'irql/paged-memory',
    subject: 'context',
    states: ['quiet', 'told'],
    continues: true,
    on: { 'memory.paged': [{ from: 'quiet', report: 'paged', to: 'told' }], 'lock.release': [{ from: 'told', to: 'quiet' }] },
  },
  {
    id: 'completion/status-differs',
    subject: 'location',
    states: ['open', 'marked'],
    remembers: true,
    continues: true,
    on: {
      'irp.mark-pending': [{ to: 'marked', remember: 'irql' }],
      'irp.dispatched': [{ from: 'marked', when: { left: 'remembered', is: '!=', right: 'irql' }, report: 'differs' }],
    },
  },
  { id: 'assert/failed', subject: 'machine', states: ['any'], continues: true, on: { 'assert.failed': [{ report: 'failed' }] } },
  { id: 'lock/deadlock', subject: 'machine', states: ['any'], continues: true, on: { deadlock: [{ report: 'deadlock' }] } },
];

const pick = fc.nat({ max: 1 });
const leaves: fc.WeightedArbitrary<Action>[] = [
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'set' as const, 'interlocked-add' as const), cell: pick }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('assert-below' as const), cell: pick, bound: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spin-while-zero' as const), cell: pick, bound: fc.constant(0) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'complete',
        'complete-once',
        'complete-once',
        'touch',
        'touch-inline',
        'clear-cancel',
        'mark-pending',
        'dispatched',
        'free-irp',
        'retire-irp',
      ),
      irp: pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'publish-new',
        'publish-stack',
        'use-published',
        'use-published',
        'free-published',
        'take-and-free',
        'private',
        'hand-over',
        'hand-over-atomic',
        'free-handed-over',
        'look-unwritten',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlock-foreign'), lock: pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('signal', 'signal', 'wait', 'user-wait', 'clear'), event: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('timed-wait'), event: pick, micros: fc.constantFrom(0, 10, 20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('arm'), micros: fc.constantFrom(0, 10, 20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('disarm', 'queue-dpc', 'queue-dpc', 'dequeue-dpc', 'start-next', 'copy', 'zero'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('queue-dpc-to'), processor: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('throw'), deep: fc.boolean() }) },
] as fc.WeightedArbitrary<Action>[];

const leaf: fc.Arbitrary<Action> = fc.oneof(...leaves);
/** What only threads do, as it would never end in a DPC, worker or cancel routine that does it for itself. */
const threadLeaf: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: leaf },
  {
    weight: 1,
    arbitrary: fc.oneof<fc.Arbitrary<Action>[]>(
      fc.record({ do: fc.constant('spawn' as const), kind: fc.constantFrom(1, 2) }),
      fc.record({ do: fc.constantFrom('cancel' as const, 'set-cancel' as const), irp: pick }),
    ),
  },
);

function nested(depth: number, leaf: fc.Arbitrary<Action>): fc.Arbitrary<Action> {
  if (depth === 0) return leaf;
  const body = fc.array(nested(depth - 1, leaf), { minLength: 1, maxLength: 2 });
  // Nothing that can block may stand in an atomic section.
  const calm = fc.array(
    fc.oneof(leaves[0], leaves[1], fc.record({ do: fc.constantFrom('complete-once' as const, 'touch' as const), irp: pick })),
    { minLength: 1, maxLength: 2 },
  );
  return fc.oneof(
    { weight: 7, arbitrary: leaf },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('lock' as const),
        lock: pick,
        raise: fc.boolean(),
        release: fc.constantFrom(true, true, true, true, false),
        body,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('try-lock' as const), lock: pick, body }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('raise' as const), irql: fc.integer({ min: 1, max: 3 }), body }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('atomic' as const), body: calm }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('choose' as const, 'twice' as const), body }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('try' as const, 'try' as const, 'try-finally' as const),
        body: fc.array(
          fc.oneof(
            nested(depth - 1, leaf),
            fc.record({ do: fc.constant('throw' as const), deep: fc.boolean() }),
            fc.record({ do: fc.constant('touch-user' as const), ready: fc.constantFrom(true, true, true, false) }),
            fc.record({ do: fc.constant('choose' as const), body: fc.constant([{ do: 'throw' as const, deep: true }]) }),
          ),
          { minLength: 1, maxLength: 2 },
        ),
        handler: fc.array(leaf, { maxLength: 1 }),
      }),
    },
  );
}

function routine(most: number): fc.Arbitrary<readonly Action[]> {
  return fc.array(nested(2, threadLeaf), { minLength: 1, maxLength: most });
}

/** Programs of one to three threads. */
export const programSpecs: fc.Arbitrary<ProgramSpec> = fc.record({
  processors: fc.constantFrom(1, 2, 2),
  waits: fc.constantFrom(true, false, false, false),
  detached: fc.constantFrom(true, false, false, false),
  threads: fc.oneof(
    { weight: 1, arbitrary: fc.array(routine(4), { minLength: 1, maxLength: 1 }) },
    { weight: 5, arbitrary: fc.array(routine(4), { minLength: 2, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.array(routine(2), { minLength: 3, maxLength: 3 }) },
  ),
  dpc: fc.array(nested(1, leaf), { maxLength: 2 }),
  cancel: fc.array(nested(1, leaf), { maxLength: 2 }),
  worker: fc.array(nested(1, leaf), { maxLength: 2 }),
});

/** A driver of those routines, a miniature kernel under it and a harness that runs each thread once and waits for all. */
export function buildProgram(spec: ProgramSpec): Program {
  const program = new ProgramBuilder();
  const world = declareWorld(program, spec.processors);
  const { PVOID, KDPC, KTIMER, IRP } = world;

  const fillRoutine = (func: FuncBuilder, actions: readonly Action[]): void => {
    for (const action of actions) emit(action, func, world, 0);
  };
  fillRoutine(world.dpcRoutine, spec.dpc);
  fillRoutine(world.cancelRoutine, spec.cancel);
  fillRoutine(world.worker, spec.worker);

  const expired = program.func('KiTimerExpired', { origin: 'kernel', params: ['ptr'] });
  const dpcOf = expired.load(0, KTIMER, 'Dpc');
  queueDpc(expired, dpcOf, world);

  const execute = program.func('KiExecuteDpc', { origin: 'kernel', params: ['ptr'] });
  const callee = execute.load(0, KDPC, 'Routine');
  execute.store(0, KDPC, 'Queued', execute.const(0));
  execute.event('routine.enter', undefined);
  execute.callPointer(callee);
  execute.event('routine.leave', undefined, 2, 0, 0);

  const stuck = program.func('HarnessStuck', { origin: 'environment' });
  for (const global of world.irps) {
    const irp = stuck.load(stuck.global(global), PVOID);
    stuck.if(irp, () => {
      stuck.if(stuck.binary(stuck.load(irp, IRP, 'Completed'), '==', stuck.const(0)), () => {
        stuck.if(
          stuck.load(irp, IRP, 'Cancel'),
          () => {
            stuck.if(
              stuck.load(irp, IRP, 'CancelRoutine'),
              () => stuck.event('irp.abandoned', irp, 1, 1),
              () => stuck.event('irp.abandoned', irp, 1, 0),
            );
          },
          () => stuck.event('irp.abandoned', irp, 0, 0),
        );
      });
    });
  }

  const final = program.func('HarnessFinal', { origin: 'environment' });
  final.intrinsic('leaks', []);

  const threads = spec.threads.map((actions, index) => {
    const driver = program.func(`Dispatch${index}`, { role: 'DRIVER_DISPATCH' });
    fillRoutine(driver, actions);
    const thread = program.func(`Thread${index}`, { origin: 'environment', params: ['ptr', 'ptr'] });
    thread.event('routine.enter', undefined);
    thread.call(driver);
    thread.event('routine.leave', undefined, 0, 0, 0);
    thread.intrinsic('exchangeAdd', [thread.offset(thread.global(world.joined), 1), thread.const(1)]);
    return thread;
  });

  const main = program.func('HarnessMain', { origin: 'environment' });
  const dpc = main.global(world.dpc);
  main.store(dpc, KDPC, 'Routine', main.function(world.dpcRoutine));
  main.store(main.global(world.timer), KTIMER, 'Dpc', dpc);
  for (const global of world.irps) {
    const irp = main.intrinsic('alloc', [main.const(-IRP), main.const(0), main.const(1)]);
    main.store(main.global(global), PVOID, undefined, irp);
    main.event('irp.create', irp, 0);
  }
  main.intrinsic('userMemory', [main.global(world.user)]);
  const zero = main.const(0);
  const none = main.const(0, 'ptr');
  for (const thread of threads) main.intrinsic('spawn', [zero, main.function(thread), none, none, none]);
  for (const _ of spec.detached ? [] : threads) main.intrinsic('wait', [main.global(world.joined), zero, zero]);
  // The requests must be over as well.
  for (const global of spec.waits && !spec.detached ? world.irps.slice(0, 1) : []) {
    const irp = main.load(main.global(global), PVOID);
    main.intrinsic('wait', [main.offset(irp, program.field(IRP, 'DoneType').offset), zero, zero]);
  }
  return program.build(
    { main, timerExpired: expired, executeDpc: execute, stuck, final },
    spec.processors,
    threads.map(({ name }) => name),
  );
}

type World = ReturnType<typeof declareWorld>;

function declareWorld(program: ProgramBuilder, processors: number) {
  // Type 0 is no size token.
  const unused = program.scalar('UCHAR', 'u8');
  const LONG = program.scalar('LONG', 'i32');
  const PVOID = program.scalar('PVOID', 'ptr');
  const PFN = program.scalar('PFN', 'fn');
  const HEADER = program.struct('DISPATCHER_HEADER', { Type: LONG, SignalState: LONG });
  const CELL = program.struct('CELL', { Value: LONG, Next: PVOID });
  const KDPC = program.struct('KDPC', { Routine: PFN, Queued: LONG });
  const KTIMER = program.struct('KTIMER', { Dpc: PVOID });
  const IRP = program.struct(
    'IRP',
    {
      Status: LONG,
      Cancel: LONG,
      Completed: LONG,
      Claimed: LONG,
      CancelRoutine: PFN,
      DoneType: LONG,
      DoneSignal: LONG,
    },
    'irp',
  );
  const cells = [program.global('X', LONG), program.global('Y', LONG)];
  const locks = [program.global('LockA', LONG), program.global('LockB', LONG)];
  const events = [program.global('EventA', HEADER, { 0: 1 }), program.global('EventB', HEADER)];
  const irps = [program.global('IrpA', PVOID), program.global('IrpB', PVOID)];
  const touchInline = program.func('TouchInline', { origin: 'kernel', inline: true, params: ['ptr'] });
  touchInline.load(0, IRP, 'Status');
  const complete = program.func('IoCompleteRequest', { origin: 'kernel', params: ['ptr'] });
  complete.event('irp.complete', 0);
  complete.store(0, IRP, 'Completed', complete.const(1));
  complete.store(0, IRP, 'DoneSignal', complete.const(1));
  const published = program.global('Published', PVOID);
  const throwing = (name: string, origin: 'kernel' | 'driver', act: (f: FuncBuilder) => void): FuncBuilder => {
    const f = program.func(name, { origin, params: ['i32'] });
    f.store(f.global(published), PVOID, undefined, f.local('Local', CELL));
    act(f);
    return f;
  };
  const raise = throwing('ExRaiseStatus', 'kernel', (f) => f.raise(0));
  const raiseDeep = throwing('Probe', 'driver', (f) => {
    f.call(raise, 0);
    f.unwind();
    f.store(f.global(cells[0]), LONG, undefined, f.const(9));
  });
  return {
    processors,
    raise,
    raiseDeep,
    unused,
    complete,
    LONG,
    PVOID,
    PFN,
    HEADER,
    CELL,
    KDPC,
    KTIMER,
    IRP,
    cells,
    locks,
    events,
    irps,
    touchInline,
    field: program.field.bind(program),
    published,
    user: program.global('User', CELL),
    joined: program.global('Joined', HEADER, { 0: 5 }),
    dpc: program.global('Dpc', KDPC),
    timer: program.global('Timer', KTIMER),
    dpcRoutine: program.func('DpcRoutine', { role: 'KDEFERRED_ROUTINE' }),
    cancelRoutine: program.func('CancelRoutine', { role: 'DRIVER_CANCEL', params: ['ptr'] }),
    worker: program.func('Worker', { role: 'KSTART_ROUTINE', params: ['ptr', 'ptr'] }),
  };
}

function emit(action: Action, f: FuncBuilder, world: World, held: number): void {
  const { LONG, PVOID, HEADER, CELL, IRP, KDPC } = world;
  const body = (actions: readonly Action[], locks = held): void => {
    for (const inner of actions) emit(inner, f, world, locks);
  };
  switch (action.do) {
    case 'add': {
      const cell = f.global(world.cells[action.cell]);
      f.statement(() => f.store(cell, LONG, undefined, f.binary(f.load(cell, LONG), '+', f.const(1))));
      break;
    }
    case 'set':
      f.store(f.global(world.cells[action.cell]), LONG, undefined, f.const(1));
      break;
    case 'interlocked-add':
      f.intrinsic('exchangeAdd', [f.global(world.cells[action.cell]), f.const(1)]);
      break;
    case 'assert-below': {
      const value = f.load(f.global(world.cells[action.cell]), LONG);
      f.if(f.binary(value, '>=', f.const(action.bound)), () => f.event('assert.failed', undefined, 0));
      break;
    }
    case 'spin-while-zero': {
      const cell = f.global(world.cells[action.cell]);
      const zero = f.const(0);
      f.while(
        () => f.binary(f.load(cell, LONG), '==', zero),
        () => undefined,
      );
      break;
    }
    case 'complete':
      f.call(world.complete, irpOf(f, action.irp, world));
      break;
    case 'complete-once': {
      const irp = irpOf(f, action.irp, world);
      const old = f.intrinsic('exchange', [f.offset(irp, world.field(IRP, 'Claimed').offset), f.const(1)]);
      f.if(f.binary(old, '==', f.const(0)), () => f.call(world.complete, irp));
      break;
    }
    case 'touch': {
      const irp = irpOf(f, action.irp, world);
      f.store(irp, IRP, 'Status', f.load(irp, IRP, 'Status'));
      break;
    }
    case 'touch-inline':
      f.call(world.touchInline, irpOf(f, action.irp, world));
      break;
    case 'cancel': {
      const irp = irpOf(f, action.irp, world);
      f.store(irp, IRP, 'Cancel', f.const(1));
      const routine = f.intrinsic('exchange', [f.offset(irp, world.field(IRP, 'CancelRoutine').offset), f.const(0, 'fn')], 'fn');
      f.if(
        routine,
        () => {
          f.event('irp.cancel-requested', irp, 1);
          f.callPointer(routine, irp);
          f.unwind();
        },
        () => f.event('irp.cancel-requested', irp, 0),
      );
      break;
    }
    case 'set-cancel':
    case 'clear-cancel': {
      const irp = irpOf(f, action.irp, world);
      const routine = action.do === 'set-cancel' ? f.function(world.cancelRoutine) : f.const(0, 'fn');
      f.intrinsic('exchange', [f.offset(irp, world.field(IRP, 'CancelRoutine').offset), routine], 'fn');
      break;
    }
    case 'retire-irp':
      f.intrinsic('retire', [irpOf(f, action.irp, world)]);
      break;
    case 'free-irp': {
      const irp = irpOf(f, action.irp, world);
      f.event('irp.free', irp);
      f.intrinsic('free', [irp]);
      break;
    }
    case 'mark-pending':
      f.event('irp.mark-pending', irpOf(f, action.irp, world), 1 + action.irp);
      break;
    case 'dispatched':
      f.event('irp.dispatched', irpOf(f, action.irp, world), 2, 1, 0);
      break;
    case 'lock': {
      const word = f.global(world.locks[action.lock]);
      const old = action.raise && held === 0 ? f.intrinsic('raise', [f.const(3)]) : -1;
      if ((held & (1 << action.lock)) !== 0) f.event('lock.acquire', undefined, 0, 1);
      f.intrinsic('lock', [word, f.const(0)]);
      body(action.body, held | (1 << action.lock));
      if (action.release) f.intrinsic('unlock', [word]);
      if (old >= 0) f.intrinsic('lower', [old]);
      break;
    }
    case 'try-lock': {
      const word = f.global(world.locks[action.lock]);
      f.if(f.intrinsic('tryLock', [word, f.const(0)]), () => {
        body(action.body, held | (1 << action.lock));
        f.intrinsic('unlock', [word]);
      });
      break;
    }
    case 'raise': {
      const old = f.intrinsic('raise', [f.const(action.irql)]);
      body(action.body);
      f.intrinsic('lower', [old]);
      break;
    }
    case 'atomic':
      f.intrinsic('atomicBegin');
      body(action.body);
      f.intrinsic('atomicEnd');
      break;
    case 'choose':
      f.if(f.intrinsic('choose', [f.const(2)]), () => body(action.body));
      break;
    case 'throw':
      f.call(action.deep ? world.raiseDeep : world.raise, f.const(5));
      f.unwind();
      break;
    case 'touch-user': {
      const user = f.global(world.user);
      const one = f.const(1);
      const access = (): void => f.store(user, CELL, 'Value', one);
      if (action.ready) f.userAccess(user, access);
      else access();
      break;
    }
    case 'try':
      f.tryCatch(
        () => body(action.body),
        (code) => {
          f.store(f.global(world.cells[1]), LONG, undefined, code);
          body(action.handler);
        },
      );
      break;
    case 'try-finally':
      f.tryFinally(
        () => body(action.body),
        () => body(action.handler),
      );
      break;
    case 'twice': {
      const index = f.const(0);
      const one = f.const(1);
      const two = f.const(2);
      f.while(
        () => f.binary(index, '<', two),
        () => {
          body(action.body);
          f.set(index, f.binary(index, '+', one));
        },
      );
      break;
    }
    case 'publish-new': {
      // In paged pool, the driver's to free, and not zeroed.
      const object = f.intrinsic('alloc', [f.const(-CELL), f.const(3), f.const(0)]);
      f.store(object, CELL, 'Value', f.const(7));
      f.store(f.global(world.published), PVOID, undefined, object);
      f.store(object, CELL, 'Value', f.const(8));
      break;
    }
    case 'publish-stack': {
      const object = f.local('Local', CELL);
      f.store(object, CELL, 'Value', f.const(7));
      f.store(f.global(world.published), PVOID, undefined, object);
      break;
    }
    case 'use-published': {
      const object = f.load(f.global(world.published), PVOID);
      f.if(object, () => f.store(object, CELL, 'Value', f.binary(f.load(object, CELL, 'Value'), '+', f.const(1))));
      break;
    }
    case 'free-published': {
      const object = f.load(f.global(world.published), PVOID);
      f.if(object, () => f.intrinsic('free', [object]));
      break;
    }
    case 'take-and-free': {
      const object = f.intrinsic('exchange', [f.global(world.published), f.const(0, 'ptr')], 'ptr');
      f.if(object, () => f.intrinsic('free', [object]));
      break;
    }
    case 'hand-over':
    case 'hand-over-atomic': {
      const object = f.load(f.global(world.published), PVOID);
      f.if(object, () => {
        if (action.do === 'hand-over-atomic') f.intrinsic('atomicBegin');
        f.store(object, CELL, 'Value', f.const(3));
        if (action.do === 'hand-over-atomic') f.intrinsic('atomicEnd');
        f.store(object, CELL, 'Next', f.const(0, 'ptr'));
      });
      break;
    }
    case 'free-handed-over': {
      const object = f.load(f.global(world.published), PVOID);
      f.if(object, () => {
        const value = f.load(object, CELL, 'Value');
        f.if(f.binary(value, '==', f.const(3)), () => f.intrinsic('free', [object]));
      });
      break;
    }
    case 'unlock-foreign':
      f.intrinsic('unlock', [f.global(world.locks[action.lock])]);
      break;
    case 'private': {
      const object = f.intrinsic('alloc', [f.const(-CELL), f.const(0), f.const(1)]);
      f.store(object, CELL, 'Value', f.const(1));
      f.load(object, CELL, 'Value');
      f.intrinsic('free', [object]);
      break;
    }
    case 'look-unwritten': {
      const object = f.intrinsic('alloc', [f.const(-CELL), f.const(0), f.const(0)]);
      const other = f.intrinsic('alloc', [f.const(-CELL), f.const(2), f.const(1)]);
      f.store(other, CELL, 'Value', f.load(object, CELL, 'Value'));
      f.intrinsic('free', [object]);
      f.if(f.load(other, CELL, 'Value'), () => f.event('assert.failed', undefined, 0));
      f.intrinsic('free', [other]);
      break;
    }
    case 'signal':
      f.store(f.offset(f.global(world.events[action.event]), 1), LONG, undefined, f.const(1));
      break;
    case 'clear':
      f.store(f.offset(f.global(world.events[action.event]), 1), LONG, undefined, f.const(0));
      break;
    case 'wait':
      f.intrinsic('wait', [f.global(world.events[action.event]), f.const(0), f.const(0)]);
      break;
    case 'user-wait': {
      const status = f.intrinsic('wait', [f.global(world.events[action.event]), f.const(2), f.const(0)]);
      f.if(f.binary(status, '==', f.const(0)), () => emit({ do: 'set', cell: action.event }, f, world, held));
      break;
    }
    case 'timed-wait': {
      const status = f.intrinsic('wait', [f.global(world.events[action.event]), f.const(1), f.const(action.micros)]);
      f.if(f.binary(status, '==', f.const(0)), () => emit({ do: 'set', cell: action.event }, f, world, held));
      break;
    }
    case 'arm':
      f.intrinsic('armTimer', [f.global(world.timer), f.const(action.micros)]);
      break;
    case 'disarm':
      f.intrinsic('disarmTimer', [f.global(world.timer)]);
      break;
    case 'queue-dpc':
      queueDpc(f, f.global(world.dpc), world);
      break;
    case 'dequeue-dpc': {
      const dpc = f.global(world.dpc);
      f.if(f.intrinsic('dequeueDpc', [dpc]), () => f.store(dpc, KDPC, 'Queued', f.const(0)));
      break;
    }
    case 'start-next':
      f.event('queue.start-next', undefined);
      break;
    case 'queue-dpc-to':
      queueDpc(f, f.global(world.dpc), world, Math.min(action.processor, world.processors - 1));
      break;
    case 'copy':
      f.intrinsic('copy', [f.global(world.cells[0]), f.global(world.cells[1]), f.const(-LONG)]);
      break;
    case 'zero':
      f.intrinsic('zero', [f.global(world.events[0]), f.const(-HEADER)]);
      break;
    case 'spawn': {
      const none = f.const(0, 'ptr');
      f.intrinsic('spawn', [f.const(action.kind), f.function(world.worker), none, none, none]);
      break;
    }
  }
}

function irpOf(f: FuncBuilder, irp: number, world: World): number {
  return f.load(f.global(world.irps[irp]), world.PVOID);
}

function queueDpc(f: FuncBuilder, dpc: number, world: World, processor = -1): void {
  const old = f.intrinsic('exchange', [f.offset(dpc, world.field(world.KDPC, 'Queued').offset), f.const(1)]);
  f.if(f.binary(old, '==', f.const(0)), () => f.intrinsic('queueDpc', [dpc, f.const(processor)]));
}
