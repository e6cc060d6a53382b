/** The analysis comes to an end on whatever it is given, and in few steps on drivers of a usual size. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.ts';
import { stepsInAll } from '../../src/analysis/run.ts';
import { checks, complete, driver, programOf } from './drivers.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** What an editor can wait for: at some five microseconds a step, below 200 ms. */
const whileTyping = 40_000;

it.each([
  'keyboard-class/keyboard-class',
  'own-irps/own-irps',
  'toaster-filter/toaster-filter',
  'cancel-safe-queue/cancel-safe-queue',
])('%s: fast enough to be run while typing', (name) => {
  const program = programOf([driver(readFileSync(join(root, 'examples', `${name}.driver.ts`), 'utf8'))]);
  expect(analyse(program, checks).steps).toBeLessThan(whileTyping);
});

it('500 lines of dispatch routines: fast enough to be run while typing', () => {
  const helpers = Array.from(
    { length: 40 },
    (_, index) => `
function Handle${index}(Extension: PDEVICE_EXTENSION, Irp: PIRP): NTSTATUS {
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Count > ${index}) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_DEVICE_BUSY);
  }
  Extension.Count = ${index};
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
}`,
  ).join('\n');
  const cases = Array.from({ length: 40 }, (_, index) => `    case ${index}: return Handle${index}(Extension, Irp);`).join('\n');
  const body = `${extension}${helpers}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  switch (Extension.Count) {
${cases}
    default: return Complete(Irp, STATUS_SUCCESS);
  }
};`;
  const { steps, findings } = analyse(programOf([driver(complete(body))]), checks);
  expect(findings).toEqual([]);
  expect(steps).toBeLessThan(whileTyping);
});

describe('the rounds of a loop', () => {
  const looping = (condition: string, met = 'Extension.C = Index;') =>
    analyse(
      programOf([
        driver(
          complete(`${extension}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Index: LONG = 0;
  while (${condition}) {
    if (Extension.A === Extension.B) {
      ${met}
    }
    Index++;
  }
  if (Index !== 3) Complete(Irp, STATUS_SUCCESS);
  return Complete(Irp, STATUS_SUCCESS);
};`),
        ),
      ]),
      checks,
    );

  it('are not told apart by their number where nothing known ends them', () => {
    const stepsOf = (condition: string, times: number) => looping(condition, 'Extension.C = Index;'.repeat(times)).steps;
    const ofBody = (condition: string) => stepsOf(condition, 51) - stepsOf(condition, 1);
    expect(ofBody('Index < Extension.Count')).toBeLessThan(ofBody('Index < 8'));
    expect(looping('Index < Extension.Count').findings).not.toEqual([]);
  });

  it('are, where a known number ends them, be it beside something unknown', () => {
    expect(looping('Index < 3').findings).toEqual([]);
    expect(looping('Index < 3', 'return Complete(Irp, STATUS_SUCCESS);').findings).toEqual([]);
  });

  const done = 'Complete(Irp, STATUS_SUCCESS);';
  it.each([
    `for (;;) { if (Index === 2) break; if (Index === 0) ${done} Index++; }`,
    `while (Extension.A !== 0 || Index === 0) { if (Index === 0) ${done} if (Index >= 2) { Extension.B = 1; return STATUS_SUCCESS; } Index++; }`,
    `for (;;) { if (Index === 1) { ${done} return STATUS_SUCCESS; } if (Index === 0) Extension.A = 1; else ${done} Index++; }`,
    `do { if (Index === 1) ${done} if (Index === 2) break; Index++; } while (TRUE);`,
    `for (;; Index++) { switch (Index) { case 0: continue; case 1: ${done} break; default: return STATUS_SUCCESS; } }`,
    `while (Index < 2) { while (Extension.A !== 0 || Index === 0) { Index++; if (Index === 2) break; } if (Index === 2) { ${done} return STATUS_SUCCESS; } } ${done}`,
  ])('are in whatever way it is left: %s', (loop) => {
    const text = complete(`${extension}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Index: LONG = 0;
  ${loop}
  return STATUS_SUCCESS;
};`);
    expect(analyse(programOf([driver(text)]), checks).findings).toEqual([]);
  });
});

const extension = 'interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Count: LONG; A: LONG; B: LONG; C: LONG; D: LONG; E: LONG }\n';

const hostile: Readonly<Record<string, string>> = {
  'loops that call themselves': `${extension}
function Fork(Extension: PDEVICE_EXTENSION, Irp: PIRP, Depth: LONG): LONG {
  let Sum: LONG = 0;
  for (let Index: LONG = 0; Index < 1000000; Index++) {
    if (Extension.A === Index) Sum = Sum + 1;
    if (Extension.B === Index) Sum = Sum + Fork(Extension, Irp, Depth + 1);
    if (Extension.C === Index) Sum = Sum * 3 + Index;
    if (Extension.D === Index) Sum = Sum + Fork(Extension, Irp, Sum);
  }
  return Sum;
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  for (;;) {
    Extension.Count = Fork(Extension, Irp, 0);
    if (Extension.E === 7) {
      return Complete(Irp, STATUS_SUCCESS);
    }
  }
};`,
  'two functions that call each other': `${extension}
function Ping(Extension: PDEVICE_EXTENSION, Irp: PIRP): void { if (Extension.A > 0) Pong(Extension, Irp); }
function Pong(Extension: PDEVICE_EXTENSION, Irp: PIRP): void { if (Extension.B > 0) Ping(Extension, Irp); Ping(Extension, Irp); }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Ping(DeviceObject.DeviceExtension, Irp);
  return Complete(Irp, STATUS_SUCCESS);
};`,
  'a chain of calls that doubles at every link': `${extension}
${Array.from({ length: 20 }, (_, index) => `function Call${index}(Extension: PDEVICE_EXTENSION): void { ${index === 19 ? 'Extension.Count++;' : `Call${index + 1}(Extension); Call${index + 1}(Extension);`} }`).join('\n')}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Call0(DeviceObject.DeviceExtension);
  return Complete(Irp, STATUS_SUCCESS);
};`,
  'a switch of 3,000 cases': `${extension}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  switch (Extension.Count) {
${Array.from({ length: 3000 }, (_, index) => `    case ${index}: Extension.A = ${index * 7}; break;`).join('\n')}
  }
  return Complete(Irp, STATUS_SUCCESS);
};`,
  '20,000 lines': `${extension}
${Array.from(
  { length: 100 },
  (_, part) => `function Part${part}(Extension: PDEVICE_EXTENSION): void {
${Array.from({ length: 100 }, (_, index) => `  if (Extension.Count === ${part * 100 + index})\n    Extension.A = Extension.B;`).join('\n')}
}`,
).join('\n')}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
${Array.from({ length: 100 }, (_, part) => `  Part${part}(DeviceObject.DeviceExtension);`).join('\n')}
  return Complete(Irp, STATUS_SUCCESS);
};`,
};

describe.each(Object.entries(hostile))('%s', (_, body) => {
  it('ends, the same way each time, and claims nothing', () => {
    const program = programOf([driver(complete(body))]);
    const first = analyse(program, checks);
    expect(first.steps).toBeLessThanOrEqual(stepsInAll);
    expect(first.findings.filter(({ certainty }) => certainty === 'must')).toEqual([]);
    expect(analyse(program, checks)).toEqual(first);
  });
});
