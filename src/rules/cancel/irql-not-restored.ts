/** cancel/irql-not-restored: a cancel routine ends at another IRQL than CancelIrql. */
import { all, is, isNot, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'cancel/irql-not-restored',
  severity: 'error',
  check: {
    id: 'cancel/irql-not-restored',
    subject: 'machine',
    states: ['any'],
    on: {
      // With the cancel spin lock still held, or another one, it is of the lock that a rule speaks.
      'irp.cancel-leave': [
        {
          when: all(ofDriver, isNot('cancelLock', 1), is('locks', 'entryLocks'), isNot('irql', 'entryIrql')),
          report: 'changed',
        },
      ],
    },
    continues: false,
    supersedes: ['irql/changed-at-return'],
  },
  title: { en: 'Cancel routine ends at another IRQL', ja: '取り消しルーチン終了時の IRQL の誤り' },
  description: {
    en: {
      what: 'A cancel routine returns at another IRQL than the one that Irp->CancelIrql held when it was entered.',
      why: 'IoCancelIrp took the cancel spin lock and left the level to go back to in CancelIrql. Its caller goes on at the level at which the routine ends: it stays at DISPATCH_LEVEL, where waits and paged memory stop Windows (0xA), or falls below the level it needs.',
      fix: 'Release the cancel spin lock with IoReleaseCancelSpinLock(Irp->CancelIrql), on every path and before the IRP is completed; give each later raise or acquire its own level back.',
    },
    ja: {
      what: '取り消しルーチンが、呼び出されたときに Irp->CancelIrql が示していた IRQL とは異なる IRQL で戻っている。',
      why: 'IoCancelIrp はキャンセルスピンロックを取得し、戻るべきレベルを CancelIrql に残す。呼び出し元はルーチンが終わったときのレベルで動き続ける。DISPATCH_LEVEL のままなら待機やページ可能メモリへのアクセスで Windows が停止し (0xA)、低すぎれば必要なレベルを失う。',
      fix: 'すべての経路で、IRP を完了する前に IoReleaseCancelSpinLock(Irp->CancelIrql) でキャンセルスピンロックを解放する。その後の引き上げや取得は、それぞれが返したレベルに戻す。',
    },
  },
  messages: {
    changed: {
      en: 'The cancel routine ends at another IRQL than Irp->CancelIrql. The caller of IoCancelIrp goes on at a wrong level. Release the cancel spin lock with Irp->CancelIrql and undo every other raise.',
      ja: '取り消しルーチンが Irp->CancelIrql とは異なる IRQL で終わっています。IoCancelIrp の呼び出し元が誤ったレベルで動き続けます。キャンセルスピンロックは Irp->CancelIrql で解放し、他の引き上げもすべて元に戻してください。',
    },
  },
  references: {
    pages: ['kernel/points-to-consider-when-canceling-irps', 'wdm/nc-wdm-driver_cancel', 'wdm/nf-wdm-ioreleasecancelspinlock'],
    sdv: ['CancelSpinlockRelease', 'IrqlReturn'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Irql = IoAcquireCancelSpinLock();
  IoMarkIrpPending(Irp);
  if (Irp.Cancel) {
    IoReleaseCancelSpinLock(Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  IoSetCancelRoutine(Irp, CancelRead);
  IoReleaseCancelSpinLock(Irql);
  return STATUS_PENDING;
};

const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  IoReleaseCancelSpinLock(DISPATCH_LEVEL);
  Complete(Irp, STATUS_CANCELLED);
};
//^^
//#good
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Complete(Irp, STATUS_CANCELLED);
};
//#end
`),
};
