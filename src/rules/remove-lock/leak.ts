/** remove-lock/leak: a remove lock is acquired and on some path never given back, and whoever removes the device waits for ever. */
import { byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'remove-lock/leak',
  severity: 'error',
  check: {
    id: 'remove-lock/leak',
    subject: 'machine',
    states: ['any'],
    on: {
      'remove-lock.acquire': [{ when: byDriver, mark: true }],
      'remove-lock.release': [{ when: byDriver, unmark: true }],
      'remove-lock.leaked': [{ report: 'leaked', place: 'marked', unmark: true }],
    },
    continues: true,
  },
  title: { en: 'Remove lock never given back', ja: '削除ロックの解放漏れ' },
  description: {
    en: {
      what: 'A remove lock is acquired and on some path not given back, and IoReleaseRemoveLockAndWait waits for it for ever.',
      why: 'The device can no longer be removed, nor its driver unloaded or updated, until the next start of Windows: the thread that removes it hangs.',
      fix: 'Call IoReleaseRemoveLock with the same tag on every path on which IoAcquireRemoveLock has succeeded: after the request was completed or passed down, in the completion routine where there is one, and on every error path.',
    },
    ja: {
      what: '削除ロックを取得した後、ある経路で解放しておらず、IoReleaseRemoveLockAndWait が永久に待っている。',
      why: '取り外しを行うスレッドがハングし、次に Windows を起動するまで、デバイスの取り外しもドライバーのアンロードや更新もできない。',
      fix: 'IoAcquireRemoveLock が成功したすべての経路で、同じタグを付けて IoReleaseRemoveLock を呼ぶ。要求を完了または下位へ渡した後、完了ルーチンがあればその中、そしてすべてのエラー経路で行う。',
    },
  },
  messages: {
    leaked: {
      en: 'The remove lock acquired here is never given back on this path: removing the device waits for ever. Call IoReleaseRemoveLock with the same tag on every path from here.',
      ja: 'ここで取得した削除ロックがこの経路では解放されず、デバイスの取り外しが永久に待ちます。ここからのすべての経路で、同じタグで IoReleaseRemoveLock を呼んでください。',
    },
  },
  references: {
    pages: ['kernel/using-remove-locks', 'wdm/nf-wdm-ioacquireremovelock', 'wdm/nf-wdm-ioreleaseremovelockandwait'],
  },
  ...twins(`
interface DEVICE_EXTENSION { RemoveLock: IO_REMOVE_LOCK; Offline: BOOLEAN }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
//#bad
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#end
  if (!NT_SUCCESS(Status)) {
    return Complete(Irp, Status);
  }
  if (Extension.Offline) {
//#good
    IoReleaseRemoveLock(Extension.RemoveLock, Irp);
//#end
    return Complete(Irp, STATUS_DEVICE_NOT_READY);
  }
  IoReleaseRemoveLock(Extension.RemoveLock, Irp);
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  IoInitializeRemoveLock(Extension.RemoveLock, 'sirI', 0, 0);
  Extension.Offline = TRUE;
}

function Stop(Extension: PDEVICE_EXTENSION): void {
  IoAcquireRemoveLock(Extension.RemoveLock, null);
  IoReleaseRemoveLockAndWait(Extension.RemoveLock, null);
}
`),
};
