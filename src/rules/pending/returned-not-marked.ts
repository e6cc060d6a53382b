/** pending/returned-not-marked: STATUS_PENDING is returned for an IRP neither marked nor passed down with that result. */
import { all, byDriver, is, ofDriver, STATUS_PENDING } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'pending/returned-not-marked',
  severity: 'error',
  check: {
    id: 'pending/returned-not-marked',
    subject: 'location',
    // `passed`: the lower driver answered STATUS_PENDING for it. That excuses the missing mark as long as the driver does not
    // take the IRP back and complete it itself.
    states: ['none', 'running', 'passed', 'marked', 'returned-passed'],
    on: {
      'irp.create': [{ to: 'none' }],
      'irp.reuse': [{ to: 'none' }],
      'irp.dispatch': [{ when: ofDriver, to: 'running' }],
      'irp.mark-pending': [{ from: ['running', 'passed', 'returned-passed'], to: 'marked' }],
      'irp.sent': [{ from: 'running', when: is('status', STATUS_PENDING), to: 'passed' }],
      'irp.outcome': [
        { from: 'passed', when: byDriver, to: 'running' },
        { from: 'returned-passed', when: byDriver, report: 'completed' },
      ],
      'irp.dispatched': [
        { from: 'running', when: all(ofDriver, is('status', STATUS_PENDING)), report: 'returned' },
        { from: 'passed', when: all(ofDriver, is('status', STATUS_PENDING)), to: 'returned-passed' },
        { from: 'passed', when: ofDriver, to: 'none' },
      ],
    },
    continues: false,
  },
  title: { en: 'STATUS_PENDING returned, IRP not marked', ja: '保留とマークせずに STATUS_PENDING を返す' },
  description: {
    en: {
      what: 'The dispatch routine returns STATUS_PENDING for an IRP that it has neither marked with IoMarkIrpPending nor passed down with that result.',
      why: 'Without the mark the I/O manager does not carry out the second part of completion for an asynchronous request: whoever waits for it waits for ever.',
      fix: 'Call IoMarkIrpPending before the IRP is queued or handed to another routine, and only then return STATUS_PENDING.',
    },
    ja: {
      what: 'IoMarkIrpPending でマークも、その結果で下位に渡しもしていない IRP について、ディスパッチルーチンが STATUS_PENDING を返している。',
      why: 'マークがないと、I/O マネージャーは非同期要求の完了処理の後半を行わない。待っている側は永久に待つことになる。',
      fix: 'IRP をキューに入れたり他のルーチンに渡したりする前に IoMarkIrpPending を呼び、そのうえで STATUS_PENDING を返す。',
    },
  },
  messages: {
    returned: {
      en: 'STATUS_PENDING is returned for an IRP that was not marked pending. Its sender would wait for ever. Call IoMarkIrpPending before handing the IRP on.',
      ja: '保留とマークしていない IRP について STATUS_PENDING を返しています。送り主は永久に待つことになります。IRP を他へ渡す前に IoMarkIrpPending を呼んでください。',
    },
    completed: {
      en: 'The IRP is completed here after its dispatch routine returned STATUS_PENDING, and it was never marked pending. Its sender would wait for ever. Call IoMarkIrpPending first.',
      ja: 'ディスパッチルーチンが STATUS_PENDING を返した IRP を、保留とマークしないままここで完了しています。送り主は永久に待つことになります。先に IoMarkIrpPending を呼んでください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iomarkirppending', 'devtest/wdm-markirppending2'],
    sdv: ['MarkIrpPending2'],
    bugChecks: ['0xC9/0x23D', '0xC9/0x24C'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
//#good
  IoMarkIrpPending(Irp);
//#end
  Complete(Irp, STATUS_SUCCESS);
//#bad
  return STATUS_PENDING;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  return STATUS_PENDING;
//#end
};
`),
};
