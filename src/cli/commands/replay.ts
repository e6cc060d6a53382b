/** `irpsight replay <paths>`: follows recorded schedules on the sources as they are now. */
import type { CommandModule } from 'yargs';
import type { Trace } from '../../check/findings.ts';
import { pinEnding } from '../../check/pin.ts';
import { readTraces } from '../../check/trace-file.ts';
import { driverOfTrace, filesNamed, readText } from '../../jobs/files.ts';
import { compileLimit, keptWorkers, openSession, type Session } from '../../jobs/session.ts';
import { harmless } from '../../report/paint.ts';
import { replayReport } from '../../report/replay.ts';
import { counted } from '../../report/verdict.ts';
import { libraryFolder, workerFile } from '../places.ts';
import { complain, type ExitCode, exitCodes, outputPaint } from '../terminal.ts';

/** Milliseconds for each schedule, beside what compiling takes. */
const patience = 60_000;

export const replayCommand: CommandModule<object, { paths: string[] }> = {
  command: 'replay <paths..>',
  describe: 'Follow recorded schedules step by step',
  builder: (yargs) =>
    yargs.positional('paths', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: `Trace files, reports written with --format json, or folders: of these every *${pinEnding}`,
    }),
  handler: async ({ paths }) => {
    const { files, errors } = filesNamed(paths, pinEnding);
    for (const error of errors) complain(error);
    const workers = keptWorkers(workerFile, libraryFolder);
    const codes: ExitCode[] = errors.map(() => exitCodes.invalid);
    let first = true;
    for (const file of files) {
      const read = readText(file);
      const found = 'error' in read ? read : readTraces(read.text);
      if ('error' in found) {
        complain(`Cannot read ${file}: ${found.error}.`);
        codes.push(exitCodes.invalid);
        continue;
      }
      for (const trace of found.traces) {
        if (files.length > 1) process.stdout.write(`${first ? '' : '\n'}${harmless(file)}\n`);
        first = false;
        const deadline = Date.now() + patience;
        codes.push(await replayOne(trace, file, openSession({ workers, compileLimit, deadline, onEvent: () => undefined })));
      }
    }
    if (files.length > 1) process.stdout.write(`\n${summary(codes)}\n`);
    process.exitCode = Math.max(exitCodes.clean, ...codes);
  },
};

/**
 * Replays one trace: 1 when the error shows again, 0 when it is gone from a source edited since and its scenario is verified, 2 when that is not known, or the
 * schedule never showed it.
 */
async function replayOne(trace: Trace, traceFile: string, session: Session): Promise<ExitCode> {
  const driver = driverOfTrace(trace.file, traceFile, ['']);
  if (driver === undefined) {
    complain(`The trace is about ${trace.file}, which is neither there nor beside the trace.`);
    return exitCodes.invalid;
  }
  const replayed = await session.ask({ kind: 'replay', trace, driver });
  if ('error' in replayed) {
    complain(`${harmless(driver)}: ${replayed.error}`);
    return exitCodes.invalid;
  }
  const { result, texts } = replayed;
  process.stdout.write(
    replayReport(trace, result, { paint: outputPaint(false), textOf: (path) => texts.get(path), whole: true }),
  );
  const { outcome } = result;
  if (outcome?.kind === 'breach') return exitCodes.findings;
  return outcome?.kind === 'gone' && outcome.anew === 'verified' && trace.schedule.length > 0
    ? exitCodes.clean
    : exitCodes.invalid;
}

/** `3 schedules: 1 leads to an error, 1 leads to none any more, 1 cannot be judged`. */
function summary(codes: readonly ExitCode[]): string {
  const parts = [
    [exitCodes.findings, 'to an error', 'leads', 'lead'],
    [exitCodes.clean, 'to none any more', 'leads', 'lead'],
    [exitCodes.invalid, 'be judged', 'cannot', 'cannot'],
  ] as const;
  const words = parts.flatMap(([code, what, one, many]) => {
    const count = codes.filter((other) => other === code).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}`];
  });
  return `${counted(codes.length, 'schedule')}: ${words.join(', ')}`;
}
