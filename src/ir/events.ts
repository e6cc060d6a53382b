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
  /** Arguments that name what the event is about: places are remembered for each value of them apart, one for each time (see `Arc.mark`). */
  readonly key?: readonly string[];
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
  /**
   * The location that IoCallDriver will move to. `how`: 0 its address was asked for, 1 the own location was copied into it, 2 it will be the
   * own location itself (IoSkipCurrentIrpStackLocation), 3 the driver has made it its own (IoSetNextIrpStackLocation), 4 a completion routine is set in it.
   */
  'irp.next-location': { subject: 'irp', args: ['how'] },
  /** A stack location is asked for that the IRP does not have; `sent`: IoCallDriver would move there. */
  'irp.no-location': { subject: 'irp', args: ['sent'] },
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
  /** What the IRP looks like as it is completed; `information`: 1 when Information is not zero. */
  'irp.outcome': { subject: 'irp', args: ['location', 'status', 'routineSet', 'information'] },
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
  /** `entryIrql`: the level the routine has to end at, which is CancelIrql; `entryLocks`: spin locks held before the cancel spin lock was taken for it. */
  'irp.cancel-leave': { subject: 'irp', args: ['target', 'entryIrql', 'entryLocks'] },
  /** At an end state nothing can leave, the IRP is not finished. */
  'irp.abandoned': { subject: 'irp', args: ['requested', 'routineSet'] },
  /** Five minutes have passed since the thread that the IRP belongs to exited, and nothing is due: the I/O manager takes it from the thread. */
  'irp.detached': { subject: 'irp', args: [] },
  /** A cell of the IRP is read (0) or written (1) by driver code or by an inline model function it called. */
  'irp.touch': { subject: 'irp', args: ['write'], native: true },

  // Routines, IRQL, locks
  /** A model states the IRQL bounds its documentation gives for this call. */
  'call.irql': { subject: 'machine', args: ['minimum', 'maximum'] },
  /** The kernel entered a driver routine / the routine came back. `entryIrql`, `entryLocks`: as it was entered. */
  'routine.enter': { subject: 'machine', args: [] },
  'routine.leave': { subject: 'machine', args: ['entryIrql', 'entryLocks', 'entryCancelLock'] },
  /** PsCreateSystemThread makes a thread that runs the driver's code. */
  'thread.start': { subject: 'machine', args: [] },
  /** When the driver is gone: such a thread has not ended. */
  'thread.left': { subject: 'machine', args: [] },
  /** PAGED_CODE() is gone through. */
  'code.paged': { subject: 'machine', args: [] },
  /** KeRaiseIrql or KeLowerIrql was called. */
  'irql.change': { subject: 'machine', args: [] },
  /** `held`: 1 when this context holds it already; `cancel`: 1 for the cancel spin lock. */
  'lock.acquire': { subject: 'machine', args: ['cancel', 'held'] },
  'lock.release': { subject: 'machine', args: ['cancel', 'held'] },
  /** A mutex, resource or region is given back that this thread does not have. */
  'lock.not-owned': { subject: 'machine', args: [] },
  /** A resource, or a mutex in its unsafe form, is to be taken while normal kernel APCs may come to the thread. */
  'lock.apcs-enabled': { subject: 'machine', args: [] },
  /** A driver routine has returned with more mutexes, resources or regions than its thread had at its entry. */
  'lock.kept': { subject: 'machine', args: [] },
  /** A resource or run-down is deleted or made anew that somebody has; with `thread` 1 the thread ends that has a mutex, resource or region. */
  'lock.in-use': { subject: 'machine', args: ['thread'] },
  /** An object is dereferenced more often than it was referenced. */
  'object.over-released': { subject: 'machine', args: [] },
  /** A semaphore would count above its limit: the exception follows. */
  'semaphore.over-limit': { subject: 'machine', args: [] },
  /** A kernel object is used whose initialising routine has not been called. */
  'object.uninitialised': { subject: 'machine', args: [] },
  'queue.start-next': { subject: 'machine', args: [] },
  /** The lock routine of a cancel-safe queue has returned while another context had not called the unlock routine. */
  'csq.lock-leave': { subject: 'machine', args: [] },
  'csq.insert-enter': { subject: 'irp', args: [] },
  'csq.insert-leave': { subject: 'irp', args: ['status'] },
  'csq.remove-enter': { subject: 'irp', args: [] },
  'csq.remove-leave': { subject: 'irp', args: [] },
  /** The peek routine has given this IRP; `again`: 1 when it is the one behind which it was to look. */
  'csq.peek-leave': { subject: 'irp', args: ['again'] },
  /** The routine that completes cancelled IRPs has returned. */
  'csq.complete-leave': { subject: 'irp', args: [] },
  /** DriverContext[3] of a queued IRP is not what the system has written there. */
  'csq.overwritten': { subject: 'irp', args: [] },
  /** `misuse`: 1 IoStartNextPacket without a packet that was started, 2 without Cancelable though packets are started with a cancel routine. */
  'queue.start-misuse': { subject: 'machine', args: ['misuse'] },
  /** At an end state nothing can leave, packets wait behind this IRP, which StartIo was given and which is finished. */
  'queue.stalled': { subject: 'irp', args: [] },
  /** KeRemoveDeviceQueue or KeRemoveByKeyDeviceQueue is called. */
  'queue.remove-next': { subject: 'machine', args: [] },
  /** `misuse`: 1 an entry that is queued is inserted again, 2 it is to be removed from another queue, 3 a queue that has entries is initialised. */
  'queue.misuse': { subject: 'machine', args: ['misuse'] },
  /** An entry is to be removed from a device queue that is not busy. */
  'queue.not-busy': { subject: 'machine', args: [] },
  /**
   * The service routines were called, and all the while their device kept its line asserted; `claimed`: 1 when one of them says that it has served it.
   * 2: one says so of another device's interrupt, and its own asserted nothing.
   */
  'interrupt.unquieted': { subject: 'machine', args: ['claimed'] },
  /** A work item that is still queued is queued again, or freed. */
  'work-item.queued': { subject: 'machine', args: ['freed'] },
  /**
   * Remove locks; `lock` and `tag` are addresses. `misuse`: 1 released by a tag that does not hold it, 2 initialised again, 3 waited for while
   * this request holds it once more.
   */
  'remove-lock.acquire': { subject: 'machine', args: ['lock', 'tag'], key: ['lock', 'tag'] },
  'remove-lock.release': { subject: 'machine', args: ['lock', 'tag'], key: ['lock', 'tag'] },
  'remove-lock.misuse': { subject: 'machine', args: ['misuse'] },
  /** At an end state nothing can leave, somebody waits for the lock and that tag holds it. */
  'remove-lock.leaked': { subject: 'machine', args: ['lock', 'tag'], key: ['lock', 'tag'] },
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
  /** What a cell holds is looked at, and nothing was ever written there. */
  'fault.uninitialised': { subject: 'machine', args: [], native: true },
  /** A wait that would block above APC_LEVEL. */
  'fault.wait': { subject: 'machine', args: [], native: true },
  /** The IRQL is raised to a lower or lowered to a higher level. */
  'fault.irql': { subject: 'machine', args: [], native: true },
  /** An exception is raised and no handler is around it: Windows stops. `status` is its code. */
  'fault.exception': { subject: 'machine', args: ['status'], native: true },
  /** Paged memory is touched (`code` 0), or code of a pageable section runs (1), at DISPATCH_LEVEL or above. */
  'memory.paged': { subject: 'machine', args: ['code'], native: true },
  /** Two contexts are about to access the same cell, and nothing orders or protects the two. */
  'memory.race': { subject: 'machine', args: [], native: true },
  /** When the driver is gone: an object of the pool, or an IRP, that was the driver's to free. */
  'memory.leaked': { subject: 'machine', args: [], native: true },
  'irp.leaked': { subject: 'irp', args: [], native: true },
  /** When the driver is gone: a timer is armed, whose DPC would run in the driver's code. */
  'timer.left': { subject: 'machine', args: [], native: true },
  /** A spin lock is taken under another, and the two were taken the other way round before. */
  'lock.order': { subject: 'machine', args: [], native: true },
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
