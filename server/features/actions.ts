/** Code actions at findings, imports put in order, and lenses at scenarios. */
import { type CodeAction, CodeActionKind, type CodeLens, type Connection, type Diagnostic } from 'vscode-languageserver';
import { command } from '../../client/protocol.ts';
import { suppressionMark } from '../../src/check/suppress.ts';
import { type Context, changes, checkedNow, documentAt, rangeIn } from '../convert.ts';
import { type FindingData, lspRange } from '../diagnostics.ts';
import type { Fixes } from '../fixes.ts';

/** Registers the features. */
export function registerActions(connection: Connection, context: Context, fixes: Fixes): void {
  connection.onCodeAction(async ({ textDocument: { uri }, context: { diagnostics, only } }) => {
    const wants = (kind: string): boolean => only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
    const actions: CodeAction[] = [];
    for (const diagnostic of wants(CodeActionKind.QuickFix) ? diagnostics : []) {
      const data = diagnostic.data as FindingData | undefined;
      if (data === undefined) continue;
      const { line } = diagnostic.range.start;
      actions.push(...(await fixActions(uri, data.rule, line, diagnostic)));
      const add = (title: string, name: string, args: unknown): void => {
        actions.push({
          title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          command: { title, command: name, arguments: [args] },
        });
      };
      if (data.trace) add('Show the schedule that does this', command.showTrace, { uri, rule: data.rule, line });
      if (data.trace) add('Debug the schedule that does this', command.debugTrace, { uri, rule: data.rule, line });
      add(`Explain ${data.rule}`, command.explainRule, data.rule);
      const comment = `// ${suppressionMark} ${data.rule} --`;
      add(`Disable ${data.rule} here, with a reason`, command.suppressFinding, { uri, rule: data.rule, line, comment });
    }
    const found = wants(CodeActionKind.SourceOrganizeImports) && only !== undefined ? documentAt(context, uri) : undefined;
    if (found !== undefined) {
      const edits = await context.language.ask('organizeImports', found.path);
      actions.push({
        title: 'Organize imports',
        kind: CodeActionKind.SourceOrganizeImports,
        edit: { changes: changes(context, edits) },
      });
    }
    return actions;
  });

  /** Fixes that have proved right on the text as it stands. */
  async function fixActions(uri: string, rule: string, line: number, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const found = documentAt(context, uri);
    if (found === undefined) return [];
    const { path, document } = found;
    const text = document.getText();
    const tried = [await fixes.offered(path, rule, line + 1, text), await fixes.offeredForAll(path, rule, text)];
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
    return (found?.quick.result.scenarios ?? [])
      .filter(({ file }) => file === found?.path)
      .flatMap(({ name, range }): CodeLens[] => [
        { range: lspRange(range), command: { title: 'Run scenario', command: command.runScenario, arguments: [uri, name] } },
        { range: lspRange(range), command: { title: 'Debug', command: command.debugScenario, arguments: [uri, name] } },
      ]);
  });
}
