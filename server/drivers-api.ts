/** What the server's parts ask of the drivers that are open, and what those are given. */
import type { Diagnostic } from 'vscode-languageserver';
import type { Finding } from '../src/check/findings.ts';
import type { QuickResult } from '../src/check/quick.ts';
import type { DriverStates } from '../src/check/states.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import type { Checked } from '../src/jobs/protocol.ts';
import type { Keep } from './asked.ts';
import type { Explorer, Running } from './explorer.ts';
import type { LanguageClient } from './language.ts';
import type { Paths } from './paths.ts';
import type { Status } from './status.ts';

export interface Settings {
  /** Explore when typing pauses. */
  readonly onType: boolean;
  readonly onSave: boolean;
  /** For all scenarios of a driver, in the background. */
  readonly seconds: number;
}

export interface Edges {
  readonly language: LanguageClient;
  readonly explorer: Explorer;
  readonly paths: Paths;
  readonly settings: () => Settings;
  /** Texts that the editor holds, by path. */
  readonly open: () => ReadonlyMap<string, string>;
  readonly publish: (path: string, diagnostics: readonly Diagnostic[]) => void;
  readonly status: (status: Status) => void;
  /** What lenses and hints show has changed in a file that was not edited, or was only opened. */
  readonly refresh: () => void;
  /** Nothing is told of this driver any more, since no open file is of it. */
  readonly dropped: (driver: string) => void;
  readonly log: (message: string) => void;
}

export interface Drivers {
  /** A text has changed, or its file was opened. */
  changed(path: string): void;
  /** These files have changed on the disk. */
  diskChanged(files: readonly string[]): void;
  saved(path: string): void;
  /** @param text the last one that the editor had of it. */
  closed(path: string, text: string): void;
  /** What a driver that is not open comes to at once, or that there is no such driver any more. */
  notOpen(driver: string, quick: QuickResult | undefined): void;
  /** Whether nothing is checked or explored, or will be in a moment. */
  idle(): boolean;
  /** Explores the driver of the file now, as the command does. */
  explore(path: string, wanted: Wanted): Running<Explored>;
  /** Something else that somebody has asked for begins: {@link cancel} ends it, too. */
  asked(running: Running<unknown>): Keep;
  /** Ends whatever is explored. */
  cancel(): void;
  /** Seconds that what somebody asks for may explore. */
  seconds(): number;
  /** What is known of the driver of that file. */
  known(path: string): Known | undefined;
  /** The finding with a schedule at that line (from 1) of the file, from the background or from something asked for. */
  traced(path: string, rule: string, line: number): Finding | undefined;
}

/** What is known of a driver as its texts stand. */
export interface Known {
  /** Its own file. */
  readonly path: string;
  readonly quick?: QuickCheck;
  readonly findings: readonly Finding[];
  readonly states?: DriverStates;
  /** Whether it is being explored, or will be in a moment. */
  readonly busy: boolean;
}

/** What a command wants explored. */
export interface Wanted {
  /** Only that one. */
  readonly scenario?: string | undefined;
  /** Whether the lines that were reached are wanted. */
  readonly coverage?: boolean | undefined;
}

/** What came of it, whether it was ended before its time, and what each scenario's own schedules show: the result tells the same error of several scenarios once. */
export interface Explored extends Checked {
  readonly stopped: boolean;
  readonly witnessed: readonly Finding[];
}
