/** Threads: system threads, waiting for their end, and object references. */
import { ACCESS_MASK, HANDLE, LARGE_INTEGER, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, Ref, BOOLEAN, KPRIORITY } from './types.ts';
import { KEVENT, KiMicroseconds, SynchronizationEvent } from './event.ts';
import { KPROCESSOR_MODE } from './irp.ts';
import { STATUS_SUCCESS } from './status.ts';
import { machineAlloc, machineCurrentThread, machineEvent, machineExchange, machineSpawn, machineWait } from './machine.ts';
import { sizeof } from './types.ts';
