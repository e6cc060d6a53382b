/** lock/held-at-return: a spin lock, mutex, resource or region taken in a routine is held when it returns to the system. */
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
      'lock.kept': [{ report: 'kept' }],
      'lock.in-use': [{ when: is('thread', 1), report: 'thread' }, { report: 'deleted' }],
    },
    continues: false,
  },
  title: { en: 'Lock held at return', ja: 'ロックを保持したまま復帰' },
  description: {
    en: {
      what: 'A routine that the system called returns while it has a spin lock, a mutex or a resource that it acquired, or is in a critical or guarded region that it entered.',
      why: 'Nobody will give the lock back: the next routine that wants it waits for ever. With a spin lock the IRQL stays raised; with a mutex or in a region no APC comes to the thread any more, so that its requests are not finished, and Windows stops when it goes back to user mode (0x1).',
      fix: 'Release the lock and leave the region on every path out of the routine, the error paths too. A resource may be handed over with a request that was pended: whoever finishes that calls ExReleaseResourceForThreadLite.',
    },
    ja: {
      what: 'システムが呼び出したルーチンが、取得したスピンロック、ミューテックス、リソースを保持したまま、またはクリティカル領域やガード領域に入ったまま戻っている。',
      why: 'ロックを返す者がなく、次に求めるルーチンは永久に待つ。スピンロックでは IRQL も上がったままになる。ミューテックスや領域ではスレッドに APC が届かず、その要求が完了しない。ユーザーモードに戻るときに Windows が停止する (0x1)。',
      fix: 'エラー経路を含め、ルーチンから出るすべての経路でロックを解放し、領域を出る。リソースは保留した要求とともに引き渡してよい。その場合は要求を終える側が ExReleaseResourceForThreadLite を呼ぶ。',
    },
  },
  messages: {
    held: {
      en: 'The routine returns with a spin lock held. Nobody will release it. Release it on every path.',
      ja: 'ルーチンがスピンロックを保持したまま戻っています。解放する者がいません。すべての経路で解放してください。',
    },
    kept: {
      en: 'The routine returns with a mutex or resource held, or inside a critical or guarded region. Nobody will give it back. Release it on every path.',
      ja: 'ルーチンがミューテックスやリソースを保持したまま、またはクリティカル領域やガード領域に入ったまま戻っています。返す者がいません。すべての経路で解放してください。',
    },
    thread: {
      en: 'The thread ends here with a mutex or resource held, or inside a region. Nobody will give it back. Release it first.',
      ja: 'スレッドがミューテックスやリソースを保持したまま、または領域に入ったまま終わります。返す者がいません。先に解放してください。',
    },
    deleted: {
      en: 'The resource or run-down reference is deleted or made anew while somebody holds it. A release is missing on some path. Find the acquire without one.',
      ja: '誰かが保持しているのに、リソースやランダウン参照を削除または再初期化しています。どこかの経路で解放が抜けています。対になっていない取得を探してください。',
    },
  },
  references: {
    pages: [
      'wdm/nf-wdm-kereleasespinlock',
      'wdm/nf-wdm-exreleasefastmutex',
      'ntddk/nf-ntddk-keleavecriticalregion',
      'wdm/nf-wdm-exreleaseresourcelite',
    ],
    sdv: ['SpinLock', 'CriticalRegions', 'GuardedRegions', 'ExclusiveResourceAccess'],
    bugChecks: ['0x1'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Mutex: FAST_MUTEX; Resource: ERESOURCE; Reads: LONG; Writes: LONG; Resets: LONG }

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  ExInitializeFastMutex(Extension.Mutex);
  ExInitializeResourceLite(Extension.Resource);
}

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

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  Complete(Irp, STATUS_SUCCESS);
  ExAcquireFastMutex(Extension.Mutex);
  Extension.Writes++;
  ExReleaseFastMutex(Extension.Mutex);
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(Extension.Resource, TRUE);
  Extension.Resets++;
//#bad
  ExReleaseResourceLite(Extension.Resource);
  return STATUS_SUCCESS;
//^^^^^^^^^^^^^^^^^^^^^^
//#good
  ExReleaseResourceLite(Extension.Resource);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
//#end
};
`),
};
