/** Code actions at findings, imports put in order, and lenses at scenarios. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  type Connection,
  type Diagnostic,
  type Range,
} from 'vscode-languageserver';
import { command } from '../../client/protocol.ts';
import { suppressionMark } from '../../src/check/suppress.ts';
import { asItStands, type Context, changes, checkedNow, documentAt, orElse, rangeIn } from '../convert.ts';
import { type FindingData, lspRange } from '../diagnostics.ts';
import type { Fixes } from '../fixes.ts';

/** Registers the features. */
export function registerActions(connection: Connection, context: Context, fixes: Fixes): void {
  connection.onCodeAction(async ({ textDocument: { uri }, context: { diagnostics, only } }) => {
    const wants = (kind: string): boolean => only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
    const asked = wants(CodeActionKind.QuickFix) ? diagnostics : [];
    const actions = (await Promise.all(asked.map((diagnostic) => actionsAt(uri, diagnostic)))).flat();
    const found = wants(CodeActionKind.SourceOrganizeImports) && only !== undefined ? documentAt(context, uri) : undefined;
    if (found !== undefined) {
      const edits = await asItStands(found.document, context.language.ask('organizeImports', found.path));
      actions.push({
        title: 'Organize imports',
        kind: CodeActionKind.SourceOrganizeImports,
        edit: { changes: changes(context, edits) },
      });
    }
    return actions;
  });

  /** What can be done about one finding. */
  async function actionsAt(uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const data = diagnostic.data as FindingData | undefined;
    if (data === undefined) return [];
    const { line } = diagnostic.range.start;
    const place = { uri, rule: data.rule, line };
    const comment = `// ${suppressionMark} ${data.rule} --`;
    const of = (title: string, name: string, args: unknown): CodeAction => ({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command: name, arguments: [args] },
    });
    return [
      ...(await fixActions(uri, data.rule, line, diagnostic)),
      ...(data.trace ? [of('Show the schedule that does this', command.showTrace, place)] : []),
      ...(data.trace ? [of('Debug the schedule that does this', command.debugTrace, place)] : []),
      of(`Explain ${data.rule}`, command.explainRule, data.rule),
      of(`Disable ${data.rule} here, with a reason`, command.suppressFinding, { ...place, comment }),
    ];
  }

  /** Fixes that have proved right on the text as it stands. */
  async function fixActions(uri: string, rule: string, line: number, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const found = documentAt(context, uri);
    if (found === undefined) return [];
    const { path, document } = found;
    const text = document.getText();
    const tried = await Promise.all([fixes.offered(path, rule, line + 1, text), fixes.offeredForAll(path, rule, text)]);
    // Meanwhile something else may have been typed.
    if (documentAt(context, uri)?.document.getText() !== text) return [];
    return tried.flatMap((fix, index) => {
      if (fix === undefined) return [];
      const once = new Map(fix.edits.map((edit) => [JSON.stringify(edit), edit]));
      const edits = [...once.values()].map((edit) => ({ range: rangeIn(document, edit), newText: edit.text }));
      const preferred = index === 0 ? { isPreferred: true } : {};
      return [
        {
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          ...preferred,
          edit: { changes: { [uri]: edits } },
        },
      ];
    });
  }

  connection.onCodeLens(async ({ textDocument: { uri } }) => {
    const found = await checkedNow(context, uri);
    if (found === undefined) return [];
    const { path, document, quick } = found;
    const exploring = (range: Range): CodeLens => ({
      range,
      command: { title: 'Explore', command: command.exploreFile, arguments: [uri] },
    });
    const lenses = quick.result.scenarios
      .filter(({ file }) => file === path)
      .flatMap(({ name, range }): CodeLens[] => [
        { range: lspRange(range), command: { title: 'Run scenario', command: command.runScenario, arguments: [uri, name] } },
        { range: lspRange(range), command: { title: 'Debug', command: command.debugScenario, arguments: [uri, name] } },
        exploring(lspRange(range)),
      ]);
    const outline = await asItStands(document, orElse([], context.language.ask('outline', path)));
    const entry = outline.find(({ name }) => name === 'DriverEntry');
    return entry === undefined
      ? lenses
      : [exploring(rangeIn(document, { start: entry.nameStart, end: entry.nameEnd })), ...lenses];
  });
}
