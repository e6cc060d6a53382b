/** Writes a schedule to a file of the reader's choice. */
import { timelineJson } from '../../src/report/timeline/json.ts';
import { timelineMermaid } from '../../src/report/timeline/mermaid.ts';
import type { Timeline } from '../../src/report/timeline/model.ts';
import { timelineSvg } from '../../src/report/timeline/svg.ts';
import { say, text } from '../text.ts';
import type { Vscode } from '../tools.ts';
import { viewWords } from '../view-words.ts';

type Format = 'svg' | 'mmd' | 'json';

/** Asks for a format and a file, and writes it. */
export async function exportSchedule(
  vscode: Pick<Vscode, 'l10n' | 'Uri' | 'window' | 'workspace'>,
  timeline: Timeline,
): Promise<void> {
  const formats: { label: string; description: string; format: Format }[] = [
    { label: 'SVG', description: say(vscode, text.exportSvg), format: 'svg' },
    { label: 'Mermaid', description: say(vscode, text.exportMermaid), format: 'mmd' },
    { label: 'JSON', description: say(vscode, text.exportJson), format: 'json' },
  ];
  const chosen = await vscode.window.showQuickPick(formats, { placeHolder: say(vscode, text.pickFormat) });
  if (chosen === undefined) return;
  const name = `${(timeline.rule ?? 'schedule').replaceAll('/', '-')}.${timeline.scenario}.${chosen.format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [chosen.label]: [chosen.format] },
  });
  if (file === undefined) return;
  const words = viewWords(vscode);
  const contents = { svg: timelineSvg, mmd: timelineMermaid, json: timelineJson }[chosen.format](timeline, words);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(contents));
}
