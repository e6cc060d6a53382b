/**
 * What is wrong with a port when a passage is put back to the original's, or broken as drivers are: the rules that say so, and the lines they say
 * it of. Each names a scenario that shows it, one of the port's own or a default one.
 */

/** A port, one of whose passages is replaced. */
export interface Variant {
  /** What the driver does wrong. */
  readonly name: string;
  readonly port: 'event' | 'toastmon';
  /** Passages and what stands there instead. Each passage occurs once. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  readonly scenario: string;
  /** The rule and the guilty line. What follows from the fault is found besides. */
  readonly finds: readonly string[];
}

/** Faults of the originals that the ports mend. */
export const originals: readonly Variant[] = [
  {
    name: 'a control code that nobody serves is asserted away',
    port: 'event',
    edits: [
      [
        '      // Mended: asserted to be impossible in the original, though the application chooses the control code.',
        '      ASSERT(FALSE);',
      ],
    ],
    scenario: 'RefusedRequests',
    finds: ['assert/failed: ASSERT(FALSE);'],
  },
  {
    name: 'a kind of notification that is unknown is asserted away',
    port: 'event',
    edits: [
      [
        '          // Mended: asserted to be impossible in the original, though the application says what stands there.',
        "          ASSERTMSG('Unknown', FALSE);",
      ],
    ],
    scenario: 'RegisterEventCancelled',
    finds: ["assert/failed: ASSERTMSG('Unknown', FALSE);"],
  },
  {
    name: 'the lock of the queue is never initialised',
    port: 'toastmon',
    edits: [['  KeInitializeSpinLock(deviceExtension.RecvQueueLock);\n', '']],
    scenario: 'ReadCancelled',
    finds: ['memory/uninitialised: const oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);'],
  },
  {
    name: 'the version is asked for with a spin lock held',
    port: 'toastmon',
    edits: [
      ['  PsGetVersion(Ref(MajorVersion), Ref(MinorVersion), Ref(BuildNumber), null);\n', ''],
      [
        '  if (ListEmpty) {\n    KeReleaseSpinLock',
        '  if (ListEmpty) {\n    PsGetVersion(Ref(MajorVersion), Ref(MinorVersion), Ref(BuildNumber), null);\n    KeReleaseSpinLock',
      ],
    ],
    scenario: 'ReadAgainstSurpriseRemoval',
    finds: ['irql/too-high: PsGetVersion(Ref(MajorVersion), Ref(MinorVersion), Ref(BuildNumber), null);'],
  },
  {
    name: 'an entry is left for the cancel routine to remove again',
    port: 'toastmon',
    edits: [['        InitializeListHead(irp.Tail.Overlay.ListEntry);\n', '']],
    scenario: 'ReadAgainstSurpriseRemoval',
    finds: ['list/corruption: RemoveEntryList(Irp.Tail.Overlay.ListEntry);'],
  },
  {
    name: 'a read that the cancel routine has already is in no queue',
    port: 'toastmon',
    edits: [
      [
        '      IoMarkIrpPending(Irp);\n      InitializeListHead(Irp.Tail.Overlay.ListEntry);\n      status = STATUS_PENDING;\n    }\n  } else {',
        '    }\n  } else {',
      ],
    ],
    scenario: 'ReadCancelled',
    finds: ['memory/null-dereference: RemoveEntryList(Irp.Tail.Overlay.ListEntry);'],
  },
  {
    name: 'devices are closed at APC_LEVEL',
    port: 'toastmon',
    edits: [
      [
        '        ExReleaseFastMutex(deviceExtension.ListMutex);\n        Defect_ToastMon_CloseTargetDevice(list);\n        ExAcquireFastMutex(deviceExtension.ListMutex);\n',
        '        Defect_ToastMon_CloseTargetDevice(list);\n',
      ],
    ],
    scenario: 'BothGo',
    finds: ['irql/too-high: IoUnregisterPlugPlayNotificationEx(List.NotificationHandle);'],
  },
  {
    name: 'a record that there was no memory for is closed',
    port: 'toastmon',
    edits: [
      [
        '  if (list !== null) {\n    Defect_ToastMon_CloseTargetDevice(list);\n  }\n',
        '  Defect_ToastMon_CloseTargetDevice(list!);\n',
      ],
    ],
    scenario: 'ToasterComesInLowMemory',
    finds: [
      "memory/null-dereference: DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Closing handle to 0x%p\\n', List.TargetDeviceObject);",
    ],
  },
  {
    name: 'a routine that takes a spin lock is pageable',
    port: 'toastmon',
    edits: [
      [
        "alloc_text('PAGE', Defect_ToastMon_DispatchSystemControl);",
        "alloc_text('PAGE', Defect_ToastMon_DispatchRead);\nalloc_text('PAGE', Defect_ToastMon_DispatchSystemControl);",
      ],
    ],
    scenario: 'ReadCancelled',
    finds: ['irql/paged-memory: const oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);'],
  },
  {
    name: 'a record is closed by both who find it',
    port: 'toastmon',
    edits: [['    const isOurs = !IsListEmpty(list.ListEntry);\n', '    const isOurs = TRUE;\n']],
    scenario: 'BothGo',
    finds: ['memory/use-after-free: ObDereferenceObject(List.FileObject);'],
  },
  {
    name: 'a registration is cancelled in the way that lets the routine run on',
    port: 'toastmon',
    edits: [
      [
        '    IoUnregisterPlugPlayNotificationEx(List.NotificationHandle);',
        '    IoUnregisterPlugPlayNotification(List.NotificationHandle);',
      ],
    ],
    scenario: 'BothGo',
    finds: ['memory/use-after-free: const deviceExtension = list.DeviceExtension;'],
  },
];

