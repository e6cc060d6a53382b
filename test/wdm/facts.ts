/**
 * How Windows behaves, as the documentation has it, in our own words: what the kernel model must do. Those beginning with F keep
 * the numbers by which tests and comments name them; those beginning with X are about parts that are documented routine by routine.
 * MUST is a duty of drivers, MODEL a behaviour of the system, PATTERN one documented way to do it right, ADVICE a recommendation,
 * CONFLICT a point where two pages disagree. The pages below `ifs` about IRPs are of the documentation as it was in 2024.
 */

export interface Fact {
  readonly id: string;
  readonly kind: 'MUST' | 'MODEL' | 'PATTERN' | 'ADVICE' | 'CONFLICT';
  readonly sentence: string;
  /** `folder/name`, as `documentationUrl` takes them. */
  readonly pages: readonly string[];
}

/** Why a fact is not tested as a behaviour of the model: what else answers for it. `rule:` and `rule to come:` name a rule. */
export interface Elsewhere {
  readonly id: string;
  readonly reason: string;
}

// One a line: id | kind | sentence | pages
const factTable = `
F1 | MODEL | Cancelling an IRP means finishing it as soon as system integrity allows; it is not an abort. | kernel/canceling-irps
F2 | MODEL | Cancellation starts only through IoCancelIrp, called by the system or by a driver. | kernel/canceling-irps
F3 | MODEL | At thread exit the system calls IoCancelIrp for each IRP of that thread that is not fully completed. | kernel/canceling-irps
F4 | MODEL | A cancelled IRP not completed in 5 minutes is treated as timed out: it is detached from the thread and an error is logged against the device that owns it then. The IRP still exists afterwards. | kernel/canceling-irps
F5 | MUST | A driver may cancel only IRPs it created. | kernel/canceling-irps
F6 | MODEL | From the driver's view the cancel can arrive at any time, asynchronously, on another processor. | kernel/synchronizing-irp-cancellation
F7 | MODEL | Irp->Cancel TRUE: cancel was requested (is or should be cancelled). | kernel/synchronizing-irp-cancellation
F8 | MODEL | Irp->CancelRoutine non-NULL: cancelable. NULL: not cancelable. NULL together with Cancel TRUE: described as cancel routine running. | kernel/synchronizing-irp-cancellation
F9 | MODEL | F8 is not the full truth: IoCancelIrp on an IRP with no routine also leaves Cancel TRUE and CancelRoutine NULL with nothing running (see F12). | wdm/nf-wdm-iocancelirp
F10 | MODEL | IoCancelIrp always sets Irp->Cancel to TRUE. | wdm/nf-wdm-iocancelirp
F11 | MODEL | IoCancelIrp with a cancel routine set: calls it and returns TRUE. | wdm/nf-wdm-iocancelirp
F12 | MODEL | IoCancelIrp with none set: returns FALSE, only the bit is left; whoever later makes the IRP cancelable must notice the bit. | wdm/nf-wdm-iocancelirp
F13 | MUST | IoCancelIrp by a non-owner gives unpredictable results; an intermediate driver calls it only for IRPs it created. | wdm/nf-wdm-iocancelirp
F14 | MODEL | A TRUE return, or the Cancel bit, does not guarantee a STATUS_CANCELLED completion; success is legal. | wdm/nf-wdm-iocancelirp kernel/synchronizing-cancellation-in-higher-level-drivers-without-cancel-rout
F15 | MODEL | IoCancelIrp is callable at IRQL <= DISPATCH_LEVEL. | wdm/nf-wdm-iocancelirp
F16 | MODEL | Before the cancel routine runs, the I/O manager has set Cancel TRUE and CancelRoutine NULL. | kernel/implementing-a-cancel-routine
F17 | MODEL | The cancel routine is entered with the system cancel spin lock held, at DISPATCH_LEVEL, in an arbitrary thread context. | wdm/nc-wdm-driver_cancel
F18 | MODEL | There is exactly one system-wide cancel spin lock. | kernel/using-the-system-s-cancel-spin-lock
F19 | MODEL | Irp->CancelIrql holds the IRQL to give back when releasing the lock the I/O manager took. | kernel/points-to-consider-when-canceling-irps wdm/ns-wdm-_irp
F20 | MODEL | At most one cancel routine is registered per IRP at a time. | wdm/nc-wdm-driver_cancel
F21 | MODEL | Associated IRPs have no thread; their cancel routines are not reached by thread exit. The master IRP's cancel routine must IoCancelIrp them. | ntddk/nf-ntddk-iomakeassociatedirp kernel/introduction-to-cancel-routines
F22 | MODEL | IoSetCancelRoutine swaps the pointer with one interlocked exchange. | wdm/nf-wdm-iosetcancelroutine
F23 | MODEL | It returns the previous routine; NULL when none was set or when cancellation already took it. | wdm/nf-wdm-iosetcancelroutine
F24 | PATTERN | A driver using the I/O manager's device queue (StartIo) holds the cancel spin lock around IoSetCancelRoutine. | wdm/nf-wdm-iosetcancelroutine
F25 | MODEL | A driver with its own queue and lock need not hold it, but must test the returned pointer. | kernel/registering-a-cancel-routine kernel/using-a-driver-supplied-spin-lock
F26 | CONFLICT | Front matter states DISPATCH_LEVEL exactly for IoSetCancelRoutine; remarks make that true only for the device-queue case. Treat as <= DISPATCH_LEVEL for own queues. | wdm/nf-wdm-iosetcancelroutine
F27 | MODEL | IoStartPacket with a non-NULL cancel function sets it in the IRP for the driver. | ntifs/nf-ntifs-iostartpacket kernel/registering-a-cancel-routine
F28 | PATTERN | Holding an IRP cancelable needs both IoMarkIrpPending and IoSetCancelRoutine before the queueing call (IoStartPacket, IoAllocateController, ExInterlockedInsert...List). | kernel/points-to-consider-when-canceling-irps
F29 | PATTERN | A routine that starts working on a cancelable IRP first sets the cancel routine to NULL. | kernel/points-to-consider-when-canceling-irps
F30 | MUST | A higher-level driver clears its cancel routine before IoCallDriver. | kernel/points-to-consider-when-canceling-irps
F31 | MODEL | Driver Verifier: IoCallDriver with the routine still set is I/O error 0x203; completion with it set is 0xC9/0x07 (enhanced 0x23C). | debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F32 | MODEL | Driver Verifier 0x229: setting a routine on an IRP that lower drivers hold. | debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F33 | MODEL | Completed with a routine left set, then cancelled: bug check 0x48. | debugger/bug-check-0x48--cancel-state-in-completed-irp
F34 | MUST | A driver keeping an IRP in any other way (for example as a timer context) still needs a cancel routine and one spin lock used by both sides. | kernel/using-a-driver-supplied-spin-lock
F35 | ADVICE | A driver that never holds more than it completes within five minutes probably needs no cancel routine. | kernel/introduction-to-cancel-routines
F36 | ADVICE | One cancel routine per queue or per cancelable stage. | kernel/introduction-to-cancel-routines
F37 | PATTERN | Queue: take own lock, mark pending, insert, set the cancel routine, only then test Irp->Cancel. Testing before setting loses a cancel. | kernel/using-a-driver-supplied-spin-lock
F38 | PATTERN | Cancel TRUE and second IoSetCancelRoutine(NULL) returns non-NULL: the routine will not run; unlink, unlock, complete as cancelled. | kernel/using-a-driver-supplied-spin-lock
F39 | PATTERN | Cancel TRUE and it returns NULL: the routine has run or will run; leave the IRP queued, do not touch it further. | kernel/using-a-driver-supplied-spin-lock
F40 | PATTERN | In all three outcomes dispatch returns STATUS_PENDING, including when it completed the IRP itself. | kernel/using-a-driver-supplied-spin-lock
F41 | MUST | Dequeue: decide on the pointer returned by IoSetCancelRoutine(NULL), not on Irp->Cancel. | kernel/using-a-driver-supplied-spin-lock
F42 | PATTERN | If dequeue loses the race, make the list entry self-referencing before dropping the lock, so the cancel routine's unlink is harmless. | kernel/using-a-driver-supplied-spin-lock
F43 | MODEL | A dequeued IRP with Cancel TRUE but routine won may be processed normally. | kernel/using-a-driver-supplied-spin-lock
F44 | PATTERN | Cancel routine: release the cancel lock first with Irp->CancelIrql while holding no other spin lock, then own lock, unlink, own unlock, complete. | kernel/using-a-driver-supplied-spin-lock
F45 | MODEL | The IRQL restored by the first release is CancelIrql; releasing in the wrong nest order leaves a wrong IRQL. | kernel/using-a-driver-supplied-spin-lock
F46 | PATTERN | Set and clear the routine only while holding the queue lock. | kernel/using-a-driver-supplied-spin-lock
F47 | CONFLICT | The sample cancel routine sets only Status, while the rules demand Information zero too. Do not treat the sample as complete. | kernel/using-a-driver-supplied-spin-lock kernel/implementing-a-cancel-routine
F48 | MUST | Release the cancel spin lock at least once before returning. | kernel/implementing-a-cancel-routine
F49 | MUST | No IoAcquireCancelSpinLock inside before that first release; each later acquire has its own release with the IRQL that acquire returned. | kernel/implementing-a-cancel-routine kernel/points-to-consider-when-canceling-irps
F50 | MUST | Status STATUS_CANCELLED, Information 0, then IoCompleteRequest (usually IO_NO_INCREMENT), when the IRP is still merely pending. | kernel/implementing-a-cancel-routine
F51 | MODEL | If I/O on that IRP has begun and will finish soon, releasing the lock and returning without completing is right. | kernel/points-to-consider-when-canceling-irps
F52 | MUST | Never IoCompleteRequest, or call other outside routines, with any spin lock held. | kernel/points-to-consider-when-canceling-irps wdm/nf-wdm-iocompleterequest
F53 | MUST | State shared with the ISR is reached only through a SynchCritSection routine, cancel routines included. | kernel/points-to-consider-when-canceling-irps
F54 | MODEL | StartIo runs at DISPATCH_LEVEL in an arbitrary thread. | wdm/nc-wdm-driver_startio
F55 | MODEL | IoStartPacket: device idle means StartIo is called now with the IRP, busy means queued. Caller IRQL <= DISPATCH_LEVEL. | ntifs/nf-ntifs-iostartpacket
F56 | MODEL | IoStartNextPacket: takes the next IRP and calls StartIo, or returns if none. Caller exactly at DISPATCH_LEVEL. | ntifs/nf-ntifs-iostartnextpacket
F57 | MUST | A driver that gave IoStartPacket a cancel routine passes Cancelable TRUE to IoStartNextPacket; then the cancel lock guards the queue and CurrentIrp. | ntifs/nf-ntifs-iostartnextpacket
F58 | MODEL | DeferredStartIo TRUE: StartIo is not re-entered until it returns. Default FALSE (recursion possible). | ntifs/nf-ntifs-iosetstartioattributes
F59 | MODEL | NonCancelable TRUE: an IRP dequeued by IoStartNextPacket cannot be cancelled any more. Default FALSE, then the driver must use the cancel lock. | ntifs/nf-ntifs-iosetstartioattributes
F60 | PATTERN | StartIo (and any routine that receives a possibly cancelable IRP): take the cancel lock, compare with CurrentIrp, leave if different, set routine NULL, test Cancel, release. | kernel/synchronizing-cancellation-in-driver-routines-that-process-irps
F61 | MODEL | CurrentIrp may differ because the IRP was cancelled between IoStartPacket's release of the lock and the driver's acquire. | kernel/synchronizing-cancellation-in-driver-routines-that-process-irps
F62 | PATTERN | Cancelled in StartIo: release lock, set status and zero Information, IoStartNextPacket, then IoCompleteRequest with IO_NO_INCREMENT. | kernel/synchronizing-cancellation-in-driver-routines-that-process-irps
F63 | MODEL | CurrentIrp is valid only for drivers with a StartIo routine. | kernel/cancel-routines-in-drivers-with-startio-routines
F64 | MODEL | StartIo driver's cancel routine, IRP equals CurrentIrp: release the lock and return; StartIo finishes the job. | kernel/cancel-routines-in-drivers-with-startio-routines
F65 | MUST | Otherwise KeRemoveEntryDeviceQueue: removed means release lock and complete as cancelled; not found means release and return. | kernel/cancel-routines-in-drivers-with-startio-routines
F66 | MUST | A cancel routine may not use KeRemoveDeviceQueue or KeRemoveByKeyDeviceQueue (position unknown). | kernel/cancel-routines-in-drivers-with-startio-routines
F67 | MODEL | Device queue object has Busy and Not-Busy; insert into Not-Busy does not queue: it turns Busy and returns FALSE, caller must process the IRP. | kernel/setting-up-and-using-device-queues
F68 | MODEL | Remove from an empty Busy queue turns it Not-Busy and yields NULL or FALSE. | kernel/setting-up-and-using-device-queues
F69 | MUST | KeRemoveDeviceQueue on a Not-Busy queue is an error. | wdm/nf-wdm-keremovedevicequeue
F70 | MODEL | Keyed insert goes after entries with keys less than or equal to its own. | wdm/nf-wdm-keinsertbykeydevicequeue
F71 | CONFLICT | KeInsert(ByKey)DeviceQueue and KeRemove(ByKey)DeviceQueue: reference front matter exactly DISPATCH_LEVEL; the device-queue guide says at or below it. KeRemoveEntryDeviceQueue: <= DISPATCH_LEVEL. | wdm/nf-wdm-keinsertdevicequeue wdm/nf-wdm-keremoveentrydevicequeue kernel/setting-up-and-using-device-queues
F72 | MODEL | Each device queue has a built-in spin lock, so none of these run in an ISR or SynchCritSection. | kernel/setting-up-and-using-device-queues
F73 | ADVICE | A DPC calls IoStartNextPacket as early as is safe, often before completing the current IRP. | kernel/writing-dpc-routines
F74 | MODEL | A StartIo in a higher-level driver sends IRPs down at DISPATCH_LEVEL, so every lower dispatch then runs there. | kernel/startio-routines-in-higher-level-drivers
F75 | MUST | StartIo must not lower IRQL below DISPATCH_LEVEL while it runs (role-type annotation). | devtest/irql-annotations-for-drivers
F76 | MODEL | With IoCsq the system supplies the cancel routine; the driver writes none. | kernel/cancel-safe-irp-queues
F77 | MUST | DriverContext[3] of a queued IRP belongs to the framework. | wdm/nf-wdm-iocsqinitialize
F78 | MODEL | IoCsqInsertIrp: lock, driver insert callback, mark pending, unlock. | wdm/nf-wdm-iocsqinsertirp
F79 | MODEL | If the IRP is already cancelled it is not inserted. | wdm/nf-wdm-iocsqinsertirp
F80 | MODEL | IoCsqInsertIrpEx returns what CsqInsertIrpEx returned, or STATUS_SUCCESS for a queue set up with IoCsqInitialize. | wdm/nf-wdm-iocsqinsertirpex
F81 | CONFLICT | The step list of IoCsqInsertIrpEx omits marking pending that the plain form lists; when a driver insert callback fails, whether the IRP is marked is not stated there. | wdm/nf-wdm-iocsqinsertirpex
F82 | MODEL | IoCsqRemoveIrp: lock, remove by context, unlock; NULL if that IRP was cancelled. | wdm/nf-wdm-iocsqremoveirp
F83 | MODEL | IoCsqRemoveNextIrp: lock, peek next, remove, unlock; skips cancelled IRPs; NULL if none. | wdm/nf-wdm-iocsqremovenextirp
F84 | MODEL | On cancel the system calls CsqRemoveIrp and then CsqCompleteCanceledIrp. | wdm/nc-wdm-io_csq_complete_canceled_irp kernel/cancel-safe-irp-queues
F85 | MODEL | Peek with Irp NULL means from the start; it returns the first match after Irp. | wdm/nc-wdm-io_csq_peek_next_irp
F86 | MODEL | The queue lock may be a spin lock or a mutex; the Irql argument is only storage for a spin lock user. | kernel/cancel-safe-irp-queues
F87 | MODEL | Callbacks other than lock/unlock do no locking themselves. | kernel/cancel-safe-irp-queues
F88 | MODEL | IoCsq insert/remove callers are at IRQL <= DISPATCH_LEVEL and the callbacks must work there. | wdm/nf-wdm-iocsqinsertirp
F89 | MODEL | Context NULL on insert means the IRP cannot be taken by IoCsqRemoveIrp later. | wdm/nf-wdm-iocsqinsertirp
F90 | MUST | If dispatch neither completes nor passes down the IRP it must IoMarkIrpPending; otherwise the I/O manager treats it as finished on return. | wdm/nf-wdm-iomarkirppending
F91 | MUST | After marking, dispatch returns STATUS_PENDING even if the IRP was completed meanwhile. | wdm/nf-wdm-iomarkirppending
F92 | MUST | Mark before queueing; afterwards the IRP may be gone. | wdm/nf-wdm-iomarkirppending
F93 | MUST | Returning STATUS_PENDING without marking is allowed only when the status came from the lower driver call. | devtest/wdm-markirppending2
F94 | MUST | Without a completion routine, return what IoCallDriver returned. | ifs/constraints-on-dispatch-routines ifs/returning-status-from-dispatch-routines
F95 | MUST | A non-pending dispatch status equals the final IoStatus.Status. | ifs/constraints-on-dispatch-routines kernel/different-ways-of-handling-irps-cheat-sheet
F96 | MUST | IoStatus.Status STATUS_PENDING must never be completed, though it counts as a success code. | ifs/completing-the-irp
F97 | CONFLICT | The IoCompletion guide speaks of completing an original request with STATUS_PENDING after marking; F96 and Verifier 0xC9/0x06 forbid that value. Follow F96. | kernel/implementing-an-iocompletion-routine debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F98 | MODEL | Posting to a work queue: mark, queue, return STATUS_PENDING, in that order. | ifs/constraints-on-dispatch-routines
F99 | MUST | A dispatch whose completion routine may post the IRP marks it and returns STATUS_PENDING. | ifs/constraints-on-dispatch-routines
F100 | MUST | Oplock operations are never pended by a filter and never return STATUS_PENDING from its dispatch. | ifs/constraints-on-dispatch-routines
F101 | MODEL | After IoSkipCurrentIrpStackLocation there is no own location: no IoMarkIrpPending, no parameter edits, no completion routine. | wdm/nf-wdm-ioskipcurrentirpstacklocation
F102 | MUST | A pended IRP is sent on with copy-to-next, not skip, because the pending flag would sit in the next driver's location. | wdm/nf-wdm-ioskipcurrentirpstacklocation
F103 | MODEL | Marking first, sending down with a completion routine and always returning STATUS_PENDING is legal whatever IoCallDriver returned. | kernel/different-ways-of-handling-irps-cheat-sheet
F104 | MODEL | Verifier: 0x23D/0x24C pending returned unmarked; 0x23E marked but not returned; 0x226 neither sent, completed nor pending; 0x224 status mismatch. | debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F105 | MODEL | Completion routines run from the completer upwards until all ran or one returns STATUS_MORE_PROCESSING_REQUIRED. | wdm/nc-wdm-io_completion_routine
F106 | MODEL | That return makes the lower IoCompleteRequest call come back at once; a second IoCompleteRequest resumes with the routine just above. | wdm/nc-wdm-io_completion_routine ifs/how-completion-processing-is-performed
F107 | MODEL | Only that one value matters; every other return continues completion. | wdm/nc-wdm-io_completion_routine
F108 | MODEL | The routine is stored in the next-lower stack location, so the lowest driver can set none. | wdm/nc-wdm-io_completion_routine
F109 | MODEL | InvokeOnSuccess, InvokeOnError, InvokeOnCancel choose when it is called, in any mix. | kernel/registering-an-iocompletion-routine
F110 | MODEL | The completer's own stack location is zeroed before the next routine above is called; only IoStatus tells what happened below. | kernel/implementing-an-iocompletion-routine
F111 | MUST | After IoCompleteRequest the caller must not touch the IRP. | kernel/implementing-an-iocompletion-routine
F112 | MUST | After IoCallDriver the caller must not touch the IRP, unless its completion routine kept it and signalled. | ifs/constraints-on-dispatch-routines wdm/nf-wdm-iofcalldriver
F113 | MODEL | First stage: arbitrary thread, IRQL <= DISPATCH_LEVEL: completion routines, then unlocking of MDL pages, then a special kernel APC to the requesting thread. | ifs/how-completion-processing-is-performed
F114 | MODEL | Second stage: originating thread at APC_LEVEL: buffered copy-back, MDL free, status copied to the caller's block, event signalled (own event or the file object's), thread list removal for synchronous built IRPs, user APC, IRP freed. | ifs/how-completion-processing-is-performed
F115 | MODEL | Hence a synchronous built IRP waited for at APC_LEVEL or above can hang (APC not delivered); the cheat sheet wants PASSIVE_LEVEL for sending. | kernel/different-ways-of-handling-irps-cheat-sheet debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F116 | MODEL | IoCompleteRequest: IRQL <= DISPATCH_LEVEL; higher is Verifier 0xC9/0x0E. | wdm/nf-wdm-iocompleterequest
F117 | MODEL | Completing twice: bug check 0x44. | debugger/bug-check-0x44--multiple-irp-complete-requests
F118 | MODEL | IoCompleteRequest is a macro over IofCompleteRequest, IoCallDriver over IofCallDriver; match both names. | wdm/nf-wdm-iocompleterequest wdm/nf-wdm-iocalldriver
F119 | MODEL | IRQL is <= DISPATCH_LEVEL, not fixed: code must be fit for DISPATCH_LEVEL yet must not call what needs exactly DISPATCH_LEVEL. | wdm/nc-wdm-io_completion_routine
F120 | MUST | Not pageable; context nonpaged; no resources, mutexes or fast mutexes; spin locks allowed. | ifs/constraints-on-completion-routines
F121 | MUST | If PendingReturned is set and the routine will not return STATUS_MORE_PROCESSING_REQUIRED and does not signal a waiter, call IoMarkIrpPending. | wdm/ns-wdm-_irp ifs/checking-the-pendingreturned-flag
F122 | MUST | A routine that signals an event for its dispatch must not mark pending and returns STATUS_MORE_PROCESSING_REQUIRED. | wdm/nf-wdm-iomarkirppending ifs/constraints-on-completion-routines
F123 | MUST | The creator of an IRP must not mark it pending in its own completion routine when it has no stack location: that writes past the IRP. | wdm/nf-wdm-iomarkirppending
F124 | MODEL | A driver whose dispatch marked the IRP itself (F103) need not repeat it in the completion routine. | kernel/different-ways-of-handling-irps-cheat-sheet
F125 | MODEL | Cases for STATUS_MORE_PROCESSING_REQUIRED: dispatch waits; IRP posted to a worker and dispatch returned pending; own IRP was freed. | ifs/constraints-on-completion-routines
F126 | MODEL | Also legal: mark pending if needed, IoCompleteRequest inside the routine, then return it. | kernel/different-ways-of-handling-irps-cheat-sheet
F127 | MODEL | Also legal: resending the same IRP from the routine, then return it; no second marking per retry. | kernel/implementing-an-iocompletion-routine
F128 | MUST | If dispatch passes the lower status through, the routine must not change the status or the synchronicity. | kernel/different-ways-of-handling-irps-cheat-sheet
F129 | MUST | Dispatch with a routine that may keep the IRP: mark and return pending, or wait and then complete it itself. | ifs/constraints-on-dispatch-routines
F130 | MODEL | DeviceObject is NULL in the routine if the creator allocated no stack location for itself. | wdm/nc-wdm-io_completion_routine
F131 | MODEL | IoSetCompletionRoutineEx can fail and allocates memory freed only when the routine runs; on failure do not send. | wdm/nf-wdm-iosetcompletionroutineex
F132 | MUST | IoSetCompletionRoutine only in drivers that cannot unload before the routine ends; others use the Ex form with their own device object. | wdm/nf-wdm-iosetcompletionroutine wdm/nf-wdm-iosetcompletionroutineex
F133 | MUST | No STATUS_MORE_PROCESSING_REQUIRED for an oplock operation. | ifs/constraints-on-completion-routines
F134 | MODEL | Verifier: 0x227 pageable completion routine; 0x228 pending not propagated; 0xC4/0xFA IRQL changed; 0xC4/0xFB APC count changed. | debugger/bug-check-0xc9--driver-verifier-iomanager-violation debugger/bug-check-0xc4--driver-verifier-detected-violation
F135 | MODEL | IoAllocateIrp: no thread, not cancelled at thread exit, creator frees it, never completes it to the I/O manager; IRQL <= DISPATCH_LEVEL. | wdm/nf-wdm-ioallocateirp
F136 | MUST | It needs a completion routine with all three InvokeOn flags TRUE that frees it and returns STATUS_MORE_PROCESSING_REQUIRED. | wdm/nf-wdm-iosetcompletionroutine
F137 | MODEL | IoBuildAsynchronousFsdRequest: like F135, but sets Tail.Overlay.Thread without a reference; IRQL <= APC_LEVEL. | wdm/nf-wdm-iobuildasynchronousfsdrequest
F138 | MODEL | IoBuildSynchronousFsdRequest and IoBuildDeviceIoControlRequest: queued to the current thread, cancelled at its exit, freed by the I/O manager; IoFreeIrp forbidden; IRQL <= APC_LEVEL to build. | wdm/nf-wdm-iobuildsynchronousfsdrequest wdm/nf-wdm-iobuilddeviceiocontrolrequest
F139 | MUST | Synchronous forms: on STATUS_PENDING wait on the supplied event; that event is signalled by the I/O manager, not the driver. | wdm/nf-wdm-iobuilddeviceiocontrolrequest devtest/wdm-iobuilddeviceiocontrolsetevent
F140 | MODEL | The documented form waits only when IoCallDriver returned STATUS_PENDING; with any other status the request is already finished and the status block is valid. | wdm/nf-wdm-iobuildsynchronousfsdrequest kernel/different-ways-of-handling-irps-cheat-sheet
F141 | MODEL | IoBuildDeviceIoControlRequest sets RequestorMode to KernelMode. | wdm/nf-wdm-iobuilddeviceiocontrolrequest
F142 | MODEL | IoFreeIrp frees no MDLs; the creator unlocks and frees them first. | wdm/nf-wdm-iofreeirp
F143 | MUST | IoReuseIrp only on IoAllocateIrp or raw-memory IRPs. | wdm/nf-wdm-ioreuseirp kernel/reusing-irps
F144 | MUST | IoInitializeIrp on a quota-charged IoAllocateIrp IRP is an error (Verifier 0x20D, 0x238). | kernel/reusing-irps debugger/bug-check-0xc9--driver-verifier-iomanager-violation
F145 | MODEL | Master IRP completes by itself when all associated IRPs are done, unless a completion routine on an associated IRP kept it. | kernel/creating-irps-for-lower-level-drivers
F146 | MUST | Intermediate drivers may not use IoMakeAssociatedIrp; nor may anyone for a buffered-I/O original. | kernel/creating-irps-for-lower-level-drivers
F147 | MUST | Mark pending the original IRP, never the driver-allocated ones. | kernel/creating-irps-for-lower-level-drivers
F148 | MODEL | Cancelling an own IRP safely needs an ownership hand-off between canceller and completion routine (interlocked state: cancelable, cancel started, cancel complete, completed). | kernel/different-ways-of-handling-irps-cheat-sheet
F149 | MODEL | In that pattern the completion routine keeps the IRP when the canceller is inside IoCancelIrp, and the canceller then completes (synchronous IRP) or frees (asynchronous IRP) it. | kernel/different-ways-of-handling-irps-cheat-sheet
F150 | MODEL | A timed-out wait on a synchronous IRP must cancel and then wait again without limit, since event and status block are on the stack. | kernel/different-ways-of-handling-irps-cheat-sheet
F151 | MODEL | IoForwardIrpSynchronously copies the location, sends and waits; FALSE means no next location and not sent; IRQL <= APC_LEVEL. | wdm/nf-wdm-ioforwardirpsynchronously
F152 | MODEL | PASSIVE_LEVEL: DriverEntry, AddDevice, Reinitialize, Unload, work items, driver threads, most dispatch. | kernel/managing-hardware-priorities
F153 | MODEL | Read, write and device-control dispatch of drivers in the paging path: up to APC_LEVEL, arbitrary thread, resident, no blocking dependence. | kernel/dispatch-routines-and-irqls
F154 | MODEL | DispatchPower may be entered at DISPATCH_LEVEL in the paging or hibernation path or with inrush power. | kernel/dispatch-routines-and-irqls
F155 | MODEL | Highest-level drivers: requester's thread, PASSIVE_LEVEL; others: arbitrary thread. | kernel/dispatch-routines-and-irqls
F156 | MODEL | DISPATCH_LEVEL: all ordinary DPC types (DpcForIsr, CustomDpc, CustomTimerDpc, IoTimer), StartIo, the DMA and controller control callbacks, and Cancel until it drops the cancel lock. | kernel/managing-hardware-priorities
F157 | MODEL | DIRQL: ISR and SynchCritSection, with the interrupt spin lock held by the system. | kernel/managing-hardware-priorities wdm/nc-wdm-kservice_routine
F158 | CONFLICT | KDEFERRED_ROUTINE front matter says DISPATCH_LEVEL; a threaded DPC of the same type runs at PASSIVE_LEVEL or DISPATCH_LEVEL but under all DPC limits. | wdm/nc-wdm-kdeferred_routine kernel/introduction-to-threaded-dpcs
F159 | MUST | Threaded DPC: no AtDpcLevel/FromDpcLevel lock forms; ForDpc or raising forms instead; KMDF does not support threaded DPCs. | kernel/synchronization-and-threaded-dpcs kernel/introduction-to-threaded-dpcs
F160 | MODEL | File-system filter dispatch: cleanup, create, non-paging read/write/ioctl, lock and most set/query at PASSIVE in the caller's thread; close, directory control and paging read/write up to APC in an arbitrary thread. | ifs/dispatch-routine-irql-and-thread-context
F161 | MUST | A dispatch routine returns at the IRQL it was entered at. | devtest/wdm-irqlreturn
F162 | MUST | Forward at DISPATCH_LEVEL only POWER, READ, WRITE, DEVICE_CONTROL, INTERNAL_DEVICE_CONTROL. | devtest/wdm-forwardedatbadirql
F163 | MODEL | A KDPC already queued is not queued again: KeInsertQueueDpc returns FALSE. So one DPC run may stand for several requests. | wdm/nf-wdm-keinsertqueuedpc
F164 | MUST | An ISR not owning the interrupt returns FALSE at once; otherwise TRUE after quieting the device and queueing a DPC; saved state of an unserved request must not be overwritten. | kernel/writing-an-isr
F165 | MUST | KeRaiseIrql never to a lower level; KeLowerIrql only to the level returned by the matching raise. | wdm/nf-wdm-keraiseirql wdm/nf-wdm-kelowerirql
F166 | MUST | KeAcquireSpinLock at <= DISPATCH_LEVEL, raises and stores the old level; release at DISPATCH_LEVEL with that value. | wdm/nf-wdm-keacquirespinlock wdm/nf-wdm-kereleasespinlock
F167 | MUST | KeAcquireSpinLock pairs with KeReleaseSpinLock, the AtDpcLevel form with FromDpcLevel; crossing them is an error. | kernel/managing-hardware-priorities
F168 | CONFLICT | AtDpcLevel acquire: one page says exactly DISPATCH_LEVEL, the reference says >= DISPATCH_LEVEL. | kernel/managing-hardware-priorities wdm/nf-wdm-keacquirespinlockatdpclevel
F169 | MODEL | Recursive acquire always deadlocks; one saved-IRQL variable must not serve two locks. | kernel/preventing-errors-and-deadlocks-while-using-spin-locks wdm/nf-wdm-keacquirespinlock
F170 | MUST | Nested locks always in one order; Verifier builds an order graph and reports loops even without a real deadlock. | kernel/preventing-errors-and-deadlocks-while-using-spin-locks devtest/deadlock-detection
F171 | MODEL | Guideline limit for holding a spin lock around recursion: 25 microseconds. | kernel/preventing-errors-and-deadlocks-while-using-spin-locks
F172 | MUST | Waits: NULL or nonzero timeout needs <= APC_LEVEL and a nonarbitrary thread; zero timeout is allowed up to DISPATCH_LEVEL. | wdm/nf-wdm-kewaitforsingleobject
F173 | CONFLICT | Two rule pages say zero timeout means exactly DISPATCH_LEVEL; the reference says <= DISPATCH_LEVEL. Use the reference. | devtest/wdm-irqlkewaitformultipleobjects devtest/wdm-irqlkewaitformutexobject wdm/nf-wdm-kewaitforsingleobject
F174 | MUST | KeSetEvent Wait FALSE <= DISPATCH_LEVEL; Wait TRUE <= APC_LEVEL, nonpageable code, immediately followed by a wait. | wdm/nf-wdm-kesetevent
F175 | MODEL | Wait TRUE returns still raised; the following wait restores the IRQL. | wdm/nf-wdm-kesetevent
F176 | MODEL | Event, mutex and other dispatcher storage is nonpaged; a stack event needs a KernelMode wait. | wdm/nf-wdm-kewaitforsingleobject
F177 | MODEL | UserMode waits can end early (user APC, termination) and the result must be tested; KernelMode non-alertable waits cannot. | kernel/waits-and-apcs
F178 | MODEL | ExAcquireFastMutex runs the holder at APC_LEVEL until release; release needs exactly APC_LEVEL. | wdm/nf-wdm-exacquirefastmutex wdm/nf-wdm-exreleasefastmutex
F179 | MUST | Above APC_LEVEL neither touch nor allocate paged pool; a page fault at or above DISPATCH_LEVEL is fatal. | kernel/managing-hardware-priorities kernel/making-drivers-pageable
F180 | MODEL | At DISPATCH_LEVEL pool must be nonpaged, for allocation and for free. | wdm/nf-wdm-exallocatepool2 wdm/nf-wdm-exfreepoolwithtag
F181 | MUST | Code that acquires spin locks must be resident even if it starts at PASSIVE_LEVEL. | kernel/when-should-code-and-data-be-pageable-
F182 | MODEL | A section is pageable if its name begins with PAGE (upper case); PAGED_CODE checks IRQL <= APC_LEVEL. | kernel/making-drivers-pageable devtest/wdm-pagedcode
F183 | MODEL | KeSynchronizeExecution raises to the interrupt's SynchronizeIrql, takes its lock, runs the routine. Caller <= that IRQL. | wdm/nf-wdm-kesynchronizeexecution
F184 | MUST | KeAcquireInterruptSpinLock on a passive-level interrupt bug checks. | wdm/nf-wdm-keacquireinterruptspinlock
F185 | MUST | A work item already queued must not be queued again; free it only when not queued (its own callback counts as not queued). | kernel/system-worker-threads wdm/nf-wdm-iofreeworkitem
F186 | MODEL | KeCancelTimer FALSE (one-shot) means the DPC is queued, running or done; a running DPC is not stopped; periodic timers always give TRUE, so flush DPCs. | wdm/nf-wdm-kecanceltimer
F187 | MODEL | IRP_MJ_CLEANUP: last handle of a file object closed, sent in the context of the closing process, which may not be the opener. | kernel/dispatchcleanup-routines kernel/irp-mj-cleanup
F188 | MUST | For each queued IRP of that file object: clear the cancel routine, cancel, complete; then complete the cleanup IRP with success. | kernel/dispatchcleanup-routines
F189 | MUST | Only IRPs of the same file object, unless the device is exclusive (then all queued IRPs). | kernel/irp-mj-cleanup
F190 | MODEL | New reads or writes can arrive during and after cleanup, until close; resources go at close. | kernel/dispatchcleanup-routines kernel/errors-in-handling-cleanup-and-close-operations
F191 | MUST | IoAcquireRemoveLock at the start of each I/O and for each reference handed out (timer, DPC, callback); release at its end. | kernel/using-remove-locks
F192 | MODEL | After release-and-wait started, acquire fails with STATUS_DELETE_PENDING; then start nothing new. | wdm/nf-wdm-ioacquireremovelock
F193 | MUST | Remove-device: acquire, send IRP down, then release-and-wait, then detach and delete. PASSIVE_LEVEL. | wdm/nf-wdm-ioreleaseremovelockandwait
F194 | MODEL | With a completion routine, release the lock there; without, after the lower call and before dispatch returns. | wdm/nf-wdm-ioreleaseremovelock
F195 | MUST | A remove lock is initialised once; again is Verifier 0xC4/0xD7. | kernel/using-remove-locks debugger/bug-check-0xc4--driver-verifier-detected-violation
F196 | MODEL | Surprise removal: fail outstanding and new I/O but keep handling cleanup, close, power and PnP; do not detach or delete yet. | kernel/handling-an-irp-mn-surprise-removal-request
F197 | MODEL | Unload needs: no references to its devices, no IRP outstanding, nothing attached. It is not called after a failed DriverEntry or at shutdown. | kernel/unload-routine-environment
F198 | MODEL | Undelivered queued requests are cancelled by the framework, silently for the driver. | wdf/canceling-i-o-requests
F199 | MODEL | A request the driver got and requeued is also cancelled by the framework, unless the queue has EvtIoCanceledOnQueue; then the driver owns and must complete it. | wdf/canceling-i-o-requests wdfio/nc-wdfio-evt_wdf_io_queue_io_canceled_on_queue
F200 | MODEL | A delivered request is cancellable only after WdfRequestMarkCancelable(Ex). | wdf/canceling-i-o-requests
F201 | MODEL | WdfRequestMarkCancelable on an already cancelled request calls EvtRequestCancel before it returns, in the same thread (self-deadlock with a held spin lock). | wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable
F202 | MODEL | The Ex form never calls it: it returns STATUS_CANCELLED and the driver completes the request itself. | wdfrequest/nf-wdfrequest-wdfrequestmarkcancelableex
F203 | MUST | Without automatic synchronization use the Ex form. | wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable
F204 | MUST | Completing outside EvtRequestCancel needs WdfRequestUnmarkCancelable first. | wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
F205 | MUST | Unmark returning STATUS_CANCELLED: the cancel callback completes; do not complete before it was called nor use the request after it completed. | wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
F206 | MODEL | Unmark returning anything else: the callback will not be called. | wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
F207 | MUST | No unmark after the callback completed the request; an extra object reference does not make it legal. | wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
F208 | MUST | Unmark before forwarding to another queue, and before sending to a target. | wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable devtest/kmdf-reqmarkcancelablesend
F209 | MODEL | WdfRequestIsCanceled works only on an owned request that is not marked cancelable. | wdfrequest/nf-wdfrequest-wdfrequestiscanceled
F210 | MUST | WdfRequestCancelSentRequest: keep the handle valid with a reference taken under the same lock as the completion routine's removal. | wdf/synchronizing-cancellation-of-sent-requests
F211 | MODEL | It returns TRUE when the cancel was delivered, FALSE when done already or the target has not marked it cancelable; the completion routine still runs. | wdfrequest/nf-wdfrequest-wdfrequestcancelsentrequest
F212 | MUST | WdfRequestStopAcknowledge only inside EvtIoStop; unmark before Requeue TRUE. | wdfrequest/nf-wdfrequest-wdfrequeststopacknowledge
F213 | MODEL | Requeue TRUE redelivers later; FALSE keeps ownership and leads to EvtIoResume; neither done blocks leaving D0 (possible 0x9F). | wdfrequest/nf-wdfrequest-wdfrequeststopacknowledge wdf/using-power-managed-i-o-queues
F214 | MODEL | Automatic synchronization covers queue, file and EvtRequestCancel callbacks, by option DPC, timer, work item; never EvtInterruptIsr nor completion routines. | wdf/using-automatic-synchronization
F215 | MODEL | With automatic synchronization queue callbacks run at DISPATCH_LEVEL unless the execution level is passive; without, at <= DISPATCH_LEVEL. | wdf/using-automatic-synchronization
F216 | CONFLICT | WdfWaitLockAcquire with zero timeout: header allows DISPATCH_LEVEL, the page says below it. | wdfsync/nf-wdfsync-wdfwaitlockacquire
F217 | MUST | No WdfRequestSend while holding a spin lock. | devtest/kmdf-reqsendwhilespinlock
F218 | MODEL | Pre-operation callbacks: PASSIVE_LEVEL or APC_LEVEL, mostly the requester's thread. | ifs/writing-preoperation-callback-routines
F219 | MODEL | Post-operation callbacks: arbitrary thread, <= DISPATCH_LEVEL. Exceptions: post-create at PASSIVE in the creating thread; fast I/O at PASSIVE in the pre-op thread; after FLT_PREOP_SYNCHRONIZE at <= APC_LEVEL in the pre-op thread (not while draining). | ifs/writing-postoperation-callback-routines ifs/returning-flt-preop-synchronize
F220 | MUST | Post-op limits equal completion routine limits; contexts may be released but not fetched, set or deleted there at DISPATCH_LEVEL. | fltkernel/nc-fltkernel-pflt_post_operation_callback
F221 | MUST | FLT_PREOP_PENDING only for IRP-based operations, with NULL completion context, and later FltCompletePendedPreOperation (which may legally win the race with the return). | ifs/pending-an-i-o-operation-in-a-preoperation-callback-routine ifs/writing-preoperation-callback-routines
F222 | MUST | FLT_PREOP_COMPLETE needs a final status other than STATUS_PENDING; success for cleanup and close. | fltkernel/nc-fltkernel-pflt_pre_operation_callback
F223 | MUST | Post-op may return more-processing-required only after posting, then FltCompletePendedPostOperation resumes. | fltkernel/nc-fltkernel-pflt_post_operation_callback
F224 | MODEL | Posting fails for non-IRP, paging I/O, non-NULL top-level IRP, or teardown; such failure must be handled. | ifs/pending-an-i-o-operation-in-a-postoperation-callback-routine
F225 | MODEL | FltCompletePendedPreOperation: <= DISPATCH_LEVEL when completing, else <= APC_LEVEL. | fltkernel/nf-fltkernel-fltcompletependedpreoperation
F226 | MODEL | FltCancelIo: only for IRP-based operations the minifilter started, not posted to its own work queue and not completed; FALSE if no routine or already cancelled. | fltkernel/nf-fltkernel-fltcancelio
F227 | MODEL | Cancel callbacks set by FltSetCancelCompletion run without the system cancel lock, unlike DRIVER_CANCEL. | fltkernel/nf-fltkernel-fltsetcancelcompletion
F228 | MODEL | FltClearCancelCompletion returns STATUS_CANCELLED when none was set or cancel is under way. | fltkernel/nf-fltkernel-fltclearcancelcompletion
F229 | MODEL | FltCbdq: same idea as IoCsq, IRP-based only; the system dequeues before the complete-canceled callback; insert on a disabled queue gives STATUS_FLT_CBDQ_DISABLED. | fltkernel/nf-fltkernel-fltcbdqinitialize fltkernel/nf-fltkernel-fltcbdqinsertio
F230 | MODEL | Queue IRQL follows its lock: spin lock <= DISPATCH_LEVEL, mutex or resource <= APC_LEVEL. | fltkernel/nf-fltkernel-fltcbdqinsertio
F231 | MUST | Do not combine FltSetCancelCompletion with FltCbdq on one operation. | fltkernel/nf-fltkernel-fltsetcancelcompletion
F232 | MODEL | Legacy file-system filters cannot attach to DAX volumes; a minifilter opts in with a registration flag (since Windows 10 1607). | ifs/advantages-of-the-filter-manager-model fltkernel/ns-fltkernel-_flt_registration
F233 | MUST | FLT_PREOP_SYNCHRONIZE not for create, asynchronous read/write, oplock FSCTLs, directory-change notify or byte-range lock. | ifs/returning-flt-preop-synchronize
F234 | MODEL | The driver docs do not specify CancelIo, CancelIoEx or handle-close cancellation; a driver sees only IoCancelIrp effects and IRP_MJ_CLEANUP. | kernel/canceling-irps kernel/irp-mj-cleanup
F235 | MODEL | FsRtlCancellableWaitForSingleObject: STATUS_CANCELLED when the given IRP was cancelled (by CancelSynchronousIo), STATUS_THREAD_IS_TERMINATING at termination; it does not cancel the I/O issued. PASSIVE_LEVEL when an IRP is given. | ntifs/nf-ntifs-fsrtlcancellablewaitforsingleobject
F236 | CONFLICT | MmAllocatePagesForMdl and MmFreePagesFromMdl: reference allows DISPATCH_LEVEL since Server 2008, rule IrqlMmApcLte says APC_LEVEL, Verifier 0x7E fires only above DISPATCH_LEVEL. | wdm/nf-wdm-mmallocatepagesformdl devtest/wdm-irqlmmapclte debugger/bug-check-0xc4--driver-verifier-detected-violation
F237 | CONFLICT | MmFreeContiguousMemory: rule page <= DISPATCH_LEVEL, 0xC4 table = DISPATCH_LEVEL, reference = APC_LEVEL before Server 2008. | devtest/wdm-irqlmmdispatch debugger/bug-check-0xc4--driver-verifier-detected-violation wdm/nf-wdm-mmfreecontiguousmemory
F238 | CONFLICT | SpinlockRelease run-time code: 0x4000B on the rule page, 0x4000A in the 0xC4 table. | devtest/wdm-spinlockrelease debugger/bug-check-0xc4--driver-verifier-detected-violation
F239 | CONFLICT | SpinLockSafe is documented as giving false reports on correctly nested spin locks. | devtest/wdm-spinlocksafe
F240 | MODEL | Static Driver Verifier itself is out of support and absent from WDKs newer than build 26017 (24H2); the rule texts stay a useful contract. | devtest/static-driver-verifier
F241 | CONFLICT | IoAllocateFree and IoBuildFsdFree each name only their own allocator, but IoFreeIrp is documented for IoAllocateIrp, IoBuildAsynchronousFsdRequest and kept associated IRPs. | devtest/wdm-ioallocatefree devtest/wdm-iobuildfsdfree wdm/nf-wdm-iofreeirp
F242 | CONFLICT | IoAllocateComplete forbids completing an own IRP; the cheat sheet's canceller completes an own synchronous IRP that its completion routine kept, which is legal. | devtest/wdm-ioallocatecomplete kernel/different-ways-of-handling-irps-cheat-sheet
X1 | MODEL | Interlocked operations are one indivisible access each, and give the old value, increment and decrement the new one. | kernel/interlocked-operations
X2 | MODEL | A synchronization event lets one waiter go on and is then not signalled; a notification event stays signalled until it is reset. | kernel/event-objects
X3 | MODEL | Pool memory is zeroed by ExAllocatePool2 unless it is asked not to; an allocation may fail, and then gives NULL. | wdm/nf-wdm-exallocatepool2
X4 | MODEL | A mutex may be taken again by its owner, who releases it as often; nobody else may release it. | wdm/nf-wdm-kereleasemutex
X5 | MODEL | A semaphore lets as many waiters go on as it counts; it does not count above its limit. | wdm/nf-wdm-kereleasesemaphore
X6 | MODEL | The list macros keep a doubly linked list; RemoveEntryList tells whether it is empty now, removing from an entry that is not linked is detected. | kernel/singly-and-doubly-linked-lists
X7 | MODEL | ExInterlocked list routines give the entry that was first or last before, NULL for an empty list, and are indivisible under their lock. | wdm/nf-wdm-exinterlockedinserttaillist
X8 | MODEL | IoCallDriver moves to the next location, enters the device object there and calls the dispatch routine for its major function; a driver that has set none answers STATUS_INVALID_DEVICE_REQUEST. | wdm/nf-wdm-iocalldriver
X9 | MODEL | IoCopyCurrentIrpStackLocationToNext copies all but the completion routine, its context and the control flags. | wdm/nf-wdm-iocopycurrentirpstacklocationtonext
X10 | MODEL | IoSetNextIrpStackLocation moves one location down, so that a driver may keep one to itself. | wdm/nf-wdm-iosetnextirpstacklocation
X11 | MODEL | Attaching puts a device on top of the stack, with a stack size of one more, and gives the device below; detaching undoes it. | wdm/nf-wdm-ioattachdevicetodevicestack
X12 | MODEL | IoCreateDevice makes a device object with a zeroed extension, in its driver's list, being initialised, with a stack size of 1; IoDeleteDevice takes it out again, and frees it once nothing refers to it. | wdm/nf-wdm-iocreatedevice wdm/nf-wdm-iodeletedevice
X13 | MODEL | A symbolic link stands for the device it was made for until it is deleted. | wdm/nf-wdm-iocreatesymboliclink
X14 | MODEL | NT_ASSERT and ASSERT stop the system when the expression is false; so does KeBugCheckEx. | wdm/nf-wdm-nt_assert
X15 | MODEL | KeSetTimer arms a timer again if it is armed and tells so; a due timer signals its object and queues its DPC, a periodic one is armed again. | wdm/nf-wdm-kesettimerex
X16 | MODEL | KeRemoveQueueDpc takes a DPC out of the queue; one that has been started is not stopped. | wdm/nf-wdm-keremovequeuedpc
X17 | MODEL | A DPC leaves its queue before its routine starts, so that it can be queued again while that runs. | kernel/introduction-to-dpcs
X18 | MODEL | KeDelayExecutionThread and a wait that times out take their time; what was armed earlier for an earlier time comes first. | wdm/nf-wdm-kedelayexecutionthread
X19 | MODEL | The device object of a work item stays until its routine has returned; the routine gets it, and the context. | kernel/system-worker-threads
X20 | MODEL | Two processors that wait for a spin lock get it one after the other; the in-stack queued forms and the try form are the same lock. | kernel/queued-spin-locks
X21 | MODEL | Where no completion routine is called at a location, the system itself carries the pending mark upward. | kernel/implementing-an-iocompletion-routine
X22 | MODEL | The routines of the kernel model state the IRQLs of their documentation, and a driver routine is left at the IRQL and with the locks it was entered with. | devtest/wdm-irqlreturn
X23 | MODEL | The device's own timer calls its routine about once a second at DISPATCH_LEVEL from IoStartTimer to IoStopTimer; it goes with the device. | kernel/using-an-iotimer-routine
X24 | MODEL | PoRequestPowerIrp sends a power IRP of the system's to the top of the stack, gives STATUS_PENDING, and calls the routine when all drivers have completed it. | wdm/nf-wdm-porequestpowerirp
X25 | MODEL | MmGetSystemAddressForMdlSafe gives the mapped buffer of an MDL, or null when there is no memory. | wdm/nf-wdm-mmgetsystemaddressformdlsafe
X26 | MODEL | A guarded mutex shuts out everyone but its holder, whose IRQL it leaves alone. | wdm/nf-wdm-keacquireguardedmutex
X40 | MUST | A remove lock is given back with a tag that holds it, once for each time it was acquired, and not waited for by a request that holds it once more. | wdm/nf-wdm-ioreleaseremovelock kernel/using-remove-locks
X41 | MUST | The next stack location is set up before an IRP is sent, by copying, skipping or filling it, and a location that the IRP does not have is not touched. | kernel/i-o-stack-locations
X42 | MODEL | An MDL is mapped when its pages are locked or in nonpaged pool, unlocked as often as locked, and freed with its request or by its maker. | kernel/using-mdls
X43 | MODEL | A device or file object stays while there are references to it, and goes with the last one if it was deleted or closed. | kernel/life-cycle-of-an-object
X44 | MODEL | An error log entry is freed by the system when it is written; there may be none. | wdm/nf-wdm-iowriteerrorlogentry
X45 | MUST | An entry is in one device queue at most, and is removed from that one. | kernel/setting-up-and-using-device-queues
X46 | MUST | For each packet that StartIo is given IoStartNextPacket is called once, as cancelable if the packets have a cancel routine. | kernel/startio-routines-in-highest-level-drivers
X48 | MODEL | The top-level IRP is kept for each thread, and is null until it is set. | ntifs/nf-ntifs-iosettoplevelirp
X47 | MUST | The routines of a cancel-safe queue exclude each other by its lock, look behind the IRP they are given, and leave DriverContext[3] alone. | kernel/cancel-safe-irp-queues
X100 | MODEL | A critical region keeps normal kernel APCs away, as does a mutex; a guarded region, a fast or guarded mutex and APC_LEVEL keep away all. Regions nest, and are left by who is in them. | kernel/disabling-apcs ntddk/nf-ntddk-keentercriticalregion
X101 | MUST | A kernel object is initialised by its routine before it is used. | kernel/introduction-to-kernel-dispatcher-objects
X102 | MODEL | KeWaitForMultipleObjects goes on with the first object that is signalled, whose index it gives, or with all at once; up to three without wait blocks, up to 64 with. | wdm/nf-wdm-kewaitformultipleobjects
X103 | MODEL | A resource is shared by many or had by one alone, who may take it again and releases it as often; what cannot be had at once is waited for or refused. | wdm/nf-wdm-exacquireresourceexclusivelite wdm/nf-wdm-exacquireresourcesharedlite
X104 | MODEL | Behind one that waits to have a resource alone, nobody new shares it, unless by ExAcquireSharedStarveExclusive or where the thread shares it already; ExAcquireSharedWaitForExclusive waits even then. A release or conversion lets those go on that wait. | wdm/nf-wdm-exacquiresharedstarveexclusive wdm/nf-wdm-exacquiresharedwaitforexclusive
X105 | MUST | A resource is released by or for a thread that has it, and deleted when nobody has it. | wdm/nf-wdm-exreleaseresourceforthreadlite wdm/nf-wdm-exdeleteresourcelite
X106 | MUST | Normal kernel APCs are disabled where a resource is taken, or a mutex by its unsafe routine. | wdm/nf-wdm-exacquireresourceexclusivelite wdm/nf-wdm-exacquirefastmutexunsafe
X107 | MUST | A routine gives back the mutexes that it took and leaves the regions that it entered before it returns; a resource it may hand over with a request that it has pended. | kernel/introduction-to-mutex-objects wdm/nf-wdm-exreleaseresourceforthreadlite
X108 | MODEL | A run-down waits until nobody holds the object any more, and lets nobody hold it until it is made anew. | kernel/run-down-protection
X109 | MODEL | Interlocked operations on 16 and 64 bits and on single bits are one indivisible access each, as those are that take a spin lock. | kernel/interlocked-operations
X110 | MODEL | A sequenced list gives first what was put in last, counts its entries, and is changed in one indivisible step. | kernel/singly-and-doubly-linked-lists
X111 | MODEL | A lookaside list gives entries of one size, from its own routines or the pool, and null when there is no memory; a freed one is nobody's. | kernel/using-lookaside-lists
X112 | MODEL | A threaded DPC runs at PASSIVE_LEVEL or at DISPATCH_LEVEL, once for a queueing, and can be taken back until then. | wdm/nf-wdm-keinitializethreadeddpc
X113 | MODEL | A guarded mutex can be tried; the unsafe routines of fast and guarded mutexes leave IRQL and regions to their caller; who does not have a mutex does not release it. | wdm/nf-wdm-ketrytoacquireguardedmutex wdm/nf-wdm-exacquirefastmutexunsafe
X114 | MODEL | A coalescable timer fires when it is due or up to its tolerable delay later. | wdm/nf-wdm-kesetcoalescabletimer
X115 | MODEL | An allocated timer calls its routine when it is due, periodically if so set; ExDeleteTimer with a wait returns when it is gone. | kernel/exxxxtimer-routines-and-ex-timer-objects
X150 | MODEL | An interrupt comes to any processor that is below its IRQL, over whatever runs there, which goes on when the service routine has returned. | kernel/managing-hardware-priorities
X151 | MODEL | A level-sensitive line interrupts as long as it is asserted, a latched one once for each time that it is. | kernel/introduction-to-interrupt-service-routines
X152 | MODEL | A port is answered by the device that has it; what is no device's reads as anything, what is pulled out as ones. | wdm/nf-wdm-read_port_uchar
X153 | MODEL | Registers of a device that are mapped are reached through the mapping as long as it is there. | wdm/nf-wdm-mmmapiospace wdm/nf-wdm-mmunmapiospace
X154 | MODEL | A device is started with its resources, raw and translated. | wdm/ns-wdm-_cm_partial_resource_descriptor
X155 | MODEL | IoConnectInterruptEx connects by line or fully specified, by its version. | wdm/nf-wdm-ioconnectinterruptex
X160 | MODEL | Who has registered for a device interface is told when a device with it starts and when it goes. | wdm/nf-wdm-ioregisterplugplaynotification
X161 | MODEL | Who has registered with a file on a device is told when its removal is asked for, done or given up. | wdm/nf-wdm-ioregisterplugplaynotification wdm/ns-wdm-_target_device_removal_notification
X162 | MODEL | When IoUnregisterPlugPlayNotificationEx has returned the routine does not run any more, and when IoUnregisterPlugPlayNotification has it may. | wdm/nf-wdm-iounregisterplugplaynotificationex wdm/nf-wdm-iounregisterplugplaynotification
E1 | MODEL | ProbeForRead and ProbeForWrite raise when the range is not in user memory (STATUS_ACCESS_VIOLATION) or not aligned (STATUS_DATATYPE_MISALIGNMENT); a length of zero is not looked at. | wdm/nf-wdm-probeforread wdm/nf-wdm-probeforwrite
E2 | MODEL | ExRaiseStatus raises an exception with the status as its code; ExRaiseAccessViolation and ExRaiseDatatypeMisalignment raise those. | wdm/nf-wdm-exraisestatus
E3 | MUST | A driver has a handler around everything that may raise; an exception without one stops the system. | kernel/handling-exceptions
E4 | MODEL | The innermost handler around the raising call runs, behind the termination handlers of what is left on the way to it. | kernel/handling-exceptions
E5 | MODEL | A termination handler runs however its block is left; AbnormalTermination tells whether that was by reaching its end. | kernel/handling-exceptions
E7 | MODEL | MmProbeAndLockPages raises or locks the pages; those of a user buffer are then memory that the driver can map and use in any context until MmUnlockPages. | wdm/nf-wdm-mmprobeandlockpages wdm/nf-wdm-mmunlockpages
E8 | MODEL | An access to user memory may raise each time, also behind a probe; it is pageable. | kernel/using-neither-buffered-nor-direct-i-o
E6 | MODEL | Without memory ExAllocatePoolWithQuotaTag raises unless POOL_QUOTA_FAIL_INSTEAD_OF_RAISE is given, ExAllocatePool2 when POOL_FLAG_RAISE_ON_FAILURE is. | wdm/nf-wdm-exallocatepoolwithquotatag wdm/nf-wdm-exallocatepool2
`;

