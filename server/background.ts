/**
 * Drivers of the workspace that nobody has open: a quick check of each, one at a time, whenever nothing else is to be done. So the list of problems is
 * about the whole workspace.
 */
import { readdir } from 'node:fs/promises';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { exportsDriverEntry } from '../src/check/project.ts';
import type { QuickResult } from '../src/check/quick.ts';
import { exclusions, readText } from '../src/jobs/files.ts';
import type { Failed } from '../src/jobs/protocol.ts';
import { messageOf } from './driver.ts';
import type { Drivers } from './drivers-api.ts';
import type { Explorer } from './explorer.ts';
import type { Folders } from './folders.ts';

export interface Background {
  /** Something has changed on the disk: these files, or anything. */
  changed(files?: readonly string[]): void;
  /** Ends it. */
  stop(): void;
}

interface Edges {
  readonly explorer: Explorer;
  readonly folders: Pick<Folders, 'all'>;
  readonly drivers: Pick<Drivers, 'notOpen' | 'idle'>;
  readonly open: () => ReadonlyMap<string, string>;
  /** Whether it is wanted. */
  readonly wanted: () => boolean;
  readonly log: (message: string) => void;
}

/** More drivers than anybody works on at a time; what lies beyond is checked when it is opened. */
const mostDrivers = 200;
/** Entries of folders looked at for them. */
const mostEntries = 50_000;
/** Characters read to find them: whoever makes large files of that name has something else in mind. */
const mostCharacters = 32 * 1024 * 1024;
/** Milliseconds before it begins, and between looks whether there is something better to do. */
const patience = 1_500;
const breath = 250;

/** Nothing is checked until something is said to have changed. */
export function createBackground({ explorer, folders, drivers, open, wanted, log }: Edges): Background {
  /** Drivers that are to be checked, and those whose problems are shown. */
  const due = new Set<string>();
  const shown = new Set<string>();
  /** What has changed since the last look: these files, or anything. */
  let changes = new Set<string>();
  let all = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let running = false;
  let stopped = false;

  return {
    changed(files) {
      if (stopped) return;
      if (files === undefined) all = true;
      for (const file of files ?? []) changes.add(file);
      clearTimeout(timer);
      timer = setTimeout(begin, patience);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };

  function begin(): void {
    if (looking) {
      timer = setTimeout(begin, patience);
      return;
    }
    const files = all ? undefined : [...changes];
    changes = new Set();
    all = false;
    void look(files);
  }

  /** Which drivers there are now, and which of them may be affected. */
  async function look(files: readonly string[] | undefined): Promise<void> {
    looking = true;
    const found = await (wanted() ? driversIn(folders.all()) : Promise.resolve([])).finally(() => {
      looking = false;
    });
    if (stopped) return;
    for (const driver of shown) {
      if (found.includes(driver)) continue;
      shown.delete(driver);
      drivers.notOpen(driver, undefined);
    }
    for (const driver of found)
      if (!shown.has(driver) || files === undefined || files.some((file) => isNear(driver, file))) due.add(driver);
    if (running) return;
    running = true;
    try {
      await work();
    } catch (error) {
      log(`The drivers that are not open were not checked: ${messageOf(error)}`);
    } finally {
      running = false;
    }
  }

  /** A driver that the explorer breaks down over keeps no other from being checked. */
  function quickOf(driver: string): Promise<QuickResult | Failed> {
    return explorer.ask({ kind: 'quick', driver, open: open() }).done.catch((error: unknown) => ({ error: messageOf(error) }));
  }

  async function work(): Promise<void> {
    for (const driver of due) {
      while (!drivers.idle() && !stopped) await new Promise((resolve) => setTimeout(resolve, breath));
      if (stopped) return;
      due.delete(driver);
      if (open().has(driver) || !wanted()) continue;
      const quick = await quickOf(driver);
      if ('error' in quick) log(`${driver}: ${quick.error}`);
      else {
        shown.add(driver);
        drivers.notOpen(driver, quick);
      }
    }
  }
}

/** Whether a change of the file may concern the driver: one's folder lies in the other's. */
function isNear(driver: string, file: string): boolean {
  const [one, other] = [driver, file].map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  return one.startsWith(other) || other.startsWith(one);
}

/** The drivers in the folders and below, without what `irpsight check` leaves out. */
async function driversIn(folders: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const excludedBy = exclusions();
  const waiting = [...folders];
  let entries = 0;
  let characters = 0;
  for (let folder = waiting.shift(); folder !== undefined && found.length < mostDrivers; folder = waiting.shift()) {
    const inside = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of inside) {
      if (++entries > mostEntries || found.length >= mostDrivers) return found;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder + entry.name;
      if (entry.isDirectory()) waiting.push(`${path}/`);
      else if (entry.isFile() && entry.name.endsWith('.driver.ts')) {
        // Patterns and long files take time, and whoever types is not to wait for all of them.
        await othersTurn();
        if (excludedBy(path) !== undefined) continue;
        const read = readText(path);
        if (!('text' in read)) continue;
        characters += read.text.length;
        if (exportsDriverEntry(read.text)) found.push(path);
        if (characters > mostCharacters) return found;
      }
    }
  }
  return found;
}
