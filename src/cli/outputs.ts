/** What may be written over: a report or a trace of ours, and nothing else. */
import { readFileSync, realpathSync, statSync } from 'node:fs';

/** How the text of a check ends: its totals, and perhaps that the default scenarios were left out. */
const totals =
  /(?:^|\n)(?:[\d,]+ problems?, )?[\d,]+ findings?(?: \([^)\n]*\))?(?:, [\d,]+ suppressed)?, [\d,]+ scenarios?(?::[^\n]*)?\r?\n(?:The default scenarios[\s\S]{0,600}\n)?$/;
/** How the table of rules begins. */
const ruleRow = /^[a-z-]+\/[a-z-]+ +(?:error|warning) +\S/;

/**
 * Why the report is not to be written to that file, as a sentence; undefined where it may be. Every source that is ever read ends in .ts, so
 * that none is written over, by whichever link.
 */
export function whyNoReport(file: string): string | undefined {
  const source = [file, realPath(file)].find((path) => /\.ts$/i.test(path));
  if (source !== undefined) {
    const leads = source === file ? '' : `it leads to ${source}, and `;
    return `Cannot write the report to ${file}: ${leads}a file whose name ends in .ts is a source. Give a file of another name.`;
  }
  return isKept(file, isReport)
    ? `Cannot write the report to ${file}: the file is there already and is no report of irpsight. Remove it, or give a file of another name.`
    : undefined;
}

/** Why a trace is not to be written to that file, as a sentence; undefined where it may be. */
export function whyNoTrace(file: string): string | undefined {
  return isKept(file, isTrace)
    ? `Did not write ${file}: the file is there already and is no trace of irpsight. Remove it, or give another folder.`
    : undefined;
}

/** Whether something would be lost with the file. What is no regular file is for the attempt to write it. */
function isKept(file: string, isOurs: (text: string) => boolean): boolean {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size > 0 && !isOurs(readFileSync(file, 'utf8'));
  } catch {
    // It cannot be read, or is longer than any report.
    return true;
  }
}

function isReport(text: string): boolean {
  const json = objectIn(text);
  if (json === undefined) return totals.test(text) || ruleRow.test(text);
  return isTrace(text) || (json.schemaVersion === 1 && Array.isArray(json.findings)) || isRuleList(json);
}

function isTrace(text: string): boolean {
  const json = objectIn(text);
  return json?.schemaVersion === 1 && Array.isArray(json.schedule);
}

/** What `rules --format json` writes has no version. */
function isRuleList(json: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(json.rules) && Object.keys(json).length === 1;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
