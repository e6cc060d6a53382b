/** Every sentence of the trace view, in English; the extension gives the view those of the editor's language. */
import { timelineWords } from '../../src/report/timeline/words.ts';

/** The sentences; what stands in braces is filled in. */
export const viewText = {
  ...timelineWords,
  step: 'Step {step} of {steps}',
  stepAt: 'Step {step}: {context}, {cpu}, {irql}. {place}. {source}. {changes}',
  summary: 'Scenario {scenario}, CPUs: {cpus}, steps: {steps}',
  picture: 'Picture of the schedule',
  pictureOfPassing: 'Picture of the passing schedule',
  list: 'Steps of the schedule',
  listOfPassing: 'Steps of the passing schedule',
  failing: 'Failing',
  passing: 'Nearest passing schedule, from step {step} on',
  ended: 'The schedule ends at step {step}.',
  search: 'Search',
  searchSteps: 'Search the steps',
  match: '{at} of {count}',
  matches: 'matches: {count}',
  noMatch: 'no match',
  conflictBefore: 'Previous conflict',
  conflictAfter: 'Next conflict',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomWhole: 'Show the whole schedule',
  asList: 'List',
  asPicture: 'Picture',
  export: 'Export...',
  pin: 'Pin as Test',
  asText: 'Open as Text',
  breachHere: 'Here {rule} is breached.',
  changes: 'What changed',
  noChange: 'Nothing that others can see.',
  isConflict: 'Conflict',
  conflict: 'Step {step} ({context}) comes to {what}, too.',
  irp: 'IRP',
  owner: 'Owner',
  state: 'Cancel state',
  locksHeld: 'Spin lock',
  holder: 'Held by',
  contextName: 'Context',
  where: 'Where',
  waitsFor: 'Waits for',
  registerName: 'Device register',
  value: 'Value',
  stale:
    'The sources have been edited since this schedule was found: lines may be other ones. Run the scenario again for a schedule of today.',
  incomplete: 'States of IRPs, locks and registers cannot be shown. {reason}',
} as const;

/** The sentences in the reader's language. */
export type ViewWords = Readonly<Record<keyof typeof viewText, string>>;
