/** What may be on the command line: the commands, and what holds for all of them. */
import yargs, { type Argv } from 'yargs';
import { harmless } from '../report/paint.ts';
import { checkCommand } from './commands/check.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { replayCommand } from './commands/replay.ts';
import { rulesCommand } from './commands/rules.ts';
import { runCommand } from './commands/run.ts';

const commands = [checkCommand, runCommand, replayCommand, explainCommand, rulesCommand, initCommand];

/**
 * The parser of a command line. What parses is carried out.
 * @param words all after the program's name.
 * @param refuse told what is wrong with them, in one line; does not come back.
 */
export function commandLine(words: readonly string[], refuse: (message: string) => never): Argv {
  // The parser would leave the word out, and what is left mean the current folder.
  if (words.includes('-'))
    refuse('"-" names no file: standard input is not read, and without --out the report goes to standard output.');
  return yargs([...words])
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
    .strict()
    .parserConfiguration({ 'boolean-negation': false })
    .check((argv) => {
      // The parser keeps them apart from the paths, and what is left would mean the current folder.
      if (argv._.length > 1) throw new Error('Nothing is taken after "--": a name that begins with "-" is written ./-name.');
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
      refuse(complaint(words, (message ?? error.message).replace(/\s+/g, ' ')));
    });
}

/** What is wrong as a sentence, and where to read more. */
function complaint(words: readonly string[], message: string): string {
  const usages = commands.map(({ command }) => String(command));
  const usage = usages.find((text) => nameOf(text) === words[0]);
  // The parser calls it an unknown argument, together with the paths and options behind it.
  const unknown = usage === undefined && /^\w/.test(words[0] ?? '') ? harmless(words[0]) : undefined;
  const help = usage === undefined ? 'irpsight --help' : `irpsight ${words[0]} --help`;
  const missing = /^Not enough non-option arguments/.test(message) ? /<[\w.]+>/.exec(usage ?? '')?.[0] : undefined;
  const told = missing === undefined ? message : `${missing} is missing: irpsight ${usage}.`;
  const what = unknown === undefined ? told : `There is no command ${unknown}; there are ${inWords(usages.map(nameOf))}.`;
  return `${what}${/[.?!]$/.test(what) ? '' : '.'} "${help}" says more.`;
}

function nameOf(usage: string): string {
  return usage.split(' ')[0];
}

/** `check, run and init`. */
function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
