/** The examples with hardware: each broken sibling is caught where it says, and its schedule reads as people see it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareWithExpectation } from '../../src/check/expect.ts';
import { painter } from '../../src/report/paint.ts';
import { checkReport } from '../../src/report/text.ts';
import { checkSources } from '../kit/check.ts';

const broken = {
  'serial-uart/serial-uart-dpc-lock-in-isr': 'lock/deadlock',
  'keyboard-i8042/keyboard-i8042-read-held': 'cancel/lost',
  'wave/wave-still-running': 'memory/use-after-free',
};

describe('a broken example with its hardware', () => {
  for (const [name, rule] of Object.entries(broken))
    it(`${name}: ${rule}`, async () => {
      const read = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
      const driver = `examples/${name}.driver.ts`;
      const scenario = `examples/${name}.scenario.ts`;
      const result = checkSources([
        { path: driver, text: read(driver), origin: 'driver' },
        { path: scenario, text: read(scenario), origin: 'scenario' },
      ]);
      expect(compareWithExpectation(driver, read(driver), result)).toEqual([]);
      const findings = result.findings.filter((finding) => finding.rule === rule && finding.certainty === 'witnessed');
      const report = checkReport(
        { ...result, findings, scenarios: [] },
        { paint: painter(false), textOf: (file) => ([driver, scenario].includes(file) ? read(file) : undefined), whole: false },
      );
      await expect(report).toMatchFileSnapshot(`golden/${name.split('/')[1]}.txt`);
    });
});
