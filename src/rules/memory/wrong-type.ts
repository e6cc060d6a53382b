/** memory/wrong-type: no object of the expected type lives at the address. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/wrong-type',
  severity: 'error',
  check: {
    id: 'memory/wrong-type',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.type': [{ report: 'type' }] },
    continues: false,
  },
  title: { en: 'Pointer to another type', ja: '別の型を指すポインター' },
  description: {
    en: {
      what: 'A pointer is followed, and no object of the type that it is declared to point to lives at that address.',
      why: 'A wrong cast, a wrong CONTAINING_RECORD or a wrong context makes the driver read and write fields of something else.',
      fix: 'Check that the context given to the routine is the one it expects, that CONTAINING_RECORD names the field in which the entry lies, and that a buffer is long enough before it is cast.',
    },
    ja: {
      what: 'ポインターの宣言された型のオブジェクトが、そのアドレスに存在しない。',
      why: '誤ったキャスト、誤った CONTAINING_RECORD、誤ったコンテキストにより、ドライバーが別のもののフィールドを読み書きする。',
      fix: 'ルーチンに渡したコンテキストが期待どおりか、CONTAINING_RECORD がエントリの入っているフィールドを指定しているか、キャストの前にバッファーの長さが足りているかを確かめる。',
    },
  },
  messages: {
    type: {
      en: 'There is no object of the expected type at this address. The driver would use the fields of something else. Check the cast, the CONTAINING_RECORD or the context that led here.',
      ja: 'このアドレスには期待された型のオブジェクトがありません。別のもののフィールドを使うことになります。ここに至るキャスト、CONTAINING_RECORD、コンテキストを確かめてください。',
    },
  },
  references: {
    pages: ['kernel/singly-and-doubly-linked-lists'],
    bugChecks: ['0x50', '0xD1'],
  },
  ...twins(`
interface READ_CONTEXT { Length: ULONG }
type PREAD_CONTEXT = READ_CONTEXT;
interface DEVICE_EXTENSION { Context: PREAD_CONTEXT | null; Last: ULONG }

interface WRITE_CONTEXT { Length: ULONG; Key: ULONG; Offset: ULONG }
type PWRITE_CONTEXT = WRITE_CONTEXT;

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Context = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_CONTEXT>(), 'sirI');
  if (Context === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  const Memory: PVOID = Context;
//#bad
  const Write = Memory as PWRITE_CONTEXT;
  Write.Key = 1;
//^^^^^^^^^^^^^^
//#good
  const Read = Memory as PREAD_CONTEXT;
  Read.Length = 1;
//#end
  ExFreePoolWithTag(Context, 'sirI');
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
