/** Hand-built programs with one known race each, and their fixed twins, through the whole engine. */
import { describe, expect, it } from 'vitest';
import type { ExploreRequest, Outcome } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import { replay } from '../../src/engine/replay.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import type { FuncBuilder } from '../kit/ir-program.ts';
import { ProgramBuilder } from '../kit/ir-program.ts';

const report = (id: string, event: string, extra: Partial<RuleCheck> = {}): RuleCheck => ({
  id,
  subject: 'machine',
  states: ['watching'],
  on: { [event]: [{ report: event }] } as RuleCheck['on'],
  continues: false,
  ...extra,
});

const basicRules: readonly RuleCheck[] = [
  report('assert/failed', 'assert.failed', { on: { 'assert.failed': [{ report: 'failed' }] } }),
  report('lock/deadlock', 'deadlock'),
  report('memory/null-dereference', 'fault.null'),
  report('memory/use-after-free', 'fault.freed'),
  report('memory/double-free', 'fault.double-free'),
  report('irql/blocking-wait', 'fault.wait'),
];

interface Kit {
  readonly p: ProgramBuilder;
  readonly long: number;
  readonly header: number;
  hooks(main: FuncBuilder): { main: FuncBuilder; timerExpired: FuncBuilder; executeDpc: FuncBuilder; stuck: FuncBuilder };
}

function kit(): Kit {
  const p = new ProgramBuilder();
  p.scalar('VOID', 'u8');
  const long = p.scalar('LONG', 'i32');
  const header = p.struct('DISPATCHER_HEADER', { Type: long, SignalState: long });
  return {
    p,
    long,
    header,
    hooks: (main) => ({
      main,
      timerExpired: p.func('KiTimerExpired', { origin: 'kernel', params: ['ptr'] }),
      executeDpc: p.func('KiExecuteDpc', { origin: 'kernel', params: ['ptr'] }),
      stuck: p.func('HarnessStuck', { origin: 'environment' }),
    }),
  };
}

/** Main spawns the threads, waits until `done` (counted under a lock-free interlocked add) reaches their number, then runs `after`. */
function threads(
  k: Kit,
  bodies: readonly FuncBuilder[],
  done: number,
  event: number,
  after: (f: FuncBuilder) => void,
): FuncBuilder {
  const main = k.p.func('HarnessMain', { origin: 'environment' });
  for (const body of bodies) {
    const run = k.p.func(`T.${body.name}`, { origin: 'scenario', params: ['ptr', 'ptr'] });
    run.call(body);
    const count = run.intrinsic('exchangeAdd', [run.global(done), run.const(1)]);
    run.if(run.binary(count, '==', run.const(bodies.length - 1)), () =>
      run.store(run.global(event), k.header, 'SignalState', run.const(1)),
    );
    const zero = main.const(0, 'ptr');
    main.intrinsic('spawn', [main.const(0), main.function(run), zero, zero, zero]);
  }
  main.intrinsic('wait', [main.global(event), main.const(0), main.const(0)]);
  after(main);
  return main;
}

function request(program: ExploreRequest['program'], extra: Partial<ExploreRequest> = {}): ExploreRequest {
  return { program, scenario: program.scenarios[0], rules: basicRules, strategy: 'exhaustive', maxStates: 200000, ...extra };
}

const reductions = [
  { fusion: true, movers: true },
  { fusion: true, movers: false },
  { fusion: false, movers: true },
  { fusion: false, movers: false },
];

function everyWay(program: ExploreRequest['program'], extra: Partial<ExploreRequest> = {}): Outcome {
  const outcomes = reductions.map((reduction) => explore(request(program, { reductions: reduction, ...extra })));
  for (const outcome of outcomes) {
    expect(outcome.verdict).toBe(outcomes[0].verdict);
    expect(new Set(outcome.breaches.map((breach) => breach.rule))).toEqual(
      new Set(outcomes[0].breaches.map((breach) => breach.rule)),
    );
    for (const breach of outcome.breaches) {
      const again = replay(program, program.scenarios[0], extra.processors ?? 2, basicRules, breach.schedule);
      expect(again.kind === 'breach' && again.breach.rule).toBe(breach.rule);
      expect(again.kind === 'breach' && again.breach.place).toEqual(breach.place);
    }
  }
  return outcomes[0];
}

