/** queue/start-io: IoStartNextPacket is called too often, not as the packets were started, or forgotten. */
import { all, byDriver, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'queue/start-io',
  severity: 'error',
  check: {
    id: 'queue/start-io',
    subject: 'irp',
    states: ['other', 'started', 'finished'],
    on: {
      'irp.create': [{ to: 'other' }],
      'irp.dispatch': [{ when: ofDriver, to: 'other' }],
      'irp.start-io': [{ when: ofDriver, to: 'started' }],
      'irp.complete': [{ from: 'started', when: byDriver, to: 'finished', mark: true }],
      'queue.stalled': [{ from: 'finished', report: 'forgotten', place: 'marked' }],
      'queue.start-misuse': [
        { when: all(byDriver, is('misuse', 1)), report: 'none-started' },
        { when: all(byDriver, is('misuse', 2)), report: 'not-cancelable' },
      ],
    },
    continues: true,
  },
  title: { en: 'StartIo protocol broken', ja: 'StartIo の手順違反' },
  description: {
    en: {
      what: 'IoStartNextPacket is called though no packet was started since its last call: twice for one IRP, or for none; or it is not called at all for an IRP that is finished, while others wait; or Cancelable is FALSE though IoStartPacket was given a cancel routine.',
      why: 'Without the call the device stays busy, and every later request waits for ever. With one call too many two IRPs are in StartIo at once, and CurrentIrp names just one of them. Without Cancelable the queue and CurrentIrp change while a cancel routine looks at them.',
      fix: 'Call IoStartNextPacket once for each IRP that StartIo was given, in the routine that finishes it; a cancel routine only for the current IRP, and only where StartIo then leaves it alone. Give Cancelable as TRUE wherever IoStartPacket has a cancel routine.',
    },
    ja: {
      what: '前回の呼び出し以後に開始されたパケットがないのに IoStartNextPacket が呼ばれている（一つの IRP に対して二度、または IRP なしで）、他の IRP が待っているのに終わった IRP に対して呼ばれていない、または IoStartPacket に取り消しルーチンを渡しているのに Cancelable が FALSE である。',
      why: '呼び出しがないとデバイスは使用中のままになり、後の要求はすべて永久に待つ。呼び出しが一つ多いと二つの IRP が同時に StartIo に入り、CurrentIrp は片方しか示さない。Cancelable がないと、取り消しルーチンが見ている間にキューと CurrentIrp が変わる。',
      fix: 'StartIo に渡された IRP ごとに一度、それを終えるルーチンで IoStartNextPacket を呼ぶ。取り消しルーチンは現在の IRP のときだけ、StartIo がそれに手を付けない場合にだけ呼ぶ。IoStartPacket に取り消しルーチンを渡すなら Cancelable は TRUE にする。',
    },
  },
  messages: {
    forgotten: {
      en: 'This packet is finished here, and the next one is never asked for: the requests that wait behind it are never started. Call IoStartNextPacket for each IRP that StartIo was given.',
      ja: 'ここでパケットを終えていますが、次のパケットが求められません。後ろで待つ要求は決して開始されません。StartIo に渡された IRP ごとに IoStartNextPacket を呼んでください。',
    },
    'none-started': {
      en: 'The next packet is asked for, and none was started since the last call. Two IRPs get into StartIo at once. Call IoStartNextPacket once for each IRP that StartIo was given.',
      ja: '前回の呼び出し以後に開始されたパケットがないのに次のパケットを求めています。二つの IRP が同時に StartIo に入ります。StartIo に渡された IRP ごとに一度だけ IoStartNextPacket を呼んでください。',
    },
    'not-cancelable': {
      en: 'IoStartNextPacket is called with Cancelable FALSE, though the packets are started with a cancel routine. It changes the queue under a cancel. Give TRUE.',
      ja: 'パケットは取り消しルーチン付きで開始されているのに、Cancelable を FALSE にして IoStartNextPacket を呼んでいます。取り消しの最中にキューが変わります。TRUE を渡してください。',
    },
  },
  references: {
    pages: [
      'ntifs/nf-ntifs-iostartnextpacket',
      'ntifs/nf-ntifs-iostartpacket',
      'kernel/startio-routines-in-highest-level-drivers',
    ],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoStartPacket(DeviceObject, Irp, null, null);
  return STATUS_PENDING;
};

const StartIo: DRIVER_STARTIO<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DeviceObject.DeviceExtension.Reads++;
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
//#good
  IoStartNextPacket(DeviceObject, FALSE);
//#end
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
//#bad
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#end
};
`),
};
