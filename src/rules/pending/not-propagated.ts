/** pending/not-propagated: a completion routine lets completion go on and does not carry PendingReturned upwards. */
import { all, driverLetsGo, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'pending/not-propagated',
  severity: 'error',
  check: {
    id: 'pending/not-propagated',
    subject: 'location',
    // Only a location at which the driver was called has anybody above it: the sender's own IRPs stay in `none`.
    states: ['none', 'unmarked', 'marked'],
    on: {
      'irp.create': [{ to: 'none' }],
      'irp.reuse': [{ to: 'none' }],
      'irp.dispatch': [{ when: ofDriver, to: 'unmarked' }],
      'irp.mark-pending': [{ from: 'unmarked', to: 'marked' }],
      'irp.completion-leave': [{ from: 'unmarked', when: all(driverLetsGo, is('pendingReturned', 1)), report: 'left' }],
    },
    continues: false,
  },
  title: { en: 'PendingReturned not carried upwards', ja: 'PendingReturned を上位に伝えていない' },
  description: {
    en: {
      what: 'A completion routine finds Irp->PendingReturned set, lets completion go on, and has not called IoMarkIrpPending.',
      why: 'The driver above and the I/O manager were told STATUS_PENDING, and learn from the mark alone that the request was finished later. Without it the sender waits for ever.',
      fix: 'In the completion routine: if (Irp->PendingReturned) IoMarkIrpPending(Irp). Not needed when the dispatch routine marked the IRP itself, and not allowed when the routine returns STATUS_MORE_PROCESSING_REQUIRED to a waiting dispatch routine.',
    },
    ja: {
      what: '完了ルーチンで Irp->PendingReturned が設定されているのに、IoMarkIrpPending を呼ばずに完了処理を続行させている。',
      why: '上位のドライバーと I/O マネージャーには STATUS_PENDING が返されており、要求が後で終わったことはこのマークでしか分からない。マークがないと送り主は永久に待つ。',
      fix: '完了ルーチンで if (Irp->PendingReturned) IoMarkIrpPending(Irp) とする。ディスパッチルーチン自身がマークした場合は不要であり、待っているディスパッチルーチンのために STATUS_MORE_PROCESSING_REQUIRED を返す場合は行ってはならない。',
    },
  },
  messages: {
    left: {
      en: 'The completion routine lets completion go on with Irp->PendingReturned set, but did not call IoMarkIrpPending. The sender would wait for ever. Mark the IRP pending when PendingReturned is set.',
      ja: 'Irp->PendingReturned が設定されているのに、完了ルーチンが IoMarkIrpPending を呼ばずに完了処理を続行させています。送り主は永久に待つことになります。PendingReturned が設定されていれば IRP を保留とマークしてください。',
    },
  },
  references: {
    pages: ['kernel/implementing-an-iocompletion-routine', 'wdm/nc-wdm-io_completion_routine', 'wdm/ns-wdm-_irp'],
    bugChecks: ['0xC9/0x228'],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, CreateDone, null, TRUE, TRUE, TRUE);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};

const CreateDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PVOID> = (DeviceObject, Irp, Context) => {
//#bad
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  return STATUS_SUCCESS;
//#end
};
`,
    'stacked',
  ),
};
