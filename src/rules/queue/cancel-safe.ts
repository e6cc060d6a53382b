/** queue/cancel-safe: a driver's routines for a cancel-safe queue do not do what the system counts on. */
import { byDriver, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'queue/cancel-safe',
  severity: 'error',
  check: {
    id: 'queue/cancel-safe',
    subject: 'irp',
    states: ['out', 'inserting', 'queued', 'removing', 'removed', 'completed', 'uncompleted'],
    on: {
      'irp.create': [{ to: 'out' }],
      'irp.dispatch': [{ when: ofDriver, to: 'out' }],
      'csq.insert-enter': [{ to: 'inserting' }],
      'csq.insert-leave': [{ when: { left: 'status', is: '<', right: 0 }, to: 'out' }, { to: 'queued' }],
      'csq.remove-enter': [{ to: 'removing' }],
      'csq.remove-leave': [{ to: 'removed', mark: true }],
      'csq.peek-leave': [
        { when: is('again', 1), report: 'again' },
        { from: ['removed', 'completed', 'uncompleted'], report: 'not-unlinked', place: 'marked' },
        { from: 'out', report: 'not-queued' },
      ],
      'irp.complete': [
        { from: ['inserting', 'removing'], when: byDriver, report: 'under-lock' },
        { from: ['removed', 'uncompleted'], to: 'completed' },
        { from: 'queued', to: 'out' },
      ],
      'csq.complete-leave': [{ from: 'removed', to: 'uncompleted', mark: true }],
      'irp.abandoned': [{ from: 'uncompleted', report: 'not-completed', place: 'marked' }],
      'csq.overwritten': [{ report: 'overwritten' }],
      'csq.lock-leave': [{ report: 'not-excluded' }],
    },
    continues: false,
    supersedes: ['completion/under-spin-lock', 'completion/never'],
  },
  title: { en: 'Cancel-safe queue routine at fault', ja: 'キャンセルセーフキューのルーチンの誤り' },
  description: {
    en: {
      what: 'A routine that the driver supplies for a cancel-safe queue breaks what the system counts on: the lock routine lets two in at once, the remove routine leaves the IRP linked, the peek routine gives one that is not queued or the one behind which it was to look, a routine called under the lock completes an IRP, or that for cancelled IRPs does not complete it; or the driver writes over DriverContext[3] of a queued IRP.',
      why: 'The system owns the cancel routine and finds the queue by DriverContext[3]. It removes and completes each IRP once only if these routines do exactly their part: else an IRP is completed twice, or never, or the queue is destroyed.',
      fix: 'Take one and the same lock in the lock routine on every path, and give it back in the unlock routine. Unlink in CsqRemoveIrp, and only there. Let CsqPeekNextIrp start behind the IRP it is given. Complete with STATUS_CANCELLED in CsqCompleteCanceledIrp. Leave DriverContext[3] alone.',
    },
    ja: {
      what: 'キャンセルセーフキューのためにドライバーが用意したルーチンが、システムの前提を破っている。ロックルーチンが二者を同時に通す、削除ルーチンが IRP をリンクしたままにする、ピークルーチンがキューにない IRP や指定された IRP 自身を返す、ロックの下で呼ばれるルーチンが IRP を完了する、取り消された IRP のルーチンが完了しない、またはキュー内の IRP の DriverContext[3] をドライバーが上書きしている。',
      why: '取り消しルーチンはシステムのもので、DriverContext[3] からキューを見つける。各ルーチンが役割を正確に果たさないと、IRP が二重に完了されるか、完了されないか、キューが壊れる。',
      fix: 'ロックルーチンではすべての経路で同じロックを取得し、アンロックルーチンで解放する。リンクの解除は CsqRemoveIrp でだけ行う。CsqPeekNextIrp は渡された IRP の次から探す。CsqCompleteCanceledIrp では STATUS_CANCELLED で完了する。DriverContext[3] には触れない。',
    },
  },
  messages: {
    again: {
      en: 'The peek routine gives the IRP behind which it was to look. The system asks for the next one for ever. Start with the entry behind the given IRP.',
      ja: 'ピークルーチンが、その次から探すべき IRP 自身を返しています。システムは永久に次を求め続けます。渡された IRP の次のエントリから探してください。',
    },
    'not-unlinked': {
      en: 'The remove routine returns and the IRP is still in the queue: the peek routine gives it again. It is handled twice. Unlink it here.',
      ja: '削除ルーチンが戻った後も IRP がキューに残り、ピークルーチンが再び返しています。二重に処理されます。ここでリンクを外してください。',
    },
    'not-queued': {
      en: 'The peek routine gives an IRP that is not in this queue. The system hands out a request that the driver does not hold. Give only what the insert routine has linked.',
      ja: 'ピークルーチンがこのキューにない IRP を返しています。ドライバーが保持していない要求が渡されます。挿入ルーチンがリンクしたものだけを返してください。',
    },
    'under-lock': {
      en: 'An IRP is completed by a routine that is called under the lock of the queue. Completion may come back for that lock and hang. Only link and unlink here.',
      ja: 'キューのロックの下で呼ばれるルーチンが IRP を完了しています。完了処理が同じロックを求めてハングし得ます。ここではリンクの操作だけを行ってください。',
    },
    'not-completed': {
      en: 'The routine for cancelled IRPs returns, and nothing completes this one. Its sender waits for ever. Complete it here with STATUS_CANCELLED.',
      ja: '取り消された IRP のルーチンが戻り、この IRP を完了するものがありません。送り主は永久に待ちます。ここで STATUS_CANCELLED で完了してください。',
    },
    overwritten: {
      en: 'DriverContext[3] of this IRP was written over while it was in the cancel-safe queue. The system no longer finds the queue by it. Use another element.',
      ja: 'キャンセルセーフキューに入っている間に、この IRP の DriverContext[3] が上書きされました。システムがキューを見つけられません。別の要素を使ってください。',
    },
    'not-excluded': {
      en: 'The lock routine returns while another processor or thread is inside. The queue is changed by two at once. Take the same lock on every path.',
      ja: '他のプロセッサまたはスレッドが中にいる間にロックルーチンが戻っています。キューが同時に変更されます。すべての経路で同じロックを取得してください。',
    },
  },
  references: {
    pages: [
      'kernel/cancel-safe-irp-queues',
      'wdm/nf-wdm-iocsqinitialize',
      'wdm/nc-wdm-io_csq_remove_irp',
      'wdm/nc-wdm-io_csq_peek_next_irp',
      'wdm/nc-wdm-io_csq_complete_canceled_irp',
    ],
  },
  ...twins(`
interface DEVICE_EXTENSION { Csq: IO_CSQ; Lock: KSPIN_LOCK; Queue: LIST_ENTRY }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoCsqInsertIrp(DeviceObject.DeviceExtension.Csq, Irp, null);
  return STATUS_PENDING;
};

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Waiting = IoCsqRemoveNextIrp(DeviceObject.DeviceExtension.Csq, null);
  if (Waiting !== null) {
    Complete(Waiting, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_SUCCESS);
};

const InsertIrp: IO_CSQ_INSERT_IRP = (Csq, Irp) => {
  InsertTailList(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Queue, Irp.Tail.Overlay.ListEntry);
};

const RemoveIrp: IO_CSQ_REMOVE_IRP = (Csq, Irp) => {
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
};

const PeekNextIrp: IO_CSQ_PEEK_NEXT_IRP<PVOID> = (Csq, Irp, PeekContext) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq');
  const Next = Irp === null ? Extension.Queue.Flink : Irp.Tail.Overlay.ListEntry.Flink;
  if (Next === Extension.Queue) {
    return null;
  }
  return CONTAINING_RECORD<IRP>(Next, 'Tail.Overlay.ListEntry');
};

const AcquireLock: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => {
  Irql.Value = KeAcquireSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Lock);
};

const ReleaseLock: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => {
  KeReleaseSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Lock, Irql);
};

const CompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {
//#bad
  Irp.IoStatus.Status = STATUS_CANCELLED;
  Irp.IoStatus.Information = 0;
};
//^^
//#good
  Complete(Irp, STATUS_CANCELLED);
};
//#end

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
  IoCsqInitialize(Extension.Csq, InsertIrp, RemoveIrp, PeekNextIrp, AcquireLock, ReleaseLock, CompleteCanceledIrp);
}
`),
};