/** Faults of other drivers, put into the ports. */
export const broken: readonly Variant[] = [
  {
    name: 'the timer does not ask whether the cancel routine has the request',
    port: 'event',
    edits: [
      [
        '        if (IoSetCancelRoutine(irp, null) !== null) {',
        '        IoSetCancelRoutine(irp, null);\n        if (irp !== null) {',
      ],
    ],
    scenario: 'HeldAgainstCancel',
    finds: ['assert/failed: ASSERT(null !== notifyRecord);', 'cancel/claim-ignored: IoSetCancelRoutine(irp, null);'],
  },
  {
    name: 'cleanup does not ask whether the cancel routine has the request',
    port: 'event',
    edits: [
      [
        '            if (IoSetCancelRoutine(notifyRecord.Message.PendingIrp!, null) !== null) {',
        '            IoSetCancelRoutine(notifyRecord.Message.PendingIrp!, null);\n            if (notifyRecord.Message.PendingIrp !== null) {',
      ],
    ],
    scenario: 'RegisterEventAgainstCleanup',
    finds: [
      'cancel/claim-ignored: IoSetCancelRoutine(notifyRecord.Message.PendingIrp!, null);',
      'assert/failed: ASSERT(null !== notifyRecord);',
    ],
  },
  {
    name: 'the cancel routine frees the record that the timer is about to use',
    port: 'event',
    edits: [
      ['    if (notifyRecord!.CancelRoutineFreeMemory === FALSE) {', '    if (notifyRecord!.CancelRoutineFreeMemory === TRUE) {'],
    ],
    scenario: 'HeldAgainstCancel',
    finds: [
      'memory/use-after-free: ExFreePoolWithTag(notifyRecord, TAG);',
      'memory/use-after-free: const deviceExtension = notifyRecord.DeviceExtension;',
      'memory/use-after-free: RemoveEntryList(notifyRecord.ListEntry);',
      'memory/leak: const notifyRecord = ExAllocatePoolQuotaZero((NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) as POOL_TYPE, sizeof<NOTIFY_RECORD>(), TAG);',
    ],
  },
  {
    name: 'the timer completes the request with the lock held',
    port: 'event',
    edits: [
      ['          KeReleaseSpinLockFromDpcLevel(deviceExtension.QueueLock);\n\n          irp.IoStatus', '          irp.IoStatus'],
      [
        '          IoCompleteRequest(irp, IO_NO_INCREMENT);\n\n          KeAcquireSpinLockAtDpcLevel(deviceExtension.QueueLock);\n',
        '          IoCompleteRequest(irp, IO_NO_INCREMENT);\n',
      ],
    ],
    scenario: 'HeldAgainstCancel',
    finds: ['completion/under-spin-lock: IoCompleteRequest(irp, IO_NO_INCREMENT);'],
  },
  {
    name: 'a held request is not marked pending',
    port: 'event',
    edits: [
      [
        '  IoMarkIrpPending(Irp);\n\n  InsertTailList(deviceExtension.EventQueueHead',
        '  InsertTailList(deviceExtension.EventQueueHead',
      ],
    ],
    scenario: 'HeldAgainstCancel',
    finds: ['pending/returned-not-marked: return status;'],
  },
  {
    name: 'a thread that dispatches keeps the file from being cleaned up',
    port: 'event',
    edits: [['  IoReleaseRemoveLock(fileContext.FileRundownLock, Irp);\n', '']],
    scenario: 'HeldAgainstCleanup',
    finds: ['remove-lock/leak: let status = IoAcquireRemoveLock(fileContext.FileRundownLock, Irp);'],
  },
  {
    name: 'the cancel routine keeps the device from being removed',
    port: 'toastmon',
    edits: [
      [
        "  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Releasing the removelock\\n');\n  IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);\n",
        '',
      ],
    ],
    scenario: 'ReadAgainstRemoval',
    finds: ['remove-lock/leak: status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);'],
  },
  {
    name: 'a cancel that comes before the routine is set is not looked for',
    port: 'toastmon',
    edits: [['  if (Irp.Cancel !== FALSE) {', '  if (Irp.Cancel !== FALSE && FALSE) {']],
    scenario: 'ReadCancelled',
    finds: ['cancel/lost: IoSetCancelRoutine(Irp, Defect_ToastmonCancelRoutineForReadIrp);'],
  },
  {
    name: 'the start is completed while the lower driver has it',
    port: 'toastmon',
    edits: [['      if (STATUS_PENDING === status) {', '      if (STATUS_PENDING === status && !NT_SUCCESS(status)) {']],
    scenario: 'DeviceLifeCycle',
    finds: ['completion/not-owned: IoCompleteRequest(Irp, IO_NO_INCREMENT);', 'pending/returned-not-marked: return status;'],
  },
  {
    name: 'a read is completed under the lock of the queue',
    port: 'toastmon',
    edits: [
      [
        '        KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);\n        IoCompleteRequest(irp, IO_NO_INCREMENT);',
        '        IoCompleteRequest(irp, IO_NO_INCREMENT);\n        KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);',
      ],
    ],
    scenario: 'ReadAgainstSurpriseRemoval',
    finds: ['completion/under-spin-lock: IoCompleteRequest(irp, IO_NO_INCREMENT);'],
  },
  {
    name: 'the device is deleted while requests are under way',
    port: 'toastmon',
    edits: [
      [
        '      IoReleaseRemoveLockAndWait(deviceExtension.RemoveLock, Irp);',
        '      IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);',
      ],
    ],
    scenario: 'ReadAgainstRemoval',
    finds: ['memory/use-after-free: IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);'],
  },
];
