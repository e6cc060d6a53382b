/** Debug sessions on traces and scenarios. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Subject, scenarioSubject, traceSubject } from '../../src/debug/prepare.ts';
import type { RunKind, StackFrame, Stopped } from '../../src/debug/protocol.ts';
import { type DebugSession, openDebugSession } from '../../src/debug/session.ts';
import { openTape } from '../../src/debug/tape.ts';
import { loadLibrary } from '../kit/library.ts';
import { brokenTrace, litmus } from './kit.ts';

const race = 'cancel-lock-cancel-after-dequeue';

function subjectOf(name: string): Subject {
  const { trace, project } = brokenTrace(name);
  const subject = traceSubject(trace, project, loadLibrary());
  if ('error' in subject) throw new Error(subject.error);
  return subject;
}

function scenarioOf(name: string): Subject {
  const { fixed } = litmus(name);
  const subject = scenarioSubject('Race', undefined, { driver: fixed[0].path, sources: fixed, problems: [] }, loadLibrary());
  if ('error' in subject) throw new Error(subject.error);
  return subject;
}

/** The frame that the editor shows: the innermost that is not of less interest. */
function shown(session: DebugSession, { thread }: Stopped): StackFrame | undefined {
  const stack = session.answer({ kind: 'stack', thread });
  return stack.find(({ subtle }) => !subtle) ?? stack[0];
}

function place(session: DebugSession, stopped: Stopped): string {
  const frame = shown(session, stopped);
  return `${frame?.name} ${frame?.at?.file.replace(/^.*\//, '')}:${frame?.at?.line}`;
}

/** Everything that a person can see without choosing, to a depth. */
function view(session: DebugSession): unknown {
  const expand = (parts: number, depth: number): unknown =>
    parts === 0 || depth === 0
      ? null
      : session
          .answer({ kind: 'variables', parts })
          .map(({ name, value, type, parts: inner }) => [name, value, type, expand(inner, depth - 1)]);
  return session
    .answer({ kind: 'threads' })
    .map(({ id, name }) => [
      name,
      session
        .answer({ kind: 'stack', thread: id })
        .map(({ id: frame, name: routine, at }) => [
          routine,
          at,
          session.answer({ kind: 'scopes', frame }).map((scope) => [scope.name, expand(scope.parts, 2)]),
        ]),
    ]);
}

const go = (session: DebugSession, how: RunKind, thread?: number): Stopped =>
  session.answer({ kind: 'run', how, ...(thread === undefined ? {} : { thread }) });

it.each([
  [undefined, undefined, 2],
  [undefined, 3, 3],
  [1, 3, 1],
])(
  'a scenario runs on as many processors as somebody asks for, else the configuration, else itself: %s, %s',
  (asked, cpus, runs) => {
    const { fixed } = litmus(race);
    const config = { path: '/w/irpsight.json', settings: cpus === undefined ? {} : { cpus }, problems: [] };
    const project = { driver: fixed[0].path, sources: fixed, problems: [], config };
    expect(scenarioSubject('Race', asked, project, loadLibrary())).toMatchObject({ processors: runs });
  },
);

