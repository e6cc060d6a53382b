import { it } from 'vitest';
import { compile } from '/work/main/src/compiler/compile.ts';
import { loadLibrary } from '/work/main/test/kit/library.ts';
import { loadLitmus } from '/work/main/test/kit/litmus.ts';
import { explore } from '/work/main/src/engine/explore.ts';
import { rules } from '/work/main/src/rules/index.ts';
const only = process.env.ONLY;
it('x', () => {
  for (const l of loadLitmus().filter(l => !only || l.name.includes(only))) for (const w of ['broken','fixed'] as const) {
    try {
    const t=Date.now();
    const r = compile({ sources: l[w], library: loadLibrary() });
    const t1=Date.now();
    if (!r.program) { console.log(l.name, w, r.problems.slice(0,6).map(p=>`${p.path}:${p.start} ${p.code} ${p.message.slice(0,300)} «${l[w][0].text.slice(p.start,p.end)}»`)); continue; }
    for (const cpus of [1,2]) {
      const t2=Date.now();
      const o = explore({ program: r.program, scenario: r.program.scenarios[0], processors: cpus, rules: rules.map(x=>x.check), strategy: 'exhaustive', maxStates: 300000 });
      console.log(l.name, w, cpus, o.verdict, 'states', o.states, 'tr', o.transitions, 'depth', o.depth, 'ms', t1-t, Date.now()-t2, o.bounds.slice(0,3), o.breaches.map(b=>{ const f=r.program!.files.find(f=>f.id===b.place.file)!; const line=f.text.slice(0,b.place.start).split('\n').length; return `${b.rule}:${b.message} ${f.path}:${line}`; }), w==='broken'?`expect ${l.expect}:${l.guiltyLines}`:'');
    }
    } catch (e) { console.log(l.name, w, 'EXC', (e as Error).stack?.split('\n').slice(0,6).join('\n')); }
  }
}, 600000);
