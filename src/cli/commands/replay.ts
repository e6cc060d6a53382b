/** `irpsight replay <trace>`: follows recorded schedules on the sources as they are now. */
import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import type { Trace } from '../../check/findings.ts';
import { readTraces } from '../../check/trace-file.ts';
import { normalise, readText } from '../../jobs/files.ts';
import { compileLimit, freshWorkers, openSession } from '../../jobs/session.ts';
import { harmless } from '../../report/paint.ts';
import { replayReport } from '../../report/replay.ts';
import { libraryFolder, workerFile } from '../places.ts';
import { complain, type ExitCode, exitCodes, outputPaint } from '../terminal.ts';

export const replayCommand: CommandModule<object, { trace: string }> = {
  command: 'replay <trace>',
  describe: 'Follow a recorded schedule step by step',
  builder: (yargs) =>
    yargs.positional('trace', {
      type: 'string',
      demandOption: true,
      describe: 'A trace file, or a report written with --format json',
    }),
  handler: async ({ trace: file }) => {
    const path = normalise(file);
    const read = readText(path);
    const found = 'error' in read ? read : readTraces(read.text);
    if ('error' in found) {
      complain(`Cannot read ${file}: ${found.error}.`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    let worst: ExitCode = exitCodes.clean;
    for (const trace of found.traces) worst = Math.max(worst, await replayOne(trace, path)) as ExitCode;
    process.exitCode = worst;
  },
};

/**
 * Replays one trace: 1 when the error shows again, 0 when the schedule ends without it on a source edited since, 2 when it cannot be
 * followed or never showed it.
 */
async function replayOne(trace: Trace, traceFile: string): Promise<ExitCode> {
  const driver = locate(trace.file, traceFile);
  if (driver === undefined) {
    complain(`The trace is about ${trace.file}, which is neither there nor beside the trace.`);
    return exitCodes.invalid;
  }
  const session = openSession({
    workers: freshWorkers(workerFile, libraryFolder),
    compileLimit,
    deadline: Date.now() + 60_000,
    onEvent: () => undefined,
  });
  const replayed = await session.replay({ kind: 'replay', trace, driver });
  if ('error' in replayed) {
    complain(`${harmless(driver)}: ${replayed.error}`);
    return exitCodes.invalid;
  }
  const { result, texts } = replayed;
  process.stdout.write(
    replayReport(trace, result, { paint: outputPaint(false), textOf: (path) => texts.get(path), whole: true }),
  );
  if (result.outcome?.kind === 'breach') return exitCodes.findings;
  return result.outcome?.kind === 'end' && result.outcome.followed ? exitCodes.clean : exitCodes.invalid;
}

/** The driver that a trace names, from the current folder or beside the trace. Only TypeScript files are ever read. */
function locate(file: string, traceFile: string): string | undefined {
  const path = normalise(file);
  if (!path.endsWith('.ts')) return undefined;
  const beside = traceFile.slice(0, traceFile.lastIndexOf('/') + 1) + path.slice(path.lastIndexOf('/') + 1);
  return [path, beside].find((candidate) => existsSync(candidate));
}
