/** exception/unhandled: a routine raises an exception, and no handler is around the call. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'exception/unhandled',
  severity: 'error',
  check: {
    id: 'exception/unhandled',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.exception': [{ report: 'raised' }] },
    continues: false,
  },
  title: { en: 'Exception without a handler', ja: '処理されない例外' },
  description: {
    en: {
      what:
        'A routine that is documented to raise an exception (ProbeForRead, MmProbeAndLockPages, ExRaiseStatus, ...) is called where no try and ' +
        'catch of the driver is around the call, or memory of the user is accessed there. A handler in whoever sent the request does not count: an exception must not ' +
        'leave a routine that the system called.',
      why: 'An exception that nobody handles in kernel mode stops Windows. Where user mode chooses the address, every program can bring that about.',
      fix: 'Put the call, and every access to memory of the user, into try { ... } catch { ... }, and complete the request with GetExceptionCode() there.',
    },
    ja: {
      what:
        '例外を発生させると文書化されているルーチン (ProbeForRead、MmProbeAndLockPages、ExRaiseStatus など) を、ドライバーの try と catch に囲まれていない所で' +
        '呼び出している、またはそこでユーザーのメモリにアクセスしている。要求を送った側のハンドラーは数に入らない。システムが呼び出したルーチンの外へ例外を出してはならない。',
      why: 'カーネルモードで処理されない例外は Windows を停止させる。アドレスをユーザーモードが決める場合は、どのプログラムからでも引き起こせる。',
      fix: '呼び出しとユーザーのメモリへのアクセスをすべて try { ... } catch { ... } に入れ、そこで GetExceptionCode() を状態として要求を完了する。',
    },
  },
  messages: {
    raised: {
      en: 'An exception is raised here and the driver has no handler around it, which stops Windows. Put this into try { ... } catch { ... }.',
      ja: 'ここで例外が発生しますが、それを囲むハンドラーがドライバーになく、Windows が停止します。try { ... } catch { ... } に入れてください。',
    },
  },
  references: {
    pages: [
      'kernel/handling-exceptions',
      'wdm/nf-wdm-probeforread',
      'wdm/nf-wdm-mmprobeandlockpages',
      'debugger/bug-check-0x1e--kmode-exception-not-handled',
      'debugger/bug-check-0x7e--system-thread-exception-not-handled',
    ],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Length = IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length;
//#bad
  ProbeForWrite(Irp.UserBuffer, Length, 1);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  try {
    ProbeForWrite(Irp.UserBuffer, Length, 1);
  } catch {
    return Complete(Irp, GetExceptionCode());
  }
//#end
  InterlockedIncrement(Ref(DeviceObject.DeviceExtension.Reads));
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
