/** integer/overflow: a 64-bit value leaves the range in which it is exact. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'integer/overflow',
  severity: 'error',
  check: {
    id: 'integer/overflow',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.overflow': [{ report: 'range' }] },
    continues: false,
  },
  title: { en: '64-bit value out of range', ja: '64 ビット値の範囲超過' },
  description: {
    en: {
      what: 'A 64-bit calculation gives a value of more than 53 bits, which the simulated machine does not represent.',
      why: 'In the driver the value may be right; the check cannot follow it exactly and so stops here rather than go on with a rounded one.',
      fix: 'If such values are not meant to occur, look for the wrong sign, unit or length that leads here. Otherwise use smaller numbers in the scenario.',
    },
    ja: {
      what: '64 ビットの計算結果が、シミュレートされた機械で表せない 53 ビットを超える値になった。',
      why: 'ドライバーでは正しい値かもしれないが、検査はそれを正確に追えないため、丸めた値で続けずにここで止まる。',
      fix: 'そのような値が起こるはずがないなら、ここに至る符号、単位、長さの誤りを探す。そうでなければ、シナリオで小さい値を使う。',
    },
  },
  messages: {
    range: {
      en: 'This 64-bit value needs more than 53 bits, which the check cannot follow exactly. Look for a wrong sign, unit or length, or use smaller numbers in the scenario.',
      ja: 'この 64 ビット値は 53 ビットを超えており、検査では正確に追えません。符号、単位、長さの誤りを探すか、シナリオで小さい値を使ってください。',
    },
  },
  references: {
    pages: ['kernel/windows-kernel-mode-kernel-library'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Offset: LONGLONG = 0x1fffffffffffff;
//#bad
  Offset = Offset * 4;
//^^^^^^^^^^^^^^^^^^^^
//#good
  Offset = Offset / 4;
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
