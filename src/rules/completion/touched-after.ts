/** completion/touched-after: an IRP is read or written after the driver completed it. */
import { byDriver, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/touched-after',
  severity: 'error',
  check: {
    id: 'completion/touched-after',
    subject: 'irp',
    states: ['ours', 'completed'],
    on: {
      'irp.create': [{ to: 'ours' }],
      'irp.reuse': [{ to: 'ours' }],
      'irp.dispatch': [{ when: ofDriver, to: 'ours' }],
      'irp.completion-enter': [{ when: ofDriver, to: 'ours' }],
      'irp.complete': [{ from: 'ours', when: byDriver, to: 'completed' }],
      'irp.touch': [{ from: 'completed', when: byDriver, report: 'touched' }],
      'irp.send': [{ from: 'completed', when: byDriver, report: 'sent' }],
    },
    continues: false,
    supersedes: ['memory/use-after-free', 'memory/wrong-type'],
  },
  title: { en: 'IRP touched after completion', ja: '完了後の IRP へのアクセス' },
  description: {
    en: {
      what: 'A field of an IRP, its stack location or a list entry in it is read or written after the driver completed the IRP.',
      why: 'IoCompleteRequest gives the IRP away. It may be freed before the call returns, so that the access reads rubbish or corrupts memory that belongs to something else by now.',
      fix: 'Read what is needed before IoCompleteRequest and keep it in a local variable. Unlink the IRP from every list before completing it.',
    },
    ja: {
      what: 'ドライバーが IRP を完了した後に、その IRP のフィールド、スタック位置、または中のリストエントリが読み書きされている。',
      why: 'IoCompleteRequest は IRP を手放す呼び出しで、戻る前に IRP が解放されることもある。アクセスは無意味な値を読むか、すでに別の用途に使われているメモリを破壊する。',
      fix: '必要な値は IoCompleteRequest の前に読み、ローカル変数に保存する。完了する前に IRP をすべてのリストから外す。',
    },
  },
  messages: {
    touched: {
      en: 'The IRP is touched after the driver completed it. It may be freed already. Save what is needed before IoCompleteRequest.',
      ja: 'ドライバーが完了した後の IRP にアクセスしています。すでに解放されている可能性があります。必要な値は IoCompleteRequest の前に保存してください。',
    },
    sent: {
      en: 'The IRP is passed down after the driver completed it. It may be freed already. Either complete it or pass it down, not both.',
      ja: 'ドライバーが完了した後の IRP を下位に渡しています。すでに解放されている可能性があります。完了するか下位に渡すか、どちらか一方だけにしてください。',
    },
  },
  references: {
    pages: ['kernel/implementing-an-iocompletion-routine', 'wdm/nf-wdm-iocompleterequest'],
    sdv: ['CompleteRequest'],
    bugChecks: ['0x50', '0xD1'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#bad
  return Irp.IoStatus.Status;
//^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  return STATUS_SUCCESS;
//#end
};
`),
};
