import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';

describe('a large routine', () => {
  it('of a thousand statements is followed to its end', () => {
    const mailbox = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
    const many = Array.from(
      { length: 1000 },
      (_, i) => `  const X${i} = Irp.IoStatus.Information + ${i};\n  Irp.IoStatus.Information = X${i} - ${i};`,
    ).join('\n');
    const text = mailbox.replace(
      '  const Extension = DeviceObject.DeviceExtension;\n  const Irql',
      `${many}\n  const Extension = DeviceObject.DeviceExtension;\n  const Irql`,
    );
    expect(text).not.toBe(mailbox);
    const result = checkSources([{ path: 'a.driver.ts', text, origin: 'driver' }], { scenario: 'ReadCancelled' });
    expect(result.problems).toEqual([]);
    expect(result.scenarios.map(({ verdict, bounds }) => ({ verdict, bounds }))).toEqual([{ verdict: 'verified', bounds: [] }]);
  });
});
