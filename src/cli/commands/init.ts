/** `irpsight init <dir>`: puts a small driver and a scenario there to start from. Never overwrites a file. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandModule } from 'yargs';
import { normalise, reasonOf } from '../../jobs/files.ts';
import { harmless } from '../../report/paint.ts';
import { starterFolder } from '../places.ts';
import { complain, exitCodes } from '../terminal.ts';

export const initCommand: CommandModule<object, { dir: string }> = {
  command: 'init <dir>',
  describe: 'Start a driver: a small one with a scenario, in the folder <dir>',
  builder: (yargs) => yargs.positional('dir', { type: 'string', demandOption: true, describe: 'The folder, made if need be' }),
  handler: ({ dir }) => {
    const folder = normalise(dir);
    const file = fileOnTheWay(folder);
    if (file !== undefined) {
      complain(`Cannot write to ${dir}: ${file === folder ? 'it' : file} is a file, not a folder.`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    const files = readdirSync(starterFolder).sort();
    const taken = files.filter((name) => existsSync(join(folder, name)));
    if (taken.length > 0) {
      complain(`${taken.join(' and ')} exist already in ${dir}; nothing was written.`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    try {
      mkdirSync(folder, { recursive: true });
      for (const name of files) copyFileSync(join(starterFolder, name), join(folder, name), constants.COPYFILE_EXCL);
    } catch (error) {
      complain(`Cannot write to ${dir}: ${reasonOf(error)}.`);
      process.exitCode = exitCodes.invalid;
      return;
    }
    process.stdout.write(nextSteps(harmless(folder)));
  },
};

/** What is there of the path, if that is no folder. */
function fileOnTheWay(path: string): string | undefined {
  let there = path;
  // A name too long, or below a folder that may not be read, is for the attempt to make it.
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  return statSync(there, { throwIfNoEntry: false })?.isDirectory() === false ? there : undefined;
}

/** A path as a word of a command line that is to be typed or pasted. */
export function shellWord(path: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\p{L}\p{N}_./:\\+,@-]+$/u.test(path) && (platform === 'win32' || !path.includes('\\'))) return path;
  // Neither cmd nor PowerShell takes a " in the name of a file; no file has one there.
  return platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}

function nextSteps(folder: string): string {
  return `Written:
  ${folder}/mailbox.driver.ts    a read waits until a write answers it or it is cancelled
  ${folder}/mailbox.scenario.ts  the threads whose every interleaving is explored

Next:
  npx irpsight check ${shellWord(folder)}
      says that it is verified.
  Write FALSE for Irp.Cancel in DispatchRead and check again:
      the schedule in which it goes wrong is shown step by step.
  npx irpsight rules
      lists what is checked; npx irpsight explain RULE tells more.

All of this is for Irpsight's own folder. For any other run npm link there once, and leave npx out: it would ask the public registry.
`;
}
