/** remove-lock/misuse: a remove lock is given back by who does not hold it, initialised twice, or waited for by its holder. */
import { all, byDriver, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'remove-lock/misuse',
  severity: 'error',
  check: {
    id: 'remove-lock/misuse',
    subject: 'machine',
    states: ['any'],
    on: {
      'remove-lock.misuse': [
        { when: all(byDriver, is('misuse', 1)), report: 'not-held' },
        { when: all(byDriver, is('misuse', 2)), report: 'initialised-again' },
        { when: all(byDriver, is('misuse', 3)), report: 'held-once-more' },
      ],
    },
    continues: false,
  },
  title: { en: 'Remove lock misused', ja: '削除ロックの誤用' },
  description: {
    en: {
      what: 'IoReleaseRemoveLock or IoReleaseRemoveLockAndWait is called with a tag that does not hold the lock, also where IoAcquireRemoveLock had failed; or the lock is initialised a second time; or a request waits for the lock that it still holds once more itself.',
      why: 'The lock is a count. With one release too many, removal does not wait for a request that still uses the device, and the device is deleted under it. Driver Verifier stops Windows (0xC4).',
      fix: 'Give the lock back once for each IoAcquireRemoveLock that succeeded, with the same tag. When it fails with STATUS_DELETE_PENDING, complete the request with that status and release nothing. Initialise the lock in AddDevice only.',
    },
    ja: {
      what: 'ロックを保持していないタグで IoReleaseRemoveLock または IoReleaseRemoveLockAndWait が呼ばれている（IoAcquireRemoveLock が失敗していた場合を含む）、ロックが二度初期化されている、または要求が自ら保持したままのロックを待っている。',
      why: 'ロックは数である。解放が一つ多いと、デバイスを使用中の要求を待たずに取り外しが進み、その足元でデバイスが削除される。Driver Verifier は Windows を停止させる (0xC4)。',
      fix: '成功した IoAcquireRemoveLock ごとに一度だけ、同じタグで解放する。STATUS_DELETE_PENDING で失敗したときは、その状態で要求を完了し、何も解放しない。初期化は AddDevice だけで行う。',
    },
  },
  messages: {
    'not-held': {
      en: 'The remove lock is given back with a tag that does not hold it. Removal may then go on under a request that still uses the device. Release once for each acquire that succeeded, with the same tag.',
      ja: '保持していないタグで削除ロックを解放しています。デバイスを使用中の要求があるまま取り外しが進み得ます。成功した取得ごとに一度だけ、同じタグで解放してください。',
    },
    'initialised-again': {
      en: 'The remove lock is initialised a second time: who holds it is forgotten. Initialise it once, in AddDevice.',
      ja: '削除ロックを二度初期化しています。保持者が忘れられます。AddDevice で一度だけ初期化してください。',
    },
    'held-once-more': {
      en: 'The remove lock is waited for by a request that still holds it once more. It waits for itself for ever. Give every other hold of this request back first.',
      ja: 'まだもう一つ保持している要求が削除ロックを待っています。自分自身を永久に待ちます。先にこの要求の他の保持を解放してください。',
    },
  },
  references: {
    pages: ['kernel/using-remove-locks', 'wdm/nf-wdm-ioreleaseremovelock', 'wdm/nf-wdm-ioinitializeremovelock'],
    bugChecks: ['0xC4/0xD5', '0xC4/0xD6', '0xC4/0xD7'],
  },
  ...twins(`
interface DEVICE_EXTENSION { RemoveLock: IO_REMOVE_LOCK }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const RemoveLock = DeviceObject.DeviceExtension.RemoveLock;
  const Status = IoAcquireRemoveLock(RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return Complete(Irp, Status);
  }
  Complete(Irp, STATUS_SUCCESS);
//#bad
  IoReleaseRemoveLock(RemoveLock, null);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoReleaseRemoveLock(RemoveLock, Irp);
//#end
  return STATUS_SUCCESS;
};

function Start(Extension: PDEVICE_EXTENSION): void {
  IoInitializeRemoveLock(Extension.RemoveLock, 'sirI', 0, 0);
}
`),
};
