/** irql/paged-memory: paged code or data at DISPATCH_LEVEL or above. */
import { is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/paged-memory',
  severity: 'error',
  check: {
    id: 'irql/paged-memory',
    subject: 'context',
    // One report in a run of a routine is enough.
    states: ['quiet', 'told'],
    on: {
      'memory.paged': [
        { from: 'quiet', when: is('code', 0), report: 'data', to: 'told' },
        { from: 'quiet', report: 'code', to: 'told' },
      ],
      'code.paged': [{ from: 'quiet', when: { left: 'irql', is: '>=', right: 2 }, report: 'code', to: 'told' }],
      'routine.enter': [{ to: 'quiet' }],
    },
    continues: true,
  },
  title: { en: 'Paged memory at DISPATCH_LEVEL', ja: 'DISPATCH_LEVEL でのページ可能メモリ' },
  description: {
    en: {
      what: 'Memory of the paged pool is touched, or code of a pageable section runs, at DISPATCH_LEVEL or above. Holding a spin lock raises to that level.',
      why: 'The page may have been written to disk, and at that level Windows cannot wait until it is read back: it stops with IRQL_NOT_LESS_OR_EQUAL (0xA) or DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1), on a busy machine only.',
      fix: 'Allocate from nonpaged pool what is used under a spin lock, in DPCs and in completion routines. Take routines that acquire spin locks or run at DISPATCH_LEVEL out of the PAGE sections.',
    },
    ja: {
      what: 'DISPATCH_LEVEL 以上で、ページプールのメモリに触れているか、ページ可能セクションのコードが動いている。スピンロックの保持中はこのレベルになる。',
      why: 'ページはディスクに書き出されているかもしれず、このレベルでは Windows はそれを読み戻すまで待てない。負荷の高いときにだけ、IRQL_NOT_LESS_OR_EQUAL (0xA) や DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1) で停止する。',
      fix: 'スピンロックの保持中、DPC、完了ルーチンで使うものは非ページプールから割り当てる。スピンロックを取得するルーチンや DISPATCH_LEVEL で動くルーチンは PAGE セクションから外す。',
    },
  },
  messages: {
    data: {
      en: 'Paged pool is touched at DISPATCH_LEVEL or above. If the page is on disk, Windows stops. Allocate it from nonpaged pool, or use it below DISPATCH_LEVEL.',
      ja: 'DISPATCH_LEVEL 以上でページプールに触れています。ページがディスク上にあると Windows が停止します。非ページプールから割り当てるか、DISPATCH_LEVEL 未満で使ってください。',
    },
    code: {
      en: 'Pageable code runs at DISPATCH_LEVEL or above. If the page is on disk, Windows stops. Take the routine out of the PAGE section, or lower the IRQL first.',
      ja: 'DISPATCH_LEVEL 以上でページ可能なコードが動いています。ページがディスク上にあると Windows が停止します。ルーチンを PAGE セクションから外すか、先に IRQL を下げてください。',
    },
  },
  references: {
    pages: [
      'kernel/managing-hardware-priorities',
      'kernel/when-should-code-and-data-be-pageable-',
      'kernel/making-drivers-pageable',
    ],
    bugChecks: ['0xA', '0xD1'],
  },
  ...twins(`
interface TABLE { Reads: ULONG }
type PTABLE = TABLE;
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  const Table = ExAllocatePool2(POOL_FLAG_PAGED, sizeof<TABLE>(), 'sirI');
//#good
  const Table = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<TABLE>(), 'sirI');
//#end
  if (Table === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  const Irql = KeAcquireSpinLock(Extension.Lock);
//#bad
  Table.Reads = 1;
//^^^^^^^^^^^^^^^
//#good
  Table.Reads = 1;
//#end
  KeReleaseSpinLock(Extension.Lock, Irql);
  ExFreePoolWithTag(Table, 'sirI');
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}
`),
};
