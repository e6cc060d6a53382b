/** lock/held-at-call: IoCallDriver is called with a spin lock held. */
import { all, byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/held-at-call',
  severity: 'error',
  check: {
    id: 'lock/held-at-call',
    subject: 'machine',
    states: ['any'],
    on: {
      'irp.send': [{ when: all(byDriver, { left: 'locks', is: '>', right: 0 }), report: 'send' }],
    },
    continues: true,
  },
  title: { en: 'Spin lock held while an IRP is passed down', ja: 'スピンロックを保持したまま IRP を送信' },
  description: {
    en: {
      what: 'IoCallDriver is called while this processor holds a spin lock.',
      why: 'The lower driver may complete the IRP before IoCallDriver returns. The completion routine then asks for the same lock, and the processor spins for ever; nor may the lower driver wait or touch paged memory.',
      fix: 'Release the lock first. Take what is needed out of the guarded data, release, then call IoCallDriver.',
    },
    ja: {
      what: 'このプロセッサがスピンロックを保持したまま IoCallDriver が呼ばれている。',
      why: '下位ドライバーは IoCallDriver が戻る前に IRP を完了することがある。そのとき完了ルーチンが同じロックを要求するとプロセッサは永久に回り続ける。また、下位ドライバーは待機もページ可能メモリへのアクセスもできない。',
      fix: '先にロックを解放する。保護されたデータから必要なものを取り出し、ロックを解放してから IoCallDriver を呼ぶ。',
    },
  },
  messages: {
    send: {
      en: 'IoCallDriver is called with a spin lock held. A completion routine that runs inside the call may need the same lock and hang. Release the lock first.',
      ja: 'スピンロックを保持したまま IoCallDriver を呼んでいます。呼び出しの中で動く完了ルーチンが同じロックを要求するとハングします。先にロックを解放してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iofcalldriver'],
    sdv: ['SpinLockSafe'],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null; Lock: KSPIN_LOCK; Opens: LONG }

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Lower = Extension.Lower;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Opens++;
//#bad
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Lower!, Irp);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Status;
//#good
  KeReleaseSpinLock(Extension.Lock, Irql);
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(Lower!, Irp);
//#end
};
`,
    'stacked',
  ),
};
