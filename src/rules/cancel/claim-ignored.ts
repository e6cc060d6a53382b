/** cancel/claim-ignored: an IRP is taken although IoSetCancelRoutine(Irp, NULL) said that the cancel routine has it. */
import { all, byDriver, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const inCancel = all(byDriver, is('inCancel', 1));
const outside = all(byDriver, is('inCancel', 0));

const refusal = all(outside, is('installed', 0), is('previous', 0), is('cancelLock', 0));

export const rule: Rule = {
  id: 'cancel/claim-ignored',
  severity: 'error',
  check: {
    id: 'cancel/claim-ignored',
    subject: 'irp',
    // Being refused is no breach, nor is taking the IRP nevertheless when the cancel routine leaves it alone. The harm is both
    // of them having it. Under the cancel spin lock the driver may settle it with the cancel routine in another way.
    //   claimed   IoCancelIrp took the routine         entered   and has called it
    //   refused   IoSetCancelRoutine(Irp, NULL) returned NULL before that; refused-entered: after that, or it was called since
    //   taken     completed or sent nevertheless       served    the cancel routine completed it
    // Until it has called the routine, IoCancelIrp itself needs the IRP: completing it earlier is harm enough. Who only touches it once the
    // cancel routine has completed it need not be the one who was refused: a pointer may have been left behind.
    states: ['free', 'claimed', 'entered', 'refused', 'refused-entered', 'taken', 'served'],
    on: {
      'irp.create': [{ to: 'free' }],
      'irp.reuse': [{ to: 'free' }],
      'irp.dispatch': [
        { from: ['free', 'claimed', 'entered', 'refused', 'refused-entered', 'served'], when: ofDriver, to: 'free' },
      ],
      'irp.cancel-requested': [{ when: is('claimed', 1), to: 'claimed' }],
      'irp.cancel-enter': [
        { from: 'claimed', to: 'entered' },
        { from: 'refused', to: 'refused-entered' },
      ],
      'irp.set-cancel': [
        { from: 'claimed', when: refusal, to: 'refused', mark: true },
        { from: 'entered', when: refusal, to: 'refused-entered', mark: true },
      ],
      'irp.complete': [
        { from: 'refused', when: outside, report: 'ignored', place: 'marked' },
        { from: 'refused-entered', when: inCancel, to: 'served' },
        { from: 'refused-entered', when: outside, to: 'taken' },
        { from: 'taken', when: inCancel, report: 'ignored', place: 'marked' },
        { from: 'served', when: outside, report: 'ignored', place: 'marked' },
      ],
      'irp.send': [
        { from: ['refused', 'refused-entered'], when: outside, to: 'taken' },
        { from: 'served', when: outside, report: 'ignored', place: 'marked' },
      ],
      'irp.touch': [{ from: 'taken', when: inCancel, report: 'ignored', place: 'marked' }],
    },
    continues: false,
    supersedes: [
      'completion/twice',
      'completion/touched-after',
      'completion/touched-after-send',
      'completion/not-owned',
      'memory/use-after-free',
      'memory/wrong-type',
    ],
  },
  title: { en: 'IRP taken although the cancel routine has it', ja: '取り消しルーチンが持つ IRP を取得' },
  description: {
    en: {
      what: 'IoSetCancelRoutine(Irp, NULL) returned NULL for an IRP that was cancelable, which means that IoCancelIrp has taken the cancel routine and calls it. The driver goes on with the IRP all the same.',
      why: 'The cancel routine and this code both use and complete the IRP: it is completed twice, or touched after it was freed.',
      fix: 'Test what IoSetCancelRoutine(Irp, NULL) returns, not Irp->Cancel. If it is NULL, leave the IRP to the cancel routine: make its list entry point to itself under the queue lock and take the next one.',
    },
    ja: {
      what: '取り消し可能だった IRP について IoSetCancelRoutine(Irp, NULL) が NULL を返した。これは IoCancelIrp が取り消しルーチンを取得して呼び出すことを意味する。それでもドライバーはその IRP の処理を続けている。',
      why: '取り消しルーチンとこのコードの両方が IRP を使い、完了する。二重に完了されるか、解放後にアクセスされる。',
      fix: 'Irp->Cancel ではなく IoSetCancelRoutine(Irp, NULL) の戻り値を調べる。NULL なら IRP を取り消しルーチンに任せる。キューのロックを保持したままリストエントリを自分自身に向け、次の IRP を取る。',
    },
  },
  messages: {
    ignored: {
      en: 'IoSetCancelRoutine returned NULL here because the cancel routine already has the IRP, and the driver uses it nevertheless. Both complete it. Go on only if the old routine was returned.',
      ja: '取り消しルーチンがすでに IRP を持っているため、ここで IoSetCancelRoutine は NULL を返しましたが、ドライバーはその IRP を使っています。両方が完了することになります。元のルーチンが返された場合だけ続行してください。',
    },
  },
  references: {
    pages: ['kernel/using-a-driver-supplied-spin-lock', 'wdm/nf-wdm-iosetcancelroutine', 'kernel/registering-a-cancel-routine'],
    bugChecks: ['0x44'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Queue: LIST_ENTRY }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  IoMarkIrpPending(Irp);
  InsertTailList(Extension.Queue, Irp.Tail.Overlay.ListEntry);
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    RemoveEntryList(Irp.Tail.Overlay.ListEntry);
    KeReleaseSpinLock(Extension.Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Read!: PIRP | null;
  Read = null;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (!IsListEmpty(Extension.Queue)) {
    const Entry = RemoveHeadList(Extension.Queue);
    InitializeListHead(Entry);
    Read = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
//#bad
    IoSetCancelRoutine(Read, null);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
    if (IoSetCancelRoutine(Read, null) === null) {
      Read = null;
    }
//#end
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Read !== null) {
    Complete(Read, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_SUCCESS);
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
