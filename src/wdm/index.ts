/** What a driver imports as `irpsight/wdm`: everything but the machine and the I/O manager's own bookkeeping. */
export {
  CHAR, CCHAR, UCHAR, SHORT, CSHORT, USHORT, WCHAR, LONG, INT, ULONG, UINT, ULONG32, DWORD, LONGLONG, LONG64, ULONGLONG,
  ULONG64, LONG_PTR, ULONG_PTR, ACCESS_MASK, DEVICE_TYPE, KAFFINITY, NTSTATUS, KIRQL, KPRIORITY, BOOLEAN, TRUE, FALSE, PVOID,
  HANDLE, PUCHAR, PWSTR, PCWSTR, PCSTR, POOL_TAG, Ref, PLONG, PULONG, PUSHORT, PKIRQL, PHANDLE, SIZE_T, sizeof, ARRAY, Union,
  alloc_text, CONTAINING_RECORD, LIST_ENTRY, PLIST_ENTRY, SINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY, LARGE_INTEGER_PARTS, LARGE_INTEGER,
  PLARGE_INTEGER, UNICODE_STRING, PUNICODE_STRING, PCUNICODE_STRING,
} from './types.ts';
export {
  STATUS_SUCCESS, STATUS_WAIT_0, STATUS_WAIT_1, STATUS_USER_APC, STATUS_ALERTED, STATUS_TIMEOUT, STATUS_PENDING, STATUS_REPARSE, STATUS_MORE_ENTRIES,
  STATUS_BUFFER_OVERFLOW, STATUS_NO_MORE_FILES, STATUS_DEVICE_BUSY, STATUS_NO_MORE_ENTRIES, STATUS_UNSUCCESSFUL,
  STATUS_NOT_IMPLEMENTED, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER, STATUS_NO_SUCH_DEVICE,
  STATUS_INVALID_DEVICE_REQUEST, STATUS_END_OF_FILE, STATUS_MORE_PROCESSING_REQUIRED, STATUS_NO_MEMORY, STATUS_ACCESS_DENIED,
  STATUS_BUFFER_TOO_SMALL, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_NAME_COLLISION,
  STATUS_DATA_OVERRUN, STATUS_SHARING_VIOLATION, STATUS_DELETE_PENDING, STATUS_INSUFFICIENT_RESOURCES,
  STATUS_DEVICE_NOT_CONNECTED, STATUS_DEVICE_POWER_FAILURE, STATUS_DEVICE_NOT_READY, STATUS_IO_TIMEOUT, STATUS_NOT_SUPPORTED,
  STATUS_DATATYPE_MISALIGNMENT, STATUS_ACCESS_VIOLATION, STATUS_IN_PAGE_ERROR, STATUS_QUOTA_EXCEEDED, STATUS_MUTANT_NOT_OWNED, STATUS_SEMAPHORE_LIMIT_EXCEEDED, STATUS_INTERNAL_ERROR, STATUS_CANCELLED, STATUS_FILE_CLOSED, STATUS_THREAD_IS_TERMINATING,
  STATUS_DEVICE_CONFIGURATION_ERROR, STATUS_DEVICE_DATA_ERROR, STATUS_INVALID_DEVICE_STATE, STATUS_IO_DEVICE_ERROR,
  STATUS_INVALID_BUFFER_SIZE, STATUS_NOT_FOUND, STATUS_DEVICE_DOES_NOT_EXIST, STATUS_DEVICE_REMOVED,
  STATUS_POWER_STATE_INVALID, STATUS_CONTINUE_COMPLETION, ContinueCompletion, StopCompletion, NT_SUCCESS, NT_ERROR,
  NT_WARNING, NT_INFORMATION,
} from './status.ts';
export {
  PASSIVE_LEVEL, LOW_LEVEL, APC_LEVEL, DISPATCH_LEVEL, DEVICE_LEVEL, CLOCK_LEVEL, HIGH_LEVEL, KeGetCurrentIrql, KeRaiseIrql,
  KeRaiseIrqlToDpcLevel, KeLowerIrql,
} from './irql.ts';
export {
  KSPIN_LOCK, PKSPIN_LOCK, KLOCK_QUEUE_HANDLE, PKLOCK_QUEUE_HANDLE, KeInitializeSpinLock, KeAcquireSpinLock,
  KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock, KeAcquireSpinLockAtDpcLevel, KeReleaseSpinLockFromDpcLevel,
  KeAcquireSpinLockForDpc, KeReleaseSpinLockForDpc, KeAcquireInStackQueuedSpinLock, KeReleaseInStackQueuedSpinLock,
  KeAcquireInStackQueuedSpinLockAtDpcLevel, KeReleaseInStackQueuedSpinLockFromDpcLevel, KeTryToAcquireSpinLockAtDpcLevel,
  KeTestSpinLock,
} from './spinlock.ts';
export {
  PSHORT, PLONG64, InterlockedIncrement, InterlockedDecrement, InterlockedExchange, InterlockedExchangeAdd, InterlockedCompareExchange,
  InterlockedExchangePointer, InterlockedCompareExchangePointer, InterlockedAnd, InterlockedOr, InterlockedXor, InterlockedBitTestAndSet,
  InterlockedBitTestAndReset, InterlockedIncrement16, InterlockedDecrement16, InterlockedIncrement64, InterlockedDecrement64,
  InterlockedExchange64, InterlockedExchangeAdd64, InterlockedCompareExchange64, InterlockedAnd64, InterlockedOr64, ExInterlockedAddUlong,
  ExInterlockedAddLargeInteger, ExInterlockedAddLargeStatistic, ExInterlockedCompareExchange64, ExInterlockedInsertTailList,
  ExInterlockedInsertHeadList, ExInterlockedRemoveHeadList, ExInterlockedPushEntryList, ExInterlockedPopEntryList,
} from './interlocked.ts';
export {
  SLIST_ENTRY, PSLIST_ENTRY, SLIST_HEADER, PSLIST_HEADER, ExInitializeSListHead, InitializeSListHead, ExInterlockedPushEntrySList,
  InterlockedPushEntrySList, ExInterlockedPopEntrySList, InterlockedPopEntrySList, ExInterlockedFlushSList, InterlockedFlushSList,
  ExQueryDepthSList, QueryDepthSList,
} from './slist.ts';
export {
  InitializeListHead, IsListEmpty, InsertHeadList, InsertTailList, RemoveEntryList, RemoveHeadList, RemoveTailList,
  AppendTailList, PushEntryList, PopEntryList,
} from './list.ts';
export {
  IRP_MJ_CREATE, IRP_MJ_CREATE_NAMED_PIPE, IRP_MJ_CLOSE, IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_QUERY_INFORMATION,
  IRP_MJ_SET_INFORMATION, IRP_MJ_FLUSH_BUFFERS, IRP_MJ_QUERY_VOLUME_INFORMATION, IRP_MJ_DIRECTORY_CONTROL,
  IRP_MJ_FILE_SYSTEM_CONTROL, IRP_MJ_DEVICE_CONTROL, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_SCSI, IRP_MJ_SHUTDOWN, IRP_MJ_CLEANUP,
  IRP_MJ_POWER, IRP_MJ_SYSTEM_CONTROL, IRP_MJ_PNP, IRP_MJ_PNP_POWER, IRP_MJ_MAXIMUM_FUNCTION, IRP_MN_START_DEVICE,
  IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_QUERY_DEVICE_RELATIONS, IRP_MN_QUERY_INTERFACE, IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_QUERY_RESOURCES, IRP_MN_QUERY_RESOURCE_REQUIREMENTS, IRP_MN_QUERY_DEVICE_TEXT, IRP_MN_FILTER_RESOURCE_REQUIREMENTS,
  IRP_MN_READ_CONFIG, IRP_MN_WRITE_CONFIG, IRP_MN_EJECT, IRP_MN_SET_LOCK, IRP_MN_QUERY_ID, IRP_MN_QUERY_PNP_DEVICE_STATE,
  IRP_MN_QUERY_BUS_INFORMATION, IRP_MN_DEVICE_USAGE_NOTIFICATION, IRP_MN_SURPRISE_REMOVAL, IRP_MN_QUERY_LEGACY_BUS_INFORMATION,
  IRP_MN_DEVICE_ENUMERATED, IRP_MN_WAIT_WAKE, IRP_MN_POWER_SEQUENCE, IRP_MN_SET_POWER, IRP_MN_QUERY_POWER, IRP_MN_QUERY_ALL_DATA,
  IRP_MN_QUERY_SINGLE_INSTANCE, IRP_MN_CHANGE_SINGLE_INSTANCE, IRP_MN_CHANGE_SINGLE_ITEM, IRP_MN_ENABLE_EVENTS,
  IRP_MN_DISABLE_EVENTS, IRP_MN_ENABLE_COLLECTION, IRP_MN_DISABLE_COLLECTION, IRP_MN_REGINFO, IRP_MN_EXECUTE_METHOD,
  IRP_MN_REGINFO_EX, IRP_MN_QUERY_DIRECTORY, IRP_MN_NOTIFY_CHANGE_DIRECTORY, IO_NO_INCREMENT, IO_CD_ROM_INCREMENT,
  IO_DISK_INCREMENT, IO_PARALLEL_INCREMENT, IO_KEYBOARD_INCREMENT, IO_MOUSE_INCREMENT, IO_SERIAL_INCREMENT, IO_NETWORK_INCREMENT,
  IO_SOUND_INCREMENT,
} from './irp-codes.ts';
export {
  IO_STATUS_BLOCK, PIO_STATUS_BLOCK, KPROCESSOR_MODE, KernelMode, UserMode, MDL, PMDL, IO_COMPLETION_ROUTINE, DRIVER_CANCEL,
  DEVICE_POWER_STATE, SYSTEM_POWER_STATE, POWER_STATE_TYPE, POWER_STATE, DEVICE_RELATION_TYPE, IO_STACK_LOCATION,
  PIO_STACK_LOCATION, IRP, PIRP, SL_PENDING_RETURNED, SL_ERROR_RETURNED, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_SUCCESS,
  SL_INVOKE_ON_ERROR, IRP_NOCACHE, IRP_PAGING_IO, IRP_SYNCHRONOUS_API, IRP_BUFFERED_IO, IRP_DEALLOCATE_BUFFER,
  IRP_INPUT_OPERATION, IoGetCurrentIrpStackLocation, IoGetNextIrpStackLocation, IoSetNextIrpStackLocation,
  IoSkipCurrentIrpStackLocation, IoCopyCurrentIrpStackLocationToNext, IoMarkIrpPending, IoSetCompletionRoutine,
  IoSetCompletionRoutineEx, IoAllocateIrp, IoFreeIrp, IoReuseIrp, IoInitializeIrp, IoIsOperationSynchronous, IoSizeOfIrp,
} from './irp.ts';
export { IoCallDriver, IofCallDriver, PoCallDriver } from './call.ts';
export { IoCompleteRequest, IofCompleteRequest } from './complete.ts';
export { IoAcquireCancelSpinLock, IoReleaseCancelSpinLock, IoSetCancelRoutine, IoCancelIrp } from './cancel.ts';
export {
  IO_CSQ_INSERT_IRP, IO_CSQ_INSERT_IRP_EX, IO_CSQ_REMOVE_IRP, IO_CSQ_PEEK_NEXT_IRP, IO_CSQ_ACQUIRE_LOCK, IO_CSQ_RELEASE_LOCK,
  IO_CSQ_COMPLETE_CANCELED_IRP, IO_CSQ, PIO_CSQ, IO_CSQ_IRP_CONTEXT, PIO_CSQ_IRP_CONTEXT, IoCsqInitialize, IoCsqInitializeEx,
  IoCsqInsertIrp, IoCsqInsertIrpEx, IoCsqRemoveNextIrp, IoCsqRemoveIrp,
} from './csq.ts';
export {
  KDEVICE_QUEUE, PKDEVICE_QUEUE, KDEVICE_QUEUE_ENTRY, PKDEVICE_QUEUE_ENTRY, KeInitializeDeviceQueue, KeInsertDeviceQueue,
  KeInsertByKeyDeviceQueue, KeRemoveDeviceQueue, KeRemoveByKeyDeviceQueue, KeRemoveEntryDeviceQueue,
} from './device-queue.ts';
export { IoStartPacket, IoStartNextPacket, IoStartNextPacketByKey, IoSetStartIoAttributes } from './start-io.ts';
export {
  DISPATCHER_HEADER, PDISPATCHER_HEADER, EVENT_TYPE, NotificationEvent, SynchronizationEvent, KEVENT, PKEVENT, PRKEVENT, KSEMAPHORE,
  PKSEMAPHORE, PRKSEMAPHORE, KeInitializeEvent, KeSetEvent, KeClearEvent, KeResetEvent, KeReadStateEvent, KeInitializeSemaphore,
  KeReleaseSemaphore, KeReadStateSemaphore,
} from './event.ts';
export {
  KMUTEX, PKMUTEX, PRKMUTEX, FAST_MUTEX, PFAST_MUTEX, KGUARDED_MUTEX, PKGUARDED_MUTEX, KeInitializeMutex, KeReleaseMutex,
  KeReadStateMutex, KeWaitForMutexObject, ExInitializeFastMutex, ExAcquireFastMutex, ExTryToAcquireFastMutex, ExReleaseFastMutex,
  ExAcquireFastMutexUnsafe, ExReleaseFastMutexUnsafe, KeInitializeGuardedMutex, KeAcquireGuardedMutex, KeReleaseGuardedMutex,
  KeTryToAcquireGuardedMutex, KeAcquireGuardedMutexUnsafe, KeReleaseGuardedMutexUnsafe,
} from './mutex.ts';
export {
  KWAIT_REASON, Executive, Suspended, UserRequest, WAIT_TYPE, WaitAll, WaitAny, THREAD_WAIT_OBJECTS, MAXIMUM_WAIT_OBJECTS, KWAIT_BLOCK,
  PKWAIT_BLOCK, KeWaitForSingleObject, KeWaitForMultipleObjects,
} from './wait.ts';
export {
  KDEFERRED_ROUTINE, IO_DPC_ROUTINE, KDPC, PKDPC, PRKDPC, KDPC_IMPORTANCE, LowImportance, MediumImportance, HighImportance,
  KeInitializeDpc, KeInitializeThreadedDpc, KeInsertQueueDpc, KeRemoveQueueDpc, KeFlushQueuedDpcs, KeSetImportanceDpc, KeSetTargetProcessorDpc, IoInitializeDpcRequest,
  IoRequestDpc,
} from './dpc.ts';
export {
  TIMER_TYPE, NotificationTimer, SynchronizationTimer, KTIMER, PKTIMER, KeInitializeTimer, KeInitializeTimerEx, KeSetTimer,
  KeSetTimerEx, KeSetCoalescableTimer, KeCancelTimer, KeReadStateTimer, KeQuerySystemTime, KeQueryTickCount, KeQueryInterruptTime, KeQueryTimeIncrement,
  KeStallExecutionProcessor,
} from './timer.ts';
export {
  EXT_CALLBACK, EXT_DELETE_CALLBACK, EX_TIMER, PEX_TIMER, EXT_SET_PARAMETERS, PEXT_SET_PARAMETERS, EXT_DELETE_PARAMETERS,
  PEXT_DELETE_PARAMETERS, EX_TIMER_HIGH_RESOLUTION, EX_TIMER_NO_WAKE, EX_TIMER_NOTIFICATION, ExAllocateTimer, ExSetTimer, ExCancelTimer,
  ExDeleteTimer,
} from './ex-timer.ts';
export {
  IoBuildDeviceIoControlRequest, IoBuildSynchronousFsdRequest, IoBuildAsynchronousFsdRequest, IoForwardIrpSynchronously,
} from './request.ts';
export {
  IO_WORKITEM_ROUTINE, IO_WORKITEM_ROUTINE_EX, WORKER_THREAD_ROUTINE, IO_WORKITEM, PIO_WORKITEM, WORK_QUEUE_ITEM,
  PWORK_QUEUE_ITEM, WORK_QUEUE_TYPE, CriticalWorkQueue, DelayedWorkQueue, HyperCriticalWorkQueue, IoAllocateWorkItem,
  IoFreeWorkItem, IoQueueWorkItem, IoQueueWorkItemEx, ExInitializeWorkItem, ExQueueWorkItem,
} from './work-item.ts';
export {
  KSTART_ROUTINE, KTHREAD, PKTHREAD, PETHREAD, OBJECT_ATTRIBUTES, POBJECT_ATTRIBUTES, CLIENT_ID, PCLIENT_ID,
  THREAD_ALL_ACCESS, SYNCHRONIZE, STANDARD_RIGHTS_ALL, LOW_PRIORITY, LOW_REALTIME_PRIORITY, PsCreateSystemThread, PsTerminateSystemThread,
  KeGetCurrentThread, PsGetCurrentThread, KeSetPriorityThread, KeDelayExecutionThread,
  ZwClose,
} from './thread.ts';
export {
  KeEnterCriticalRegion, KeLeaveCriticalRegion, KeEnterGuardedRegion, KeLeaveGuardedRegion, KeAreApcsDisabled, KeAreAllApcsDisabled,
} from './region.ts';
export {
  ERESOURCE_THREAD, ERESOURCE, PERESOURCE, ExInitializeResourceLite, ExReinitializeResourceLite, ExDeleteResourceLite,
  ExAcquireResourceExclusiveLite, ExTryToAcquireResourceExclusiveLite, ExAcquireResourceSharedLite, ExAcquireSharedStarveExclusive,
  ExAcquireSharedWaitForExclusive, ExReleaseResourceLite, ExReleaseResourceForThreadLite, ExConvertExclusiveToSharedLite,
  ExEnterCriticalRegionAndAcquireResourceExclusive, ExEnterCriticalRegionAndAcquireResourceShared,
  ExEnterCriticalRegionAndAcquireSharedWaitForExclusive, ExReleaseResourceAndLeaveCriticalRegion, ExIsResourceAcquiredExclusiveLite,
  ExIsResourceAcquiredSharedLite, ExGetExclusiveWaiterCount, ExGetSharedWaiterCount, ExGetCurrentResourceThread,
} from './resource.ts';
export {
  EX_RUNDOWN_REF, PEX_RUNDOWN_REF, ExInitializeRundownProtection, ExReInitializeRundownProtection, ExAcquireRundownProtection,
  ExAcquireRundownProtectionEx, ExReleaseRundownProtection, ExReleaseRundownProtectionEx, ExWaitForRundownProtectionRelease,
  ExRundownCompleted,
} from './rundown.ts';
export {
  ALLOCATE_FUNCTION, FREE_FUNCTION, ALLOCATE_FUNCTION_EX, FREE_FUNCTION_EX, NPAGED_LOOKASIDE_LIST, PNPAGED_LOOKASIDE_LIST,
  PAGED_LOOKASIDE_LIST, PPAGED_LOOKASIDE_LIST, LOOKASIDE_LIST_EX, PLOOKASIDE_LIST_EX, ExInitializeNPagedLookasideList,
  ExAllocateFromNPagedLookasideList, ExFreeToNPagedLookasideList, ExDeleteNPagedLookasideList, ExInitializePagedLookasideList,
  ExAllocateFromPagedLookasideList, ExFreeToPagedLookasideList, ExDeletePagedLookasideList, ExInitializeLookasideListEx,
  ExAllocateFromLookasideListEx, ExFreeToLookasideListEx, ExFlushLookasideListEx, ExDeleteLookasideListEx,
} from './lookaside.ts';
export {
  POOL_TYPE, NonPagedPool, PagedPool, NonPagedPoolNx, POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, POOL_FLAG_USE_QUOTA, POOL_FLAG_UNINITIALIZED, POOL_FLAG_CACHE_ALIGNED,
  POOL_FLAG_RAISE_ON_FAILURE, POOL_FLAG_NON_PAGED, POOL_FLAG_NON_PAGED_EXECUTE, POOL_FLAG_PAGED, ExAllocatePool2,
  ExAllocatePoolWithTag, ExAllocatePoolWithQuotaTag, ExAllocatePoolZero, ExAllocatePoolQuotaZero, DrvRtPoolNxOptIn, ExInitializeDriverRuntime, ExFreePool, ExFreePoolWithTag, RtlZeroMemory, RtlCopyMemory, RtlMoveMemory,
} from './pool.ts';
export {
  DRIVER_INITIALIZE, DRIVER_ADD_DEVICE, DRIVER_UNLOAD, DRIVER_DISPATCH, PDRIVER_DISPATCH, DRIVER_STARTIO, DRIVER_OBJECT,
  PDRIVER_OBJECT, DRIVER_EXTENSION, DEVICE_OBJECT, PDEVICE_OBJECT, FILE_OBJECT, PFILE_OBJECT, DO_BUFFERED_IO, DO_EXCLUSIVE,
  DO_DIRECT_IO, DO_DEVICE_INITIALIZING, DO_SHUTDOWN_REGISTERED, DO_BUS_ENUMERATED_DEVICE, DO_POWER_PAGABLE, DO_POWER_INRUSH,
  FILE_REMOVABLE_MEDIA, FILE_DEVICE_SECURE_OPEN, FILE_AUTOGENERATED_DEVICE_NAME, FILE_DEVICE_CONTROLLER, FILE_DEVICE_DISK,
  FILE_DEVICE_KEYBOARD, FILE_DEVICE_MOUSE, FILE_DEVICE_SERIAL_PORT, FILE_DEVICE_UNKNOWN, FILE_DEVICE_BUS_EXTENDER,
  METHOD_BUFFERED, METHOD_IN_DIRECT, METHOD_OUT_DIRECT, METHOD_NEITHER, FILE_ANY_ACCESS, FILE_READ_ACCESS, FILE_WRITE_ACCESS,
  FILE_READ_DATA, FILE_WRITE_DATA, CTL_CODE, METHOD_FROM_CTL_CODE, IoCreateDevice, IoDeleteDevice, IoCreateSymbolicLink,
  IoDeleteSymbolicLink, IoAttachDeviceToDeviceStack, IoAttachDeviceToDeviceStackSafe, IoAttachDevice, IoDetachDevice,
  IoGetAttachedDevice, IoGetAttachedDeviceReference, IoGetRelatedDeviceObject, IoGetDeviceObjectPointer,
} from './device.ts';
export {
  KSERVICE_ROUTINE, KSYNCHRONIZE_ROUTINE, KINTERRUPT, PKINTERRUPT, KINTERRUPT_MODE, LevelSensitive, Latched,
  IoConnectInterrupt, IoDisconnectInterrupt, KeSynchronizeExecution, KeAcquireInterruptSpinLock, KeReleaseInterruptSpinLock,
} from './interrupt.ts';
export {
  CONNECT_FULLY_SPECIFIED, CONNECT_LINE_BASED, CONNECT_MESSAGE_BASED, CONNECT_FULLY_SPECIFIED_GROUP, CONNECT_CURRENT_VERSION,
  IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS, IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS, IO_CONNECT_INTERRUPT_PARAMETERS,
  PIO_CONNECT_INTERRUPT_PARAMETERS, IO_DISCONNECT_INTERRUPT_PARAMETERS, PIO_DISCONNECT_INTERRUPT_PARAMETERS,
  IoConnectInterruptEx, IoDisconnectInterruptEx,
} from './interrupt-ex.ts';
export {
  READ_PORT_UCHAR, WRITE_PORT_UCHAR, READ_PORT_USHORT, WRITE_PORT_USHORT, READ_PORT_ULONG, WRITE_PORT_ULONG,
  READ_PORT_BUFFER_UCHAR, WRITE_PORT_BUFFER_UCHAR, READ_PORT_BUFFER_USHORT, WRITE_PORT_BUFFER_USHORT, READ_PORT_BUFFER_ULONG,
  WRITE_PORT_BUFFER_ULONG, READ_REGISTER_UCHAR, WRITE_REGISTER_UCHAR, READ_REGISTER_USHORT, WRITE_REGISTER_USHORT,
  READ_REGISTER_ULONG, WRITE_REGISTER_ULONG,
} from './port-io.ts';
export {
  PHYSICAL_ADDRESS, PPHYSICAL_ADDRESS, MEMORY_CACHING_TYPE, MmNonCached, MmCached, MmWriteCombined, PAGE_READWRITE,
  PAGE_NOCACHE, PAGE_WRITECOMBINE, MmMapIoSpace, MmMapIoSpaceEx, MmUnmapIoSpace, MmAllocateContiguousMemory,
  MmFreeContiguousMemory, MmGetPhysicalAddress,
} from './map-io.ts';
export {
  INTERFACE_TYPE, InterfaceTypeUndefined, Internal, Isa, Eisa, PCIBus, CmResourceTypeNull, CmResourceTypePort,
  CmResourceTypeInterrupt, CmResourceTypeMemory, CmResourceTypeDma, CmResourceTypeDeviceSpecific, CmResourceTypeBusNumber,
  CmResourceTypeMemoryLarge, CmResourceTypeConfigData, CmResourceTypeDevicePrivate, CmResourceShareUndetermined,
  CmResourceShareDeviceExclusive, CmResourceShareDriverExclusive, CmResourceShareShared, CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE,
  CM_RESOURCE_INTERRUPT_LATCHED, CM_RESOURCE_INTERRUPT_MESSAGE, CM_RESOURCE_PORT_MEMORY, CM_RESOURCE_PORT_IO,
  CM_RESOURCE_PORT_16_BIT_DECODE, CM_RESOURCE_MEMORY_READ_WRITE, CM_RESOURCE_MEMORY_READ_ONLY, CM_PARTIAL_RESOURCE_DESCRIPTOR,
  PCM_PARTIAL_RESOURCE_DESCRIPTOR, CM_PARTIAL_RESOURCE_LIST, PCM_PARTIAL_RESOURCE_LIST, CM_FULL_RESOURCE_DESCRIPTOR,
  PCM_FULL_RESOURCE_DESCRIPTOR, CM_RESOURCE_LIST, PCM_RESOURCE_LIST,
} from './resources.ts';
export {
  SystemPowerState, DevicePowerState, PowerDeviceUnspecified, PowerDeviceD0, PowerDeviceD1, PowerDeviceD2, PowerDeviceD3,
  PowerSystemUnspecified, PowerSystemWorking, PowerSystemSleeping1, PowerSystemSleeping2, PowerSystemSleeping3,
  PowerSystemHibernate, PowerSystemShutdown, BusRelations, EjectionRelations, RemovalRelations, TargetDeviceRelation,
  DEVICE_RELATIONS, PDEVICE_RELATIONS, PoStartNextPowerIrp, PoSetPowerState, IoInvalidateDeviceRelations, IoInvalidateDeviceState,
  IoRegisterDeviceInterface, IoSetDeviceInterfaceState, RtlFreeUnicodeString,
} from './power.ts';
export { REQUEST_POWER_COMPLETE, PoRequestPowerIrp } from './power-request.ts';
export { IO_TIMER_ROUTINE, IoInitializeTimer, IoStartTimer, IoStopTimer } from './io-timer.ts';
export {
  LowPagePriority, NormalPagePriority, HighPagePriority, MdlMappingNoExecute, MdlMappingNoWrite, MDL_MAPPED_TO_SYSTEM_VA,
  MDL_PAGES_LOCKED, MDL_SOURCE_IS_NONPAGED_POOL, MDL_PARTIAL,
  IoAllocateMdl, IoFreeMdl, MmInitializeMdl, MmBuildMdlForNonPagedPool, IoBuildPartialMdl, MmUnlockPages, MmGetSystemAddressForMdlSafe,
  MmGetSystemAddressForMdl, MmMapLockedPagesSpecifyCache, MmUnmapLockedPages, MmGetMdlVirtualAddress, MmGetMdlByteOffset, MmGetMdlByteCount,
} from './mdl.ts';
export {
  GetExceptionCode, AbnormalTermination, ExRaiseStatus, ExRaiseAccessViolation, ExRaiseDatatypeMisalignment, ProbeForRead,
  ProbeForWrite, LOCK_OPERATION, IoReadAccess, IoWriteAccess, IoModifyAccess, MmProbeAndLockPages,
} from './probe.ts';
export { ObReferenceObjectByHandle, ObReferenceObjectByPointer, ObReferenceObject, ObDereferenceObject } from './object.ts';
export { IoMakeAssociatedIrp } from './associated.ts';
export { IoGetTopLevelIrp, IoSetTopLevelIrp } from './top-level-irp.ts';
export {
  IO_ERROR_LOG_PACKET, PIO_ERROR_LOG_PACKET, ERROR_LOG_MAXIMUM_SIZE, IoAllocateErrorLogEntry, IoWriteErrorLogEntry, IoFreeErrorLogEntry,
} from './error-log.ts';
export {
  IO_REMOVE_LOCK, PIO_REMOVE_LOCK, IoInitializeRemoveLock, IoAcquireRemoveLock, IoReleaseRemoveLock,
  IoReleaseRemoveLockAndWait,
} from './remove-lock.ts';
export {
  PAGED_CODE, NT_ASSERT, ASSERT, ASSERTMSG, DbgBreakPoint, KeBugCheckEx, DbgPrint, DbgPrintEx, KdPrint, KdPrintEx, RtlInitUnicodeString, RtlCopyUnicodeString,
  DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, DPFLTR_WARNING_LEVEL, DPFLTR_TRACE_LEVEL, DPFLTR_INFO_LEVEL, UNREFERENCED_PARAMETER,
} from './assert.ts';
export { OBJECT_TYPE, POBJECT_TYPE, EVENT_MODIFY_STATE, ExEventObjectType, IoFileObjectType, PsThreadType } from './object-type.ts';
export { GUID, PGUID, LPGUID, IsEqualGUID } from './guid.ts';
export {
  DRIVER_NOTIFICATION_CALLBACK_ROUTINE, IO_NOTIFICATION_EVENT_CATEGORY, EventCategoryHardwareProfileChange,
  EventCategoryDeviceInterfaceChange, EventCategoryTargetDeviceChange, PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
  DEVICE_INTERFACE_CHANGE_NOTIFICATION, PDEVICE_INTERFACE_CHANGE_NOTIFICATION, TARGET_DEVICE_REMOVAL_NOTIFICATION,
  PTARGET_DEVICE_REMOVAL_NOTIFICATION, GUID_DEVICE_INTERFACE_ARRIVAL, GUID_DEVICE_INTERFACE_REMOVAL, GUID_TARGET_DEVICE_QUERY_REMOVE,
  GUID_TARGET_DEVICE_REMOVE_CANCELLED, GUID_TARGET_DEVICE_REMOVE_COMPLETE, IoRegisterPlugPlayNotification,
  IoUnregisterPlugPlayNotification, IoUnregisterPlugPlayNotificationEx,
} from './pnp-notification.ts';
export {
  FWMI_NOTIFICATION_CALLBACK, WNODE_HEADER, WNODE_SINGLE_INSTANCE, PWNODE_SINGLE_INSTANCE, WMIGUID_NOTIFICATION, IoWMIOpenBlock,
  IoWMISetNotificationCallback, IoWMIDeviceObjectToProviderId,
} from './wmi.ts';
export {
  DEVICE_REGISTRY_PROPERTY, DevicePropertyDeviceDescription, DevicePropertyHardwareID, DevicePropertyFriendlyName,
  DevicePropertyPhysicalDeviceObjectName, PsGetVersion, IoGetDeviceProperty,
} from './system.ts';
