/** memory/use-after-free: memory is touched after it was freed. */
import { byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/use-after-free',
  severity: 'error',
  check: {
    id: 'memory/use-after-free',
    subject: 'machine',
    states: ['any'],
    on: {
      // Where no driver routine runs it is the freeing that is shown.
      'fault.freed': [{ when: byDriver, report: 'freed' }, { report: 'stillUsed' }],
      'timer.left': [{ report: 'timer' }],
      'thread.start': [{ mark: true }],
      'thread.left': [{ report: 'thread', place: 'marked' }],
    },
    continues: false,
  },
  title: { en: 'Use after free', ja: '解放後の使用' },
  description: {
    en: {
      what: 'Memory is read or written after it was freed, or a local variable after its function returned; or the driver is unloaded while a timer of its is armed or a system thread of its runs, so that they go on in code that is gone.',
      why: 'The memory may belong to something else by now. Reads give rubbish, writes corrupt somebody else; Windows stops later, somewhere else.',
      fix: 'Free memory only when nothing can use it any more: stop timers, flush DPCs, wait for work items and completion routines first. Pass pointers to locals only to routines that end before the function does.',
    },
    ja: {
      what: '解放された後のメモリ、または関数が戻った後のローカル変数が読み書きされている。または、タイマーがセットされたまま、あるいはシステムスレッドが動いているままドライバーがアンロードされ、すでにないコードの中で動き続ける。',
      why: 'そのメモリはすでに別のものに使われている可能性がある。読めば無意味な値になり、書けば他を破壊する。Windows は後で、別の場所で停止する。',
      fix: 'もう使われないことが確かになってから解放する。先にタイマーを止め、DPC をフラッシュし、ワークアイテムや完了ルーチンを待つ。ローカル変数へのポインターは、関数より先に終わるルーチンにだけ渡す。',
    },
  },
  messages: {
    freed: {
      en: 'Memory is used here after it was freed, or after the function whose local it was has returned. It may belong to something else by now. Free it only when no routine can reach it any more.',
      ja: 'すでに解放されたメモリ、または関数が戻った後のローカル変数を使っています。別のものに使われている可能性があります。どのルーチンからも届かなくなってから解放してください。',
    },
    stillUsed: {
      en: 'What is freed here, or was local to the routine that returns here, the system or a device still uses afterwards: a timer that is armed, a DPC or work item that is queued, a request on its way, a list that it is in, a transfer. Stop that and wait for it first.',
      ja: 'ここで解放したメモリ、またはここから戻るルーチンのローカル変数を、その後もシステムやデバイスが使っています。セットされたタイマー、キューにある DPC やワークアイテム、処理中の要求、登録されたままのリスト、転送などです。先にそれらを止め、終わるのを待ってください。',
    },
    timer: {
      en: 'The timer armed here is still armed when the driver has been unloaded: its DPC would run in code that is gone. Cancel it in the unload or remove routine, and flush the DPCs.',
      ja: 'ここでセットしたタイマーが、ドライバーのアンロード後もセットされたままです。DPC がすでにないコードで動くことになります。アンロードまたは取り外しのルーチンで取り消し、DPC をフラッシュしてください。',
    },
    thread: {
      en: 'The system thread started here has not ended when the driver has been unloaded: it goes on in code that is gone. Tell it to end, and wait for its thread object before unload returns.',
      ja: 'ここで開始したシステムスレッドが、ドライバーのアンロード後も終わっておらず、すでにないコードで動き続けます。終了を指示し、アンロードから戻る前にスレッドオブジェクトを待ってください。',
    },
  },
  references: {
    pages: ['debugger/bug-check-0x50--page-fault-in-nonpaged-area', 'devtest/special-pool'],
    bugChecks: ['0x50', '0xD1'],
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
//#bad
  ExFreePoolWithTag(Context, 'sirI');
  Context.Length = 16;
//^^^^^^^^^^^^^^^^^^^^
//#good
  Context.Length = 16;
  ExFreePoolWithTag(Context, 'sirI');
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
