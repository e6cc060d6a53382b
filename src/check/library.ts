/** Where the library that ships with the product lives in the source tree, and what its files are called. */
import type { Origin } from '../ir/program.ts';

export interface LibraryRoot {
  /** Folder in the source tree. */
  readonly folder: string;
  /** What its files' virtual paths start with: `irpsight/wdm` is also what a driver imports. */
  readonly prefix: string;
  readonly origin: Origin;
}

/** Read by the build, which ships these files in `dist/library`, and by the tests. */
export const libraryRoots: readonly LibraryRoot[] = [
  { folder: 'src/wdm', prefix: 'irpsight/wdm', origin: 'kernel' },
  { folder: 'src/scenario/dsl', prefix: 'irpsight/scenario', origin: 'environment' },
  { folder: 'src/devices', prefix: 'irpsight/devices', origin: 'device' },
];
