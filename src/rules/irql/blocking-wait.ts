/** irql/blocking-wait: a wait that blocks above APC_LEVEL. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/blocking-wait',
  severity: 'error',
  check: {
    id: 'irql/blocking-wait',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.wait': [{ report: 'wait' }] },
    continues: false,
  },
  title: { en: 'Blocking wait at raised IRQL', ja: '高い IRQL でのブロックする待機' },
  description: {
    en: {
      what: 'A routine waits for an object that is not signalled, at DISPATCH_LEVEL or above.',
      why: 'At DISPATCH_LEVEL the scheduler cannot switch to another thread: the processor stands still, or Windows stops with a bug check.',
      fix: 'Wait at PASSIVE_LEVEL or APC_LEVEL: release spin locks first, or move the work to a work item. With a timeout of zero the wait never blocks and is allowed at DISPATCH_LEVEL.',
    },
    ja: {
      what: 'シグナル状態でないオブジェクトを DISPATCH_LEVEL 以上で待っている。',
      why: 'DISPATCH_LEVEL ではスケジューラが別のスレッドに切り替えられない。プロセッサが止まるか、Windows がバグチェックで停止する。',
      fix: 'PASSIVE_LEVEL または APC_LEVEL で待つ。先にスピンロックを解放するか、処理をワークアイテムに移す。タイムアウトがゼロなら待機はブロックせず、DISPATCH_LEVEL でも許される。',
    },
  },
  messages: {
    wait: {
      en: 'This wait blocks at DISPATCH_LEVEL or above, where no other thread can run. The processor stands still. Wait at PASSIVE_LEVEL, or with a timeout of zero.',
      ja: 'この待機は、他のスレッドが動けない DISPATCH_LEVEL 以上でブロックします。プロセッサが止まります。PASSIVE_LEVEL で待つか、タイムアウトをゼロにしてください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kewaitforsingleobject', 'kernel/managing-hardware-priorities'],
    sdv: ['IrqlKeWaitForMultipleObjects', 'IrqlKeWaitForMutexObject'],
    bugChecks: ['0xC4/0x3B', '0xC4/0x121', '0xC4/0x122'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Ready: KEVENT; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  const Irql = KeRaiseIrqlToDpcLevel();
  KeWaitForSingleObject(Extension.Ready, Executive, KernelMode, FALSE, null);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ irql/too-high
  KeLowerIrql(Irql);
//#good
  KeWaitForSingleObject(Extension.Ready, Executive, KernelMode, FALSE, null);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeEvent(Extension.Ready, NotificationEvent, TRUE);
}
`),
};
