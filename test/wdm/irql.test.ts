/**
 * Each routine that drivers can import states the IRQLs of its documentation where it begins, in the event `call.irql`; one that may
 * be called at any states none. A routine that is another name for a second one leaves it to that.
 */
import { describe, expect, it } from 'vitest';
import { ddiBounds } from '../../src/facts/index.ts';
import { model } from './model.ts';

/** What is stated otherwise than documented, and why. */
const otherwise: Readonly<Record<string, readonly [stated: string, documented: string, why: string]>> = {
  KeInsertDeviceQueue: ['0-2', '2-2', 'F71: the guide says at or below DISPATCH_LEVEL'],
  KeInsertByKeyDeviceQueue: ['0-2', '2-2', 'F71'],
  KeRemoveDeviceQueue: ['0-2', '2-2', 'F71'],
  KeRemoveByKeyDeviceQueue: ['0-2', '2-2', 'F71'],
  DbgPrint: ['0-15', '0-12', 'printing above is lost or hangs only with a debugger, and only for some formats'],
  DbgPrintEx: ['0-15', '0-12', 'the same'],
  KeSetEvent: ['0-Wait ? 1 : 2', '0-2', 'F174'],
  KeReleaseSemaphore: ['0-Wait ? 1 : 2', '0-2', 'the same'],
  KeReleaseMutex: ['0-Wait ? 1 : 2', '0-2', 'the same'],
  ExDeleteTimer: ['0-Wait ? 1 : 2', '0-2', 'as its page says of a wait'],
  KeWaitForMultipleObjects: ['0-Highest', '0-2', 'F172: by the time-out'],
  ExAcquireFastMutexUnsafe: ['0-1', '1-1', 'its page also allows a critical region, below APC_LEVEL'],
  ExReleaseFastMutexUnsafe: ['0-1', '1-1', 'the same'],
  KeWaitForSingleObject: ['0-Highest', '0-2', 'F172: by the time-out'],
  KeSynchronizeExecution: ['0-Interrupt.AboveLowest + LOWEST_DIRQL', '0-12', "F183: the interrupt's own level"],
  KeAcquireInterruptSpinLock: ['0-Interrupt.AboveLowest + LOWEST_DIRQL', '0-12', 'the same'],
  ExAllocatePool2: ['0-Paged ? 1 : 2', '0-2', 'F180'],
  ExAllocatePoolWithTag: ['0-Paged ? 1 : 2', '0-2', 'F180'],
  ExAllocatePoolZero: ['0-Paged ? 1 : 2', '0-2', 'F180'],
  ExAllocatePoolWithQuotaTag: ['0-Paged ? 1 : 2', '0-2', 'F180'],
  ExAllocatePoolQuotaZero: ['0-Paged ? 1 : 2', '0-2', 'F180'],
  MmProbeAndLockPages: ['0-User ? 1 : 2', '0-2', 'by whether the memory is pageable, as its page says'],
  PoSetPowerState: ['0-State.DeviceState === PowerDeviceD0 ? 2 : 1', '0-2', 'by the state, as its page says'],
};

const index = model.find(({ path }) => path === 'irpsight/wdm/index.ts')?.text ?? '';
const exported = new Set(index.match(/\b[A-Za-z_]\w+\b/g));
const bodies = new Map(
  model.flatMap(({ text }) =>
    [...text.matchAll(/^export function (\w+)([\s\S]*?)\n}/gm)].map(([, name = '', body = '']) => [name, body] as const),
  ),
);
const routines = [...bodies.keys()].filter((name) => exported.has(name));

describe('IRQLs that the kernel model states', () => {
  it('are those of the documentation', () => {
    const differences = routines.flatMap((name) => {
      const bounds = ddiBounds(name);
      const documented = bounds === undefined ? undefined : `${bounds.minimum}-${bounds.maximum}`;
      const stated = statedBy(name);
      const known = otherwise[name];
      const right =
        known === undefined ? documented === undefined || documented === stated : known[0] === stated && known[1] === documented;
      return right ? [] : [`${name}: stated ${stated}, documented ${documented}`];
    });
    expect(differences).toEqual([]);
    expect(Object.keys(otherwise).filter((name) => !routines.includes(name))).toEqual([]);
  });

  it('are found at all: most routines state some, and nearly all are documented', () => {
    expect(routines.filter((name) => statedBy(name) !== '0-15').length).toBeGreaterThan(90);
    expect(routines.filter((name) => ddiBounds(name) !== undefined).length).toBeGreaterThan(130);
  });
});

/** The bounds of the routine's own event, else those of the routine that it is another name for, else any. */
function statedBy(name: string): string {
  const body = bodies.get(name) ?? '';
  const own = /machineEvent\('call\.irql', (.*?), (.*)\);/.exec(body);
  if (own !== null) return `${own[1]}-${own[2]}`;
  const other = /^\s*(?:return |\S+ = )?(\w+)\([^;]*\);$/m.exec(body.slice(body.lastIndexOf('{\n')))?.[1];
  return other !== undefined && bodies.has(other) ? statedBy(other) : '0-15';
}
