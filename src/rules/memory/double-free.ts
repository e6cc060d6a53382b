/** memory/double-free: memory is freed twice, or freed without having been allocated. */
import { byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/double-free',
  severity: 'error',
  check: {
    id: 'memory/double-free',
    subject: 'machine',
    states: ['any'],
    on: { 'fault.double-free': [{ report: 'twice' }], 'object.over-released': [{ when: byDriver, report: 'over-released' }] },
    continues: false,
  },
  title: { en: 'Freed twice', ja: '二重解放' },
  description: {
    en: {
      what: 'Memory or an object is freed that was freed before, or that no allocation returned.',
      why: 'The second free corrupts the pool, or gives away memory that belongs to something else by now. Windows stops with BAD_POOL_CALLER (0xC2).',
      fix: 'Let one routine own the memory and free it. Set the pointer to NULL, under the lock that guards it, when it is freed.',
    },
    ja: {
      what: 'すでに解放されたメモリやオブジェクト、または割り当てで得たものではないアドレスを解放している。',
      why: '二度目の解放はプールを破壊するか、すでに別のものに使われているメモリを手放す。Windows は BAD_POOL_CALLER (0xC2) で停止する。',
      fix: 'メモリを所有して解放するルーチンを一つにする。解放するときは、保護しているロックの下でポインターを NULL にする。',
    },
  },
  messages: {
    'over-released': {
      en: 'The object is dereferenced here and the driver has no reference to it. It is freed under those who still use it. Call ObDereferenceObject once for each reference that was taken.',
      ja: 'ドライバーが参照を持たないオブジェクトの参照を解放しています。使用中のまま解放されます。取得した参照ごとに一度だけ ObDereferenceObject を呼んでください。',
    },
    twice: {
      en: 'Memory is freed here that was freed before or was never allocated. The pool is corrupted. Free it in one place only, and forget the pointer then.',
      ja: 'すでに解放された、または割り当てられていないメモリを解放しています。プールが破壊されます。一か所だけで解放し、ポインターを無効にしてください。',
    },
  },
  references: {
    pages: ['debugger/bug-check-0xc2--bad-pool-caller', 'wdm/nf-wdm-exfreepoolwithtag'],
    bugChecks: ['0xC2/0x07', '0xC4/0x10', '0xC4/0x13 or 0x14'],
  },
  ...twins(`
interface READ_CONTEXT { Length: ULONG }
type PREAD_CONTEXT = READ_CONTEXT;
interface DEVICE_EXTENSION { Context: PREAD_CONTEXT | null; Last: ULONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Context = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_CONTEXT>(), 'sirI');
  if (Context === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  ExFreePoolWithTag(Context, 'sirI');
//#bad
  ExFreePoolWithTag(Context, 'sirI');
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
