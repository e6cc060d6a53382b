/** memory/uninitialised: storage or a kernel object is used before it is initialised. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/uninitialised',
  severity: 'error',
  check: {
    id: 'memory/uninitialised',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.uninitialised': [{ report: 'unwritten' }], 'object.uninitialised': [{ report: 'object' }] },
    continues: false,
  },
  title: { en: 'Used before it is initialised', ja: '初期化前の使用' },
  description: {
    en: {
      what: 'A variable or memory is read that nothing was ever written to, or a kernel object (event, lock, timer, DPC, queue and the like) is used before the routine that initialises it was called.',
      why: 'Stack storage and pool that is not zeroed hold whatever was there before. An object that was never initialised works by luck at best: Driver Verifier stops Windows, and the next version of Windows may give the zero bytes another meaning.',
      fix: 'Give every variable a value on every path before it is read, and initialise kernel objects before anything can reach them: in DriverEntry or AddDevice, before the device takes requests.',
    },
    ja: {
      what: '一度も書き込まれていない変数やメモリを読んでいる。または、カーネルオブジェクト（イベント、ロック、タイマー、DPC、キューなど）を、初期化するルーチンを呼ぶ前に使っている。',
      why: 'スタックの記憶域やゼロ初期化されないプールには、以前の内容が残っている。初期化していないオブジェクトが動くのは偶然にすぎない。Driver Verifier は Windows を停止させ、次のバージョンの Windows ではゼロの意味が変わるかもしれない。',
      fix: '変数は読む前に、すべての経路で値を与える。カーネルオブジェクトは、誰かが使えるようになる前に、DriverEntry や AddDevice でデバイスが要求を受ける前に初期化する。',
    },
  },
  messages: {
    unwritten: {
      en: 'What is read here was never written: it holds whatever was in that memory before. Give it a value on every path first.',
      ja: 'ここで読んでいるものには一度も書き込まれておらず、以前の内容が残っています。先にすべての経路で値を与えてください。',
    },
    object: {
      en: 'This kernel object was never initialised. It works by luck at best. Call the routine that initialises it before anything can use it.',
      ja: 'このカーネルオブジェクトは初期化されていません。動いたとしても偶然です。使われる前に、初期化するルーチンを呼んでください。',
    },
  },
  references: {
    pages: ['kernel/initializing-and-using-event-objects', 'wdm/nf-wdm-keinitializeevent', 'wdm/nf-wdm-exallocatepool2'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Ready: KEVENT }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  KeSetEvent(Extension.Ready, IO_NO_INCREMENT, FALSE);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  KeSetEvent(Extension.Ready, IO_NO_INCREMENT, FALSE);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

//#good
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeEvent(Extension.Ready, NotificationEvent, FALSE);
}
//#end
`),
};
