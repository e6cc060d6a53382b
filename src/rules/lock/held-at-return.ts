/** lock/held-at-return: a spin lock taken in a routine is held when it returns to the system. */
import { all, is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/held-at-return',
  severity: 'error',
  check: {
    id: 'lock/held-at-return',
    subject: 'machine',
    states: ['any'],
    on: {
      // The cancel spin lock has a rule of its own.
      'routine.leave': [
        { when: all(is('cancelLock', 'entryCancelLock'), { left: 'locks', is: '>', right: 'entryLocks' }), report: 'held' },
      ],
    },
    continues: false,
  },
  title: { en: 'Spin lock held at return', ja: 'スピンロックを保持したまま復帰' },
  description: {
    en: {
      what: 'A dispatch, completion, cancel or DPC routine returns while it holds a spin lock that it acquired.',
      why: 'Nobody will release the lock, and the IRQL stays raised. The next routine that wants the lock spins for ever.',
      fix: 'Release the lock on every path out of the routine, the error paths too.',
    },
    ja: {
      what: 'ディスパッチ、完了、取り消し、DPC などのルーチンが、取得したスピンロックを保持したまま戻っている。',
      why: 'ロックを解放する者がなく、IRQL も上がったままになる。次にこのロックを求めるルーチンは永久に回り続ける。',
      fix: 'エラー経路を含め、ルーチンから出るすべての経路でロックを解放する。',
    },
  },
  messages: {
    held: {
      en: 'The routine returns with a spin lock held. Nobody will release it. Release it on every path.',
      ja: 'ルーチンがスピンロックを保持したまま戻っています。解放する者がいません。すべての経路で解放してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-kereleasespinlock'],
    sdv: ['SpinLock'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  Complete(Irp, STATUS_SUCCESS);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Reads++;
//#bad
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_SUCCESS;
//#end
};
`),
};
