import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { loadLitmus } from './kit/litmus.ts';
import { loadLibrary } from './kit/library.ts';
import { compile } from '../src/compiler/compile.ts';
import { Run } from '../src/analysis/run.ts';
import { analyseRoutine } from '../src/analysis/entries.ts';
import { rules } from '../src/rules/index.ts';
it('x', () => {
  const checks = rules.map((r) => r.check);
  for (const f of ['examples/keyboard-class/keyboard-class.driver.ts','examples/cancel-safe-queue/cancel-safe-queue.driver.ts','examples/toaster-filter/toaster-filter.driver.ts']) {
    const text = readFileSync(f, 'utf8');
    const p = compile({ sources: [{ path: f, text, origin: 'driver' }], library: loadLibrary() }).program!;
    for (let i = 0; i < 3; i++) {
    let t0 = performance.now();
    const run = new Run(p, checks);
    let line = `setup ${(performance.now() - t0).toFixed(1)} `;
    for (const func of p.funcs.filter((x) => x.origin === 'driver')) { const t = performance.now(); run.work=60000; run.incomplete = false; analyseRoutine(run, func); line += `${func.name} ${(performance.now() - t).toFixed(1)}ms ${60000 - run.work}${run.incomplete ? '!' : ''}; `; }
    console.log(line);
    }
  }
});
