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

describe('a large buffer', () => {
  const checked = (bytes: number) => {
    const text = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8')
      .replace('import {', 'import { ExAllocatePool2, ExFreePoolWithTag, POOL_FLAG_NON_PAGED,')
      .replace(
        '  const Extension = DeviceObject.DeviceExtension;\n  const Irql',
        `  const Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, ${bytes}, 'fubL');
  if (Buffer !== null) {
    ExFreePoolWithTag(Buffer, 'fubL');
  }
$&`,
      );
    const result = checkSources([{ path: 'a.driver.ts', text, origin: 'driver' }], { scenario: 'ReadCancelled' });
    expect(result.problems).toEqual([]);
    return result.scenarios.map(({ verdict, bounds, states }) => ({ verdict, bounds, states }));
  };

  it('makes no other search than a small one, also where the cells that a search begins with do not suffice', () => {
    const small = checked(64);
    expect(small).toEqual([{ verdict: 'verified', bounds: [], states: small[0].states }]);
    expect(checked(200_000)).toEqual(small);
  });

  it('that does not fit at all bounds the verdict', () => {
    expect(checked(2_000_000)).toMatchObject([
      { verdict: 'bounded', bounds: ['The scenario needs more memory than the checker has.'] },
    ]);
  });
});
