/** completion/information-on-cancel: an IRP is completed as STATUS_CANCELLED with Information not zero. */
import { all, byDriver, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const STATUS_CANCELLED = 0xc0000120 | 0;

export const rule: Rule = {
  id: 'completion/information-on-cancel',
  severity: 'error',
  check: {
    id: 'completion/information-on-cancel',
    subject: 'machine',
    states: ['any'],
    on: { 'irp.outcome': [{ when: all(byDriver, is('status', STATUS_CANCELLED), is('information', 1)), report: 'information' }] },
    continues: true,
  },
  title: { en: 'Cancelled with Information not zero', ja: 'Information が 0 でない取り消し' },
  description: {
    en: {
      what: 'The driver completes an IRP with STATUS_CANCELLED while IoStatus.Information is not zero.',
      why: 'Information is the number of bytes transferred, or an address, and whoever sent the request may believe it. A cancelled request has transferred nothing.',
      fix: 'Set IoStatus.Information to zero together with STATUS_CANCELLED, in the cancel routine and everywhere else.',
    },
    ja: {
      what: 'IoStatus.Information が 0 でないまま、ドライバーが STATUS_CANCELLED で IRP を完了している。',
      why: 'Information は転送したバイト数、またはアドレスであり、要求の送り主はそれを信用し得る。取り消された要求は何も転送していない。',
      fix: '取り消しルーチンでも他の場所でも、STATUS_CANCELLED とともに IoStatus.Information を 0 にする。',
    },
  },
  messages: {
    information: {
      en: 'The IRP is completed as cancelled with Information not zero. Its sender takes it for bytes transferred. Set Irp->IoStatus.Information to 0.',
      ja: 'Information が 0 でないまま、取り消しとして IRP を完了しています。送り主は転送バイト数と受け取ります。Irp->IoStatus.Information を 0 にしてください。',
    },
  },
  references: {
    pages: ['kernel/implementing-a-cancel-routine', 'wdm/nc-wdm-driver_cancel'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Stopped: BOOLEAN }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_CANCELLED;
//#bad
  Irp.IoStatus.Information = 8;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#end
  return STATUS_CANCELLED;
};
`),
};
