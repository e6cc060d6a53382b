/** completion/touched-after-send: an IRP is read or written after it was passed down, and no completion routine kept it. */
import { byDriver, driverLetsGo, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/touched-after-send',
  severity: 'error',
  check: {
    id: 'completion/touched-after-send',
    subject: 'irp',
    // That IoCallDriver has returned does not end the ban: a status other than STATUS_PENDING only means that the IRP is gone.
    states: ['ours', 'sent', 'completed'],
    on: {
      'irp.create': [{ to: 'ours' }],
      'irp.reuse': [{ to: 'ours' }],
      'irp.dispatch': [{ when: ofDriver, to: 'ours' }],
      'irp.send': [
        { from: 'ours', when: byDriver, to: 'sent' },
        { from: 'sent', when: byDriver, report: 'again' },
      ],
      'irp.complete': [{ from: 'ours', when: byDriver, to: 'completed' }],
      'irp.completion-enter': [{ when: ofDriver, to: 'ours' }],
      'irp.completion-leave': [{ from: 'ours', when: driverLetsGo, to: 'sent' }],
      'irp.touch': [{ from: 'sent', when: byDriver, report: 'touched' }],
    },
    continues: false,
    supersedes: ['memory/use-after-free', 'memory/wrong-type'],
  },
  title: { en: 'IRP touched after it was passed down', ja: '下位に渡した後の IRP へのアクセス' },
  description: {
    en: {
      what: 'A field of an IRP or of its stack location is read or written after IoCallDriver, although no completion routine of this driver kept the IRP with STATUS_MORE_PROCESSING_REQUIRED.',
      why: 'From IoCallDriver on the IRP belongs to the lower driver, which may complete it at once. It may be freed before IoCallDriver returns.',
      fix: 'Use the status that IoCallDriver returned instead of Irp->IoStatus. Where the IRP is needed afterwards, set a completion routine that signals an event and returns STATUS_MORE_PROCESSING_REQUIRED, and wait for that event first.',
    },
    ja: {
      what: 'このドライバーの完了ルーチンが STATUS_MORE_PROCESSING_REQUIRED で IRP を手元に残していないのに、IoCallDriver の後で IRP やそのスタック位置のフィールドが読み書きされている。',
      why: 'IoCallDriver 以降、IRP は下位ドライバーのものであり、直ちに完了されることもある。IoCallDriver が戻る前に解放されている可能性がある。',
      fix: 'Irp->IoStatus ではなく IoCallDriver の戻り値を使う。後で IRP が必要な場合は、イベントをシグナル状態にして STATUS_MORE_PROCESSING_REQUIRED を返す完了ルーチンを設定し、先にそのイベントを待つ。',
    },
  },
  messages: {
    touched: {
      en: 'The IRP is touched after it was passed down. The lower driver owns it, and it may be freed already. Use the status IoCallDriver returned, or keep the IRP with a completion routine and wait for that.',
      ja: '下位に渡した後の IRP にアクセスしています。IRP は下位ドライバーのもので、すでに解放されている可能性があります。IoCallDriver の戻り値を使うか、完了ルーチンで IRP を手元に残してそれを待ってください。',
    },
    again: {
      en: 'The IRP is passed down again while a lower driver has it. Wait until a completion routine has brought it back.',
      ja: '下位ドライバーが持っている IRP をもう一度渡しています。完了ルーチンで戻ってくるまで待ってください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iofcalldriver', 'wdm/nc-wdm-io_completion_routine', 'kernel/different-ways-of-handling-irps-cheat-sheet'],
    sdv: ['PendedCompletedRequest2', 'PendedCompletedRequest3'],
    bugChecks: ['0xC9/0x205', '0x50'],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  const Status = IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
//#bad
  return Irp.IoStatus.Status;
//^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  return Status;
//#end
};
`,
    'stacked',
  ),
};
