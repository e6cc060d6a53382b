/** cancel/lost: an IRP is held, its cancel has been requested, and no routine will answer it. */
import { is } from '../conditions.ts';
import { custodyArcs, custodyStates } from '../custody.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'cancel/lost',
  severity: 'error',
  check: {
    id: 'cancel/lost',
    subject: 'irp',
    states: custodyStates,
    on: {
      ...custodyArcs({ returned: false, cancelable: true, working: false, cancelLeave: false, kept: false }),
      'irp.abandoned': [
        { from: 'cancelable', when: is('requested', 1), report: 'unanswered', place: 'marked' },
        { from: 'pended', when: is('requested', 1), report: 'no-routine', place: 'marked' },
      ],
    },
    continues: true,
  },
  title: { en: 'Cancel request lost', ja: '取り消し要求の消失' },
  description: {
    en: {
      what: 'The driver holds an IRP whose cancellation has been requested, and no cancel routine will ever answer: the routine was set after the request had come and Irp->Cancel was not tested after that, or none was set at all.',
      why: 'IoCancelIrp calls the routine that is set at that moment and leaves only Irp->Cancel behind when there is none. A thread with such an IRP hangs when it exits: only after five minutes does the I/O manager give the IRP up, with an error in the log.',
      fix: 'Mark the IRP pending, queue it, set the cancel routine, and only then test Irp->Cancel. If it is TRUE and IoSetCancelRoutine(Irp, NULL) returns the routine, unlink the IRP and complete it with STATUS_CANCELLED; if it returns NULL, the routine runs. An IRP held for an unbounded time needs a cancel routine.',
    },
    ja: {
      what: '取り消しが要求された IRP をドライバーが保持しており、それに応える取り消しルーチンがない。要求が来た後にルーチンを設定して Irp->Cancel を調べ直していないか、ルーチンがまったく設定されていない。',
      why: 'IoCancelIrp はその時点で設定されているルーチンを呼び、なければ Irp->Cancel を残すだけである。このような IRP を持つスレッドは終了時に止まり、5 分たって初めて I/O マネージャーが IRP を見限り、エラーを記録する。',
      fix: 'IRP を保留とマークし、キューに入れ、取り消しルーチンを設定し、その後で Irp->Cancel を調べる。TRUE で、IoSetCancelRoutine(Irp, NULL) がルーチンを返したなら、IRP をリストから外して STATUS_CANCELLED で完了する。NULL を返したなら、取り消しルーチンが動く。期限なく保持する IRP には取り消しルーチンが必要である。',
    },
  },
  messages: {
    unanswered: {
      en: 'A cancel that came before this cancel routine was set is lost: the IRP stays in the driver and its thread hangs when it exits. Test Irp->Cancel after setting the routine.',
      ja: 'この取り消しルーチンの設定より先に来た取り消しが失われます。IRP はドライバーに残り続け、スレッドは終了時に止まります。ルーチンを設定した後で Irp->Cancel を調べてください。',
    },
    'no-routine': {
      en: 'The IRP is held here without a cancel routine, and its cancellation was requested: it stays in the driver and its thread hangs when it exits. Set a cancel routine, or complete the IRP in bounded time.',
      ja: 'ここで取り消しルーチンなしに保持された IRP の取り消しが要求されました。IRP はドライバーに残り続け、スレッドは終了時に止まります。取り消しルーチンを設定するか、限られた時間内に IRP を完了してください。',
    },
  },
  references: {
    pages: ['kernel/using-a-driver-supplied-spin-lock', 'wdm/nf-wdm-iocancelirp', 'kernel/introduction-to-cancel-routines'],
    sdv: ['IrpCancelField'],
    bugChecks: ['0xC4/0x135'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Queue: LIST_ENTRY }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  IoMarkIrpPending(Irp);
  InsertTailList(Extension.Queue, Irp.Tail.Overlay.ListEntry);
//#bad
  IoSetCancelRoutine(Irp, CancelRead);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    RemoveEntryList(Irp.Tail.Overlay.ListEntry);
    KeReleaseSpinLock(Extension.Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
//#end
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};

const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Extension.Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
}
`),
};
