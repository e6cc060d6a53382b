/** lock/order: two spin locks are taken in both orders. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/order',
  severity: 'error',
  check: {
    id: 'lock/order',
    subject: 'machine',
    states: ['any'],
    on: { 'lock.order': [{ report: 'both' }] },
    continues: true,
    yieldsTo: ['lock/deadlock', 'lock/recursive'],
  },
  title: { en: 'Spin locks taken in both orders', ja: '逆順のスピンロック取得' },
  description: {
    en: {
      what: 'Of two spin locks, the cancel spin lock included, each is somewhere acquired while the other is held. Where a scenario comes to the deadlock itself, that is reported instead.',
      why: 'Two processors that each hold one and want the other spin for ever. That it cannot happen today, because a third lock or the order of events keeps the two places apart, is forgotten with the next change; Driver Verifier reports it all the same (0xC4/0x1001).',
      fix: 'Decide on one order for all locks of the driver, write it down, and take them in that order everywhere. Release the outer lock before calling a routine that takes another. In a cancel routine release the cancel spin lock first.',
    },
    ja: {
      what: '二つのスピンロック（取り消しスピンロックを含む）について、それぞれを保持したまま他方を取得する箇所がある。シナリオが実際のデッドロックに至る場合は、代わりにそれが報告される。',
      why: '一方ずつを保持した二つのプロセッサが、互いを待って永久に回り続ける。第三のロックや事象の順序のおかげで今は起こらなくても、次の変更で忘れられる。Driver Verifier はそれでも報告する (0xC4/0x1001)。',
      fix: 'ドライバーのすべてのロックの順序を一つ決めて書き留め、どこでもその順序で取得する。別のロックを取得するルーチンを呼ぶ前に外側のロックを解放する。取り消しルーチンでは先に取り消しスピンロックを解放する。',
    },
  },
  messages: {
    both: {
      en: 'This spin lock is acquired under another one that is elsewhere acquired under this one. Two processors can come to wait for each other for ever. Take the two in one order everywhere.',
      ja: 'このスピンロックを別のロックの保持中に取得していますが、他の箇所では逆の順序です。二つのプロセッサが互いを永久に待つことがあります。どこでも同じ順序で取得してください。',
    },
  },
  references: {
    pages: ['kernel/preventing-errors-and-deadlocks-while-using-spin-locks', 'devtest/deadlock-detection'],
    bugChecks: ['0xC4/0x1001'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Gate: KSPIN_LOCK; First: KSPIN_LOCK; Second: KSPIN_LOCK; Moved: ULONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Gate);
  KeAcquireSpinLockAtDpcLevel(Extension.First);
  KeAcquireSpinLockAtDpcLevel(Extension.Second);
  Extension.Moved++;
  KeReleaseSpinLockFromDpcLevel(Extension.Second);
  KeReleaseSpinLockFromDpcLevel(Extension.First);
//#bad
  KeAcquireSpinLockAtDpcLevel(Extension.Second);
  KeAcquireSpinLockAtDpcLevel(Extension.First);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeAcquireSpinLockAtDpcLevel(Extension.First);
  KeAcquireSpinLockAtDpcLevel(Extension.Second);
//#end
  Extension.Moved++;
  KeReleaseSpinLockFromDpcLevel(Extension.First);
  KeReleaseSpinLockFromDpcLevel(Extension.Second);
  KeReleaseSpinLock(Extension.Gate, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Gate);
  KeInitializeSpinLock(Extension.First);
  KeInitializeSpinLock(Extension.Second);
}
`),
};
