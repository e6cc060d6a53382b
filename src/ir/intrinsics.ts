/**
 * What the machine itself can do: the only things that are not written in the DSL. Each is declared for the kernel model in
 * `src/wdm/machine.ts` (same name, prefix `machine` and camel case dropped: `machineAlloc` is `alloc`), and done by the engine.
 *
 * `visible`: may be seen by or depends on other contexts, so it is a step of its own.
 */
export interface IntrinsicInfo {
  readonly args: readonly string[];
  readonly result?: 'i32' | 'ptr' | 'bool' | 'fn';
  readonly visible: boolean;
}

export const intrinsics = {
  /**
   * A new object of the type that the size token names, zeroed or not; `pool` 1 for paged, plus 2 for one that is the driver's to free where it is made for a driver. Never null: failing is the model's choice.
   * A *size token* is what a parameter of type SIZE_T<T> receives: minus the type id where the argument is sizeof<T>(), else a
   * byte count, for which the object is that many cells of UCHAR.
   */
  alloc: { args: ['size', 'pool', 'zero'], result: 'ptr', visible: false },
  /** Frees an object by its first cell's address. */
  free: { args: ['object'], visible: true },
  /** Zeroes an object, which from now on is freed memory for all that runs for a driver (the innermost frame but for the kernel's is the driver's). */
  retire: { args: ['object'], visible: true },
  /** `memory.leaked` or `irp.leaked` for each object that is the driver's to free and is not freed, and `timer.left` for each armed timer. */
  leaks: { args: [], visible: true },
  /** Interlocked access to the one-cell scalar at `address` (`exchangePointer` etc. share them). */
  exchange: { args: ['address', 'value'], result: 'i32', visible: true },
  compareExchange: { args: ['address', 'value', 'comparand'], result: 'i32', visible: true },
  /** Gives the value before. */
  exchangeAdd: { args: ['address', 'value'], result: 'i32', visible: true },
  /** What the object that starts at that address was made with: its size token, or with `inBytes` 1 its size in bytes on x64; 0 when none starts there. */
  objectSize: { args: ['object', 'inBytes'], result: 'i32', visible: false },
  /** Where on x64 the byte lies that the cell stands for, of an object made with that size token: its offset from the object's start; -1 outside. */
  byteOffset: { args: ['size', 'cell'], result: 'i32', visible: false },
  /** Sets to zero what the size token covers at `address`. */
  zero: { args: ['address', 'size'], visible: true },
  /** Copies it, cell by cell, in one step. */
  copy: { args: ['to', 'from', 'size'], visible: true },
  /** Enabled when the lock word (a one-cell LONG, 0 free) is free; takes it for this context. `cancel` 1 for the cancel spin lock. */
  lock: { args: ['word', 'cancel'], visible: true },
  unlock: { args: ['word'], visible: true },
  /** 1 and taken, or 0. */
  tryLock: { args: ['word', 'cancel'], result: 'bool', visible: true },
  /** 1 when this context holds that lock word. */
  holds: { args: ['word'], result: 'bool', visible: false },
  /**
   * Waits for a DISPATCHER_HEADER { Type, SignalState }: enabled when SignalState > 0; Type 1 (synchronization event) then sets it to 0,
   * Type 5 (semaphore) takes one off, others leave it. With `timed` 1 also enabled once `micros` virtual microseconds have passed
   * (0: at once when not signalled). With `timed` 2 it is user mode that waits: also enabled once the process is being terminated, which is
   * a step of its own, possible once and only while no context can move. Gives 0 (STATUS_SUCCESS), 0x102 (STATUS_TIMEOUT) or, terminated
   * and not signalled, 0x101 (STATUS_ALERTED). With `timed` 3 it waits patiently: also enabled, with 0x102, by a step that is possible while no
   * context can move and the next deadline in force is more than five minutes away. Would it block at DISPATCH_LEVEL or above: `fault.wait`.
   */
  wait: { args: ['header', 'timed', 'micros'], result: 'i32', visible: true },
  /**
   * Waits, below DISPATCH_LEVEL, until the DISPATCHER_HEADER's SignalState is above 0, and then takes an interrupt of that IRQL: the context is at
   * `irql`, bound to a processor that was below it, over whatever was there, which goes on when this context is below DISPATCH_LEVEL again.
   */
  interruptWait: { args: ['header', 'irql'], visible: true },
  /**
   * The same for several headers: `record` is a struct of their number, whether all must be signalled (then all are taken at once), and the
   * address of each; null is always signalled. Gives the index of the one taken (0 for all), or 0x102.
   */
  waitSeveral: { args: ['record', 'timed', 'micros'], result: 'i32', visible: true },
  /** Raises this context to `irql` and gives the old level; to a lower level: `fault.irql`. At DISPATCH_LEVEL it binds to a processor. */
  raise: { args: ['irql'], result: 'i32', visible: true },
  lower: { args: ['irql'], visible: true },
  irql: { args: [], result: 'i32', visible: false },
  /** A new context of `kind` (0 thread of the scenario, 1 system thread, 2 worker) that runs `routine(a, b)`; `thread` is its KTHREAD. */
  spawn: { args: ['kind', 'routine', 'thread', 'a', 'b'], visible: true },
  /** The KTHREAD given to spawn (0 in the main context); in a DPC, that of the interrupted thread is not defined: 0. */
  currentThread: { args: [], result: 'ptr', visible: false },
  /** Queues a DPC context that will run `executeDpc(dpc)` at DISPATCH_LEVEL on processor `cpu` (-1: where this context runs). */
  queueDpc: { args: ['dpc', 'cpu'], visible: true },
  /** Takes a queued DPC back before it starts: 1 when it was there. */
  dequeueDpc: { args: ['dpc'], result: 'bool', visible: true },
  /** Arms the timer at that address (again); fires by the `timerExpired` hook. */
  armTimer: { args: ['timer', 'micros'], visible: true },
  /** 1 when it was armed. */
  disarmTimer: { args: ['timer'], result: 'bool', visible: true },
  /** One of 0..count-1, every one explored. */
  choose: { args: ['count'], result: 'i32', visible: true },
  /**
   * Raises an exception in this context. With no handler around it (see `Func.handled`): `fault.exception`. Else it is pending, and the code itself
   * finds its way: behind every call that may raise it asks `exceptionPending`, and goes to where the exception is taken or returns.
   */
  raiseException: { args: ['status'], visible: true },
  /** 1 while an exception of this context is on its way. */
  exceptionPending: { args: [], result: 'bool', visible: false },
  /** The exception on its way has arrived: gives its code, and it is pending no more. */
  takeException: { args: [], result: 'i32', visible: false },
  /** From now on the object is memory of a process: an access by a driver may raise, each time, and does so where no handler is around it. Null is ignored. */
  userMemory: { args: ['object'], visible: true },
  /** 1 when the address lies in such memory. */
  isUserMemory: { args: ['address'], result: 'bool', visible: false },
  /** Before an access by a driver with a handler around it: where the address lies in user memory either answer, 1 for an access violation; else 0. */
  userFault: { args: ['address'], result: 'bool', visible: true },
  /** The event whose name is the instruction's `text`; args as that event lists them (the IRP first where its subject is one). */
  event: { args: ['...'], visible: true },
  /**
   * Looks at the IRP at that address, if one is or was there: a read of whose it is and of its cancel state that is no touch. Compiled into drivers only for
   * searches that tell in which states their IRPs are where (`CompileRequest.observing`).
   */
  observe: { args: ['irp'], visible: true },
  /** Between begin and end no other context takes a step; they nest. Nothing that can block may stand between. */
  atomicBegin: { args: [], visible: true },
  /**
   * Begins such a section for the hardware: once the DISPATCHER_HEADER's SignalState is above 0 (null: at any time), and needs no processor. Always
   * a step of its own, unless it stands in such a section already.
   */
  hardware: { args: ['header'], visible: true },
  atomicEnd: { args: [], visible: false },
  /** 1 when the function pointer is a routine of the driver under test. */
  isDriverRoutine: { args: ['routine'], result: 'bool', visible: false },
  /** 1 once the process is terminated. */
  isTerminated: { args: [], result: 'bool', visible: false },
  /** 1 while a timer is armed or a thread waits for a limited time: then more may happen by itself. */
  isTimePending: { args: [], result: 'bool', visible: false },
  /** Number of spin locks this context holds. */
  locksHeld: { args: [], result: 'i32', visible: false },
  cancelLockHeld: { args: [], result: 'bool', visible: false },
  /** The processor this context runs on (the lowest one it could run on while it is not bound). */
  processor: { args: [], result: 'i32', visible: true },
  /** From here on the verdict of this path is bounded, with the instruction's `text` as the reason. */
  bounded: { args: [], visible: false },
  /** A condition of the model itself that must hold; a breach is our bug and ends the run with an internal error. */
  invariant: { args: ['condition'], visible: false },
} as const satisfies Record<string, IntrinsicInfo>;

export type IntrinsicName = keyof typeof intrinsics;
