/** lock/deadlock: contexts wait for each other, or for something nobody can bring, for ever. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'lock/deadlock',
  severity: 'error',
  check: {
    id: 'lock/deadlock',
    subject: 'machine',
    states: ['any'],
    on: { deadlock: [{ report: 'stuck' }] },
    continues: false,
  },
  title: { en: 'Deadlock', ja: 'デッドロック' },
  description: {
    en: {
      what: 'Nothing can go on: a routine spins for a lock that is never released, or waits for an object that nobody will signal.',
      why: 'The thread, or with a spin lock the whole processor, stands still for ever.',
      fix: 'Take locks in one order everywhere, and release them on every path. Make sure that whatever is waited for is signalled on every path, cancel and removal included.',
    },
    ja: {
      what: '何も先へ進めない。解放されないロックを待って回り続けているか、誰もシグナル状態にしないオブジェクトを待っている。',
      why: 'スレッドが、スピンロックの場合はプロセッサ全体が、永久に止まる。',
      fix: 'ロックはどこでも同じ順序で取得し、すべての経路で解放する。待つ対象は、取り消しや取り外しを含むすべての経路で必ずシグナル状態にする。',
    },
  },
  messages: {
    stuck: {
      en: 'Execution stands still here for ever: what is waited for never comes. Take locks in one order, release them on every path, and signal on every path what is waited for.',
      ja: '待っているものが来ないため、ここで永久に止まります。ロックは同じ順序で取得してすべての経路で解放し、待つ対象はすべての経路でシグナル状態にしてください。',
    },
  },
  references: {
    pages: ['kernel/preventing-errors-and-deadlocks-while-using-spin-locks', 'devtest/deadlock-detection'],
    bugChecks: ['0xC4/0x1001'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Ready: KEVENT }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  KeWaitForSingleObject(Extension.Ready, Executive, KernelMode, FALSE, null);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeWaitForSingleObject(Extension.Ready, Executive, KernelMode, FALSE, null);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
//#bad
  KeInitializeEvent(Extension.Ready, NotificationEvent, FALSE);
//#good
  KeInitializeEvent(Extension.Ready, NotificationEvent, TRUE);
//#end
}
`),
};
