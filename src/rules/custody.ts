/**
 * Who has an IRP, and in what way the driver holds it: the arcs that `completion/never` and `cancel/lost` share, so that of an
 * IRP left over at the end exactly one of them speaks, or neither.
 *
 *   elsewhere      with the I/O manager, an upper or lower driver, or gone
 *   received       in a dispatch routine that has not returned (its being blocked is a deadlock, not a forgotten IRP)
 *   returned       the dispatch routine returned and has neither marked, completed nor passed it down
 *   pended         marked pending, never made cancelable since
 *   cancelable     a cancel routine was set
 *   claimed        IoCancelIrp took the cancel routine
 *   working        the cancel routine was taken away again to work on it
 *   passed         passed down by a dispatch routine that has not returned
 *   coming-back    in the driver's completion routine
 *   coming-within  the same, while the dispatch routine has not returned
 *   kept           that routine kept it
 *   kept-within    it did, and the dispatch routine has not returned (its waiting for it in vain is a deadlock)
 *   own            made by the driver itself: nobody waits for its completion
 *   own-received   made by the driver and sent to a device of its own
 */
import type { Arc } from '../ir/rule.ts';
import { all, byDriver, driverKeeps, driverLetsGo, is, madeByDriver, ofDriver } from './conditions.ts';

export const custodyStates = [
  'elsewhere',
  'received',
  'returned',
  'pended',
  'cancelable',
  'claimed',
  'working',
  'passed',
  'coming-back',
  'coming-within',
  'kept',
  'kept-within',
  'own',
  'own-received',
] as const;

const held = [
  'received',
  'returned',
  'pended',
  'cancelable',
  'claimed',
  'working',
  'coming-back',
  'coming-within',
  'kept',
  'kept-within',
];
const foreign = ['elsewhere', 'passed', ...held];

/** The moments whose place is remembered: the last one is where the finding goes. */
export interface CustodyMarks {
  readonly returned: boolean;
  readonly cancelable: boolean;
  readonly working: boolean;
  readonly cancelLeave: boolean;
  readonly kept: boolean;
}

/** All arcs but those of `irp.abandoned`. */
export function custodyArcs(marks: CustodyMarks) {
  return {
    'irp.create': [{ when: madeByDriver, to: 'own' }, { to: 'elsewhere' }],
    'irp.free': [{ to: 'elsewhere' }],
    'irp.dispatch': [
      { from: foreign, when: ofDriver, to: 'received' },
      { from: 'own', when: ofDriver, to: 'own-received' },
    ],
    'irp.dispatched': [
      { from: 'received', when: ofDriver, to: 'returned', ...mark(marks.returned) },
      { from: 'passed', when: ofDriver, to: 'elsewhere' },
      { from: 'coming-within', when: ofDriver, to: 'coming-back' },
      { from: 'kept-within', when: ofDriver, to: 'kept' },
    ],
    'irp.mark-pending': [{ from: ['received', 'returned'], to: 'pended', mark: true }],
    'irp.set-cancel': [
      {
        from: held,
        when: is('installed', 1),
        to: 'cancelable',
        ...mark(marks.cancelable),
      },
      { from: 'cancelable', when: all(is('installed', 0), is('previous', 1)), to: 'working', ...mark(marks.working) },
    ],
    'irp.cancel-requested': [{ from: 'cancelable', when: is('claimed', 1), to: 'claimed' }],
    'irp.cancel-leave': [{ from: 'claimed', when: ofDriver, ...mark(marks.cancelLeave) }],
    'irp.send': [
      { from: ['received', 'coming-within', 'kept-within'], when: byDriver, to: 'passed' },
      { from: held, when: byDriver, to: 'elsewhere' },
      { from: 'own-received', when: byDriver, to: 'own' },
    ],
    'irp.complete': [
      { from: held, to: 'elsewhere' },
      { from: 'own-received', to: 'own' },
    ],
    'irp.completion-enter': [
      { from: 'passed', when: ofDriver, to: 'coming-within' },
      { from: foreign, when: ofDriver, to: 'coming-back' },
    ],
    'irp.completion-leave': [
      { from: 'coming-back', when: driverLetsGo, to: 'elsewhere' },
      { from: 'coming-within', when: driverLetsGo, to: 'elsewhere' },
      { from: 'coming-back', when: driverKeeps, to: 'kept', ...mark(marks.kept) },
      { from: 'coming-within', when: driverKeeps, to: 'kept-within', ...mark(marks.kept) },
    ],
    'irp.finished': [{ from: foreign, to: 'elsewhere' }],
  } as const satisfies Record<string, readonly Arc[]>;
}

function mark(wanted: boolean): { readonly mark?: true } {
  return wanted ? { mark: true } : {};
}
