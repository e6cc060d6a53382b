/** cancel/claim-ignored: an IRP is taken although IoSetCancelRoutine(Irp, NULL) said that the cancel routine has it. */
import { all, byDriver, is, ofDriver } from '../conditions.ts';
import type { Rule } from '../rule.ts';

const inCancel = all(byDriver, is('inCancel', 1));
const outside = all(byDriver, is('inCancel', 0));

export const rule: Rule = {
  id: 'cancel/claim-ignored',
  severity: 'error',
  check: {
    id: 'cancel/claim-ignored',
    subject: 'irp',
    // Being refused is no breach, nor is taking the IRP nevertheless when the cancel routine leaves it alone. The harm is both
    // of them having it. Under the cancel spin lock the driver may settle it with the cancel routine in another way.
    //   claimed   IoCancelIrp took the routine         refused   IoSetCancelRoutine(Irp, NULL) returned NULL
    //   taken     completed or sent nevertheless       served    the cancel routine completed it
    states: ['free', 'claimed', 'refused', 'taken', 'served'],
    on: {
      'irp.create': [{ to: 'free' }],
      'irp.reuse': [{ to: 'free' }],
      'irp.dispatch': [{ from: ['free', 'claimed', 'refused', 'served'], when: ofDriver, to: 'free' }],
      'irp.cancel-requested': [{ when: is('claimed', 1), to: 'claimed' }],
      'irp.set-cancel': [
        {
          from: 'claimed',
          when: all(outside, is('installed', 0), is('previous', 0), is('cancelLock', 0)),
          to: 'refused',
          mark: true,
        },
      ],
      'irp.complete': [
        { from: 'refused', when: inCancel, to: 'served' },
        { from: 'refused', when: outside, to: 'taken' },
        { from: 'taken', when: inCancel, report: 'ignored', place: 'marked' },
        { from: 'served', when: outside, report: 'ignored', place: 'marked' },
      ],
      'irp.send': [
        { from: 'refused', when: outside, to: 'taken' },
        { from: 'served', when: outside, report: 'ignored', place: 'marked' },
      ],
      'irp.touch': [
        { from: 'taken', when: inCancel, report: 'ignored', place: 'marked' },
        { from: 'served', when: outside, report: 'ignored', place: 'marked' },
      ],
    },
    continues: false,
    supersedes: [
      'completion/twice', 'completion/touched-after', 'completion/touched-after-send', 'completion/not-owned',
      'memory/use-after-free', 'memory/wrong-type',
    ],
  },
  title: { en: 'IRP taken although the cancel routine has it', ja: '取り消しルーチンが持つ IRP を取得' },
  description: {
    en: {
      what: 'IoSetCancelRoutine(Irp, NULL) returned NULL for an IRP that was cancelable, which means that IoCancelIrp has taken the cancel routine and calls it. The driver goes on with the IRP all the same.',
      why: 'The cancel routine and this code both use and complete the IRP: it is completed twice, or touched after it was freed.',
      fix: 'Test what IoSetCancelRoutine(Irp, NULL) returns, not Irp->Cancel. If it is NULL, leave the IRP to the cancel routine: make its list entry point to itself under the queue lock and take the next one.',
    },
    ja: {
      what: '取り消し可能だった IRP について IoSetCancelRoutine(Irp, NULL) が NULL を返した。これは IoCancelIrp が取り消しルーチンを取得して呼び出すことを意味する。それでもドライバーはその IRP の処理を続けている。',
      why: '取り消しルーチンとこのコードの両方が IRP を使い、完了する。二重に完了されるか、解放後にアクセスされる。',
      fix: 'Irp->Cancel ではなく IoSetCancelRoutine(Irp, NULL) の戻り値を調べる。NULL なら IRP を取り消しルーチンに任せる。キューのロックを保持したままリストエントリを自分自身に向け、次の IRP を取る。',
    },
  },
  messages: {
    ignored: {
      en: 'IoSetCancelRoutine returned NULL here because the cancel routine already has the IRP, and the driver uses it nevertheless. Both complete it. Go on only if the old routine was returned.',
      ja: '取り消しルーチンがすでに IRP を持っているため、ここで IoSetCancelRoutine は NULL を返しましたが、ドライバーはその IRP を使っています。両方が完了することになります。元のルーチンが返された場合だけ続行してください。',
    },
  },
  references: {
    pages: ['kernel/using-a-driver-supplied-spin-lock', 'wdm/nf-wdm-iosetcancelroutine', 'kernel/registering-a-cancel-routine'],
    bugChecks: ['0x44'],
  },
};
