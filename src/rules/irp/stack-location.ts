/** irp/stack-location: no stack location is left for the next driver, the next one is used after Skip, or one outside the IRP is touched. */
import { all, any, byDriver, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irp/stack-location',
  severity: 'error',
  check: {
    id: 'irp/stack-location',
    subject: 'irp',
    states: ['own', 'marked', 'skipped'],
    on: {
      'irp.create': [{ to: 'own' }],
      'irp.reuse': [{ to: 'own' }],
      'irp.dispatch': [{ when: ofDriver, to: 'own' }],
      'irp.completion-enter': [{ when: ofDriver, to: 'own' }],
      'irp.next-location': [
        { from: 'marked', when: all(byDriver, is('how', 2)), report: 'pended' },
        { from: ['own', 'marked'], when: is('how', 2), to: 'skipped' },
        { from: 'skipped', when: is('how', 3), to: 'own' },
        { from: 'skipped', when: all(byDriver, any(is('how', 0), is('how', 1), is('how', 4))), report: 'after-skip' },
      ],
      'irp.mark-pending': [{ from: 'own', when: byDriver, to: 'marked' }],
      'irp.send': [{ to: 'own' }],
      'irp.no-location': [
        { when: all(byDriver, is('sent', 1)), report: 'none-left' },
        { when: byDriver, report: 'outside' },
      ],
    },
    continues: false,
    supersedes: ['memory/buffer-overrun'],
  },
  title: { en: 'Stack location misused', ja: 'スタック位置の誤用' },
  description: {
    en: {
      what: 'IoCallDriver is called with no stack location left, the next location is used after IoSkipCurrentIrpStackLocation, or a location outside the IRP is asked for: by the creator of an IRP, who has none of its own, or by the lowest driver, who has none below. Or an IRP that was marked pending is passed on with IoSkipCurrentIrpStackLocation.',
      why: 'After skipping, the next location is the own one: what is written there overwrites the completion routine of the driver above. Outside the IRP it overwrites memory of others. With none left Windows stops with NO_MORE_IRP_STACK_LOCATIONS (0x35).',
      fix: 'Where a completion routine is set, copy the location instead of skipping it. Allocate an IRP with the StackSize of the device it is sent to, one more if you want a location of your own, which IoSetNextIrpStackLocation then gives. Skip once at most.',
    },
    ja: {
      what: 'スタック位置が残っていないのに IoCallDriver を呼ぶ、IoSkipCurrentIrpStackLocation の後に次の位置を使う、または IRP の外の位置を求めている（自分の位置を持たない IRP の作成者や、下の位置を持たない最下位ドライバー）。',
      why: 'スキップ後の「次の位置」は自分の位置であり、書き込むと上位ドライバーの完了ルーチンを壊す。IRP の外では他のメモリを壊す。位置が残っていなければ Windows は NO_MORE_IRP_STACK_LOCATIONS (0x35) で停止する。',
      fix: '完了ルーチンを設定する場合はスキップせずに複写する。IRP は送り先デバイスの StackSize で割り当て、自分の位置も必要なら一つ増やして IoSetNextIrpStackLocation で得る。スキップは一度だけにする。',
    },
  },
  messages: {
    pended: {
      en: 'An IRP that was marked pending is passed on with its own location: the mark then sits in the location of the next driver, which may clear it, and the request is never finished. Copy the location with IoCopyCurrentIrpStackLocationToNext instead.',
      ja: '保留とマークした IRP を自分の位置のまま渡しています。マークが次のドライバーの位置に入り、消されると要求は終わりません。代わりに IoCopyCurrentIrpStackLocationToNext で位置を複写してください。',
    },
    'after-skip': {
      en: 'The next stack location is used after it was skipped: it is the own one now, with the completion routine of the driver above. Copy the location with IoCopyCurrentIrpStackLocationToNext instead of skipping it.',
      ja: 'スキップした後に次のスタック位置を使っています。それは今や自分の位置で、上位ドライバーの完了ルーチンが入っています。スキップせず IoCopyCurrentIrpStackLocationToNext で複写してください。',
    },
    'none-left': {
      en: 'The IRP is sent on and has no stack location left for the next driver. Windows stops (0x35). Allocate IRPs with the StackSize of the device they are sent to.',
      ja: '次のドライバー用のスタック位置が残っていない IRP を送っています。Windows が停止します (0x35)。IRP は送り先デバイスの StackSize で割り当ててください。',
    },
    outside: {
      en: 'A stack location is used that the IRP does not have. It lies in memory of others. The creator of an IRP has no location of its own, the lowest driver none below.',
      ja: 'IRP にないスタック位置を使っています。他のメモリに当たります。IRP の作成者には自分の位置がなく、最下位ドライバーには下の位置がありません。',
    },
  },
  references: {
    pages: [
      'kernel/i-o-stack-locations',
      'wdm/nf-wdm-ioskipcurrentirpstacklocation',
      'wdm/nf-wdm-iosetcompletionroutine',
      'debugger/bug-check-0x35--no-more-irp-stack-locations',
    ],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  IoSkipCurrentIrpStackLocation(Irp);
  IoSetCompletionRoutine(Irp, CreateDone, null, TRUE, TRUE, TRUE);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, CreateDone, null, TRUE, TRUE, TRUE);
//#end
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};

const CreateDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PVOID> = (DeviceObject, Irp, Context) => {
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  return STATUS_SUCCESS;
};
`,
    'stacked',
  ),
};
