/** irql/too-high: a routine is called above its documented maximum. */
import { all, byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/too-high',
  severity: 'error',
  check: {
    id: 'irql/too-high',
    subject: 'machine',
    states: ['any'],
    on: { 'call.irql': [{ when: all(byDriver, { left: 'irql', is: '>', right: 'maximum' }), report: 'above' }] },
    continues: false,
  },
  title: { en: 'IRQL too high for a call', ja: '呼び出し時の IRQL が高すぎる' },
  description: {
    en: {
      what: 'A routine is called at a higher IRQL than its documentation allows.',
      why: 'Such a routine may wait, touch paged memory or take a lock of a lower level. At the higher IRQL that hangs the processor or stops Windows with IRQL_NOT_LESS_OR_EQUAL (0xA).',
      fix: 'Call it before the spin lock is acquired or after it is released, or hand the work to a work item, which runs at PASSIVE_LEVEL.',
    },
    ja: {
      what: 'ルーチンが、文書で許された値より高い IRQL で呼ばれている。',
      why: 'そのルーチンは、待機したり、ページ可能メモリに触れたり、より低いレベルのロックを取ったりする可能性がある。高い IRQL ではプロセッサがハングするか、Windows が IRQL_NOT_LESS_OR_EQUAL (0xA) で停止する。',
      fix: 'スピンロックを取得する前か解放した後に呼ぶ。または、PASSIVE_LEVEL で動くワークアイテムに処理を渡す。',
    },
  },
  messages: {
    above: {
      en: 'The IRQL is above the maximum that the documentation gives for this routine. It may wait or touch paged memory, which is fatal here. Call it at a lower IRQL, or from a work item.',
      ja: 'IRQL が、このルーチンについて文書が示す上限を超えています。待機やページ可能メモリへのアクセスはここでは致命的です。より低い IRQL で呼ぶか、ワークアイテムから呼んでください。',
    },
  },
  references: {
    pages: ['kernel/managing-hardware-priorities'],
    sdv: ['IrqlApcLte', 'IrqlExApcLte1', 'IrqlIoApcLte', 'IrqlIoPassive1', 'IrqlKeApcLte1', 'IrqlKeDispatchLte', 'IrqlZwPassive'],
    bugChecks: ['0xA', '0xD1', '0xC4/0xE5'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Mutex: FAST_MUTEX; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  const Irql = KeAcquireSpinLock(Extension.Lock);
  ExAcquireFastMutex(Extension.Mutex);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  Extension.Reads = Extension.Reads + 1;
  ExReleaseFastMutex(Extension.Mutex);
  KeReleaseSpinLock(Extension.Lock, Irql);
//#good
  ExAcquireFastMutex(Extension.Mutex);
  Extension.Reads = Extension.Reads + 1;
  ExReleaseFastMutex(Extension.Mutex);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  ExInitializeFastMutex(Extension.Mutex);
}
`),
};
