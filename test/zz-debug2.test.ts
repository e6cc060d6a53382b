import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { loadLibrary } from './kit/library.ts';
import { compile } from '../src/compiler/compile.ts';
import { Run } from '../src/analysis/run.ts';
import { analyseRoutine } from '../src/analysis/entries.ts';
import { rules } from '../src/rules/index.ts';
it('x', () => {
  const checks = rules.map((r) => r.check);
  const f = 'examples/toaster-filter/toaster-filter.driver.ts';
    const text = readFileSync(f, 'utf8');
    const p = compile({ sources: [{ path: f, text, origin: 'driver' }], library: loadLibrary() }).program!;
    console.log(checks.map((c, i) => `${i} ${c.id}`).join(' '));
    const run = new Run(p, checks);
    for (const func of p.funcs.filter((x) => x.name === 'FilterDispatchPnp')) analyseRoutine(run, func);
});
