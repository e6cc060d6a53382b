/** lock/wrong-release: a spin lock is released that this processor does not hold, or a mutex, resource or region that the thread does not have. */
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
      'lock.not-owned': [{ report: 'not-owned' }],
    },
    continues: false,
  },
  title: { en: 'Lock released without being held', ja: '保持していないロックの解放' },
  description: {
    en: {
      what: 'A spin lock, mutex, resource or run-down reference is released, or a critical or guarded region left, by who does not have it: it was released before, was never acquired, or another one is meant.',
      why: 'The lock may be held by somebody else, who then no longer has the data alone; the IRQL is set to a value that does not belong here. Of a mutex or a resource Windows notices and stops.',
      fix: 'Release each lock once, on the path that acquired it, and in the thread that did.',
    },
    ja: {
      what: 'スピンロック、ミューテックス、リソース、ランダウン参照を、保持していない者が解放している。または、入っていないクリティカル領域やガード領域を出ている。すでに解放済みか、取得していないか、別のものと取り違えている。',
      why: 'そのロックは別の者が保持しているかもしれず、保護が失われる。IRQL も無関係な値に設定される。ミューテックスやリソースでは Windows が検出して停止する。',
      fix: '取得した経路とスレッドで、ロックごとに一度だけ解放する。',
    },
  },
  messages: {
    'not-held': {
      en: 'The spin lock is released, but not held here. It may be held by another processor. Release each lock once, where it was acquired.',
      ja: 'ここで保持していないスピンロックを解放しています。別のプロセッサが保持している可能性があります。取得した箇所で一度だけ解放してください。',
    },
    'not-owned': {
      en: 'The mutex, resource, run-down reference or region is given back, but this thread does not have it. Give each back once, in the thread that took it.',
      ja: 'このスレッドが保持していないミューテックス、リソース、ランダウン参照、領域を返しています。取得したスレッドで一度だけ返してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kereleasespinlock', 'wdm/nf-wdm-kereleasemutex', 'wdm/nf-wdm-exreleaseresourcelite'],
    sdv: ['SpinLock'],
    bugChecks: ['0x10'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Resource: ERESOURCE; Reads: LONG; Writes: LONG }

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  ExInitializeResourceLite(Extension.Resource);
}

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

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(Extension.Resource, TRUE);
  Extension.Writes++;
  ExReleaseResourceLite(Extension.Resource);
//#bad
  ExReleaseResourceLite(Extension.Resource);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#end
  KeLeaveCriticalRegion();
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
