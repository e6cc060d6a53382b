import { expect, it } from 'vitest';
import { compileLibrary } from '../../src/compiler/compile.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { loadLibrary } from '../kit/library.ts';
import { miniLibrary } from './mini.ts';

it('types', () => {
  const harness = loadLibrary().some(f => f.path.endsWith('harness.ts')) ? [] : miniLibrary.filter(f => f.path.endsWith('harness.ts'));
  const {program, problems: p} = compileLibrary([...loadLibrary(), ...harness]);
  console.log(p.slice(0, 30).map((x) => `${x.path} ${x.code} ${x.message}`).join('\n'));
  if (program) console.log(program.funcs.length, validateProgram(program).slice(0,40).join('\n'));
});
