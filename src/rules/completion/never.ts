/** completion/never: at the end an IRP that the driver owes is not completed, and nothing will complete it any more. */
import { all, is, isNot } from '../conditions.ts';
import { custodyArcs, custodyStates } from '../custody.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/never',
  severity: 'error',
  check: {
    id: 'completion/never',
    subject: 'irp',
    states: custodyStates,
    on: {
      ...custodyArcs({ returned: true, cancelable: false, working: true, cancelLeave: true, kept: true }),
      'irp.abandoned': [
        { from: ['returned', 'claimed', 'working', 'kept'], report: 'never', place: 'marked' },
        // With its cancel requested, an IRP that is merely held is a lost cancel.
        { from: 'pended', when: isNot('requested', 1), report: 'never', place: 'marked' },
        // A request that can be cancelled and that nobody has cancelled may wait for ever.
        { from: 'cancelable', when: all(isNot('requested', 1), isNot('routineSet', 1)), report: 'never', place: 'marked' },
        { from: 'own-received', when: is('requested', 0), report: 'never', place: 'marked' },
      ],
    },
    continues: true,
  },
  title: { en: 'IRP never completed', ja: 'IRP が完了されない' },
  description: {
    en: {
      what: 'The driver has an IRP, everything that could happen has happened, and the IRP is not completed.',
      why: 'Whoever sent the request waits for ever: the thread cannot exit, the process cannot be ended, the device cannot be removed.',
      fix: 'Make sure that every path through dispatch, StartIo, DPC, timer, worker and cancel routines ends in IoCompleteRequest or passes the IRP on, error paths included. A cancel routine that leaves an IRP alone must be sure that another routine completes it.',
    },
    ja: {
      what: 'ドライバーが IRP を持っており、起こり得ることがすべて起こった後も、その IRP が完了されていない。',
      why: '要求の送り主は永久に待ち続ける。スレッドは終了できず、プロセスも終わらず、デバイスも取り外せない。',
      fix: 'ディスパッチ、StartIo、DPC、タイマー、ワーカー、取り消しの各ルーチンのすべての経路（エラー経路を含む）が IoCompleteRequest で終わるか、IRP を次へ渡すようにする。IRP に手を付けない取り消しルーチンは、別のルーチンが必ず完了することを保証しなければならない。',
    },
  },
  messages: {
    never: {
      en: 'The IRP that the driver took charge of here is never completed. Its sender waits for ever. Complete it, or pass it on, on every path from here.',
      ja: 'ここでドライバーが引き受けた IRP が完了されません。送り主は永久に待ち続けます。ここからのすべての経路で完了するか、次へ渡してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iocompleterequest', 'wdm/nf-wdm-iomarkirppending'],
    sdv: ['CompleteRequest', 'IrpProcessingComplete'],
    bugChecks: ['0xC9/0x226'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
  Irp.IoStatus.Information = 0;
//#bad
  return STATUS_NOT_SUPPORTED;
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_NOT_SUPPORTED;
//#end
};
`),
};
