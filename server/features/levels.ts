/** Inlay hints where the IRQL or the spin locks held change, and what hovers say of them. */
import type { Connection, InlayHint } from 'vscode-languageserver';
import type { CallLevel } from '../../src/check/levels.ts';
import type { Language } from '../../src/check/states.ts';
import { changeHint, levelText, lockText } from '../../src/report/levels.ts';
import { type Context, checkedNow, type Spot } from '../convert.ts';
import { lspRange } from '../diagnostics.ts';

/** Registers the hints. `enabled`: the user's setting. */
export function registerLevels(connection: Connection, context: Context, enabled: () => boolean, language: () => Language): void {
  connection.languages.inlayHint.on(async ({ textDocument, range }): Promise<InlayHint[]> => {
    const found = enabled() ? await checkedNow(context, textDocument.uri) : undefined;
    if (found === undefined) return [];
    return found.quick.result.calls.flatMap((call) => {
      const label = changeHint(call);
      const { end } = lspRange(call.range);
      if (call.file !== found.path || label === undefined || end.line < range.start.line || end.line > range.end.line) return [];
      const line = found.document.getText({ start: { line: end.line, character: 0 }, end: { line: end.line + 1, character: 0 } });
      const position = { line: end.line, character: line.trimEnd().length };
      return [{ position, label, paddingLeft: true, tooltip: levelText(call.after, language()) }];
    });
  });
}

/** The IRQL and the locks at the innermost call around a place; undefined outside of calls. */
export function levelAt(calls: readonly CallLevel[], { path, document, offset }: Spot, language: Language): string | undefined {
  const around = calls
    .filter(({ file }) => file === path)
    .map((call) => ({
      call,
      start: document.offsetAt(lspRange(call.range).start),
      end: document.offsetAt(lspRange(call.range).end),
    }))
    .filter(({ start, end }) => start <= offset && offset <= end)
    .toSorted((a, b) => a.end - a.start - (b.end - b.start));
  return around[0] === undefined ? undefined : levelText(around[0].call.before, language);
}

/** Where a spin lock is taken, by the name of the member or variable that it is. */
export function lockAt(calls: readonly CallLevel[], name: string, language: Language): string {
  const isIt = (lock: string): boolean => lock === name || lock.endsWith(`.${name}`);
  const taking = calls.filter(({ before, after }) => after.locks.some(isIt) && !before.locks.some(isIt));
  return lockText([...new Set(taking.map(({ range }) => range.start.line))], language);
}
