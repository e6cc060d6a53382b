/** irp/not-freed: a driver-made IRP is never freed. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irp/not-freed',
  severity: 'error',
  check: {
    id: 'irp/not-freed',
    subject: 'irp',
    states: ['any'],
    on: { 'irp.leaked': [{ report: 'left' }] },
    continues: true,
  },
  title: { en: 'IRP never freed', ja: '解放されない IRP' },
  description: {
    en: {
      what: 'An IRP that the driver made with IoAllocateIrp or IoBuildAsynchronousFsdRequest is still there when the driver has been unloaded.',
      why: 'Such an IRP belongs to the driver: the I/O manager never frees it. Each request on that path takes nonpaged pool away until Windows restarts.',
      fix: 'Let its completion routine free it with IoFreeIrp and return STATUS_MORE_PROCESSING_REQUIRED, and free it on the paths on which it is not sent.',
    },
    ja: {
      what: 'IoAllocateIrp や IoBuildAsynchronousFsdRequest でドライバーが作った IRP が、ドライバーのアンロード後にも残っている。',
      why: 'このような IRP はドライバーのものであり、I/O マネージャーは解放しない。その経路の要求のたびに、Windows を再起動するまで非ページプールが失われる。',
      fix: '完了ルーチンで IoFreeIrp を呼んで STATUS_MORE_PROCESSING_REQUIRED を返す。送信しない経路でも解放する。',
    },
  },
  messages: {
    left: {
      en: 'The IRP made here is never freed, and the I/O manager does not do it. Free it with IoFreeIrp in its completion routine, and on the paths that do not send it.',
      ja: 'ここで作られた IRP は解放されず、I/O マネージャーも解放しません。完了ルーチンで、また送信しない経路でも、IoFreeIrp で解放してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-ioallocateirp', 'wdm/nf-wdm-iofreeirp', 'wdm/nf-wdm-iobuildasynchronousfsdrequest'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Last: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  const Own = IoAllocateIrp(DeviceObject.StackSize, FALSE);
//            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  const Own = IoAllocateIrp(DeviceObject.StackSize, FALSE);
//#end
  if (Own === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
//#good
  IoFreeIrp(Own);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
