/** pending/marked-not-returned: marked pending, but the dispatch routine returned something else. */
import { all, is, ofDriver, STATUS_PENDING } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'pending/marked-not-returned',
  severity: 'error',
  check: {
    id: 'pending/marked-not-returned',
    subject: 'location',
    // Whoever marks: after IoSkipCurrentIrpStackLocation the lower driver marks this very location. Neither completion nor freeing
    // ends the duty, for dispatch may return after them.
    states: ['none', 'running', 'marked', 'pending', 'pending-marked', 'final'],
    on: {
      'irp.create': [{ to: 'none' }],
      'irp.reuse': [{ to: 'none' }],
      'irp.dispatch': [{ when: ofDriver, to: 'running' }],
      'irp.mark-pending': [
        { from: 'running', to: 'marked' },
        { from: 'pending', to: 'pending-marked' },
        { from: 'final', report: 'late' },
      ],
      'irp.dispatched': [
        { from: ['running', 'final'], when: all(ofDriver, is('status', STATUS_PENDING)), to: 'pending' },
        { from: ['marked', 'pending-marked'], when: all(ofDriver, is('status', STATUS_PENDING)), to: 'pending-marked' },
        { from: ['marked', 'pending-marked'], when: ofDriver, report: 'returned' },
        { from: ['running', 'pending'], when: ofDriver, to: 'final' },
      ],
    },
    continues: false,
  },
  title: { en: 'IRP marked pending, STATUS_PENDING not returned', ja: '保留とマークしたのに STATUS_PENDING を返さない' },
  description: {
    en: {
      what: 'IoMarkIrpPending was called for the IRP, and the dispatch routine returns another status than STATUS_PENDING.',
      why: 'The mark promises that the result comes later, the return value says that it is there. The I/O manager may finish the request twice or use it after it was freed.',
      fix: 'After IoMarkIrpPending return STATUS_PENDING on every path, also when the IRP was completed meanwhile.',
    },
    ja: {
      what: 'IRP に IoMarkIrpPending を呼んだのに、ディスパッチルーチンが STATUS_PENDING 以外を返している。',
      why: 'マークは結果が後で届くことを約束し、戻り値は結果がすでにあると告げている。I/O マネージャーは要求を二重に終わらせたり、解放後に使ったりする可能性がある。',
      fix: 'IoMarkIrpPending の後は、その間に IRP が完了された場合も含め、すべての経路で STATUS_PENDING を返す。',
    },
  },
  messages: {
    returned: {
      en: 'The IRP was marked pending, but the dispatch routine does not return STATUS_PENDING. The I/O manager would finish the request twice. Return STATUS_PENDING after IoMarkIrpPending, whatever happened to the IRP.',
      ja: 'IRP は保留とマークされましたが、ディスパッチルーチンが STATUS_PENDING を返していません。I/O マネージャーが要求を二重に終わらせる恐れがあります。IoMarkIrpPending の後は、IRP がどうなっていても STATUS_PENDING を返してください。',
    },
    late: {
      en: 'The IRP is marked pending after the dispatch routine returned a final status. The sender takes the request for finished. Mark it before handing it on, and return STATUS_PENDING.',
      ja: 'ディスパッチルーチンが最終状態を返した後で IRP を保留とマークしています。送り主は要求が終わったとみなします。他へ渡す前にマークし、STATUS_PENDING を返してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iomarkirppending', 'devtest/wdm-markirppending'],
    sdv: ['MarkIrpPending'],
    bugChecks: ['0xC9/0x23E'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  Complete(Irp, STATUS_SUCCESS);
//#bad
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  return STATUS_PENDING;
//#end
};
`),
};
