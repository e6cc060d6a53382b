import { it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { loadLitmus } from './kit/litmus.ts';
import { loadLibrary } from './kit/library.ts';
import { compile } from '../src/compiler/compile.ts';
import { analyse } from '../src/analysis/analyse.ts';
import { rules } from '../src/rules/index.ts';
import { writeFileSync } from 'node:fs';
import { rangeOf } from '../src/check/text.ts';
it('x', () => {
  let out = '';
  const checks = rules.map((r) => r.check);
  const one = (name: string, sources: any, expect: string) => {
    const r = compile({ sources, library: loadLibrary() });
    if (!r.program) { out += `${name}: no program ${r.problems[0]?.message}\n`; return; }
    const p = r.program;
    const t = performance.now();
    let a: any;
    try { a = analyse(p, checks); } catch (e: any) { out += `${name} THROWS ${e.stack.slice(0, 900)}\n`; return; }
    const ms = performance.now() - t;
    out += `${name} [${expect}] ${ms.toFixed(1)}ms: ${a.findings.map((f: any) => `${f.certainty} ${f.rule}/${f.message} @${rangeOf(p.files[f.place.file].text, f.place.start, f.place.end).start.line} ${p.files[f.place.file].text.slice(f.place.start, f.place.end).slice(0,50)}`).join(' ;; ')}\n`;
  };
  for (const l of loadLitmus()) { one(l.name + ' BROKEN', l.broken, `${l.expect} @${l.guiltyLines}`); one(l.name + ' fixed', l.fixed, ''); }
  for (const d of readdirSync('examples')) for (const f of readdirSync('examples/' + d)) if (f.endsWith('.driver.ts')) {
    const text = readFileSync(`examples/${d}/${f}`, 'utf8');
    one(f, [{ path: f, text, origin: 'driver' }], (/Expect: (.*)/.exec(text)?.[1] ?? '?') + ' ' + text.split('\n').flatMap((l, i) => l.includes('// <--') ? [i + 1] : []));
  }
  for (const rule of rules) { one(rule.id + ' bad', [{ path: 'bad.driver.ts', origin: 'driver', text: rule.bad }], rule.id + ' ' + rule.bad.split('\n').flatMap((l, i) => /^\/\/ *\^+/.test(l) ? [i + ' ' + l.replace(/.*\^/, '')] : [])); one(rule.id + ' good', [{ path: 'good.driver.ts', origin: 'driver', text: rule.good }], ''); }
  writeFileSync('/tmp/an.txt', out);
});
