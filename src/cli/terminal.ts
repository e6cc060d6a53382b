/** Standard output and error: colour where a terminal shows it, progress that does not stay, and an exit code. */
import { writeFileSync } from 'node:fs';
import { reasonOf } from '../jobs/files.ts';
import { harmless, type Paint, painter } from '../report/paint.ts';
import { whyNoReport } from './outputs.ts';

/** What the commands end with. */
export const exitCodes = { clean: 0, findings: 1, invalid: 2, bounded: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For standard output, or without colour when the report goes to a file. */
export function outputPaint(toFile: boolean): Paint {
  return painter(!toFile && showsColour(process.stdout));
}

/** Says what is wrong with the command line or its input, on standard error. */
export function complain(message: string): void {
  const paint = painter(showsColour(process.stderr));
  process.stderr.write(`${paint('red', 'error')}: ${harmless(message)}\n`);
}

export function warn(message: string): void {
  const paint = painter(showsColour(process.stderr));
  process.stderr.write(`${paint('yellow', 'warning')}: ${harmless(message)}\n`);
}

/** Says what is neither wrong nor a result, on standard error. */
export function note(message: string): void {
  process.stderr.write(`${harmless(message)}\n`);
}

/** Writes a report to the file given, or to standard output. False, after a complaint, where the file cannot or must not be written. */
export function writeReport(text: string, file: string | undefined): boolean {
  if (file === undefined) {
    process.stdout.write(text);
    return true;
  }
  if (!mayReportTo(file)) return false;
  try {
    writeFileSync(file, text);
    return true;
  } catch (error) {
    complain(`Cannot write ${file}: ${reasonOf(error)}.`);
    return false;
  }
}

/** Whether a report may go to that file; says why not. */
export function mayReportTo(file: string): boolean {
  const why = whyNoReport(file);
  if (why !== undefined) complain(why);
  return why === undefined;
}

/** Shows how a search is doing: one line that is overwritten on a terminal, a line now and then elsewhere. */
export class Progress {
  private last = 0;
  private shown = false;

  /** Shows the line unless the last one is too recent. */
  show(text: string): void {
    const now = Date.now();
    if (now - this.last < (process.stderr.isTTY ? 100 : 5_000)) return;
    this.last = now;
    const line = harmless(text);
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.shown = true;
  }

  /** Takes the line away before anything else is printed. */
  clear(): void {
    if (this.shown && process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
    this.shown = false;
  }
}

/** NO_COLOR and FORCE_COLOR as their conventions say; otherwise only a terminal that can. */
function showsColour(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== '0';
  return stream.isTTY === true && process.env.TERM !== 'dumb';
}
