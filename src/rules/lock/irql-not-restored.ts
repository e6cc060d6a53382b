/** lock/irql-not-restored: behind its outermost release the routine is at another IRQL than before the acquire, and never gets back. */
import { all, byDriver, is, isNot } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/irql-not-restored',
  severity: 'error',
  check: {
    id: 'lock/irql-not-restored',
    subject: 'context',
    // A release that leaves a wrong level is right where the routine lowers by hand behind it: what counts is the level at its end. A
    // cancel routine has a rule of its own.
    states: ['none', 'by-hand', 'released'],
    on: {
      'routine.enter': [{ to: 'none' }],
      'irql.change': [{ to: 'by-hand' }],
      'lock.release': [{ when: all(byDriver, is('locks', 1), is('inCancel', 0)), to: 'released', mark: true }],
      'routine.leave': [
        {
          from: 'released',
          when: all(is('locks', 'entryLocks'), isNot('irql', 'entryIrql')),
          report: 'not-restored',
          place: 'marked',
        },
      ],
    },
    continues: false,
    supersedes: ['irql/changed-at-return'],
  },
  title: { en: 'IRQL not restored by the release', ja: '解放時に復元されない IRQL' },
  description: {
    en: {
      what: 'A routine gives back its last spin lock with another IRQL than the one that the acquire returned, and returns to the system at that level.',
      why: 'The caller goes on at a level that it does not expect: at DISPATCH_LEVEL a later wait or access to paged memory stops Windows (0xA), below it data are no longer protected from DPCs. The usual cause is one variable that served two locks, or a FromDpcLevel release for a lock that was acquired with KeAcquireSpinLock.',
      fix: 'Keep the level of each acquire in a variable of its own and hand it to the release that belongs to it. Release nested locks in the order in which the levels come out right: the outermost level last.',
    },
    ja: {
      what: 'ルーチンが最後のスピンロックを、取得時に返された IRQL とは別の IRQL で解放し、そのレベルのままシステムに戻っている。',
      why: '呼び出し元は想定しないレベルで動き続ける。DISPATCH_LEVEL では後の待機やページ可能メモリへのアクセスで Windows が停止し (0xA)、それより低ければデータは DPC から保護されない。よくある原因は、一つの変数を二つのロックに使うこと、KeAcquireSpinLock で取得したロックを FromDpcLevel の形で解放することである。',
      fix: '取得ごとのレベルを別々の変数に保持し、対応する解放に渡す。入れ子のロックは、最も外側のレベルが最後に復元される順序で解放する。',
    },
  },
  messages: {
    'not-restored': {
      en: 'This release leaves another IRQL than before the lock was acquired, and the routine returns at that level. Hand the release the level that the outermost acquire returned.',
      ja: 'この解放の後、IRQL がロック取得前と異なり、ルーチンはそのレベルのまま戻ります。最も外側の取得が返したレベルを解放に渡してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kereleasespinlock', 'kernel/preventing-errors-and-deadlocks-while-using-spin-locks'],
    sdv: ['SpinLock', 'IrqlReturn'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Reads++;
//#bad
  KeReleaseSpinLock(Extension.Lock, DISPATCH_LEVEL);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeReleaseSpinLock(Extension.Lock, Irql);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}
`),
};
