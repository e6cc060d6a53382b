/** What each key does in the trace view. */

export type Action =
  | 'next'
  | 'previous'
  | 'pageForward'
  | 'pageBack'
  | 'first'
  | 'last'
  | 'nextConflict'
  | 'previousConflict'
  | 'breach'
  | 'search'
  | 'nextMatch'
  | 'previousMatch'
  | 'leaveSearch'
  | 'toggleList'
  | 'otherRun'
  | 'zoomIn'
  | 'zoomOut'
  | 'zoomWhole';

/** As much of a KeyboardEvent as is looked at. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const keys: Readonly<Record<string, Action>> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  PageDown: 'pageForward',
  PageUp: 'pageBack',
  Home: 'first',
  End: 'last',
  n: 'nextConflict',
  p: 'previousConflict',
  b: 'breach',
  '/': 'search',
  l: 'toggleList',
  s: 'otherRun',
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '0': 'zoomWhole',
};

/** The action of a key; none for those of the editor and, in the search field, for what is text. */
export function actionOf({ key, shiftKey, ctrlKey, altKey, metaKey }: Key, inField: boolean): Action | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  if (!inField) return Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (key === 'Escape') return 'leaveSearch';
  if (key !== 'Enter') return undefined;
  return shiftKey ? 'previousMatch' : 'nextMatch';
}
