/** lock/wrong-release: a spin lock is released that this processor does not hold. */
import { all, byDriver, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/wrong-release',
  severity: 'error',
  check: {
    id: 'lock/wrong-release',
    subject: 'machine',
    states: ['any'],
    on: {
      'lock.release': [{ when: all(byDriver, is('held', 0)), report: 'not-held' }],
    },
    continues: false,
  },
  title: { en: 'Spin lock released without being held', ja: '保持していないスピンロックの解放' },
  description: {
    en: {
      what: 'A spin lock is released by a routine that does not hold it: it was released before, or another lock is meant.',
      why: 'The lock may be held by another processor, which then no longer has its data for itself. The IRQL is set to a value that does not belong here.',
      fix: 'Release each lock once, on the path that acquired it.',
    },
    ja: {
      what: '保持していないスピンロックを解放している。すでに解放済みか、別のロックと取り違えている。',
      why: 'そのロックは別のプロセッサが保持しているかもしれず、保護が失われる。IRQL も無関係な値に設定される。',
      fix: '取得した経路で、ロックごとに一度だけ解放する。',
    },
  },
  messages: {
    'not-held': {
      en: 'The spin lock is released, but not held here. It may be held by another processor. Release each lock once, where it was acquired.',
      ja: 'ここで保持していないスピンロックを解放しています。別のプロセッサが保持している可能性があります。取得した箇所で一度だけ解放してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kereleasespinlock'],
    sdv: ['SpinLock'],
    bugChecks: ['0x10'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  KeAcquireSpinLock(Extension.Lock);
  Extension.Reads++;
  KeReleaseSpinLockFromDpcLevel(Extension.Lock);
//#bad
  KeReleaseSpinLock(Extension.Lock, PASSIVE_LEVEL);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeLowerIrql(PASSIVE_LEVEL);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
