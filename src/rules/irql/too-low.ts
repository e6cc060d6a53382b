/** irql/too-low: a routine is called below its documented minimum. */
import { all, byDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irql/too-low',
  severity: 'error',
  check: {
    id: 'irql/too-low',
    subject: 'machine',
    states: ['any'],
    on: { 'call.irql': [{ when: all(byDriver, { left: 'irql', is: '<', right: 'minimum' }), report: 'below' }] },
    continues: false,
  },
  title: { en: 'IRQL too low for a call', ja: '呼び出し時の IRQL が低すぎる' },
  description: {
    en: {
      what: 'A routine is called at a lower IRQL than its documentation demands.',
      why: 'The routine relies on not being preempted. Below that IRQL another thread or DPC may come between, which leads to deadlocks and corrupted queues.',
      fix: 'Raise the IRQL first, or use the form of the routine that raises by itself (KeAcquireSpinLock instead of KeAcquireSpinLockAtDpcLevel).',
    },
    ja: {
      what: 'ルーチンが、文書で求められた値より低い IRQL で呼ばれている。',
      why: 'そのルーチンは割り込まれないことを前提としている。より低い IRQL では別のスレッドや DPC が割り込み、デッドロックやキューの破損につながる。',
      fix: '先に IRQL を上げるか、自ら IRQL を上げる形のルーチンを使う（KeAcquireSpinLockAtDpcLevel ではなく KeAcquireSpinLock）。',
    },
  },
  messages: {
    below: {
      en: 'The IRQL is below the minimum that the documentation gives for this routine. It relies on not being preempted. Raise the IRQL first, or use the form that raises by itself.',
      ja: 'IRQL が、このルーチンについて文書が示す下限を下回っています。ルーチンは割り込まれないことを前提としています。先に IRQL を上げるか、自ら上げる形を使ってください。',
    },
  },
  references: {
    pages: ['kernel/managing-hardware-priorities'],
    sdv: ['IrqlDispatch', 'IrqlKeReleaseSpinLock'],
    bugChecks: ['0x8', '0xC4/0x32', '0xC4/0x40', '0xC4/0x41'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
//#bad
  KeAcquireSpinLockAtDpcLevel(Extension.Lock);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  Extension.Reads = Extension.Reads + 1;
  KeReleaseSpinLockFromDpcLevel(Extension.Lock);
//#good
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Reads = Extension.Reads + 1;
  KeReleaseSpinLock(Extension.Lock, Irql);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}
`),
};
