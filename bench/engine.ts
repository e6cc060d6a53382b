/** How many transitions the engine takes a second, on counters under one lock. Bundle it and run it with node. */
import { explore } from '../src/engine/explore.ts';
import { ProgramBuilder } from '../test/kit/ir-program.ts';

const p = new ProgramBuilder();
p.scalar('VOID', 'u8');
const long = p.scalar('LONG', 'i32');
const word = p.global('Lock', long);
const cells = [0, 1, 2, 3].map((i) => p.global(`Count${i}`, long));
const main = p.func('HarnessMain', { origin: 'environment' });
const zero = main.const(0, 'ptr');
for (let t = 0; t < 4; t++) {
  const f = p.func(`T.Thread${t}`, { origin: 'scenario', params: ['ptr', 'ptr'] });
  for (let round = 0; round < 2; round++) {
    const old = f.intrinsic('raise', [f.const(2)]);
    f.intrinsic('lock', [f.global(word), f.const(0)]);
    const value = f.load(f.global(cells[round]), long);
    f.store(f.global(cells[round]), long, undefined, f.binary(value, '+', f.const(t + 1)));
    f.intrinsic('unlock', [f.global(word)]);
    f.intrinsic('lower', [old]);
    f.store(f.global(cells[2 + round]), long, undefined, f.const(t));
  }
  main.intrinsic('spawn', [main.const(0), main.function(f), zero, zero, zero]);
}
const program = p.build({
  main,
  timerExpired: p.func('KiTimerExpired', { origin: 'kernel', params: ['ptr'] }),
  executeDpc: p.func('KiExecuteDpc', { origin: 'kernel', params: ['ptr'] }),
  stuck: p.func('HarnessStuck', { origin: 'environment' }),
});
for (const [fusion, movers] of [
  [true, true],
  [true, false],
  [false, false],
]) {
  const start = performance.now();
  const { verdict, states, transitions, depth } = explore({
    program,
    scenario: program.scenarios[0],
    rules: [],
    strategy: 'exhaustive',
    maxStates: 2_000_000,
    reductions: { fusion, movers },
  });
  const seconds = (performance.now() - start) / 1000;
  console.log({
    fusion,
    movers,
    verdict,
    states,
    transitions,
    depth,
    seconds: seconds.toFixed(2),
    perSecond: Math.round(transitions / seconds),
  });
}
