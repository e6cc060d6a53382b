/** All rules, in the order of their ids. Generated from the rule files by scripts/generate-rule-index.mjs. */
import { rule as assertFailed } from './assert/failed.ts';
import { rule as cancelClaimIgnored } from './cancel/claim-ignored.ts';
import { rule as cancelForeignIrp } from './cancel/foreign-irp.ts';
import { rule as cancelIrqlNotRestored } from './cancel/irql-not-restored.ts';
import { rule as cancelLockNotReleased } from './cancel/lock-not-released.ts';
import { rule as cancelLost } from './cancel/lost.ts';
import { rule as cancelRoutineLeftSet } from './cancel/routine-left-set.ts';
import { rule as cancelUnanswered } from './cancel/unanswered.ts';
import { rule as completionInformationOnCancel } from './completion/information-on-cancel.ts';
import { rule as completionNever } from './completion/never.ts';
import { rule as completionNotOwned } from './completion/not-owned.ts';
import { rule as completionStatusDiffers } from './completion/status-differs.ts';
import { rule as completionTouchedAfter } from './completion/touched-after.ts';
import { rule as completionTouchedAfterSend } from './completion/touched-after-send.ts';
import { rule as completionTwice } from './completion/twice.ts';
import { rule as completionUnderSpinLock } from './completion/under-spin-lock.ts';
import { rule as completionWithStatusPending } from './completion/with-status-pending.ts';
import { rule as exceptionUnhandled } from './exception/unhandled.ts';
import { rule as integerDivideByZero } from './integer/divide-by-zero.ts';
import { rule as integerOverflow } from './integer/overflow.ts';
import { rule as interruptNotQuieted } from './interrupt/not-quieted.ts';
import { rule as irpFreedInFlight } from './irp/freed-in-flight.ts';
import { rule as irpNextLocationUnset } from './irp/next-location-unset.ts';
import { rule as irpNotFreed } from './irp/not-freed.ts';
import { rule as irpNotYoursToFree } from './irp/not-yours-to-free.ts';
import { rule as irpStackLocation } from './irp/stack-location.ts';
import { rule as irqlBlockingWait } from './irql/blocking-wait.ts';
import { rule as irqlChangedAtReturn } from './irql/changed-at-return.ts';
import { rule as irqlPagedMemory } from './irql/paged-memory.ts';
import { rule as irqlTooHigh } from './irql/too-high.ts';
import { rule as irqlTooLow } from './irql/too-low.ts';
import { rule as irqlWrongChange } from './irql/wrong-change.ts';
import { rule as listCorruption } from './list/corruption.ts';
import { rule as lockApcsEnabled } from './lock/apcs-enabled.ts';
import { rule as lockDeadlock } from './lock/deadlock.ts';
import { rule as lockHeldAtCall } from './lock/held-at-call.ts';
import { rule as lockHeldAtReturn } from './lock/held-at-return.ts';
import { rule as lockIrqlNotRestored } from './lock/irql-not-restored.ts';
import { rule as lockOrder } from './lock/order.ts';
import { rule as lockRecursive } from './lock/recursive.ts';
import { rule as lockWrongRelease } from './lock/wrong-release.ts';
import { rule as memoryBufferOverrun } from './memory/buffer-overrun.ts';
import { rule as memoryDataRace } from './memory/data-race.ts';
import { rule as memoryDoubleFree } from './memory/double-free.ts';
import { rule as memoryLeak } from './memory/leak.ts';
import { rule as memoryNullDereference } from './memory/null-dereference.ts';
import { rule as memoryUninitialised } from './memory/uninitialised.ts';
import { rule as memoryUseAfterFree } from './memory/use-after-free.ts';
import { rule as memoryWrongType } from './memory/wrong-type.ts';
import { rule as pendingMarkedNotReturned } from './pending/marked-not-returned.ts';
import { rule as pendingNotPropagated } from './pending/not-propagated.ts';
import { rule as pendingReturnedNotMarked } from './pending/returned-not-marked.ts';
import { rule as queueCancelSafe } from './queue/cancel-safe.ts';
import { rule as queueDeviceQueue } from './queue/device-queue.ts';
import { rule as queueStartIo } from './queue/start-io.ts';
import { rule as removeLockLeak } from './remove-lock/leak.ts';
import { rule as removeLockMisuse } from './remove-lock/misuse.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  assertFailed,
  cancelClaimIgnored,
  cancelForeignIrp,
  cancelIrqlNotRestored,
  cancelLockNotReleased,
  cancelLost,
  cancelRoutineLeftSet,
  cancelUnanswered,
  completionInformationOnCancel,
  completionNever,
  completionNotOwned,
  completionStatusDiffers,
  completionTouchedAfter,
  completionTouchedAfterSend,
  completionTwice,
  completionUnderSpinLock,
  completionWithStatusPending,
  exceptionUnhandled,
  integerDivideByZero,
  integerOverflow,
  interruptNotQuieted,
  irpFreedInFlight,
  irpNextLocationUnset,
  irpNotFreed,
  irpNotYoursToFree,
  irpStackLocation,
  irqlBlockingWait,
  irqlChangedAtReturn,
  irqlPagedMemory,
  irqlTooHigh,
  irqlTooLow,
  irqlWrongChange,
  listCorruption,
  lockApcsEnabled,
  lockDeadlock,
  lockHeldAtCall,
  lockHeldAtReturn,
  lockIrqlNotRestored,
  lockOrder,
  lockRecursive,
  lockWrongRelease,
  memoryBufferOverrun,
  memoryDataRace,
  memoryDoubleFree,
  memoryLeak,
  memoryNullDereference,
  memoryUninitialised,
  memoryUseAfterFree,
  memoryWrongType,
  pendingMarkedNotReturned,
  pendingNotPropagated,
  pendingReturnedNotMarked,
  queueCancelSafe,
  queueDeviceQueue,
  queueStartIo,
  removeLockLeak,
  removeLockMisuse,
];
