/** `irpsight init <dir>`: puts a small driver and a scenario there to start from. Never overwrites a file. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { harmless } from '../../report/paint.ts';
import { normalise, reasonOf } from '../files.ts';
import { starterFolder } from '../places.ts';
import { complain, exitCodes } from '../terminal.ts';

export const initCommand: CommandModule<object, { dir: string }> = {
  command: 'init <dir>',
  describe: 'Start a driver: a small one with a scenario, in this folder',
  builder: (yargs) => yargs.positional('dir', { type: 'string', demandOption: true, describe: 'The folder, made if need be' }),
  handler: ({ dir }) => {
    const folder = normalise(dir);
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

function nextSteps(folder: string): string {
  return `Written:
  ${folder}/mailbox.driver.ts    a read waits until a write answers it or it is cancelled
  ${folder}/mailbox.scenario.ts  the threads whose every interleaving is explored

Next:
  npx irpsight check ${folder}
      says that it is verified.
  Write FALSE for Irp.Cancel in DispatchRead and check again:
      the schedule in which it goes wrong is shown step by step.
  npx irpsight rules
      lists what is checked; npx irpsight explain RULE tells more.
`;
}
