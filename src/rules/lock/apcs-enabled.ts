/** lock/apcs-enabled: a resource, or a mutex by its unsafe routine, is taken while normal kernel APCs may come to the thread. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/apcs-enabled',
  severity: 'error',
  check: {
    id: 'lock/apcs-enabled',
    subject: 'machine',
    states: ['any'],
    on: { 'lock.apcs-enabled': [{ report: 'enabled' }] },
    continues: true,
  },
  title: { en: 'Lock taken with APCs enabled', ja: 'APC が有効なままのロック取得' },
  description: {
    en: {
      what: 'An executive resource is acquired, or a fast or guarded mutex by its unsafe routine, while normal kernel APCs may come to the thread: below APC_LEVEL and outside any critical or guarded region.',
      why: 'An APC can suspend the thread while it has the lock, and then everybody else waits for as long as somebody cares to keep the thread suspended. Driver Verifier stops Windows.',
      fix: 'Call KeEnterCriticalRegion before the acquire and KeLeaveCriticalRegion behind the release, or use the routines that do both.',
    },
    ja: {
      what: 'スレッドに通常のカーネル APC が届きうる状態で、エグゼクティブリソースを取得している、または unsafe 版のルーチンでミューテックスを取得している。つまり APC_LEVEL 未満で、クリティカル領域にもガード領域にも入っていない。',
      why: 'ロックを保持したスレッドが APC で中断されると、中断が解かれるまで他の全員が待たされる。Driver Verifier は Windows を停止させる。',
      fix: '取得の前に KeEnterCriticalRegion、解放の後に KeLeaveCriticalRegion を呼ぶ。または両方を行うルーチンを使う。',
    },
  },
  messages: {
    enabled: {
      en: 'Normal kernel APCs are enabled here: the thread may be suspended while it has the lock. Call KeEnterCriticalRegion first.',
      ja: 'ここでは通常のカーネル APC が有効で、ロックを保持したスレッドが中断されるおそれがあります。先に KeEnterCriticalRegion を呼んでください。',
    },
  },
  references: {
    pages: [
      'wdm/nf-wdm-exacquireresourceexclusivelite',
      'wdm/nf-wdm-exacquirefastmutexunsafe',
      'ntddk/nf-ntddk-keentercriticalregion',
    ],
    sdv: ['WithinCriticalRegion'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Resource: ERESOURCE; Reads: LONG }

function Start(Extension: PDEVICE_EXTENSION): void {
  ExInitializeResourceLite(Extension.Resource);
}

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  ExAcquireResourceExclusiveLite(Extension.Resource, TRUE);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  Extension.Reads++;
  ExReleaseResourceLite(Extension.Resource);
//#good
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(Extension.Resource, TRUE);
  Extension.Reads++;
  ExReleaseResourceLite(Extension.Resource);
  KeLeaveCriticalRegion();
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
