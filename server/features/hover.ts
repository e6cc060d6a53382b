/** Hover: what a name is, and for a routine of the WDK the IRQL that its documentation allows. */
import { type Connection, MarkupKind } from 'vscode-languageserver';
import { irqlContract } from '../../src/check/contract.ts';
import { type Context, rangeIn, spotAt } from '../convert.ts';

/** Registers the feature. */
export function registerHover(connection: Connection, context: Context): void {
  connection.onHover(async (params) => {
    const spot = spotAt(context, params);
    const found = spot === undefined ? undefined : await context.language.ask('describe', spot.path, spot.offset);
    if (spot === undefined || found === undefined) return null;
    const range = rangeIn(spot.document, found);
    const contract = irqlContract(spot.document.getText(range));
    const parts = [
      `\`\`\`irpsight\n${found.signature}\n\`\`\``,
      ...(contract === undefined ? [] : [contract]),
      ...(found.documentation === '' ? [] : [found.documentation]),
    ];
    return { range, contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n') } };
  });
}
