/** memory/buffer-overrun: a buffer or array is accessed outside its length. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/buffer-overrun',
  severity: 'error',
  check: {
    id: 'memory/buffer-overrun',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.bounds': [{ report: 'outside' }] },
    continues: false,
  },
  title: { en: 'Access outside a buffer', ja: 'バッファー範囲外へのアクセス' },
  description: {
    en: {
      what: 'An array or buffer is read or written outside its length.',
      why: 'The access lands in memory that belongs to something else. With a length that comes from user mode it is a security hole.',
      fix: 'Check every index and length, and the lengths in the stack location, before using them.',
    },
    ja: {
      what: '配列やバッファーの長さを超えて読み書きしている。',
      why: 'アクセスは別のもののメモリに及ぶ。長さがユーザーモードから来る場合はセキュリティホールになる。',
      fix: '添字と長さ、スタック位置にある長さを、使う前にすべて調べる。',
    },
  },
  messages: {
    outside: {
      en: 'This access lies outside the array or buffer. It reads or corrupts memory of something else. Check the index or length first.',
      ja: 'このアクセスは配列またはバッファーの範囲外です。別のもののメモリを読むか破壊します。先に添字や長さを調べてください。',
    },
  },
  references: {
    pages: ['kernel/failure-to-check-the-size-of-buffers'],
    bugChecks: ['0xD1'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Table: ARRAY<ULONG, 4> }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  for (let Index: ULONG = 0; Index <= 4; Index++) {
//#good
  for (let Index: ULONG = 0; Index < 4; Index++) {
//#end
//#bad
    Extension.Table[Index] = Index;
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
    Extension.Table[Index] = Index;
//#end
  }
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
