/**
 * What a rule can watch. Most events are emitted by the kernel model (`machine.event` in src/wdm); those marked native
 * are raised by the machine itself. This table is the only list of them.
 */

/** `irp`: the first argument of the event is an IRP. `machine`: about the machine as a whole. */
export interface EventInfo {
  readonly subject: 'irp' | 'machine';
  /** Names of the integer arguments (after the IRP), usable in conditions. */
  readonly args: readonly string[];
  readonly native?: true;
}

/**
 * `location` is the index of the IRP stack location concerned (the CurrentLocation at which the driver in question runs).
 * `target` is 1 when the routine about to be entered, or just left, is the driver's under test.
 */
export const events = {
  // The life of an IRP
  'irp.create': { subject: 'irp', args: ['driverMade'] },
  'irp.reuse': { subject: 'irp', args: [] },
  /** Before its memory goes. */
  'irp.free': { subject: 'irp', args: [] },
  /** IoFreeIrp was called for a request that the I/O manager frees itself. */
  'irp.free-foreign': { subject: 'irp', args: [] },
  /** IoCallDriver was called: before the stack location moves. `routineSet`: a cancel routine is still set. `location` is the sender's. */
  'irp.send': { subject: 'irp', args: ['location', 'routineSet'] },
  /** IoCallDriver came back to its caller; `location` is the sender's. */
  'irp.sent': { subject: 'irp', args: ['location', 'status'] },
  'irp.dispatch': { subject: 'irp', args: ['location', 'target', 'major'] },
  'irp.dispatched': { subject: 'irp', args: ['location', 'target', 'status'] },
  'irp.mark-pending': { subject: 'irp', args: ['location'] },
  /** IoCompleteRequest was called; nothing of the IRP, which may be gone, has been looked at. */
  'irp.complete': { subject: 'irp', args: [] },
  /** What the IRP looks like as it is completed. */
  'irp.outcome': { subject: 'irp', args: ['location', 'status', 'routineSet'] },
  'irp.completion-enter': { subject: 'irp', args: ['location', 'target', 'pendingReturned'] },
  'irp.completion-leave': { subject: 'irp', args: ['location', 'target', 'pendingReturned', 'status'] },
  /** The walk reached the top: the I/O manager has the IRP back. */
  'irp.finished': { subject: 'irp', args: ['status'] },
  /** StartIo was given this IRP. */
  'irp.start-io': { subject: 'irp', args: ['target'] },

  // Cancel
  /** IoSetCancelRoutine; `previous` 1 when it returned a routine, `requested` is Irp->Cancel. */
  'irp.set-cancel': { subject: 'irp', args: ['installed', 'previous', 'requested'] },
  /** IoCancelIrp was called. */
  'irp.cancel': { subject: 'irp', args: [] },
  /** IoCancelIrp set the bit; `claimed` 1 when it took a cancel routine, which it will call. */
  'irp.cancel-requested': { subject: 'irp', args: ['claimed'] },
  'irp.cancel-enter': { subject: 'irp', args: ['target'] },
  'irp.cancel-leave': { subject: 'irp', args: ['target'] },
  /** At an end state nothing can leave, the IRP is not finished. */
  'irp.abandoned': { subject: 'irp', args: ['requested', 'routineSet'] },
  /** A cell of the IRP is read (0) or written (1) by driver code or by an inline model function it called. */
  'irp.touch': { subject: 'irp', args: ['write'], native: true },

  // Routines, IRQL, locks
  /** A model states the IRQL bounds its documentation gives for this call. */
  'call.irql': { subject: 'machine', args: ['minimum', 'maximum'] },
  /** The kernel entered a driver routine / the routine came back. `entryIrql`, `entryLocks`: as it was entered. */
  'routine.enter': { subject: 'machine', args: [] },
  'routine.leave': { subject: 'machine', args: ['entryIrql', 'entryLocks', 'entryCancelLock'] },
  /** `held`: 1 when this context holds it already; `cancel`: 1 for the cancel spin lock. */
  'lock.acquire': { subject: 'machine', args: ['cancel', 'held'] },
  'lock.release': { subject: 'machine', args: ['cancel', 'held'] },
  'queue.start-next': { subject: 'machine', args: [] },
  /** An entry is to be removed from a device queue that is not busy. */
  'queue.not-busy': { subject: 'machine', args: [] },
  /** A work item that is still queued is queued again, or freed. */
  'work-item.queued': { subject: 'machine', args: ['freed'] },
  'list.corrupt': { subject: 'machine', args: [] },

  // Faults: the machine cannot go on along this path
  'fault.null': { subject: 'machine', args: [], native: true },
  /** An access through a pointer to freed memory, or to a stack object whose function returned. */
  'fault.freed': { subject: 'machine', args: ['write'], native: true },
  'fault.double-free': { subject: 'machine', args: [], native: true },
  /** No object of the expected type lives at the address. */
  'fault.type': { subject: 'machine', args: [], native: true },
  'fault.bounds': { subject: 'machine', args: [], native: true },
  'fault.divide': { subject: 'machine', args: [], native: true },
  'fault.overflow': { subject: 'machine', args: [], native: true },
  /** A wait that would block above APC_LEVEL. */
  'fault.wait': { subject: 'machine', args: [], native: true },
  /** The IRQL is raised to a lower or lowered to a higher level. */
  'fault.irql': { subject: 'machine', args: [], native: true },
  'assert.failed': { subject: 'machine', args: ['scenario'] },
  /** An end state nothing can leave, with unfinished contexts, in which no IRP was reported as abandoned. */
  deadlock: { subject: 'machine', args: [], native: true },
} as const satisfies Record<string, EventInfo>;

export type EventName = keyof typeof events;

/** Names usable in any condition besides the event's own arguments. */
export const contextFields = {
  irql: 'IRQL of the processor or thread (0 PASSIVE, 1 APC, 2 DISPATCH, above that DIRQL)',
  locks: 'spin locks this context holds, the cancel spin lock included',
  cancelLock: '1 when this context holds the cancel spin lock',
  driver: '1 when the innermost frame that is not kernel model is driver code',
  inCancel: '1 when the innermost driver routine with a role is a DRIVER_CANCEL routine',
} as const;

export type ContextField = keyof typeof contextFields;
