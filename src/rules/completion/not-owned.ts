/** completion/not-owned: an IRP is completed while a lower driver has it. */
import { byDriver, driverLetsGo, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/not-owned',
  severity: 'error',
  check: {
    id: 'completion/not-owned',
    subject: 'irp',
    // Once the lower driver has completed it, completing it is completion/twice.
    states: ['elsewhere', 'below'],
    on: {
      'irp.create': [{ to: 'elsewhere' }],
      'irp.reuse': [{ to: 'elsewhere' }],
      'irp.dispatch': [{ when: ofDriver, to: 'elsewhere' }],
      'irp.completion-enter': [{ when: ofDriver, to: 'elsewhere' }],
      'irp.send': [{ from: 'elsewhere', when: byDriver, to: 'below' }],
      'irp.complete': [{ from: 'below', when: byDriver, report: 'below' }, { to: 'elsewhere' }],
      'irp.completion-leave': [{ from: 'below', when: driverLetsGo, report: 'below-by-return' }],
    },
    continues: false,
    supersedes: ['completion/twice', 'cancel/routine-left-set'],
  },
  title: { en: 'IRP completed while a lower driver has it', ja: '下位ドライバーが持つ IRP を完了' },
  description: {
    en: {
      what: 'IoCompleteRequest is called for an IRP that the driver has passed down and that has not come back, or a completion routine passes the IRP down again and still lets its completion go on.',
      why: 'The lower driver still works on the IRP and will complete it too. By then it may be freed or in use for another request.',
      fix: 'After IoCallDriver return its status. To complete the IRP yourself, keep it with a completion routine that returns STATUS_MORE_PROCESSING_REQUIRED, and complete it after that.',
    },
    ja: {
      what: 'ドライバーが下位に渡し、まだ戻ってきていない IRP に対して IoCompleteRequest が呼ばれている、または完了ルーチンが IRP をもう一度下位に渡したうえで完了処理を続行させている。',
      why: '下位ドライバーはまだその IRP を処理しており、後で自ら完了する。そのときには解放されているか、別の要求に使われている可能性がある。',
      fix: 'IoCallDriver の後はその戻り値を返す。自ら完了する場合は、STATUS_MORE_PROCESSING_REQUIRED を返す完了ルーチンで IRP を手元に残し、その後で完了する。',
    },
  },
  messages: {
    below: {
      en: 'The IRP is completed while a lower driver still has it, and that driver will complete it too. Wait until a completion routine has brought the IRP back.',
      ja: '下位ドライバーがまだ持っている IRP を完了しています。下位ドライバーも後で完了します。完了ルーチンで IRP が戻るまで待ってください。',
    },
    'below-by-return': {
      en: 'The completion routine passed the IRP down again and lets its completion go on, so that it is completed while a lower driver still has it. Return STATUS_MORE_PROCESSING_REQUIRED after sending it again.',
      ja: '完了ルーチンが IRP をもう一度下位に渡したうえで完了処理を続行させているため、下位ドライバーがまだ持っている IRP が完了されます。再送した後は STATUS_MORE_PROCESSING_REQUIRED を返してください。',
    },
  },
  references: {
    pages: ['devtest/wdm-pendedcompletedrequest3', 'wdm/nf-wdm-iofcalldriver'],
    sdv: ['PendedCompletedRequest2', 'PendedCompletedRequest3', 'PendedCompletedRequestEx', 'CompleteRequest'],
    bugChecks: ['0xC9/0x209'],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
//#bad
  IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  return STATUS_SUCCESS;
//#good
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
//#end
};
`,
    'stacked',
  ),
};
