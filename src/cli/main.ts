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
  .usage('$0 <command>\n\nFinds cancel races and other IRP and IRQL errors in the logic of Windows drivers.')
  .command(checkCommand)
  .command(runCommand)
  .command(replayCommand)
  .command(explainCommand)
  .command(rulesCommand)
  .command(initCommand)
  .demandCommand(1, 'A command is missing.')
  .recommendCommands()
  .strict()
  .parserConfiguration({ 'duplicate-arguments-array': false, 'boolean-negation': false })
  .epilogue('Exit codes: 0 everything verified, 1 findings, 2 wrong usage or input, 3 nothing found but not everything explored.')
  .wrap(Math.min(120, process.stdout.columns ?? 120))
  .help()
  .version()
  .fail((message, error) => {
    if (message === null && error !== undefined) throw error;
    complain(`${(message ?? error.message).replace(/\s+/g, ' ')} "irpsight --help" says more.`);
    process.exit(exitCodes.invalid);
  })
  .parseAsync();
