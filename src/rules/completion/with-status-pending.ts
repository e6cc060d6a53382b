/** completion/with-status-pending: IoStatus.Status is STATUS_PENDING at completion. */
import { all, byDriver, is, STATUS_PENDING } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'completion/with-status-pending',
  severity: 'error',
  check: {
    id: 'completion/with-status-pending',
    subject: 'irp',
    states: ['any'],
    on: { 'irp.outcome': [{ when: all(byDriver, is('status', STATUS_PENDING)), report: 'pending' }] },
    continues: true,
  },
  title: { en: 'IRP completed with STATUS_PENDING', ja: 'STATUS_PENDING で IRP を完了' },
  description: {
    en: {
      what: 'IoCompleteRequest is called while Irp->IoStatus.Status is STATUS_PENDING.',
      why: 'STATUS_PENDING means that the request is not finished. The sender goes on waiting for a result that has been delivered already; Driver Verifier stops with 0xC9/0x06.',
      fix: 'Set IoStatus.Status to the final result before IoCompleteRequest. STATUS_PENDING is a return value of dispatch routines only.',
    },
    ja: {
      what: 'Irp->IoStatus.Status が STATUS_PENDING のまま IoCompleteRequest が呼ばれている。',
      why: 'STATUS_PENDING は要求が終わっていないことを意味する。送り主は、すでに届いた結果を待ち続ける。Driver Verifier は 0xC9/0x06 で停止する。',
      fix: 'IoCompleteRequest の前に IoStatus.Status に最終結果を設定する。STATUS_PENDING はディスパッチルーチンの戻り値としてだけ使う。',
    },
  },
  messages: {
    pending: {
      en: 'The IRP is completed with STATUS_PENDING. Its sender takes it for unfinished. Set IoStatus.Status to the final result first.',
      ja: 'STATUS_PENDING のまま IRP を完了しています。送り主は未完了とみなします。先に IoStatus.Status に最終結果を設定してください。',
    },
  },
  references: {
    pages: ['debugger/bug-check-0xc9--driver-verifier-iomanager-violation', 'devtest/wdm-completerequeststatuscheck'],
    sdv: ['CompleteRequestStatusCheck'],
    bugChecks: ['0xC9/0x06'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  Irp.IoStatus.Status = STATUS_PENDING;
//#good
  Irp.IoStatus.Status = STATUS_SUCCESS;
//#end
  Irp.IoStatus.Information = 0;
//#bad
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#end
  return STATUS_SUCCESS;
};
`),
};