describe('a session on a trace', () => {
  let subject: Subject;
  beforeAll(() => {
    subject = subjectOf(race);
  });

  it('stops at the breach that the trace shows, at the guilty line', () => {
    const session = openDebugSession(subject);
    const stopped = go(session, 'continue');
    expect(stopped.reason).toBe('breach');
    expect(stopped.text).toMatch(/^completion\/twice: /);
    const lines = litmus(race).guiltyLines;
    const stack = session.answer({ kind: 'stack', thread: stopped.thread });
    expect(lines).toContain(stack.find(({ at }) => at?.file === `${race}.driver.ts`)?.at?.line);
  });

  it('takes the steps of the trace', () => {
    const tape = openTape(subject);
    while ((tape.last?.decision ?? 0) < subject.schedule.length || tape.last?.unfinished === true)
      if (tape.forward() === undefined) break;
    const { steps } = tape.watcher.recorder;
    expect(steps.map(({ func, place: { start, end }, irql }) => [func, start, end, irql])).toEqual(
      brokenTrace(race).trace.steps.map(({ func, place: { start, end }, irql }) => [func, start, end, irql]),
    );
  });

  it('shows the same on the way back as on the way there', () => {
    const tape = openTape(subject);
    const session = openDebugSession(subject, tape);
    const seen = new Map<number, unknown>();
    const look = (stopped: Stopped): unknown => [place(session, stopped), stopped.thread, view(session)];
    let stopped = go(session, 'entry');
    session.answer({ kind: 'breakpoints', file: `${race}.driver.ts`, wanted: [{ line: lineOf('IoMarkIrpPending(Irp);') }] });
    stopped = go(session, 'continue');
    for (let i = 0; i < 40 && stopped.reason !== 'breach'; i++) {
      seen.set(tape.position, look(stopped));
      stopped = go(session, 'in', stopped.thread);
    }
    let back = 0;
    for (; back < 10; back++) {
      stopped = go(session, 'back', stopped.thread);
      if (!seen.has(tape.position)) break;
      expect(look(stopped)).toEqual(seen.get(tape.position));
    }
    expect(back).toBeGreaterThan(4);
  });

  it('is wherever it goes as a fresh one is there', () => {
    const kinds = ['in', 'over', 'out', 'back', 'continue', 'reverse'] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds, 'over', 'in', 'back'), { minLength: 1, maxLength: 25 }), (hows) => {
        const tape = openTape(subject);
        const session = openDebugSession(subject, tape);
        let thread: number | undefined;
        for (const how of hows) thread = go(session, how as RunKind, thread).thread;
        const fresh = openTape(subject);
        fresh.windTo(tape.position);
        expect(view(openDebugSession(subject, fresh))).toEqual(view(session));
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it('steps over calls in the driver, into the kernel model, and out of it', () => {
    const session = openDebugSession(subject);
    const line = lineOf('IoMarkIrpPending(Irp);');
    session.answer({ kind: 'breakpoints', file: `${race}.driver.ts`, wanted: [{ line }] });
    const stopped = go(session, 'continue');
    expect(stopped.reason).toBe('breakpoint');
    expect(place(session, stopped)).toBe(`DispatchRead ${race}.driver.ts:${line}`);
    const inside = go(session, 'in', stopped.thread);
    expect(place(session, inside)).toMatch(/^IoMarkIrpPending irp\.ts:/);
    const outside = go(session, 'out', inside.thread);
    expect(place(session, outside)).toMatch(/^DispatchRead /);
    const before = go(session, 'reverse', outside.thread);
    expect([before.reason, place(session, before)]).toEqual(['breakpoint', `DispatchRead ${race}.driver.ts:${line}`]);
  });

  it('has breakpoints in the kernel model, moves them to the next statement, and says where there is none', () => {
    const session = openDebugSession(subject);
    const model = subject.program.files.find(({ path }) => path === 'irpsight/wdm/complete.ts')?.text ?? '';
    const declared = model.split('\n').findIndex((one) => one.includes('export function IoCompleteRequest')) + 1;
    const set = session.answer({
      kind: 'breakpoints',
      file: 'irpsight/wdm/complete.ts',
      wanted: [{ line: declared }, { line: 100_000 }, { line: declared, condition: 'what?' }],
    });
    expect(set[0]).toMatchObject({ verified: true });
    expect(set[0].line).toBeGreaterThan(declared);
    expect(set[1]).toMatchObject({ verified: false, message: expect.stringContaining('No statement') });
    expect(set[2]).toMatchObject({ verified: false, message: expect.stringContaining('no condition') });
    const stopped = go(session, 'continue');
    expect(stopped.reason).toBe('breakpoint');
    const [top] = session.answer({ kind: 'stack', thread: stopped.thread });
    expect([top.name, top.at?.file, top.at?.line]).toEqual(['IoCompleteRequest', 'irpsight/wdm/complete.ts', set[0].line]);
    expect(session.answer({ kind: 'breakpoints', file: 'elsewhere.ts', wanted: [{ line: 1 }] })[0].verified).toBe(false);
  });

  it('stops where a condition on a variable holds', () => {
    const session = openDebugSession(subject);
    const line = lineOf('IoMarkIrpPending(Irp);');
    const at = (condition: string): string => {
      session.answer({ kind: 'breakpoints', file: `${race}.driver.ts`, wanted: [{ line, condition }] });
      go(session, 'reverse');
      return go(session, 'continue').reason;
    };
    expect(at('Irp.StackCount == 1')).toBe('breakpoint');
    expect(at('Irp.StackCount > 1')).toBe('breach');
    expect(at('Irp.Nothing == 1')).toBe('breach');
  });

  it('stops on changes of the IRQL, each or some', () => {
    const session = openDebugSession(subject);
    session.answer({ kind: 'stops', irql: { condition: 'IRQL == DISPATCH_LEVEL' } });
    const stopped = go(session, 'continue');
    expect(stopped.reason).toBe('irql');
    expect(session.answer({ kind: 'threads' })[stopped.thread - 1].name).toMatch(/^CPU 0: .*DISPATCH_LEVEL/);
    session.answer({ kind: 'stops', irql: { condition: 'IRQL == PASSIVE_LEVEL' } });
    const lowered = go(session, 'continue');
    expect(lowered.reason).toBe('irql');
    expect(lowered.thread).toBeGreaterThanOrEqual(100);
    expect(session.answer({ kind: 'stops', irql: { condition: '1; drop' } })).toEqual([expect.stringContaining('no condition')]);
  });

  it('does not stop at rules where that is switched off, or at others', () => {
    const session = openDebugSession(subject);
    session.answer({ kind: 'stops' });
    expect(go(session, 'continue').reason).toBe('end');
    session.answer({ kind: 'stops', rule: { condition: 'completion/twice' } });
    go(session, 'reverse');
    expect(go(session, 'continue').reason).toBe('breach');
  });

  it('shows variables, the IRP with its cancel state, locks and queues', () => {
    const session = openDebugSession(subject);
    const line = lineOf('IoMarkIrpPending(Irp);');
    session.answer({ kind: 'breakpoints', file: `${race}.driver.ts`, wanted: [{ line }] });
    const stopped = go(session, 'continue');
    const frame = shown(session, stopped)?.id ?? 0;
    const scopes = session.answer({ kind: 'scopes', frame });
    expect(scopes.map(({ name }) => name)).toEqual(['Locals', 'Device extension', 'IRPs', 'Locks', 'Queues', 'Contexts']);
    const locals = session.answer({ kind: 'variables', parts: scopes[0].parts });
    const irp = locals.find(({ name }) => name === 'Irp');
    expect(irp).toMatchObject({ type: 'PIRP', value: 'IRP 2 (READ), not cancelable' });
    const members = session.answer({ kind: 'variables', parts: irp?.parts ?? 0 });
    expect(members[0]).toMatchObject({ name: 'cancel state', value: 'not cancelable' });
    const value = (expression: string): unknown => {
      const found = session.answer({ kind: 'evaluate', expression, frame });
      return 'error' in found ? found : found.value;
    };
    expect(value('DeviceObject.DriverObject.MajorFunction[3]')).toBe('DispatchRead');
    expect(value('Irp->IoStatus.Status')).toBe('STATUS_SUCCESS');
    expect(value('IRQL')).toBe('DISPATCH_LEVEL');
    expect(value('Irp.Nothing')).toEqual({ error: 'Irp has no Nothing.' });
    expect(value('Nobody')).toEqual({ error: 'There is no variable Nobody here.' });
    expect(value('Irp.Cancel = true')).toEqual({ error: expect.stringContaining('Only a variable') });
  });

  const lineOf = (statement: string): number =>
    litmus(race)
      .broken[0].text.split('\n')
      .findIndex((one) => one.includes(statement)) + 1;
});

describe.each([
  'dpc-on-two-processors',
  'exception-skips-completion',
  'lock-order',
  'probe-outside-try',
  'timeout-against-answer',
  'unload-against-timer',
])('stops in front of statements change nothing in %s', (name) => {
  it('the schedule goes through the same steps, and breaks the same rule', () => {
    const { trace, project } = brokenTrace(name);
    const subject = traceSubject(trace, project, loadLibrary());
    if ('error' in subject) throw new Error(subject.error);
    const tape = openTape(subject);
    while ((tape.last?.decision ?? 0) < subject.schedule.length || tape.last?.unfinished === true)
      if (tape.forward() === undefined) break;
    // Behind a schedule at whose end nothing goes on any more the end is judged.
    if (tape.last?.over !== true && tape.enabled().length === 0) tape.forward();
    expect(tape.moves.flatMap(({ breaches }) => breaches.map(({ rule }) => rule))).toContain(trace.rule);
    // Addresses differ, because each IRP has room for what tells its state.
    const plain = tape.watcher.recorder.steps.map(({ func, place: at, processor, irql, locks, notes }) => [
      func,
      at,
      processor,
      irql,
      locks,
      notes.map(({ event, irp }) => [event, irp]),
    ]);
    expect(plain).toEqual(
      trace.steps.map(({ func, place: at, processor, irql, locks, notes }) => [
        func,
        at,
        processor,
        irql,
        locks,
        notes.map(({ event, irp }) => [event, irp]),
      ]),
    );
  });
});

describe('a session on a scenario', () => {
  it('begins at the first statement of the driver, and comes to the end', () => {
    const session = openDebugSession(scenarioOf(race));
    const stopped = go(session, 'entry');
    expect([stopped.reason, shown(session, stopped)?.name]).toEqual(['entry', 'DriverEntry']);
    expect(go(session, 'continue').reason).toBe('end');
    expect(session.answer({ kind: 'choices' })).toEqual([]);
  });

  it('lets a person choose who runs next', () => {
    const session = openDebugSession(scenarioOf(race));
    const subject = scenarioOf(race);
    const reader = subject.scenario.threads.indexOf('Reader');
    expect(reader).toBeGreaterThanOrEqual(0);
    // Both threads are there once the scenario has started them.
    const both = (): boolean => {
      const labels = session.answer({ kind: 'choices' }).map(({ label }) => label);
      return labels.includes('Reader') && labels.includes('Canceller');
    };
    let stopped = go(session, 'entry');
    for (let i = 0; i < 200 && !both(); i++) stopped = go(session, 'over', stopped.thread);
    const choices = session.answer({ kind: 'choices' });
    const other = choices.find(({ label, next }) => !next && /^(Reader|Canceller)$/.test(label));
    const chosen = session.answer({ kind: 'choose', choice: other?.id ?? -1 });
    expect(chosen?.reason).toBe('step');
    expect(session.answer({ kind: 'threads' }).find(({ id }) => id === chosen?.thread)?.name).toContain(other?.label);
    expect(session.answer({ kind: 'choose', choice: 99 })).toBe(null);
  });

  it('makes a cancel happen now, and says where there is none', () => {
    const session = openDebugSession(scenarioOf(race));
    go(session, 'entry');
    expect(session.answer({ kind: 'lead', to: 'cancel' })).toBe(null);
    expect(session.answer({ kind: 'lead', to: 'remove' })).toBe(null);
    expect(session.answer({ kind: 'lead', to: 'interrupt' })).toBe(null);
    const file = `${race}.driver.ts`;
    const line =
      litmus(race)
        .fixed[0].text.split('\n')
        .findIndex((one) => one.includes('return STATUS_PENDING')) + 1;
    session.answer({ kind: 'breakpoints', file, wanted: [{ line }] });
    expect(go(session, 'continue').reason).toBe('breakpoint');
    const cancelled = session.answer({ kind: 'lead', to: 'cancel' });
    expect(cancelled?.reason).toBe('step');
    const stack = session.answer({ kind: 'stack', thread: cancelled?.thread ?? 0 });
    expect(stack.map(({ name }) => name)).toContain('IoCancelIrp');
  });

  it('makes an interrupt and a removal happen', () => {
    const driver = 'serial-uart.driver.ts';
    const read = (name: string, origin: 'driver' | 'scenario') => ({
      path: name,
      origin,
      text: readFileSync(`examples/serial-uart/${name}`, 'utf8'),
    });
    const sources = [read(driver, 'driver'), read('serial-uart.scenario.ts', 'scenario')];
    const subject = scenarioSubject('CharacterComes', undefined, { driver, sources, problems: [] }, loadLibrary());
    if ('error' in subject) throw new Error(subject.error);
    const session = openDebugSession(subject);
    const reached = (to: 'interrupt' | 'remove'): string[] => {
      let stopped = go(session, 'entry');
      for (let i = 0; i < 300 && stopped.reason !== 'end'; i++) {
        const there = session.answer({ kind: 'lead', to });
        if (there !== null) return session.answer({ kind: 'stack', thread: there.thread }).map(({ name }) => name);
        stopped = go(session, 'over', stopped.thread);
      }
      return [];
    };
    expect(reached('interrupt')[0]).toBe('SerialIsr');
    expect(session.answer({ kind: 'threads' })[0].name).toMatch(/^CPU 0: system ServeLine, DIRQL \d+$/);
    const [registers] = session.answer({ kind: 'scopes', frame: 1 }).filter(({ name }) => name === 'Device registers');
    expect(session.answer({ kind: 'variables', parts: registers.parts }).map(({ name }) => name)).toContain('Lcr');
    expect(reached('remove')).toContain('IoCallDriver');
  });
});
