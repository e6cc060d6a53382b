/** irp/not-yours-to-free: IoFreeIrp on an IRP that belongs to the I/O manager. */
import { byDriver, madeByDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irp/not-yours-to-free',
  severity: 'error',
  check: {
    id: 'irp/not-yours-to-free',
    subject: 'irp',
    // Told apart so that nothing is claimed of an IRP that may be either.
    states: ['received', 'made'],
    on: {
      'irp.create': [{ when: madeByDriver, to: 'made' }, { to: 'received' }],
      'irp.free-foreign': [
        { from: 'received', when: byDriver, report: 'foreign' },
        { from: 'made', when: byDriver, report: 'foreign' },
      ],
    },
    continues: false,
  },
  title: { en: 'IRP of the I/O manager freed', ja: 'I/O マネージャーの IRP を解放' },
  description: {
    en: {
      what: 'IoFreeIrp is called for an IRP that the driver received, or that IoBuildDeviceIoControlRequest or IoBuildSynchronousFsdRequest made.',
      why: 'The I/O manager frees such an IRP when its completion reaches the top. Freed here, it is freed twice, and its thread still has it in its list.',
      fix: 'Free only what IoAllocateIrp or IoBuildAsynchronousFsdRequest made. Complete a received IRP with IoCompleteRequest; let a synchronous one complete by itself.',
    },
    ja: {
      what: 'ドライバーが受け取った IRP、または IoBuildDeviceIoControlRequest や IoBuildSynchronousFsdRequest が作った IRP に対して IoFreeIrp が呼ばれている。',
      why: 'このような IRP は、完了処理が最上位に達したときに I/O マネージャーが解放する。ここで解放すると二重解放になり、スレッドのリストにも残ったままになる。',
      fix: 'IoAllocateIrp または IoBuildAsynchronousFsdRequest で作ったものだけを解放する。受け取った IRP は IoCompleteRequest で完了し、同期 IRP は自然に完了させる。',
    },
  },
  messages: {
    foreign: {
      en: 'This IRP belongs to the I/O manager, which frees it after completion. Only an IRP made with IoAllocateIrp or IoBuildAsynchronousFsdRequest is freed with IoFreeIrp.',
      ja: 'この IRP は I/O マネージャーのもので、完了後に I/O マネージャーが解放します。IoFreeIrp で解放するのは IoAllocateIrp または IoBuildAsynchronousFsdRequest で作った IRP だけです。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-iofreeirp'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Failed: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  IoFreeIrp(Irp);
//^^^^^^^^^^^^^^^
  return STATUS_SUCCESS;
//#good
  return Complete(Irp, STATUS_SUCCESS);
//#end
};
`),
};
