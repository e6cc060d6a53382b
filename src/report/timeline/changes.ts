/** What of a timeline's state is so behind a step, and what the step has changed, in words. */
import { type IrpSpan, type IrpStateName, type Span, spanAt, type Timeline } from './model.ts';
import { fill, type TimelineWords } from './words.ts';

/** Who has an IRP in each of its states. */
export const ownerOf = {
  'not-cancelable': 'ownerDriver',
  'cancel-requested': 'ownerDriver',
  cancelable: 'ownerDriver',
  'passed-down': 'ownerLower',
  'cancel-running': 'ownerDriver',
  completed: 'ownerSystem',
  freed: 'ownerNobody',
} as const satisfies Record<IrpStateName, keyof TimelineWords>;

/** `CPU 0`, or `No CPU`. */
export function cpuName(processor: number, words: TimelineWords): string {
  return processor < 0 ? words.noCpu : fill(words.cpu, { number: processor });
}

/** `cancelable (KeyboardClassCancel)`. */
export function irpStateText({ state, routine }: IrpSpan, words: TimelineWords): string {
  return routine === undefined ? words[state] : `${words[state]} (${routine})`;
}

/** `0x60`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** What each step did and changed, a line each; nothing that was so before. */
export function changesOf(timeline: Timeline, words: TimelineWords): string[][] {
  const { steps, irps, locks, registers, stays, contexts, levels } = timeline;
  const changes = steps.map(({ events }) => [...events]);
  const note = (step: number, text: string): void => void changes[step]?.push(text);
  for (const { name, spans } of irps)
    for (const span of spans) note(span.from, fill(words.irpIs, { irp: name, state: irpStateText(span, words) }));
  for (const { name, spans } of locks) {
    for (const [index, { from, to, context }] of spans.entries()) {
      note(from, fill(words.held, { lock: name, context: contexts[context] }));
      if (spans[index + 1]?.from !== to) note(to, fill(words.released, { lock: name }));
    }
  }
  // What a register holds at the start is no change.
  for (const { name, spans } of registers)
    for (const { from, value } of spans.slice(1)) note(from, fill(words.register, { register: name, value: hex(value) }));
  for (const [index, { from, context, processor, irql, waiting }] of stays.entries()) {
    const before = stays[index - 1]?.context === context && stays[index - 1].to === from ? stays[index - 1] : undefined;
    const name = contexts[context];
    if (waiting !== undefined && waiting !== before?.waiting) note(from, fill(words.waits, { context: name, reason: waiting }));
    if (before !== undefined && (before.processor !== processor || before.irql !== irql))
      note(from, fill(words.runsAt, { context: name, cpu: cpuName(processor, words), irql: levels[irql] }));
  }
  return changes;
}

/** Everything that is so behind a step, by what it is about. */
export interface StateAt {
  readonly irps: readonly { readonly name: string; readonly owner: string; readonly state: string; readonly changed: boolean }[];
  readonly locks: readonly { readonly name: string; readonly context: string; readonly changed: boolean }[];
  readonly registers: readonly { readonly name: string; readonly value: string; readonly changed: boolean }[];
  readonly contexts: readonly {
    readonly name: string;
    readonly cpu: string;
    readonly irql: string;
    readonly waiting?: string;
    readonly changed: boolean;
  }[];
}

/** The whole state behind a step; only locks that are held. */
export function stateAt(timeline: Timeline, step: number, words: TimelineWords): StateAt {
  const { irps, locks, registers, stays, contexts, levels } = timeline;
  const known = <S extends Span, T>(
    things: readonly { readonly name: string; readonly spans: readonly S[] }[],
    tell: (span: S) => T,
  ): (T & { name: string; changed: boolean })[] =>
    things.flatMap(({ name, spans }) => {
      const span = spanAt(spans, step);
      return span === undefined ? [] : [{ name, ...tell(span), changed: span.from === step && step > 0 }];
    });
  return {
    irps: known(irps, (span) => ({ owner: words[ownerOf[span.state]], state: irpStateText(span, words) })),
    locks: known(locks, ({ context }) => ({ context: contexts[context] })),
    registers: known(registers, ({ value }) => ({ value: hex(value) })),
    contexts: stays
      .filter(({ from, to }) => from <= step && step < to)
      .map(({ from, context, processor, irql, waiting }) => ({
        name: contexts[context],
        cpu: cpuName(processor, words),
        irql: levels[irql],
        ...(waiting === undefined ? {} : { waiting }),
        changed: from === step && step > 0,
      })),
  };
}
