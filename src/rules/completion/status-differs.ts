/** completion/status-differs: dispatch returns another status than the IRP was completed with, or than the lower driver answered. */
import { all, byDriver, driverKeeps, is, isNot, ofDriver, STATUS_PENDING } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const different = all(ofDriver, isNot('status', 'remembered'), isNot('status', STATUS_PENDING));

export const rule: Rule = {
  id: 'completion/status-differs',
  severity: 'error',
  check: {
    id: 'completion/status-differs',
    subject: 'location',
    // `kept`: the driver's completion routine has taken the IRP back, and the driver completes it itself.
    states: ['none', 'running', 'passed', 'kept', 'completed'],
    remembers: true,
    on: {
      'irp.create': [{ to: 'none' }],
      'irp.reuse': [{ to: 'none' }],
      'irp.dispatch': [{ when: ofDriver, to: 'running' }],
      'irp.sent': [{ from: 'running', to: 'passed', remember: 'status' }],
      'irp.completion-leave': [{ from: ['running', 'passed'], when: driverKeeps, to: 'kept' }],
      'irp.outcome': [
        {
          from: ['running', 'passed', 'kept'],
          when: all(byDriver, isNot('status', STATUS_PENDING)),
          to: 'completed',
          remember: 'status',
        },
      ],
      'irp.dispatched': [
        { from: 'completed', when: different, report: 'differs', to: 'none' },
        { from: 'passed', when: all(different, isNot('remembered', STATUS_PENDING)), report: 'replaced', to: 'none' },
        { when: ofDriver, to: 'none' },
        // Behind IoSkipCurrentIrpStackLocation the lower driver runs in this very location.
        { from: 'running', when: is('target', 0), to: 'passed', remember: 'status' },
      ],
    },
    continues: true,
  },
  title: { en: 'Dispatch returns another status', ja: 'ディスパッチの戻り値と状態の不一致' },
  description: {
    en: {
      what: 'A dispatch routine returns another status than the one with which it has completed the IRP; or it has passed the IRP down and returns another status than IoCallDriver did.',
      why: 'Who sent the request believes the one or the other: a caller that tests the returned value goes on although the request failed, or gives up one that succeeded. The I/O manager reads output buffers according to one and reports the other.',
      fix: 'Keep the status in one variable, store it into IoStatus.Status and return it. Without a completion routine return what IoCallDriver returned.',
    },
    ja: {
      what: 'ディスパッチルーチンが、IRP を完了したときの状態とは別の値を返している。または、IRP を下位に渡し、IoCallDriver が返した値とは別の値を返している。',
      why: '要求の送り主はどちらか一方を信じる。戻り値を調べる呼び出し元は、失敗した要求なのに先へ進むか、成功した要求を諦める。I/O マネージャーは一方に従って出力バッファーを読み、他方を報告する。',
      fix: '状態を一つの変数に保持し、IoStatus.Status に格納して、それを返す。完了ルーチンがなければ IoCallDriver の戻り値を返す。',
    },
  },
  messages: {
    differs: {
      en: 'The dispatch routine returns another status than the IRP was completed with. Its sender may take a failed request for a good one. Return the status that was stored in IoStatus.Status.',
      ja: 'ディスパッチルーチンの戻り値が、IRP を完了したときの状態と異なります。送り主は失敗した要求を成功とみなすかもしれません。IoStatus.Status に格納した状態を返してください。',
    },
    replaced: {
      en: 'The IRP was passed down, and the dispatch routine returns another status than IoCallDriver did: its sender does not learn what the lower driver answered. Return what IoCallDriver returned.',
      ja: 'IRP を下位に渡したのに、ディスパッチルーチンの戻り値が IoCallDriver の戻り値と異なり、送り主に下位ドライバーの結果が伝わりません。IoCallDriver の戻り値を返してください。',
    },
  },
  references: {
    pages: ['kernel/constraints-on-dispatch-routines', 'kernel/different-ways-of-handling-irps-cheat-sheet'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  Complete(Irp, STATUS_INVALID_PARAMETER);
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  return Complete(Irp, STATUS_INVALID_PARAMETER);
//#end
};
`),
};
