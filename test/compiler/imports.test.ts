import { expect, it } from 'vitest';
import { listImports } from '../../src/compiler/imports.ts';

it('lists the modules a text asks for, with their places', () => {
  const text =
    '\uFEFFimport { PIRP } from "irpsight/wdm";\r\nimport * as Serial from \'irpsight/devices/serial\';\r\nexport { A } from "./a";\r\nconst B = "./b";';
  const found = listImports('a.driver.ts', text);
  expect(found.map((request) => request.specifier)).toEqual(['irpsight/wdm', 'irpsight/devices/serial', './a']);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['"irpsight/wdm"', "'irpsight/devices/serial'", '"./a"']);
});

it('takes text that is not a program', () => {
  expect(listImports('a.driver.ts', 'import { from ((')).toEqual([]);
});
