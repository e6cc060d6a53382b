#!/usr/bin/env node
/** The command line: reads the arguments and hands over to one file a command. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { checkCommand } from './commands/check.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { replayCommand } from './commands/replay.ts';
import { rulesCommand } from './commands/rules.ts';
import { runCommand } from './commands/run.ts';
import { complain, exitCodes } from './terminal.ts';

// A reader that has seen enough (`irpsight rules | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await yargs(hideBin(process.argv))
  .scriptName('irpsight')
  .locale('en')
  .usage('$0 <command> [options]\n\nFinds cancel races and other IRP and IRQL errors in the logic of Windows drivers.')
  .command(checkCommand)
  .command(runCommand)
  .command(replayCommand)
  .command(explainCommand)
  .command(rulesCommand)
  .command(initCommand)
  .demandCommand(1, 'A command is missing.')
  .recommendCommands()
  .strict()
  .parserConfiguration({ 'boolean-negation': false })
  .check((argv) => {
    for (const [name, value] of Object.entries(argv))
      if (Array.isArray(value) && name !== '_' && name !== 'paths') throw new Error(`--${name} is given more than once.`);
    return true;
  })
  .epilogue(
    [
      'Exit codes:',
      '  0  everything verified',
      '  1  an error was found',
      '  2  the command line or the input is wrong',
      '  3  no error was found, but not everything was explored',
    ].join('\n'),
  )
  .wrap(Math.min(100, process.stdout.columns ?? 100))
  .help()
  .version()
  .fail((message, error) => {
    if (message === null && error !== undefined) throw error;
    complain(`${(message ?? error.message).replace(/\s+/g, ' ')} "irpsight --help" says more.`);
    process.exit(exitCodes.invalid);
  })
  .parseAsync();
