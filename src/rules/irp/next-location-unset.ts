/** irp/next-location-unset: an IRP is sent down with its next stack location neither copied, skipped nor filled. */
import { any, byDriver, is, ofDriver } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'irp/next-location-unset',
  severity: 'error',
  check: {
    id: 'irp/next-location-unset',
    subject: 'irp',
    // Sent counts as ready: that it is not the driver's any more is another rule's affair.
    states: ['ready', 'unset'],
    on: {
      'irp.create': [{ to: 'unset' }],
      'irp.reuse': [{ to: 'unset' }],
      'irp.dispatch': [{ when: ofDriver, to: 'unset' }],
      'irp.next-location': [
        { when: is('how', 3), to: 'unset' },
        // A completion routine alone fills nothing in.
        { when: any(is('how', 0), is('how', 1), is('how', 2)), to: 'ready' },
      ],
      // What the drivers below had is zero when the IRP comes back.
      'irp.completion-enter': [{ when: ofDriver, to: 'unset' }],
      'irp.send': [{ from: 'unset', when: byDriver, report: 'unset' }, { to: 'ready' }],
    },
    continues: false,
  },
  title: { en: 'Next stack location not set up', ja: '次のスタック位置が未設定' },
  description: {
    en: {
      what: 'IoCallDriver is called for an IRP whose next-lower stack location the driver has neither copied, skipped nor filled since it got the IRP, or got it back.',
      why: 'The lower driver finds zeros there: it takes the request for IRP_MJ_CREATE without parameters, whatever it was.',
      fix: 'Call IoSkipCurrentIrpStackLocation, or IoCopyCurrentIrpStackLocationToNext where a completion routine is set, right before IoCallDriver; in an IRP of your own fill the location that IoGetNextIrpStackLocation gives. Do it again before each resend: completion has zeroed the location.',
    },
    ja: {
      what: 'IRP を受け取った（または取り戻した）後、一つ下のスタック位置を複写も、スキップも、設定もしないまま IoCallDriver が呼ばれている。',
      why: '下位ドライバーはそこに 0 を見いだし、元の要求が何であれ、パラメーターのない IRP_MJ_CREATE として扱う。',
      fix: 'IoCallDriver の直前に IoSkipCurrentIrpStackLocation を呼ぶ。完了ルーチンを設定する場合は IoCopyCurrentIrpStackLocationToNext を呼ぶ。自分で作った IRP では IoGetNextIrpStackLocation が返す位置を設定する。完了処理が位置を 0 にするので、再送のたびに行う。',
    },
  },
  messages: {
    unset: {
      en: 'The IRP is sent down and its next stack location is not set up. The lower driver finds zeros there. Copy, skip or fill the location first.',
      ja: '次のスタック位置が設定されないまま IRP を下位へ送っています。下位ドライバーには 0 が見えます。先に位置を複写、スキップ、または設定してください。',
    },
  },
  references: {
    pages: [
      'kernel/passing-irps-down-the-driver-stack',
      'wdm/nf-wdm-iocopycurrentirpstacklocationtonext',
      'wdm/nf-wdm-ioskipcurrentirpstacklocation',
    ],
  },
  ...twins(
    `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }

const DispatchCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
//#end
};
`,
    'stacked',
  ),
};
