/** Hover: what a name is; for a routine of the WDK the IRQL that its documentation allows; for an IRP its cancel state at this place. */
import { type Connection, type Hover, MarkupKind, type Position } from 'vscode-languageserver';
import { command, type WitnessParams } from '../../client/protocol.ts';
import { irqlContract } from '../../src/check/contract.ts';
import type { Range } from '../../src/check/findings.ts';
import type { IrpSite, Language } from '../../src/check/states.ts';
import { irpStateMarkdown, unknownStateMarkdown } from '../../src/report/irp-states.ts';
import { asItStands, type Context, orElse, rangeIn, type Spot, spotAt } from '../convert.ts';
import type { Drivers } from '../drivers-api.ts';
import { levelAt, lockAt } from './levels.ts';

/** Registers the feature. `language` of what it says. */
export function registerHover(connection: Connection, context: Context, drivers: Drivers, language: () => Language): void {
  connection.onHover(async (params): Promise<Hover | null> => {
    const spot = spotAt(context, params);
    if (spot === undefined) return null;
    const found = await asItStands(spot.document, orElse(undefined, context.language.ask('describe', spot.path, spot.offset)));
    if (found === undefined) return null;
    const range = rangeIn(spot.document, found);
    const name = spot.document.getText(range);
    const calls = drivers.known(spot.path)?.quick?.result.calls ?? [];
    const contract = irqlContract(name);
    const state = stateAt(spot, found.signature, drivers, language());
    const level = contract === undefined && state === undefined ? undefined : levelAt(calls, spot, language());
    const parts = [
      `\`\`\`irpsight\n${found.signature}\n\`\`\``,
      ...(state === undefined ? [] : [state]),
      ...(contract === undefined ? [] : [contract]),
      ...(level === undefined ? [] : [level]),
      ...(isSpinLock.test(found.signature) ? [lockAt(calls, name, language())] : []),
      ...(found.documentation === '' ? [] : [found.documentation]),
    ];
    return { range, contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n') } };
  });
}

/** The cancel state of the IRP that the expression at that place denotes; undefined where it denotes none. */
function stateAt({ path, document, offset }: Spot, signature: string, drivers: Drivers, language: Language): string | undefined {
  const known = drivers.known(path);
  if (known === undefined || known.quick?.result.compiled === false) return undefined;
  if (known.states === undefined) return isIrp.test(signature) ? unknownStateMarkdown(known, language) : undefined;
  const position = document.positionAt(offset);
  const site = siteAt(known.states.sites, path, position);
  if (site === undefined) return undefined;
  return irpStateMarkdown(site, known.states.scenarios, language, (state) => {
    const witness: WitnessParams = { uri: document.uri, position, state };
    return `command:${command.showWitness}?${encodeURIComponent(JSON.stringify([witness]))}`;
  });
}

/** A variable or member that is a spin lock, as the language tells it. */
const isSpinLock = /: P?KSPIN_LOCK$/;

/** A variable, parameter or member that is an IRP, as the language tells it. */
const isIrp = /: P?IRP$/;

/** The innermost expression around a position that denotes an IRP. */
export function siteAt(sites: readonly IrpSite[], file: string, position: Position): IrpSite | undefined {
  const [line, column] = [position.line + 1, position.character + 1];
  const holds = ({ start, end }: Range): boolean =>
    (start.line < line || (start.line === line && start.column <= column)) &&
    (end.line > line || (end.line === line && end.column >= column));
  const size = ({ range: { start, end } }: IrpSite): number => (end.line - start.line) * 10_000 + end.column - start.column;
  return sites.filter((site) => site.file === file && holds(site.range)).toSorted((a, b) => size(a) - size(b))[0];
}
