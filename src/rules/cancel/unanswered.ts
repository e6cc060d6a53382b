/** cancel/unanswered: an IRP whose cancel was requested is finished only after the I/O manager has given it up, five minutes later. */
import { custodyArcs, custodyStates } from '../custody.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

const arcs = custodyArcs({ returned: true, cancelable: true, working: true, cancelLeave: true, kept: true });

export const rule: Rule = {
  id: 'cancel/unanswered',
  severity: 'error',
  check: {
    id: 'cancel/unanswered',
    subject: 'irp',
    // What is detached and never finished is a lost cancel, or an IRP that is never completed.
    states: [...custodyStates, 'detached'],
    on: {
      ...arcs,
      'irp.detached': [{ from: ['returned', 'pended', 'cancelable', 'claimed', 'working', 'kept'], to: 'detached' }],
      'irp.finished': [{ from: 'detached', to: 'elsewhere', report: 'unanswered', place: 'marked' }, ...arcs['irp.finished']],
    },
    continues: false,
  },
  title: { en: 'Cancel not answered in five minutes', ja: '5 分以内に応じられない取り消し' },
  description: {
    en: {
      what: 'The thread that sent the request has exited, its cancel was requested, and the driver keeps the IRP for more than five minutes before it completes it.',
      why: 'The thread, and with it the process, hangs for these five minutes. Then the I/O manager detaches the IRP and logs an error against the device: the outcome of the request is lost.',
      fix: 'Give an IRP that may be held longer a cancel routine that completes it, or bound the time for which the driver holds it.',
    },
    ja: {
      what: '要求を送ったスレッドが終了して取り消しが要求された後も、ドライバーが 5 分を超えて IRP を保持してから完了している。',
      why: 'その 5 分間、スレッドもプロセスもハングする。その後 I/O マネージャーは IRP をスレッドから切り離し、デバイスに対するエラーを記録する。要求の結果は失われる。',
      fix: '長く保持し得る IRP には、それを完了する取り消しルーチンを設定するか、ドライバーが保持する時間を限る。',
    },
  },
  messages: {
    unanswered: {
      en: 'The IRP that is held here is not completed within five minutes of its cancel. Its thread hangs meanwhile, and then the I/O manager gives the IRP up. Set a cancel routine, or complete the IRP sooner.',
      ja: 'ここで保持した IRP が、取り消しから 5 分以内に完了されません。その間スレッドはハングし、その後 I/O マネージャーが IRP を見限ります。取り消しルーチンを設定するか、早く完了してください。',
    },
  },
  references: {
    pages: ['kernel/canceling-irps', 'kernel/introduction-to-cancel-routines'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Pending: PIRP | null; Timer: KTIMER; Dpc: KDPC }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Due!: LARGE_INTEGER;
//#bad
  // Ten minutes.
  Due.QuadPart = -6000000000;
//#good
  // A tenth of a second.
  Due.QuadPart = -1000000;
//#end
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Pending !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_DEVICE_NOT_READY);
  }
  IoMarkIrpPending(Irp);
//#bad
//^^^^^^^^^^^^^^^^^^^^^^
//#end
  Extension.Pending = Irp;
  KeSetTimer(Extension.Timer, Due, Extension.Dpc);
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};

const TimerDpc: KDEFERRED_ROUTINE<PDEVICE_EXTENSION> = (Dpc, Extension, SystemArgument1, SystemArgument2) => {
  KeAcquireSpinLockAtDpcLevel(Extension.Lock);
  const Irp = Extension.Pending;
  Extension.Pending = null;
  KeReleaseSpinLockFromDpcLevel(Extension.Lock);
  Complete(Irp!, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  KeInitializeTimer(Extension.Timer);
  KeInitializeDpc(Extension.Dpc, TimerDpc, Extension);
}
`),
};
