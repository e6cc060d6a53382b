import { it } from 'vitest';
import fc from 'fast-check';
import { explore } from '../../src/engine/explore.ts';
import { bruteForce } from '../oracles/brute.ts';
import { buildProgram, miniRules, programSpecs } from '../oracles/programs.ts';

it('compare', () => {
  const specs = fc.sample(programSpecs, { numRuns: Number(process.env.RUNS ?? 200), seed: Number(process.env.SEED ?? 1) });
  let bad = 0; let skipped = 0; const verdicts: Record<string, number> = {};
  let n = 0;
  for (const spec of specs) {
    n++;
    const program = buildProgram(spec);
    const rules = miniRules;
    const brute = bruteForce({ program, scenario: program.scenarios[0], rules, maxStates: 8000 });
    if (!brute.complete) { skipped++; continue; }
    verdicts[brute.verdict] = (verdicts[brute.verdict] ?? 0) + 1;
    for (const [fusion, movers] of [[false, false], [true, false], [false, true], [true, true]]) {
      let text = '';
      try {
        const o = explore({ program, scenario: program.scenarios[0], rules, strategy: 'exhaustive', maxStates: 100000, reductions: { fusion, movers } });
        const reported = [...new Set(o.breaches.map((b) => `${b.rule} ${b.message}`))].sort();
        if (o.verdict !== brute.verdict) text = `verdict ${o.verdict} vs ${brute.verdict} ${o.bounds} / ${brute.bounds} ${reported} / ${brute.reported}`;
        else if (!fusion && !movers && reported.join() !== brute.reported.join()) text = `reported ${reported} vs ${brute.reported}`;
      } catch (e) { text = String((e as Error).stack).slice(0, 600); }
      if (text) { bad++; if (bad < 6) console.log(n, fusion, movers, text, JSON.stringify(spec)); break; }
    }
  }
  console.log('bad', bad, 'skipped', skipped, verdicts);
}, 600000);
