/** The diagnostics that stand: a file may be of several drivers, and shows what any of them says of it. */
import type { Diagnostic } from 'vscode-languageserver';

export interface Published {
  /** Replaces what stands of that driver, in all files at once. */
  replace(driver: string, diagnostics: ReadonlyMap<string, Diagnostic[]>): void;
}

/** @param publish shows all that stands at a file. */
export function createPublished(publish: (path: string, diagnostics: readonly Diagnostic[]) => void): Published {
  /** By file and then by driver. */
  const published = new Map<string, Map<string, Diagnostic[]>>();
  return {
    replace(driver, diagnostics) {
      const files = new Set([...diagnostics.keys(), ...[...published].filter(([, of]) => of.has(driver)).map(([file]) => file)]);
      for (const file of files) {
        const of = published.get(file) ?? new Map<string, Diagnostic[]>();
        const own = diagnostics.get(file);
        if (own === undefined) of.delete(driver);
        else of.set(driver, own);
        if (of.size === 0) published.delete(file);
        else published.set(file, of);
        publish(file, distinct([...of.values()].flat()));
      }
    },
  };
}

/** A file of two drivers has most of its diagnostics twice. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(
    diagnostics.map((one) => [JSON.stringify([one.range, one.code, one.message, one.severity]), one] as const),
  );
  return [...seen.values()];
}
