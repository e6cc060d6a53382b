/**
 * In what state of cancelling an IRP is: what hovers, the trace view and the debugger show. Two state machines over events follow who has
 * the IRP and whether its cancel routine runs; they report nothing, and whoever wants to know hands them to the machine behind the rules.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps
 */
import type { FuncId, Program, StructType } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { Machine } from './machine.ts';

/** The states, in the order in which they are told. Of several that hold, the last one here is told: an IRP that is completed is no longer cancelable. */
export const irpStates = [
  /** The driver has it, and no cancel routine is set. */
  'not-cancelable',
  /** `Irp->Cancel` is set and no cancel routine is: whoever makes it cancelable must notice. */
  'cancel-requested',
  /** A cancel routine is set. */
  'cancelable',
  /** IoCallDriver has given it to another driver, which has not given it back. */
  'passed-down',
  /** IoCancelIrp has taken the cancel routine, which runs or is about to. */
  'cancel-running',
  /** IoCompleteRequest has been called, and it is on its way up or has reached the I/O manager. */
  'completed',
  /** Its memory is free. */
  'freed',
] as const;

export type IrpState = (typeof irpStates)[number];

const moreProcessingRequired = 0xc0000016;

/** Who has an IRP. */
const holder: RuleCheck = {
  id: 'observe/holder',
  subject: 'irp',
  states: ['driver', 'below', 'completed'],
  on: {
    'irp.create': [{ to: 'driver' }],
    'irp.reuse': [{ to: 'driver' }],
    'irp.send': [{ to: 'below' }],
    'irp.dispatch': [{ when: { left: 'target', is: '==', right: 1 }, to: 'driver' }, { to: 'below' }],
    'irp.complete': [{ to: 'completed' }],
    'irp.completion-enter': [{ when: { left: 'target', is: '==', right: 1 }, to: 'driver' }],
    'irp.completion-leave': [
      { when: { left: 'status', is: '!=', right: moreProcessingRequired }, to: 'completed' },
      { when: { left: 'target', is: '==', right: 0 }, to: 'below' },
    ],
    'irp.finished': [{ to: 'completed' }],
  },
  continues: true,
};

/** How far IoCancelIrp has got: it sets the bit and takes the cancel routine, which then runs. */
const canceller: RuleCheck = {
  id: 'observe/canceller',
  subject: 'irp',
  states: ['none', 'called', 'running'],
  on: {
    'irp.cancel': [{ from: 'none', to: 'called' }],
    'irp.cancel-requested': [
      { when: { left: 'claimed', is: '==', right: 1 }, to: 'running' },
      { from: 'called', to: 'none' },
    ],
    'irp.cancel-leave': [{ to: 'none' }],
    'irp.create': [{ to: 'none' }],
    'irp.reuse': [{ to: 'none' }],
  },
  continues: true,
};

/** To be handed to a machine behind its rules, so that {@link irpStateReader} can read it. */
export const irpStateChecks: readonly RuleCheck[] = [holder, canceller];

/** An IRP's state, and the cancel routine that is set. */
export interface IrpCondition {
  readonly state: IrpState;
  /** 0 where none is set. */
  readonly routine: FuncId;
  /** Whether it is cancelable though `Irp->Cancel` is set: cancelling was asked for before the routine was set, and nobody is going to call it. */
  readonly tooLate: boolean;
}

/** Cells of an IRP that its state is read from, relative to its first. */
export interface IrpCells {
  readonly cancel: number;
  readonly routine: number;
}

/** Where in an IRP what its state is read from lies; undefined in a program without IRPs. */
export function irpCells(program: Program): IrpCells | undefined {
  const irp = program.types.find((type): type is StructType => type.kind === 'struct' && type.subject === 'irp');
  const offset = (name: string): number | undefined => irp?.fields.find((field) => field.name === name)?.offset;
  const [cancel, routine] = [offset('Cancel'), offset('CancelRoutine')];
  return cancel === undefined || routine === undefined ? undefined : { cancel, routine };
}

/**
 * What reads the states of IRPs from a machine that was given {@link irpStateChecks}.
 * @returns a function that takes the address of an IRP, live or not, and gives undefined where no IRP ever was.
 */
export function irpStateReader(machine: Machine): (irp: number) => IrpCondition | undefined {
  const at = irpCells(machine.program);
  const { rules, cells: ruleCells } = machine.rules;
  const ghost = (check: RuleCheck): number => ruleCells[rules.indexOf(check)];
  const [holderCell, cancellerCell] = [ghost(holder), ghost(canceller)];
  return (irp) => {
    const { cells, objects } = machine;
    if (at === undefined || objects.baseOf[irp] !== irp || irp === 0 || !objects.hasGhosts(irp)) return undefined;
    const ghosts = objects.ghostBase(irp);
    const routine = cells[irp + at.routine];
    const cancelling = canceller.states[cells[ghosts + cancellerCell]];
    const requested = cells[irp + at.cancel] !== 0;
    const stateOf = (): IrpState => {
      const held = holder.states[cells[ghosts + holderCell]];
      if (!objects.isLive(irp)) return held === 'completed' && objects.isRetired(irp) ? 'completed' : 'freed';
      if (held === 'completed') return 'completed';
      if (cancelling === 'running') return 'cancel-running';
      if (held === 'below') return 'passed-down';
      if (routine !== 0) return 'cancelable';
      return requested ? 'cancel-requested' : 'not-cancelable';
    };
    const state = stateOf();
    return { state, routine, tooLate: state === 'cancelable' && requested && cancelling === 'none' };
  };
}
