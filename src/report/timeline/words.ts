/** What a timeline says beside names and source text, in English: the texts that translations are found by. */

/** What an IRP's cancel state is called, in English, where states of one are drawn or told. */
export const irpStateWords = {
  'not-cancelable': 'not cancelable',
  'cancel-requested': 'cancel requested, no cancel routine',
  cancelable: 'cancelable',
  'passed-down': 'passed down',
  'cancel-running': 'cancel routine running',
  completed: 'completed',
  freed: 'freed',
} as const;

/** The words; what stands in braces is filled in. The states of an IRP are found by their names. */
export const timelineWords = {
  ...irpStateWords,
  ownerDriver: 'driver',
  ownerLower: 'lower driver',
  ownerSystem: 'I/O manager',
  ownerNobody: 'nobody',
  cpu: 'CPU {number}',
  noCpu: 'No CPU',
  stuck: 'nothing can go on',
  spinLocks: 'spin locks held: {count}',
  held: '{lock} is held by {context}',
  released: '{lock} is free',
  irpIs: '{irp} is {state}',
  irpOwned: '{irp}: {owner}, {state}',
  register: '{register} is {value}',
  runsAt: '{context} is on {cpu} at {irql}',
  waits: '{context} waits: {reason}',
} as const;

/** The words in the reader's language. */
export type TimelineWords = Readonly<Record<keyof typeof timelineWords, string>>;

/** A text with its values filled in; what no value is given for stays. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