// One a line: id | reason
const elsewhereTable = `
F1 | a definition
F5 | rule: cancel/foreign-irp
F13 | rule: cancel/foreign-irp
F32 | rule: cancel/foreign-irp
F33 | rule: cancel/routine-left-set
F34 | rule: cancel/lost
F48 | rule: cancel/lock-not-released
F49 | rule: cancel/lock-not-released
F50 | rule: completion/information-on-cancel
F52 | rule: completion/under-spin-lock
F53 | rule: memory/data-race
F57 | rule: queue/start-io
F63 | a rule of use: CurrentIrp is set by the StartIo calls only
F66 | rule: queue/device-queue
F75 | rule: irql/changed-at-return
F87 | rule: queue/cancel-safe
F90 | rule: completion/never
F91 | rule: pending/marked-not-returned
F92 | rule: completion/touched-after
F93 | rule: pending/returned-not-marked
F94 | rule: completion/status-differs
F95 | rule: completion/status-differs
F96 | rule: completion/with-status-pending
F99 | rule: pending/marked-not-returned
F100 | oplocks are not modelled
F104 | rule: pending/marked-not-returned
F111 | rule: completion/touched-after
F112 | rule: completion/touched-after-send
F120 | rule: irql/too-high
F128 | rule: completion/status-differs
F132 | when a driver is unloaded is not modelled
F133 | oplocks are not modelled
F134 | rule: pending/not-propagated
F144 | quota is not modelled
F146 | which driver of a stack may use them is not judged
F147 | rule: pending/returned-not-marked
F153 | requests of the paging path are not sent
F154 | power IRPs at DISPATCH_LEVEL are not sent
F155 | the scenario's: test/scenario
F159 | rule: irql/too-low
F160 | file systems are not modelled
F162 | rule: irql/too-high
F167 | what counts is the resulting IRQL: rule: irql/wrong-change
F170 | rule: lock/order
F171 | time in a spin lock is not modelled
F176 | a dead stack event is freed memory; rule: irql/paged-memory
F181 | rule: irql/paged-memory
F184 | passive-level interrupts are not modelled
F187 | the scenario's: test/scenario
F188 | rule: completion/never
F189 | rule: completion/never
F190 | the scenario's: test/scenario
F196 | the scenario's: test/scenario
F197 | when a driver is unloaded is not modelled
F198 | the driver framework is not modelled
F199 | the driver framework is not modelled
F200 | the driver framework is not modelled
F201 | the driver framework is not modelled
F202 | the driver framework is not modelled
F203 | the driver framework is not modelled
F204 | the driver framework is not modelled
F205 | the driver framework is not modelled
F206 | the driver framework is not modelled
F207 | the driver framework is not modelled
F208 | the driver framework is not modelled
F209 | the driver framework is not modelled
F210 | the driver framework is not modelled
F211 | the driver framework is not modelled
F212 | the driver framework is not modelled
F213 | the driver framework is not modelled
F214 | the driver framework is not modelled
F215 | the driver framework is not modelled
F217 | the driver framework is not modelled
F218 | minifilters are not modelled
F219 | minifilters are not modelled
F220 | minifilters are not modelled
F221 | minifilters are not modelled
F222 | minifilters are not modelled
F223 | minifilters are not modelled
F224 | minifilters are not modelled
F225 | minifilters are not modelled
F226 | minifilters are not modelled
F227 | minifilters are not modelled
F228 | minifilters are not modelled
F229 | minifilters are not modelled
F230 | minifilters are not modelled
F231 | minifilters are not modelled
F232 | minifilters are not modelled
F233 | minifilters are not modelled
F234 | the scenario's: test/scenario
F235 | a wait of file systems, not modelled
F240 | about another tool
`;

export const facts: readonly Fact[] = rowsOf(factTable).map(([id, kind, sentence, pages]) => ({
  id,
  kind: kind as Fact['kind'],
  sentence,
  pages: pages.split(' '),
}));

export const elsewhere: readonly Elsewhere[] = rowsOf(elsewhereTable).map(([id, reason]) => ({ id, reason }));

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(' | '));
}
