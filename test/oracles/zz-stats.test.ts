import fc from 'fast-check';
import { test } from 'vitest';
import { buildProgram, miniRules, programSpecs } from '/work/main/test/oracles/programs.ts';
import { bruteForce } from '/work/main/test/oracles/brute.ts';
import { validateProgram } from '/work/main/src/ir/validate.ts';
test('stats', () => {
  const specs = fc.sample(programSpecs, { seed: 1, numRuns: 200 });
  const counts: Record<string, number> = {}; let total = 0; const t = Date.now(); const sizes: number[] = []; const reps: Record<string, number> = {}; const bnd: Record<string, number> = {};
  let term = 0, cut = 0;
  for (const spec of specs) {
    const program = buildProgram(spec);
    const problems = validateProgram(program); if (problems.length) { console.log(problems.slice(0, 3)); throw new Error('invalid'); }
    const out = bruteForce({ program, scenario: program.scenarios[0], rules: miniRules, maxStates: 3000 });
    const k = out.complete ? out.verdict : 'incomplete'; counts[k] = (counts[k] ?? 0) + 1; total += out.states; sizes.push(out.states);
    for (const r of out.reported) reps[r] = (reps[r] ?? 0) + 1; for (const r of out.bounds) bnd[r] = (bnd[r] ?? 0) + 1;
    if (out.terminates) term++; if (!out.cut) cut++;
  }
  sizes.sort((a, b) => a - b);
  console.log(counts, total, Date.now() - t, 'ms', [10, 50, 100, 150, 180].map((i) => sizes[i]), reps, bnd, { term, uncut: cut });
}, 600000);
