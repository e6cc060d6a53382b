/**
 * queue/device-queue: KeInsertDeviceQueue and its like against the protocol of device queues. That KeRemoveDeviceQueue is called for a queue
 * that is not busy is not reported: Windows gives NULL, and drivers that empty a queue in a loop rely on it.
 */
import { all, byDriver, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'queue/device-queue',
  severity: 'error',
  check: {
    id: 'queue/device-queue',
    subject: 'machine',
    states: ['any'],
    on: {
      'queue.misuse': [
        { when: all(byDriver, is('misuse', 1)), report: 'again' },
        { when: all(byDriver, is('misuse', 2)), report: 'another-queue' },
        { when: all(byDriver, is('misuse', 3)), report: 'forgotten' },
      ],
      'queue.remove-next': [{ when: all(byDriver, is('inCancel', 1)), report: 'in-cancel' }],
    },
    continues: false,
  },
  title: { en: 'Device queue misused', ja: 'デバイスキューの誤用' },
  description: {
    en: {
      what: 'An entry is inserted into a device queue while it is in one, or removed by KeRemoveEntryDeviceQueue from another queue than the one it is in; a queue with entries is initialised; or a cancel routine takes the first entry instead of that of its IRP.',
      why: 'The links of the queue are destroyed, and entries are lost or found twice. In a cancel routine the IRP that is cancelled may stand anywhere in the queue: the first one is another request.',
      fix: 'Insert an entry once, and again only after it was removed. Take an IRP that is cancelled out with KeRemoveEntryDeviceQueue, and complete it only if that returned TRUE.',
    },
    ja: {
      what: 'すでにデバイスキューに入っているエントリをもう一度挿入している、別のキューから KeRemoveEntryDeviceQueue で外している、エントリのあるキューを初期化している、または取り消しルーチンが自分の IRP ではなく先頭のエントリを取り出している。',
      why: 'キューのリンクが壊れ、エントリが失われるか二重に現れる。取り消しルーチンでは、取り消される IRP はキューのどこにあるか分からず、先頭は別の要求である。',
      fix: 'エントリは一度だけ挿入し、外した後にだけ再び挿入する。取り消される IRP は KeRemoveEntryDeviceQueue で外し、TRUE が返ったときだけ完了する。',
    },
  },
  messages: {
    again: {
      en: 'The entry is inserted and is in a device queue already. The links of the queue are destroyed. Insert an entry only while it is in no queue.',
      ja: 'すでにデバイスキューに入っているエントリを挿入しています。キューのリンクが壊れます。どのキューにも入っていないときだけ挿入してください。',
    },
    'another-queue': {
      en: 'The entry is to be removed from this device queue and is in another one. It is taken out under the wrong lock. Name the queue that it was inserted into.',
      ja: '別のデバイスキューに入っているエントリをこのキューから外そうとしています。誤ったロックの下で外されます。挿入したキューを指定してください。',
    },
    forgotten: {
      en: 'The device queue is initialised while it has entries. They are lost. Initialise it once, before it is used.',
      ja: 'エントリのあるデバイスキューを初期化しています。エントリが失われます。使用前に一度だけ初期化してください。',
    },
    'in-cancel': {
      en: 'The cancel routine takes the first entry of a device queue, which may be that of another IRP. Remove the entry of the cancelled IRP with KeRemoveEntryDeviceQueue.',
      ja: '取り消しルーチンがデバイスキューの先頭のエントリを取り出しています。別の IRP のものかもしれません。取り消される IRP のエントリを KeRemoveEntryDeviceQueue で外してください。',
    },
  },
  references: {
    pages: [
      'kernel/setting-up-and-using-device-queues',
      'kernel/cancel-routines-in-drivers-with-startio-routines',
      'wdm/nf-wdm-keremoveentrydevicequeue',
    ],
  },
  ...twins(`
interface DEVICE_EXTENSION { Queue: KDEVICE_QUEUE; Running: KDEVICE_QUEUE_ENTRY; Waiting: KDEVICE_QUEUE_ENTRY }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeDeviceQueue(Extension.Queue);
  KeInsertDeviceQueue(Extension.Queue, Extension.Running);
  KeInsertDeviceQueue(Extension.Queue, Extension.Waiting);
//#bad
  KeInsertDeviceQueue(Extension.Queue, Extension.Waiting);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
//#end
}
`),
};