function counter(locked: boolean): ExploreRequest['program'] {
  const k = kit();
  const { p, long, header } = k;
  const [word, count, done, event] = [
    p.global('Lock', long),
    p.global('Count', long),
    p.global('Done', long),
    p.global('Event', header),
  ];
  const bodies = ['Increment', 'AlsoIncrement'].map((name) => {
    const f = p.func(name);
    const old = locked ? f.intrinsic('raise', [f.const(2)]) : -1;
    if (locked) f.intrinsic('lock', [f.global(word), f.const(0)]);
    const value = f.load(f.global(count), long);
    f.store(f.global(count), long, undefined, f.binary(value, '+', f.const(1)));
    if (locked) {
      f.intrinsic('unlock', [f.global(word)]);
      f.intrinsic('lower', [old]);
    }
    return f;
  });
  const main = threads(k, bodies, done, event, (f) => {
    f.if(f.binary(f.load(f.global(count), long), '!=', f.const(2)), () => f.event('assert.failed', undefined, 1));
  });
  return p.build(k.hooks(main));
}

describe('explore', () => {
  it('does not take the cells of a negative LONGLONG for a ULONGLONG', () => {
    const k = kit();
    const [signed, unsigned] = [k.p.scalar('LONGLONG', 'i64'), k.p.scalar('ULONGLONG', 'u64')];
    const value = k.p.global('Value', signed);
    const main = k.p.func('HarnessMain', { origin: 'environment' });
    main.store(main.global(value), signed, undefined, main.const(-1, 'i64'));
    main.load(main.global(value), unsigned);
    const rules = [report('integer/overflow', 'fault.overflow')];
    expect(explore(request(k.p.build(k.hooks(main)), { rules })).breaches.map(({ rule }) => rule)).toEqual(['integer/overflow']);
  });

  it('finds the lost update, and verifies it under a lock', () => {
    const bad = everyWay(counter(false));
    expect(bad.verdict).toBe('error');
    expect(bad.breaches[0].rule).toBe('assert/failed');
    const good = everyWay(counter(true));
    expect(good).toMatchObject({ verdict: 'verified', bounds: [] });
  });

  it('reduces: movers need fewer states than fusion, fusion fewer than nothing', () => {
    const states = reductions.map((reduction) => explore(request(counter(true), { reductions: reduction })).states);
    expect(states[0]).toBeLessThan(states[1]);
    expect(states[0]).toBeLessThan(states[3]);
  });

  it('finds the deadlock of two locks taken in both orders, on two processors only where it can happen', () => {
    const build = (ordered: boolean): ExploreRequest['program'] => {
      const k = kit();
      const { p, long, header } = k;
      const [a, b, done, event] = [p.global('A', long), p.global('B', long), p.global('Done', long), p.global('Event', header)];
      const bodies = [[a, b], ordered ? [a, b] : [b, a]].map((order, i) => {
        const f = p.func(`Take${i}`);
        const old = f.intrinsic('raise', [f.const(2)]);
        for (const word of order) f.intrinsic('lock', [f.global(word), f.const(0)]);
        for (const word of order) f.intrinsic('unlock', [f.global(word)]);
        f.intrinsic('lower', [old]);
        return f;
      });
      return p.build(k.hooks(threads(k, bodies, done, event, () => undefined)));
    };
    expect(everyWay(build(false)).breaches.map((breach) => breach.rule)).toEqual(['lock/deadlock']);
    expect(everyWay(build(true)).verdict).toBe('verified');
    // On one processor a raised context is never interrupted, so that neither order can hang.
    expect(everyWay(build(false), { processors: 1 }).verdict).toBe('verified');
  });

  it.each(['a store', 'an atomic section', 'a release', 'a spawn'])(
    'finds the use after %s that let another thread free',
    (way) => {
      const k = kit();
      const { p, long, header } = k;
      const ptr = p.scalar('PVOID', 'ptr');
      const work = p.struct('WORK', { Done: long, Left: long });
      const [shared, word, done, event] = [
        p.global('Shared', ptr),
        p.global('Lock', long),
        p.global('Done', long),
        p.global('Event', header),
      ];
      const freer = p.func('Freer');
      const mine = freer.load(freer.global(shared), ptr);
      const zero = freer.const(0);
      if (way === 'a release') freer.intrinsic('lock', [freer.global(word), zero]);
      const free = way === 'a spawn' ? freer.const(1) : freer.load(mine, work, 'Done');
      if (way === 'a release') freer.intrinsic('unlock', [freer.global(word)]);
      freer.if(free, () => freer.intrinsic('free', [mine]));
      const user = p.func('User');
      const object = user.load(user.global(shared), ptr);
      if (way === 'a release') {
        user.intrinsic('raise', [user.const(2)]);
        user.intrinsic('lock', [user.global(word), user.const(0)]);
      }
      if (way === 'an atomic section') user.intrinsic('atomicBegin');
      user.store(object, work, 'Done', user.const(1));
      if (way === 'an atomic section') user.intrinsic('atomicEnd');
      if (way === 'a release') user.intrinsic('unlock', [user.global(word)]);
      if (way !== 'a spawn') user.store(object, work, 'Left', user.const(2));
      if (way === 'a release') user.intrinsic('lower', [user.const(0)]);
      const main = p.func('HarnessMain', { origin: 'environment' });
      const made = main.intrinsic('alloc', [main.const(-work), main.const(0), main.const(1)]);
      main.store(main.global(shared), ptr, undefined, made);
      const none = main.const(0, 'ptr');
      for (const body of way === 'a spawn' ? [freer] : [freer, user]) {
        const run = p.func(`T.${body.name}`, { origin: 'scenario', params: ['ptr', 'ptr'] });
        run.call(body);
        if (way === 'a spawn') main.store(made, work, 'Left', main.const(2));
        main.intrinsic('spawn', [main.const(0), main.function(run), none, none, none]);
        if (way === 'a spawn') main.store(made, work, 'Left', main.const(3));
      }
      void [done, event];
      expect(everyWay(p.build(k.hooks(main))).breaches.map((breach) => breach.rule)).toContain('memory/use-after-free');
    },
  );

  it('does not trust a lock that others release', () => {
    const k = kit();
    const { p, long, header } = k;
    const [cell, word, done, event] = [
      p.global('Cell', long),
      p.global('Lock', long),
      p.global('Done', long),
      p.global('Event', header),
    ];
    const adders = [0, 1].map((i) => {
      const f = p.func(`Add${i}`);
      const old = f.intrinsic('raise', [f.const(2)]);
      f.intrinsic('lock', [f.global(word), f.const(0)]);
      f.store(f.global(cell), long, undefined, f.binary(f.load(f.global(cell), long), '+', f.const(1)));
      f.intrinsic('unlock', [f.global(word)]);
      f.intrinsic('lower', [old]);
      return f;
    });
    const foreign = p.func('Foreign');
    foreign.intrinsic('unlock', [foreign.global(word)]);
    const main = threads(k, [...adders, foreign], done, event, (f) => {
      f.if(f.binary(f.load(f.global(cell), long), '!=', f.const(2)), () => f.event('assert.failed', undefined, 0));
    });
    expect(everyWay(p.build(k.hooks(main)), { processors: 3 }).breaches.map((breach) => breach.rule)).toContain('assert/failed');
  });

  it('finds the use after a free by another thread', () => {
    const build = (late: boolean): ExploreRequest['program'] => {
      const k = kit();
      const { p, long, header } = k;
      const ptr = p.scalar('PVOID', 'ptr');
      const pair = p.struct('PAIR', { A: long, B: long });
      const [shared, done, event] = [p.global('Shared', ptr), p.global('Done', long), p.global('Event', header)];
      const user = p.func('User');
      const object = user.load(user.global(shared), ptr);
      user.store(object, pair, 'A', user.const(1));
      user.store(object, pair, 'B', user.const(2));
      const freer = p.func('Freer');
      if (!late) freer.intrinsic('free', [freer.load(freer.global(shared), ptr)]);
      const inner = threads(k, [user, freer], done, event, (f) => {
        if (late) f.intrinsic('free', [f.load(f.global(shared), ptr)]);
      });
      const main = p.func('Start', { origin: 'environment' });
      const made = main.intrinsic('alloc', [main.const(-pair), main.const(0), main.const(1)]);
      main.store(main.global(shared), ptr, undefined, made);
      main.call(inner);
      return p.build(k.hooks(main));
    };
    expect(everyWay(build(false)).breaches.map((breach) => breach.rule)).toContain('memory/use-after-free');
    expect(everyWay(build(true)).verdict).toBe('verified');
  });

  it('reports a thread that nobody wakes, and a loop that never ends', () => {
    const asleep = kit();
    const event = asleep.p.global('Event', asleep.header);
    const main = asleep.p.func('HarnessMain', { origin: 'environment' });
    main.intrinsic('wait', [main.global(event), main.const(0), main.const(0)]);
    expect(everyWay(asleep.p.build(asleep.hooks(main))).breaches.map((breach) => breach.rule)).toEqual(['lock/deadlock']);

    const spinning = kit();
    const flag = spinning.p.global('Flag', spinning.long);
    const spin = spinning.p.func('HarnessMain', { origin: 'environment' });
    spin.while(
      () => spin.binary(spin.load(spin.global(flag), spinning.long), '==', spin.const(0)),
      () => undefined,
    );
    expect(everyWay(spinning.p.build(spinning.hooks(spin))).breaches.map((breach) => breach.rule)).toEqual(['lock/deadlock']);
  });

  it('explores every answer of choose, and lets a timed wait end both ways', () => {
    const k = kit();
    const { p, long, header } = k;
    const [event, done] = [p.global('Event', header), p.global('Done', long)];
    const setter = p.func('T.Setter', { origin: 'scenario', params: ['ptr', 'ptr'] });
    setter.store(setter.global(event), header, 'SignalState', setter.const(1));
    const main = p.func('HarnessMain', { origin: 'environment' });
    const zero = main.const(0, 'ptr');
    main.intrinsic('spawn', [main.const(0), main.function(setter), zero, zero, zero]);
    const status = main.intrinsic('wait', [main.global(event), main.const(1), main.const(1000)]);
    const pick = main.intrinsic('choose', [main.const(3)]);
    main.store(main.global(done), long, undefined, main.binary(status, '+', pick));
    const judge = p.func('Judge');
    for (const value of [0, 1, 2, 0x102, 0x103, 0x104]) {
      judge.if(judge.binary(judge.load(judge.global(done), long), '==', judge.const(value)), () =>
        judge.event('assert.failed', undefined, value),
      );
    }
    main.call(judge);
    const outcome = everyWay(p.build(k.hooks(main)));
    // The event is raised at six different statements, once for each result.
    expect(outcome.breaches.length).toBe(6);
  });

  it('never calls it verified when the budget ends, the caller interrupts, or a fault goes unreported', () => {
    expect(explore(request(counter(true), { maxStates: 5 })).verdict).toBe('bounded');
    const k = kit();
    const main = k.p.func('HarnessMain', { origin: 'environment' });
    main.load(main.const(0, 'ptr'), k.long);
    const outcome = explore(request(k.p.build(k.hooks(main)), { rules: [] }));
    expect(outcome.verdict).toBe('bounded');
    expect(outcome.bounds.join()).toContain('fault.null');
  });

  it('random and bounded searches find the lost update and are never verified', () => {
    expect(explore(request(counter(false), { strategy: 'random', runs: 200, seed: 7 })).verdict).toBe('error');
    expect(explore(request(counter(false), { strategy: 'bounded', maxPreemptions: 1 })).verdict).toBe('error');
    expect(explore(request(counter(false), { strategy: 'bounded', maxPreemptions: 0 })).verdict).toBe('bounded');
    expect(explore(request(counter(true), { strategy: 'random', runs: 50 })).verdict).toBe('bounded');
  });
});
