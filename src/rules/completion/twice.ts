/** completion/twice: an IRP is completed again after its completion. */
import { byDriver, driverLetsGo, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/twice',
  severity: 'error',
  check: {
    id: 'completion/twice',
    subject: 'irp',
    // A completion routine has the IRP again, so that completing it there (or later, when it was kept) is a first time.
    states: ['live', 'completing', 'completed'],
    on: {
      'irp.create': [{ to: 'live' }],
      'irp.reuse': [{ to: 'live' }],
      'irp.dispatch': [{ when: ofDriver, to: 'live' }],
      'irp.complete': [
        { from: 'live', to: 'completing' },
        { when: byDriver, report: 'again' },
      ],
      'irp.completion-enter': [{ when: ofDriver, to: 'live' }],
      'irp.completion-leave': [
        { from: 'live', when: driverLetsGo, to: 'completing' },
        { from: ['completing', 'completed'], when: driverLetsGo, report: 'again-by-return' },
      ],
      'irp.finished': [{ from: 'completing', to: 'completed' }],
    },
    continues: false,
    supersedes: ['completion/touched-after'],
  },
  title: { en: 'IRP completed twice', ja: 'IRP を二重に完了' },
  description: {
    en: {
      what: 'IoCompleteRequest is called for an IRP whose completion has already been started, or a completion routine completes the IRP and then lets its completion go on as well.',
      why: 'After the first completion the I/O manager may have freed the IRP, or given its memory to another request. Windows stops with MULTIPLE_IRP_COMPLETE_REQUESTS (0x44), or corrupts memory.',
      fix: 'Let exactly one routine own the IRP at each moment. Where a cancel routine and another routine may both complete it, complete it only in the one for which IoSetCancelRoutine(Irp, NULL) returned the routine. A completion routine that completes the IRP returns STATUS_MORE_PROCESSING_REQUIRED.',
    },
    ja: {
      what: '完了処理がすでに始まっている IRP に対して IoCompleteRequest が呼ばれている、または完了ルーチンが IRP を完了したうえで完了処理をさらに続行させている。',
      why: '最初の完了の後、I/O マネージャーは IRP を解放したり、そのメモリを別の要求に渡したりする。Windows は MULTIPLE_IRP_COMPLETE_REQUESTS (0x44) で停止するか、メモリが破壊される。',
      fix: '各時点で IRP を所有するルーチンを一つに限る。取り消しルーチンと他のルーチンの両方が完了し得る場合は、IoSetCancelRoutine(Irp, NULL) がルーチンを返した側だけが完了する。IRP を自ら完了する完了ルーチンは STATUS_MORE_PROCESSING_REQUIRED を返す。',
    },
  },
  messages: {
    again: {
      en: 'This IRP is completed a second time. It may be freed or in use for another request by now. Complete it only where the driver owns it.',
      ja: 'この IRP は二度目の完了です。すでに解放されたか、別の要求に使われている可能性があります。ドライバーが所有している箇所でだけ完了してください。',
    },
    'again-by-return': {
      en: 'The completion routine lets completion go on, although the IRP has been completed already. It is completed twice. Return STATUS_MORE_PROCESSING_REQUIRED after completing it.',
      ja: 'IRP はすでに完了されているのに、完了ルーチンが完了処理を続行させています。二重に完了されます。完了した後は STATUS_MORE_PROCESSING_REQUIRED を返してください。',
    },
  },
  references: {
    pages: [
      'wdm/nf-wdm-iocompleterequest',
      'debugger/bug-check-0x44--multiple-irp-complete-requests',
      'wdm/nc-wdm-io_completion_routine',
    ],
    sdv: ['DoubleCompletion', 'CompleteRequest'],
    bugChecks: ['0x44'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#bad
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
//#end
  return STATUS_SUCCESS;
};
`),
};
