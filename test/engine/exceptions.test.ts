/** Where exceptions meet a handler and where they are a fault; the engine and brute force say the same. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/engine/explore.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import type { FuncBuilder } from '../kit/ir-program.ts';
import { ProgramBuilder } from '../kit/ir-program.ts';
import { bruteForce } from '../oracles/brute.ts';

const rule = (id: string, event: string): RuleCheck => ({
  id,
  subject: 'machine',
  states: ['any'],
  on: { [event]: [{ report: event }] } as RuleCheck['on'],
  continues: false,
});
const rules = [
  rule('exception/unhandled', 'fault.exception'),
  rule('assert/failed', 'assert.failed'),
  rule('memory/use-after-free', 'fault.freed'),
];

interface Parts {
  readonly p: ProgramBuilder;
  readonly long: number;
  /** A global LONG that the handlers set. */
  readonly handled: number;
}

/** Explores a program whose main routine calls the driver routine that `fill` makes; its reports, else its verdict. */
function outcome(fill: (parts: Parts, driver: FuncBuilder) => void, expectHandled = 0): string {
  const p = new ProgramBuilder();
  p.scalar('VOID', 'u8');
  const long = p.scalar('LONG', 'i32');
  const handled = p.global('Handled', long);
  const driver = p.func('Dispatch', { role: 'DRIVER_DISPATCH' });
  fill({ p, long, handled }, driver);
  const main = p.func('HarnessMain', { origin: 'environment' });
  main.call(driver);
  main.if(main.binary(main.load(main.global(handled), long), '!=', main.const(expectHandled)), () =>
    main.event('assert.failed', undefined, 0),
  );
  const program = p.build({
    main,
    timerExpired: p.func('KiTimerExpired', { origin: 'kernel', params: ['ptr'] }),
    executeDpc: p.func('KiExecuteDpc', { origin: 'kernel', params: ['ptr'] }),
    stuck: p.func('HarnessStuck', { origin: 'environment' }),
    final: p.func('HarnessFinal', { origin: 'environment' }),
  });
  const request = { program, scenario: program.scenarios[0], rules, maxStates: 10_000 };
  const { verdict, breaches } = explore({ ...request, strategy: 'exhaustive' });
  const found = [...new Set(breaches.map(({ rule: id }) => id))].sort();
  const truth = bruteForce(request);
  expect(found).toEqual(truth.reported.map((report) => report.split(' ')[0]));
  expect(verdict).toBe(truth.verdict);
  return found.join() || verdict;
}

/** A routine that raises, called by name. */
function raising({ p }: Parts, name: string, origin: 'driver' | 'kernel' = 'driver'): FuncBuilder {
  const f = p.func(name, { origin, params: ['i32'] });
  f.raise(0);
  return f;
}

function setHandled({ handled, long }: Parts, f: FuncBuilder): (code: number) => void {
  return (code) => f.store(f.global(handled), long, undefined, code);
}

describe('exceptions', () => {
  it('come to the handler of a driver routine that called the raising one', () => {
    const run = (parts: Parts, driver: FuncBuilder): void => {
      const inner = raising(parts, 'Inner');
      driver.tryCatch(
        () => {
          driver.call(inner, driver.const(7));
          driver.unwind();
        },
        setHandled(parts, driver),
      );
    };
    expect(outcome(run, 7)).toBe('verified');
  });

  it('are a fault without one', () => {
    expect(
      outcome((parts, driver) => {
        const inner = raising(parts, 'Inner', 'kernel');
        driver.call(inner, driver.const(7));
        driver.unwind();
      }),
    ).toBe('exception/unhandled');
  });

  it('do not leave a driver routine that the kernel called, whoever handles above', () => {
    expect(
      outcome((parts, driver) => {
        const callback = parts.p.func('Callback', { role: 'KSYNCHRONIZE_ROUTINE' });
        callback.raise(callback.const(7));
        const kernel = parts.p.func('KeSynchronizeExecution', { origin: 'kernel', params: ['fn'] });
        kernel.callPointer(0);
        driver.tryCatch(
          () => {
            driver.call(kernel, driver.function(callback));
            driver.unwind();
          },
          setHandled(parts, driver),
        );
      }),
    ).toBe('exception/unhandled');
  });

  it('are a fault before any finally block has run', () => {
    expect(
      outcome((_parts, driver) => {
        driver.tryFinally(
          () => driver.raise(driver.const(7)),
          () => driver.event('assert.failed', undefined, 0),
        );
      }),
    ).toBe('exception/unhandled');
  });

  it('raised where another one is handled go to the handler around', () => {
    const run = (parts: Parts, driver: FuncBuilder): void => {
      driver.tryCatch(
        () =>
          driver.tryCatch(
            () => driver.raise(driver.const(7)),
            (code) => driver.raise(driver.binary(code, '+', driver.const(1))),
          ),
        setHandled(parts, driver),
      );
    };
    expect(outcome(run, 8)).toBe('verified');
  });
});
