/** The command line as its users run it: bundled anew, in a folder of its own. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect } from 'vitest';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Cli {
  /** The bundle. */
  readonly file: string;
  /** The folder that commands run in. */
  readonly folder: string;
  run(...args: string[]): Ran;
  /** Writes a file of the folder; gives its name. */
  write(name: string, text: string | Buffer): string;
  read(name: string): string;
  close(): void;
}

/** Bundles the command line of the source tree into a folder of that name, and opens an empty folder for it to run in. */
export function openCli(name: string): Cli {
  const bundle = `out/test-${name}`;
  const built = spawnSync(process.execPath, ['scripts/build.mjs', bundle], { cwd: root, encoding: 'utf8' });
  expect(built.stderr).toBe('');
  const file = join(root, bundle, 'cli.js');
  const folder = mkdtempSync(join(tmpdir(), 'irpsight-'));
  return {
    file,
    folder,
    run: (...args) =>
      ran(
        spawnSync(process.execPath, [file, ...args], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
        }),
      ),
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      return path;
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    close() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(join(root, bundle), { recursive: true, force: true });
    },
  };
}

/** What became of a process. */
export function ran({ status, stdout, stderr }: SpawnSyncReturns<string>): Ran {
  return { code: status, out: stdout, err: stderr };
}

/** Fails a test whose value does not follow one of the published schemas. */
export function validator(schema: string): (value: unknown) => void {
  const validate = new Ajv().compile(JSON.parse(readFileSync(join(root, 'docs/schema', schema), 'utf8')));
  return (value) => {
    expect(validate(value), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  };
}

/** The starter's driver with one piece of it replaced. */
export function starterDriver(from = '', to = ''): string {
  const text = readFileSync(join(root, 'src/cli/starter/mailbox.driver.ts'), 'utf8');
  const edited = text.replace(from, to);
  if (from !== '') expect(edited, `the starter has ${from}`).not.toBe(text);
  return edited;
}

/** A driver that forgets that its read may have been cancelled before the cancel routine was set. */
export const losesCancel = (): string => starterDriver('if (Irp.Cancel && ', 'if (FALSE && ');

/** A scenario of a few hundred states for the starter's driver. */
export const smallScenario = `import { CancelIoEx, CreateFile, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './mailbox.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;

export const ReadCancelled: SCENARIO = {
  Driver: DriverEntry,
  Processors: 1,
  Setup() {
    File = CreateFile('\\\\\\\\.\\\\Mailbox');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
};
`;
