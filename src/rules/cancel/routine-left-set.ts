/** cancel/routine-left-set: an IRP is completed or passed down with a cancel routine still set. */
import { all, byDriver, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const left = all(byDriver, is('routineSet', 1));

export const rule: Rule = {
  id: 'cancel/routine-left-set',
  severity: 'error',
  check: {
    id: 'cancel/routine-left-set',
    subject: 'irp',
    states: ['any'],
    on: {
      'irp.outcome': [{ when: left, report: 'completed' }],
      'irp.send': [{ when: left, report: 'sent' }],
    },
    continues: false,
  },
  title: { en: 'Cancel routine left set', ja: '取り消しルーチンの外し忘れ' },
  description: {
    en: {
      what: 'IoCompleteRequest or IoCallDriver is called for an IRP whose cancel routine is still set.',
      why: 'A cancel that comes now calls this driver for an IRP that it no longer owns. Windows stops with CANCEL_STATE_IN_COMPLETED_IRP (0x48), or the cancel routine works on freed memory.',
      fix: 'Call IoSetCancelRoutine(Irp, NULL) first and go on only if it returned the routine; if it returned NULL, the cancel routine has the IRP.',
    },
    ja: {
      what: '取り消しルーチンが設定されたままの IRP に対して IoCompleteRequest または IoCallDriver が呼ばれている。',
      why: 'この後に取り消しが来ると、もう所有していない IRP についてこのドライバーが呼ばれる。Windows は CANCEL_STATE_IN_COMPLETED_IRP (0x48) で停止するか、取り消しルーチンが解放済みメモリを扱う。',
      fix: '先に IoSetCancelRoutine(Irp, NULL) を呼び、ルーチンが返された場合だけ続行する。NULL が返された場合、IRP は取り消しルーチンのものである。',
    },
  },
  messages: {
    completed: {
      en: 'The IRP is completed with its cancel routine still set. A cancel that comes now runs the routine on an IRP that is gone. Take the routine away with IoSetCancelRoutine(Irp, NULL) and test what it returns.',
      ja: '取り消しルーチンが設定されたまま IRP を完了しています。この後の取り消しは、存在しない IRP に対してルーチンを動かします。IoSetCancelRoutine(Irp, NULL) で外し、戻り値を調べてください。',
    },
    sent: {
      en: 'The IRP is passed down with its cancel routine still set. A cancel would run the routine while a lower driver has the IRP. Take the routine away with IoSetCancelRoutine(Irp, NULL) and test what it returns.',
      ja: '取り消しルーチンが設定されたまま IRP を下位に渡しています。取り消しが来ると、下位ドライバーが持つ IRP に対してルーチンが動きます。IoSetCancelRoutine(Irp, NULL) で外し、戻り値を調べてください。',
    },
  },
  references: {
    pages: ['kernel/points-to-consider-when-canceling-irps', 'debugger/bug-check-0x48--cancel-state-in-completed-irp'],
    bugChecks: ['0x48', '0xC9/0x07', '0xC9/0x203', '0xC9/0x23C'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, CancelRead);
//#bad
//#good
  const Irql = IoAcquireCancelSpinLock();
  IoSetCancelRoutine(Irp, null);
  IoReleaseCancelSpinLock(Irql);
//#end
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
//#bad
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#end
  return STATUS_PENDING;
};

// The read is in process: its dispatch routine completes it.
const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  IoReleaseCancelSpinLock(Irp.CancelIrql);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ completion/touched-after
//#good
  IoReleaseCancelSpinLock(Irp.CancelIrql);
//#end
};
`),
};
