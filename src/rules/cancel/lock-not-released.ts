/** cancel/lock-not-released: a routine returns holding the cancel spin lock, or takes it again before releasing it. */
import { all, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'cancel/lock-not-released',
  severity: 'error',
  check: {
    id: 'cancel/lock-not-released',
    subject: 'machine',
    states: ['any'],
    on: {
      'irp.cancel-leave': [{ when: all(ofDriver, is('cancelLock', 1)), report: 'cancel-routine' }],
      'routine.leave': [{ when: all(is('cancelLock', 1), is('entryCancelLock', 0)), report: 'routine' }],
      'lock.acquire': [{ when: all(is('cancel', 1), is('held', 1)), report: 'again' }],
    },
    continues: false,
  },
  title: { en: 'Cancel spin lock not released', ja: 'キャンセルスピンロックの未解放' },
  description: {
    en: {
      what: 'A cancel routine, or any other routine, returns while it holds the system cancel spin lock, or acquires it while holding it.',
      why: 'There is one cancel spin lock for the whole system, and it is not recursive. While it is held no IRP anywhere can be cancelled: every processor that wants it spins for ever.',
      fix: 'A cancel routine calls IoReleaseCancelSpinLock(Irp->CancelIrql) once on every path, before it completes the IRP. Each IoAcquireCancelSpinLock has its own release with the IRQL that it returned.',
    },
    ja: {
      what: '取り消しルーチンまたは他のルーチンが、システムのキャンセルスピンロックを保持したまま戻っている、または保持したまま再び取得している。',
      why: 'キャンセルスピンロックはシステム全体に一つしかなく、再帰的ではない。保持されている間はどの IRP も取り消せず、それを求めるプロセッサはすべて永久に回り続ける。',
      fix: '取り消しルーチンは、IRP を完了する前に、すべての経路で一度 IoReleaseCancelSpinLock(Irp->CancelIrql) を呼ぶ。IoAcquireCancelSpinLock ごとに、それが返した IRQL で対応する解放を行う。',
    },
  },
  messages: {
    'cancel-routine': {
      en: 'The cancel routine returns without releasing the cancel spin lock. Every later cancel in the system hangs. Call IoReleaseCancelSpinLock(Irp->CancelIrql) on every path.',
      ja: '取り消しルーチンがキャンセルスピンロックを解放せずに戻っています。以後、システム内のすべての取り消しがハングします。すべての経路で IoReleaseCancelSpinLock(Irp->CancelIrql) を呼んでください。',
    },
    routine: {
      en: 'The routine returns while it holds the cancel spin lock. Every later cancel in the system hangs. Release it with IoReleaseCancelSpinLock before returning.',
      ja: 'ルーチンがキャンセルスピンロックを保持したまま戻っています。以後、システム内のすべての取り消しがハングします。戻る前に IoReleaseCancelSpinLock で解放してください。',
    },
    again: {
      en: 'The cancel spin lock is acquired while this processor holds it already. It spins for ever. A cancel routine is entered with the lock held: release it first.',
      ja: 'このプロセッサがすでに保持しているキャンセルスピンロックを取得しています。永久に回り続けます。取り消しルーチンはロックを保持した状態で呼ばれるので、先に解放してください。',
    },
  },
  references: {
    pages: ['kernel/implementing-a-cancel-routine', 'wdm/nc-wdm-driver_cancel', 'kernel/using-the-system-s-cancel-spin-lock'],
    sdv: ['CancelSpinLock', 'CancelSpinlockRelease'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  Complete(Irp, STATUS_SUCCESS);
  const Irql = IoAcquireCancelSpinLock();
  Extension.Reads = Extension.Reads + 1;
//#bad
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoReleaseCancelSpinLock(Irql);
  return STATUS_SUCCESS;
//#end
};
`),
};
