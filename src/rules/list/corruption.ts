/** list/corruption: an entry is unlinked whose neighbours do not point back. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'list/corruption',
  severity: 'error',
  check: {
    id: 'list/corruption',
    subject: 'machine',
    states: ['any'],
    on: { 'list.corrupt': [{ report: 'corrupt' }], 'work-item.queued': [{ report: 'work-item' }] },
    continues: false,
  },
  title: { en: 'List corrupted', ja: 'リストの破損' },
  description: {
    en: {
      what: 'A list routine meets an entry whose neighbours do not point back to it: the entry was unlinked twice, was never linked, or the list was changed without its lock. Or a work item is queued again, or freed, while it is still in the queue of the system worker threads.',
      why: 'RemoveEntryList and its relatives check this and stop Windows with KERNEL_SECURITY_CHECK_FAILURE (0x139).',
      fix: 'Change a list only with its lock held. Let one routine unlink an entry; where a second one may come, make the entry point to itself with InitializeListHead after unlinking it.',
    },
    ja: {
      what: 'リストのルーチンが、隣のエントリから指し返されていないエントリに出会った。エントリが二度外されたか、リンクされていなかったか、ロックなしでリストが変更された。',
      why: 'RemoveEntryList などはこれを検査し、Windows を KERNEL_SECURITY_CHECK_FAILURE (0x139) で停止させる。',
      fix: 'リストはそのロックを保持しているときだけ変更する。エントリを外すルーチンは一つにし、二度目があり得る場合は、外した後に InitializeListHead でエントリを自分自身に向ける。',
    },
  },
  messages: {
    'work-item': {
      en: 'This work item is still queued: queueing it again, or freeing it, corrupts the list of the system worker threads. Keep a flag that its routine takes back when it starts, or allocate an item for each request.',
      ja: 'このワークアイテムはまだキューに入っています。再びキューに入れたり解放したりすると、システムワーカースレッドのリストが壊れます。ルーチンの開始時に戻すフラグを持つか、要求ごとにワークアイテムを割り当ててください。',
    },
    corrupt: {
      en: 'The neighbours of this list entry do not point back to it: it was unlinked twice, or the list was changed without its lock. Windows stops here. Unlink an entry once, under the lock of its list.',
      ja: 'このリストエントリの隣が指し返していません。二度外されたか、ロックなしでリストが変更されました。Windows はここで停止します。エントリはリストのロックを保持して一度だけ外してください。',
    },
  },
  references: {
    pages: [
      'kernel/singly-and-doubly-linked-lists',
      'wdm/nf-wdm-removeentrylist',
      'debugger/bug-check-0x139--kernel-security-check-failure',
    ],
    bugChecks: ['0x139'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Queue: LIST_ENTRY; Entry: LIST_ENTRY }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  InsertTailList(Extension.Queue, Extension.Entry);
  RemoveEntryList(Extension.Entry);
//#bad
  RemoveEntryList(Extension.Entry);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  InitializeListHead(Extension.Entry);
  RemoveEntryList(Extension.Entry);
//#end
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
}
`),
};
