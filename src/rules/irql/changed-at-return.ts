/** irql/changed-at-return: a routine returns to the system at another IRQL than it was entered at. */
import { all, is, isNot } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/changed-at-return',
  severity: 'error',
  check: {
    id: 'irql/changed-at-return',
    subject: 'machine',
    states: ['any'],
    on: {
      'routine.leave': [{ when: all(is('locks', 'entryLocks'), isNot('irql', 'entryIrql')), report: 'changed' }],
    },
    continues: false,
  },
  title: { en: 'IRQL changed at return', ja: '復帰時の IRQL の変化' },
  description: {
    en: {
      what: 'A routine that the system called returns at another IRQL than it was entered at.',
      why: 'The caller goes on at a level that it does not expect: a later wait or access to paged memory stops Windows (0xA), or the level it needs is lost.',
      fix: 'Restore the IRQL that KeRaiseIrql, KeAcquireSpinLock or IoAcquireCancelSpinLock returned on every path. A cancel routine ends at Irp->CancelIrql.',
    },
    ja: {
      what: 'システムが呼び出したルーチンが、呼び出されたときと異なる IRQL で戻っている。',
      why: '呼び出し元は想定しないレベルで動き続ける。後の待機やページ可能メモリへのアクセスで Windows が停止する (0xA) か、必要なレベルが失われる。',
      fix: 'すべての経路で、KeRaiseIrql、KeAcquireSpinLock、IoAcquireCancelSpinLock が返した IRQL を復元する。取り消しルーチンは Irp->CancelIrql で終える。',
    },
  },
  messages: {
    changed: {
      en: 'The routine returns at another IRQL than it was entered at. Restore the level that the raise or acquire returned.',
      ja: 'ルーチンが、呼び出されたときと異なる IRQL で戻っています。引き上げや取得が返したレベルを復元してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kelowerirql'],
    sdv: ['IrqlReturn'],
    bugChecks: ['0xA'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Irql = KeRaiseIrqlToDpcLevel();
  InterlockedIncrement(Ref(DeviceObject.DeviceExtension.Reads));
  Complete(Irp, STATUS_SUCCESS);
//#bad
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeLowerIrql(Irql);
  return STATUS_SUCCESS;
//#end
};
`),
};
