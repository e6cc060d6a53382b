/**
 * Quick fixes: edits that may put a finding right. They are guesses from the text, good ones; nobody is offered one before a check of the edited text
 * has shown that the finding is gone and no other has come.
 */
import type { Finding } from '../check/findings.ts';
import { lineStarts } from '../check/text.ts';

/** Text that stands for what is there, in the finding's file. */
export interface FixEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix {
  /** What it does, as a command. */
  readonly title: string;
  readonly edits: readonly FixEdit[];
}

/** What a fix is made from: the file's text, and the statement that the finding is at. */
interface Guilty {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The statement's own text, and the indentation of its line. */
  readonly statement: string;
  readonly indentation: string;
  /** From the head of the routine around it up to the statement. */
  readonly before: string;
}

/** The rules whose breach has a mechanical remedy, and what it is. */
const remedies: Readonly<Record<string, (at: Guilty) => Fix | undefined>> = {
  'pending/returned-not-marked': (at) => {
    const [head, irp] = /=> \{[^\S\n]*\r?\n/.test(at.before) ? headOf(at.before) : [];
    if (head === undefined || irp === undefined) return undefined;
    const start = at.start - at.before.length + head.length;
    const edit = { start, end: start, text: `${at.indentation}IoMarkIrpPending(${irp});\n` };
    return withImport(at.text, 'IoMarkIrpPending', { title: 'Mark the IRP pending first', edits: [edit] });
  },
  'pending/marked-not-returned': (at) => returning(at, 'STATUS_PENDING'),
  'completion/status-differs': (at) => {
    const status = [...at.before.matchAll(/\bSTATUS_\w+\b/g)].at(-1)?.[0];
    return status === undefined ? undefined : returning(at, status);
  },
  'completion/information-on-cancel': (at) => {
    const irp = /^Io(?:f)?CompleteRequest\((\w+),/.exec(at.statement)?.[1];
    return irp === undefined
      ? undefined
      : { title: `Set ${irp}.IoStatus.Information to 0`, edits: [inserted(at, `${irp}.IoStatus.Information = 0;`)] };
  },
  'cancel/lock-not-released': (at) => {
    const irql = [...at.before.matchAll(/\b(\w+) = IoAcquireCancelSpinLock\(\)/g)].at(-1)?.[1];
    return irql === undefined ? undefined : releasing(at, 'IoReleaseCancelSpinLock', irql);
  },
  'lock/held-at-return': (at) => {
    const [, irql, lock] = [...at.before.matchAll(/\b(\w+) = KeAcquireSpinLock\(([\w.]+)\);/g)].at(-1) ?? [];
    return lock === undefined || irql === undefined ? undefined : releasing(at, 'KeReleaseSpinLock', `${lock}, ${irql}`);
  },
};

/** The fix to be tried for a finding; undefined where there is none. @param text of the finding's file. */
export function fixFor({ rule, range }: Finding, text: string): Fix | undefined {
  const starts = lineStarts(text);
  const offset = ({ line, column }: { line: number; column: number }): number => (starts[line - 1] ?? text.length) + column - 1;
  const [start, end] = [offset(range.start), offset(range.end)];
  const line = starts[range.start.line - 1] ?? 0;
  // A statement that shares its line with others is left alone.
  const indentation = text.slice(line, start);
  if (indentation.trim() !== '') return undefined;
  const head = [...text.slice(0, start).matchAll(/^(?:export )?(?:const|function) \w+/gm)].at(-1)?.index;
  const before = head === undefined ? '' : text.slice(head, start);
  return Object.hasOwn(remedies, rule)
    ? remedies[rule]({ text, start, end, statement: text.slice(start, end), indentation, before })
    : undefined;
}

/** The text with the edits made, which must not overlap; the same edit twice is made once. */
export function edited(text: string, edits: readonly FixEdit[]): string {
  const once = new Map(edits.map((edit) => [JSON.stringify(edit), edit]));
  const order = [...once.values()].sort((a, b) => b.start - a.start);
  return order.reduce((made, { start, end, text: piece }) => made.slice(0, start) + piece + made.slice(end), text);
}

/** The line (from 1) that what begins on a line and column (from 1) of the text begins on once the edits are made. */
export function lineAfter(
  text: string,
  edits: readonly FixEdit[],
  { line, column }: { readonly line: number; readonly column: number },
): number {
  const at = (lineStarts(text)[line - 1] ?? text.length) + column - 1;
  // What is put in at that very place comes before it.
  const before = edits.filter(({ end }) => end <= at);
  return lineStarts(edited(text.slice(0, at), before)).length;
}

/** The head of a dispatch routine with its line end, and the name of its IRP. */
function headOf(before: string): readonly [string, string] | readonly [] {
  const [head, irp] = /^[^\n]*\(\w+, (\w+)\) => \{[^\S\n]*\r?\n/.exec(before) ?? [];
  return head === undefined || irp === undefined ? [] : [head, irp];
}

function returning(at: Guilty, status: string): Fix | undefined {
  const [whole, given] = /^return ([^;]+);$/.exec(at.statement) ?? [];
  if (whole === undefined || given === status) return undefined;
  const fix = { title: `Return ${status}`, edits: [{ start: at.start, end: at.end, text: `return ${status};` }] };
  return withImport(at.text, status, fix);
}

function releasing(at: Guilty, routine: string, args: string): Fix | undefined {
  if (!/^return\b/.test(at.statement)) return undefined;
  const fix = { title: 'Release the spin lock before', edits: [inserted(at, `${routine}(${args});`)] };
  return withImport(at.text, routine, fix);
}

/** A line above the statement. */
function inserted({ start, indentation }: Guilty, line: string): FixEdit {
  return { start, end: start, text: `${line}\n${indentation}` };
}

/** The fix with the import of a name that it needs; undefined where there is nowhere to put that. */
function withImport(text: string, name: string, fix: Fix): Fix | undefined {
  const found = /import \{([^{}]*)\} from (?:'irpsight\/wdm'|"irpsight\/wdm")/.exec(text);
  if (found === null) return undefined;
  const names = found[1];
  if (new RegExp(`\\b${name}\\b`).test(names)) return fix;
  const end = found.index + 'import {'.length + names.trimEnd().length;
  return { ...fix, edits: [{ start: end, end, text: `${names.trimEnd().endsWith(',') ? '' : ','} ${name}` }, ...fix.edits] };
}
