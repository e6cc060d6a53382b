/** completion/under-spin-lock: IoCompleteRequest or IoStartNextPacket while a spin lock is held. */
import { all, byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const withLock = all(byDriver, { left: 'locks', is: '>', right: 0 });

export const rule: Rule = {
  id: 'completion/under-spin-lock',
  severity: 'error',
  check: {
    id: 'completion/under-spin-lock',
    subject: 'machine',
    states: ['any'],
    on: {
      'irp.complete': [{ when: withLock, report: 'complete' }],
      'queue.start-next': [{ when: withLock, report: 'start-next' }],
    },
    continues: true,
  },
  title: { en: 'IRP completed with a spin lock held', ja: 'スピンロックを保持したまま IRP を完了' },
  description: {
    en: {
      what: 'IoCompleteRequest or IoStartNextPacket is called while this processor holds a spin lock; the cancel spin lock counts.',
      why: 'Both call other code: completion routines of higher drivers, or StartIo. That code may come back into this driver and ask for the same lock, and then the processor spins for ever.',
      fix: 'Release the lock first. Unlink the IRP while the lock is held, release the lock, then complete the IRP.',
    },
    ja: {
      what: 'このプロセッサがスピンロック（キャンセルスピンロックを含む）を保持したまま IoCompleteRequest または IoStartNextPacket が呼ばれている。',
      why: 'どちらも他のコード（上位ドライバーの完了ルーチンや StartIo）を呼び出す。そのコードがこのドライバーに戻って同じロックを要求すると、プロセッサは永久に回り続ける。',
      fix: '先にロックを解放する。ロックを保持したまま IRP をリストから外し、ロックを解放してから IRP を完了する。',
    },
  },
  messages: {
    complete: {
      en: 'IoCompleteRequest is called with a spin lock held. A completion routine above may come back for the same lock and hang. Release the lock before completing.',
      ja: 'スピンロックを保持したまま IoCompleteRequest を呼んでいます。上位の完了ルーチンが同じロックを要求するとハングします。完了する前にロックを解放してください。',
    },
    'start-next': {
      en: 'IoStartNextPacket is called with a spin lock held. StartIo runs inside that call and may need the same lock. Release the lock first.',
      ja: 'スピンロックを保持したまま IoStartNextPacket を呼んでいます。その中で StartIo が動き、同じロックを必要とする可能性があります。先にロックを解放してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iocompleterequest', 'kernel/points-to-consider-when-canceling-irps', 'devtest/wdm-spinlocksafe'],
    sdv: ['SpinLockSafe'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Reads = Extension.Reads + 1;
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
//#bad
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  KeReleaseSpinLock(Extension.Lock, Irql);
//#good
  KeReleaseSpinLock(Extension.Lock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#end
  return STATUS_SUCCESS;
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}
`),
};
