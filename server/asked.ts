/** What somebody has asked for: it can be ended, and its findings are kept until one of the texts that they are of changes. */
import { configName } from '../src/check/config.ts';
import { bestFindings } from '../src/check/finding.ts';
import type { Finding } from '../src/check/findings.ts';
import type { Target } from '../src/jobs/files.ts';
import type { Running } from './explorer.ts';

/** A driver's own file and all its files; the library's may be among them. */
export interface Sources {
  readonly path: string;
  readonly files: readonly string[];
}

/** Whether a change concerns the driver of these sources. */
export type Touches = (of: Sources) => boolean;

/** Keeps findings that came of something asked for, unless a text that they are of has changed meanwhile: then it gives false. */
export type Keep = (driver: string, files: readonly string[], findings: readonly Finding[]) => boolean;

export interface AskedFor {
  /** Something begins. */
  begin(running: Running<unknown>): Keep;
  /** Ends all that has begun. */
  cancel(): void;
  readonly busy: boolean;
  changed(touches: Touches): void;
  findings(): readonly Finding[];
}

/** @param ended told whenever something has ended. */
export function createAskedFor(ended: () => void): AskedFor {
  /** What runs, with the changes since it began. */
  const begun = new Map<Running<unknown>, Touches[]>();
  /** By driver. */
  const kept = new Map<string, { readonly files: readonly string[]; readonly findings: readonly Finding[] }>();
  return {
    begin(running) {
      const changes: Touches[] = [];
      begun.set(running, changes);
      const end = (): void => {
        begun.delete(running);
        ended();
      };
      running.done.then(end, end);
      return (driver, files, findings) => {
        if (changes.some((touches) => touches({ path: driver, files }))) return false;
        // Together with what is kept of other scenarios of the same texts.
        kept.set(driver, { files, findings: bestFindings([...(kept.get(driver)?.findings ?? []), ...findings]) });
        return true;
      };
    },
    cancel() {
      for (const running of begun.keys()) running.stop();
    },
    get busy() {
      return begun.size > 0;
    },
    changed(touches) {
      for (const [path, { files }] of kept) if (touches({ path, files })) kept.delete(path);
      for (const changes of begun.values()) changes.push(touches);
    },
    findings: () => [...kept.values()].flatMap(({ findings }) => findings),
  };
}

/** What is explored for a file: its driver with all that lies beside it, or a scenario file that lies elsewhere, which only names its driver. */
export function targetOf(path: string, driver: string): Target {
  const elsewhere = path.endsWith('.scenario.ts') && folderOf(path) !== folderOf(driver);
  return elsewhere ? { kind: 'scenario', path } : { kind: 'driver', path: driver };
}

/** Whether a file is one of a driver's. */
export function isOf({ path, files }: Sources, file: string): boolean {
  return path === file || files.includes(file);
}

/** Whether a driver may come to something else when that file changes on the disk: one of its own, one beside it, or a configuration. */
export function mayConcern(of: Sources, file: string): boolean {
  const folder = folderOf(file);
  const besides = file.endsWith(`/${configName}`) ? of.path.startsWith(folder) : folderOf(of.path) === folder;
  return besides || isOf(of, file);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
