/** No driver is verified by scenarios that never come to it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../../src/check/findings.ts';
import { checkSources } from '../kit/check.ts';

const mailbox = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8');

/** The starter's driver with one piece of it replaced. */
function edited(from: string, to: string): string {
  const text = mailbox.replace(from, to);
  expect(text, `the starter has ${from}`).not.toBe(mailbox);
  return text;
}

const withoutExpect = scenario.replace(/ {2}Expect\(\) \{[^}]*\},\n/, '');

function check(driver: string, own = withoutExpect): readonly ScenarioResult[] {
  const result = checkSources([
    { path: 'mailbox.driver.ts', text: driver, origin: 'driver' },
    ...(own === '' ? [] : [{ path: 'mailbox.scenario.ts', text: own, origin: 'scenario' } as const]),
  ]);
  expect(result.problems.map(({ message }) => message)).toEqual([]);
  return result.scenarios;
}

describe('a driver that was not exercised is not verified', () => {
  it.each([
    [
      'its DriverEntry fails',
      'DriverObject.DriverUnload = Unload;\n  return STATUS_SUCCESS;',
      'return STATUS_DEVICE_BUSY;',
      /DriverEntry failed/,
    ],
    [
      'no file can be opened',
      'return Complete(Irp, STATUS_SUCCESS);\n};\n\nconst DispatchRead',
      'return Complete(Irp, STATUS_DEVICE_BUSY);\n};\n\nconst DispatchRead',
      /None of the requests of this scenario .*no file was opened/,
    ],
    [
      'its device has no name',
      'IoCreateSymbolicLink(LinkName, DeviceName)',
      'STATUS_SUCCESS',
      /CreateFile found no device of that name/,
    ],
    [
      'it serves none of the requests made',
      'DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;\n  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;',
      '',
      /None of the requests of this scenario \(ReadFile, WriteFile\) came to a dispatch routine/,
    ],
    [
      'it recurses for ever',
      '  Irp.IoStatus.Information = 0;\n',
      '  Irp.IoStatus.Information = 0;\n  Complete(Irp, Status);\n',
      /nest deeper/,
    ],
  ])('because %s', (_why, from, to, reason) => {
    const [result] = check(edited(from, to));
    expect(result.bounds.join(' ')).toMatch(reason);
    expect(result.verdict).toBe('bounded');
  });

  it('because it has no dispatch routine', () => {
    const text = mailbox.replace(/^ {2}DriverObject\.MajorFunction.*\n/gm, '');
    for (const { verdict, bounds } of check(text, '')) {
      expect(bounds.join(' ')).toContain('No dispatch routine of the driver was reached');
      expect(verdict).toBe('bounded');
    }
  });

  it('because AddDevice fails', () => {
    const text = readFileSync('examples/toaster-filter/toaster-filter.driver.ts', 'utf8');
    const failing = text.replace(
      /(FilterAddDevice: DRIVER_ADD_DEVICE[\s\S]*?)return STATUS_SUCCESS;/,
      '$1return STATUS_NO_SUCH_DEVICE;',
    );
    expect(failing).not.toBe(text);
    const { scenarios, problems } = checkSources([{ path: 'a.driver.ts', text: failing, origin: 'driver' }], {
      scenario: 'ReadCancelled',
    });
    expect(problems).toEqual([]);
    expect(scenarios.map(({ verdict, bounds }) => [verdict, bounds[0]])).toEqual([['bounded', 'AddDevice failed.']]);
  });
});

it('verifies what was exercised, by the driver’s own scenario and by the default ones', () => {
  expect(check(mailbox).map(({ verdict }) => verdict)).toEqual(['verified']);
  const defaults = check(mailbox, '');
  expect(defaults.length).toBeGreaterThan(5);
  for (const { verdict, name } of defaults) expect(verdict, name).toBe('verified');
});

it('never answers a loop without end with verified', () => {
  const [result] = check(
    edited(
      'const Read = TakeWaiting(DeviceObject.DeviceExtension);',
      'while (1) {}\n  const Read = TakeWaiting(DeviceObject.DeviceExtension);',
    ),
  );
  expect(result.verdict).not.toBe('verified');
});
