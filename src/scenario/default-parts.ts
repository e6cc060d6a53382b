/** What default scenarios are made of: who makes a request, what devices do, how the lower driver answers. */
import type { Request } from './requests.ts';
import { deviceModule, overlapped, type Thread } from './scenario-text.ts';
import type { DriverShape } from './shape.ts';
import { major } from './shape.ts';

/** A scenario's lower driver has at most this many exceptions by major function. */
const mostExceptions = 8;
/** What the simulated lower driver transfers, by the names that a scenario file imports. */
export const majorNames: ReadonlyMap<number, string> = new Map([
  [major.read, 'IRP_MJ_READ'],
  [major.write, 'IRP_MJ_WRITE'],
  [major.flush, 'IRP_MJ_FLUSH_BUFFERS'],
  [major.deviceControl, 'IRP_MJ_DEVICE_CONTROL'],
  [major.internalDeviceControl, 'IRP_MJ_INTERNAL_DEVICE_CONTROL'],
]);

/** A thread that makes the request, or the second one beside it. The globals are `Read` and `Read2`, as OVERLAPPEDs. */
export function issue(request: Request, second = false): Thread {
  const name = request.major === major.read ? 'Reader' : request.major === major.write ? 'Writer' : `${request.name}Caller`;
  return { name: second ? `${name}2` : name, statements: [`${request.call(overlapped(request, second))};`] };
}

/** What the virtual devices do by themselves. */
export function deviceThread(shape: DriverShape): Thread {
  return { name: 'Device', statements: shape.devices.map((device) => `${deviceModule(device)}.Act();`) };
}

/**
 * The requests in question, and what the driver sends of its own, are answered at once or later (or later only), everything else at once.
 */
export function usualLower(
  shape: DriverShape,
  requests: readonly Request[],
  when: 'either' | 'later' = 'either',
): string | undefined {
  if (!hasLower(shape)) return undefined;
  const majors = majorsBelow(shape, requests).map(
    (index) => `{ Function: ${majorName(index)}, Complete: "${when}", Status: STATUS_SUCCESS }`,
  );
  return `{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE, Major: [${majors.join(', ')}] }`;
}

/** Whether a lower driver takes part. */
export function hasLower(shape: DriverShape): boolean {
  return shape.addDevice && shape.sendsDown;
}

/** Major functions of these requests and of the driver's own IRPs, those that the simulated lower driver takes for a transfer. */
export function majorsBelow(shape: DriverShape, requests: readonly Request[]): readonly number[] {
  const own = shape.ownMajors.filter((index) => majorNames.has(index));
  return [...new Set([...requests.map((request) => request.major), ...own])].slice(0, mostExceptions);
}

/** The name under which a scenario file imports it; of one that is no transfer, that of a control request. */
export function majorName(index: number): string {
  return majorNames.get(index) ?? 'IRP_MJ_DEVICE_CONTROL';
}
