/** lock/recursive: a spin lock is acquired by the processor that holds it. */
import { all, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/recursive',
  severity: 'error',
  check: {
    id: 'lock/recursive',
    subject: 'machine',
    states: ['any'],
    on: { 'lock.acquire': [{ when: all(is('cancel', 0), is('held', 1)), report: 'again' }] },
    continues: false,
  },
  title: { en: 'Spin lock acquired twice', ja: 'スピンロックの再取得' },
  description: {
    en: {
      what: 'A spin lock is acquired by a processor that holds it already.',
      why: 'Spin locks are not recursive: the processor spins for ever for a lock that only it could release, or Windows stops with SPIN_LOCK_ALREADY_OWNED (0xF).',
      fix: 'Release the lock before calling a routine that acquires it, or give that routine a form for callers that hold the lock.',
    },
    ja: {
      what: 'すでに保持しているプロセッサがスピンロックを再び取得している。',
      why: 'スピンロックは再帰的ではない。自分だけが解放できるロックを待ってプロセッサが永久に回り続けるか、Windows が SPIN_LOCK_ALREADY_OWNED (0xF) で停止する。',
      fix: 'ロックを取得するルーチンを呼ぶ前にロックを解放するか、ロックを保持した呼び出し側のための形をそのルーチンに用意する。',
    },
  },
  messages: {
    again: {
      en: 'This spin lock is acquired by the processor that holds it already. It spins for ever. Release the lock first.',
      ja: 'このスピンロックは、すでに保持しているプロセッサが取得しようとしています。永久に回り続けます。先にロックを解放してください。',
    },
  },
  references: {
    pages: ['kernel/preventing-errors-and-deadlocks-while-using-spin-locks', 'debugger/bug-check-0xf--spin-lock-already-owned'],
    sdv: ['SpinLock'],
    bugChecks: ['0xF'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Reads = Extension.Reads + 1;
//#bad
  const Inner = KeAcquireSpinLock(Extension.Lock);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  KeReleaseSpinLock(Extension.Lock, Inner);
//#good
//#end
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}
`),
};
