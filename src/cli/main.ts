#!/usr/bin/env node
/** The program: carries the command line out. */
import { hideBin } from 'yargs/helpers';
import { tuneForSearches } from '../jobs/tuning.ts';
import { commandLine } from './command-line.ts';
import { complain, exitCodes } from './terminal.ts';

// A reader that has seen enough (`irpsight rules | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

tuneForSearches();
await commandLine(hideBin(process.argv), (message) => {
  complain(message);
  process.exit(exitCodes.invalid);
}).parseAsync();
