/** integer/divide-by-zero: an integer is divided by zero. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'integer/divide-by-zero',
  severity: 'error',
  check: {
    id: 'integer/divide-by-zero',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.divide': [{ report: 'zero' }] },
    continues: false,
  },
  title: { en: 'Division by zero', ja: 'ゼロ除算' },
  description: {
    en: {
      what: 'An integer is divided by zero, or the remainder of a division by zero is taken.',
      why: 'The processor raises an exception, which stops Windows in kernel mode.',
      fix: 'Test the divisor first, above all when it comes from a request or from hardware.',
    },
    ja: {
      what: '整数をゼロで割っている、またはゼロによる剰余を求めている。',
      why: 'プロセッサが例外を発生し、カーネルモードでは Windows が停止する。',
      fix: '先に除数を調べる。要求やハードウェアから来る値では特に必要である。',
    },
  },
  messages: {
    zero: {
      en: 'The divisor is zero here, which stops Windows. Test it first.',
      ja: 'ここで除数がゼロであり、Windows が停止します。先に調べてください。',
    },
  },
  references: {
    pages: ['debugger/bug-check-0x7e--system-thread-exception-not-handled'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Rate: ULONG; Delay: ULONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  Extension.Delay = 1000 / Extension.Rate;
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  if (Extension.Rate !== 0) {
    Extension.Delay = 1000 / Extension.Rate;
  }
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
