/** irql/wrong-change: the IRQL is raised to a lower level or lowered to a higher one. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/wrong-change',
  severity: 'error',
  check: {
    id: 'irql/wrong-change',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.irql': [{ report: 'change' }] },
    continues: false,
  },
  title: { en: 'IRQL changed the wrong way', ja: 'IRQL の変更方向の誤り' },
  description: {
    en: {
      what: 'KeRaiseIrql is given a lower level than the present one, or KeLowerIrql (or the release of a spin lock) a higher one.',
      why: 'The saved IRQL and the real one no longer match. Windows stops with a bug check, or the driver runs on at an IRQL that nobody expects.',
      fix: 'Give KeLowerIrql and KeReleaseSpinLock exactly the value that the matching raise or acquire returned, and keep one variable for each.',
    },
    ja: {
      what: 'KeRaiseIrql に現在より低いレベルが、または KeLowerIrql（あるいはスピンロックの解放）に現在より高いレベルが渡されている。',
      why: '保存した IRQL と実際の IRQL が食い違う。Windows がバグチェックで停止するか、ドライバーが誰も想定しない IRQL で動き続ける。',
      fix: 'KeLowerIrql と KeReleaseSpinLock には、対応する引き上げや取得が返した値をそのまま渡し、それぞれ別の変数に保存する。',
    },
  },
  messages: {
    change: {
      en: 'The IRQL is raised to a lower level, or lowered to a higher one. Windows stops here. Restore exactly the level that the matching raise or acquire returned.',
      ja: 'IRQL を低いレベルへ引き上げ、または高いレベルへ引き下げようとしています。Windows はここで停止します。対応する引き上げや取得が返したレベルにそのまま戻してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-keraiseirql', 'wdm/nf-wdm-kelowerirql'],
    sdv: ['IrqlKeRaiseLower', 'IrqlKeRaiseLower2'],
    bugChecks: ['0xC4/0x30', '0xC4/0x31'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Irql = KeRaiseIrqlToDpcLevel();
//#bad
  KeLowerIrql(CLOCK_LEVEL);
//^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeLowerIrql(Irql);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
