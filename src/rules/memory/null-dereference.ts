/** memory/null-dereference: a null pointer is followed. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/null-dereference',
  severity: 'error',
  check: {
    id: 'memory/null-dereference',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.null': [{ report: 'null' }] },
    continues: false,
  },
  title: { en: 'Null pointer followed', ja: 'null ポインターの参照' },
  description: {
    en: {
      what: 'A null pointer is followed, or a null function pointer called.',
      why: 'In kernel mode that stops Windows.',
      fix: 'Test the pointer before using it: allocations can fail, lists can be empty, CurrentIrp and the cancel routine can be NULL.',
    },
    ja: {
      what: 'null ポインターを参照している、または null の関数ポインターを呼び出している。',
      why: 'カーネルモードでは Windows が停止する。',
      fix: '使う前にポインターを調べる。割り当ては失敗し得る。リストは空のことがあり、CurrentIrp や取り消しルーチンは NULL のことがある。',
    },
  },
  messages: {
    null: {
      en: 'A null pointer is followed here, which stops Windows. Test it before using it.',
      ja: 'ここで null ポインターを参照しており、Windows が停止します。使う前に調べてください。',
    },
  },
  references: {
    pages: ['debugger/bug-check-0x7e--system-thread-exception-not-handled'],
    bugChecks: ['0xD1'],
  },
  ...twins(`
interface READ_CONTEXT { Length: ULONG }
type PREAD_CONTEXT = READ_CONTEXT;
interface DEVICE_EXTENSION { Context: PREAD_CONTEXT | null; Last: ULONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  Extension.Last = Extension.Context!.Length;
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  if (Extension.Context !== null) {
    Extension.Last = Extension.Context.Length;
  }
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
