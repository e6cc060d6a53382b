/** memory/data-race: two contexts access the same cell at once, and what one writes is lost or torn. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'memory/data-race',
  severity: 'error',
  check: {
    id: 'memory/data-race',
    subject: 'machine',
    states: ['any'],
    on: { 'memory.race': [{ report: 'race' }] },
    continues: true,
  },
  title: { en: 'Data race', ja: 'データ競合' },
  description: {
    en: {
      what: 'Two routines can access the same data at the same moment, on two processors or because one interrupts the other, with no common lock and no interlocked operation: both write, or one writes a 64-bit value that the other reads. A plain read of up to 32 bits beside a write is not reported by itself: the processor reads it whole, and what follows from either value is explored.',
      why: 'One of two updates is lost (a counter that is one too low, a list without an entry), or a value is read of which one half is old and the other new. It shows rarely, and never while one is looking.',
      fix: 'Guard the data with one spin lock wherever it is touched, or use the Interlocked routines on every side. Data shared with an interrupt service routine is touched under KeSynchronizeExecution.',
    },
    ja: {
      what: '二つのルーチンが、共通のロックもインターロック操作もなしに、同じデータへ同時にアクセスできる（別のプロセッサで、または一方が他方に割り込んで）。両方が書き込むか、一方が書く 64 ビット値を他方が読む。32 ビットまでの値を単に読むだけの場合は、それ自体は報告しない。プロセッサは一度に読み、どちらの値から先も探索されるからである。',
      why: '二つの更新の一方が失われる（カウンターが一つ足りない、リストの要素が消える）か、半分が古く半分が新しい値を読む。まれにしか、そして見ていないときにしか現れない。',
      fix: 'データに触れるすべての箇所を一つのスピンロックで保護するか、すべての側で Interlocked ルーチンを使う。割り込みサービスルーチンと共有するデータは KeSynchronizeExecution の中で触れる。',
    },
  },
  messages: {
    race: {
      en: 'Another routine can access this data at the same moment, with no common lock and no interlocked operation: an update is lost or a torn value read. Guard both sides with one spin lock, or use an Interlocked routine on both.',
      ja: '別のルーチンが、共通のロックもインターロック操作もなしに、同時にこのデータへアクセスできます。更新が失われるか、不完全な値が読まれます。両側を一つのスピンロックで保護するか、両側で Interlocked ルーチンを使ってください。',
    },
  },
  references: {
    pages: ['kernel/introduction-to-spin-locks', 'wdm/nf-wdm-interlockedincrement'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  Extension.Reads++;
//^^^^^^^^^^^^^^^^^
//#good
  InterlockedIncrement(Ref(Extension.Reads));
//#end
  return Complete(Irp, STATUS_SUCCESS);
};
`),
};
