/** memory/leak: pool or an object is never freed. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/leak',
  severity: 'error',
  check: {
    id: 'memory/leak',
    subject: 'machine',
    states: ['any'],
    on: { 'memory.leaked': [{ report: 'left' }] },
    continues: true,
  },
  title: { en: 'Never freed', ja: '解放されないメモリ' },
  description: {
    en: {
      what: 'Pool memory, a device object, a work item or an interrupt object that the driver made is still there when the driver has been unloaded, or when its DriverEntry has failed.',
      why: 'Nobody can free it any more. Each load and unload, or each request on that path, takes memory away until Windows restarts; a device object that is left makes the driver impossible to unload.',
      fix: 'Free on every path, error paths too, what was allocated on it and nobody else took over; and in the unload or remove routine what lives as long as the device.',
    },
    ja: {
      what: 'ドライバーが作ったプールメモリ、デバイスオブジェクト、ワークアイテム、割り込みオブジェクトが、ドライバーのアンロード後、または DriverEntry の失敗後にも残っている。',
      why: 'もう誰も解放できない。ロードとアンロードのたびに、あるいはその経路の要求のたびに、Windows を再起動するまでメモリが失われる。デバイスオブジェクトが残るとドライバーをアンロードできない。',
      fix: 'エラー経路を含むすべての経路で、そこで割り当てて誰にも渡していないものを解放する。デバイスと同じ寿命のものは、アンロードまたは取り外しのルーチンで解放する。',
    },
  },
  messages: {
    left: {
      en: 'What is made here is never freed: it is still there when the driver is gone. Free it on every path, or in the unload or remove routine.',
      ja: 'ここで作られたものは解放されず、ドライバーがなくなっても残ります。すべての経路で、またはアンロードや取り外しのルーチンで解放してください。',
    },
  },
  references: {
    pages: ['kernel/writing-an-unload-routine', 'devtest/pool-tracking'],
    bugChecks: ['0xC4/0x60', '0xC4/0x62'],
  },
  ...twins(`
interface READ_CONTEXT { Length: ULONG }
interface DEVICE_EXTENSION { Last: ULONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  const Context = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_CONTEXT>(), 'sirI');
//                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  const Context = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_CONTEXT>(), 'sirI');
//#end
  if (Context === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Context.Length = 16;
//#good
  ExFreePoolWithTag(Context, 'sirI');
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
