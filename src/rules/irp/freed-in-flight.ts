/** irp/freed-in-flight: a driver-made IRP is freed or reused while a lower driver has it. */
import { byDriver, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irp/freed-in-flight',
  severity: 'error',
  check: {
    id: 'irp/freed-in-flight',
    subject: 'irp',
    states: ['here', 'below'],
    on: {
      'irp.create': [{ to: 'here' }],
      'irp.send': [{ when: byDriver, to: 'below' }],
      'irp.completion-enter': [{ when: ofDriver, to: 'here' }],
      'irp.finished': [{ to: 'here' }],
      'irp.free': [{ from: 'below', when: byDriver, report: 'freed' }],
      'irp.reuse': [{ from: 'below', when: byDriver, report: 'reused' }],
    },
    continues: false,
    supersedes: ['memory/double-free'],
  },
  title: { en: 'IRP freed while a lower driver has it', ja: '下位ドライバーが持つ IRP を解放' },
  description: {
    en: {
      what: 'IoFreeIrp or IoReuseIrp is called for an IRP that the driver made and sent, before its completion routine has been called.',
      why: 'The lower driver still works with the IRP and completes it later. By then its memory belongs to something else.',
      fix: 'Free the IRP in its completion routine, or wait until that routine has signalled an event. IoCancelIrp does not wait for the completion.',
    },
    ja: {
      what: 'ドライバーが作って送った IRP に対し、その完了ルーチンが呼ばれる前に IoFreeIrp または IoReuseIrp が呼ばれている。',
      why: '下位ドライバーはまだその IRP を使っており、後で完了する。そのときメモリは別のものに使われている。',
      fix: 'IRP は完了ルーチンの中で解放するか、完了ルーチンがイベントをシグナル状態にするまで待ってから解放する。IoCancelIrp は完了を待たない。',
    },
  },
  messages: {
    freed: {
      en: 'The IRP is freed while a lower driver still has it. Wait until its completion routine has been called.',
      ja: '下位ドライバーがまだ持っている IRP を解放しています。完了ルーチンが呼ばれるまで待ってください。',
    },
    reused: {
      en: 'The IRP is made new while a lower driver still has it. Wait until its completion routine has been called.',
      ja: '下位ドライバーがまだ持っている IRP を再初期化しています。完了ルーチンが呼ばれるまで待ってください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iofreeirp', 'wdm/nf-wdm-ioreuseirp', 'wdm/nf-wdm-ioallocateirp'],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Own = IoAllocateIrp(Extension.Lower!.StackSize, FALSE);
  if (Own === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  IoGetNextIrpStackLocation(Own).MajorFunction = IRP_MJ_WRITE;
  IoSetCompletionRoutine(Own, OwnDone, Extension, TRUE, TRUE, TRUE);
  IoCallDriver(Extension.Lower!, Own);
//#bad
  IoFreeIrp(Own);
//^^^^^^^^^^^^^^^
//#good
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

const OwnDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Own, Extension) => {
//#good
  IoFreeIrp(Own);
//#end
  return STATUS_MORE_PROCESSING_REQUIRED;
};
`,
    'stacked',
  ),
};
