/** cancel/foreign-irp: IoCancelIrp on an IRP that the driver did not create. */
import { byDriver, madeByDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'cancel/foreign-irp',
  severity: 'error',
  check: {
    id: 'cancel/foreign-irp',
    subject: 'irp',
    states: ['foreign', 'own'],
    on: {
      'irp.create': [{ when: madeByDriver, to: 'own' }, { to: 'foreign' }],
      'irp.cancel': [{ from: 'foreign', when: byDriver, report: 'foreign' }],
    },
    continues: true,
  },
  title: { en: 'IRP of somebody else cancelled', ja: '他者が作成した IRP の取り消し' },
  description: {
    en: {
      what: 'The driver calls IoCancelIrp for an IRP that it did not create.',
      why: 'Only the creator knows how long the IRP lives. For anybody else it may be completed and freed at that very moment, so that the result is unpredictable.',
      fix: 'Cancel only IRPs that this driver made with IoAllocateIrp or IoBuild...Request. To end a queued request of somebody else, take away its cancel routine and complete it with STATUS_CANCELLED.',
    },
    ja: {
      what: 'ドライバーが、自分で作成していない IRP に対して IoCancelIrp を呼んでいる。',
      why: 'IRP がいつまで存在するかを知っているのは作成者だけである。それ以外の者にとっては、まさにその瞬間に完了・解放されている可能性があり、結果は予測できない。',
      fix: 'IoAllocateIrp や IoBuild...Request で自ら作成した IRP だけを取り消す。他者の要求をキューから終わらせるには、取り消しルーチンを外して STATUS_CANCELLED で完了する。',
    },
  },
  messages: {
    foreign: {
      en: 'IoCancelIrp is called for an IRP that this driver did not create. It may be gone already. Cancel own IRPs only; complete a queued one with STATUS_CANCELLED instead.',
      ja: 'このドライバーが作成していない IRP に対して IoCancelIrp を呼んでいます。すでに存在しない可能性があります。取り消すのは自分の IRP だけにし、キューにある要求は STATUS_CANCELLED で完了してください。',
    },
  },
  references: { pages: ['kernel/canceling-irps', 'wdm/nf-wdm-iocancelirp'] },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  IoCancelIrp(Irp);
//^^^^^^^^^^^^^^^^^
//#good
//#end
  return Complete(Irp, STATUS_CANCELLED);
};
`),
};
