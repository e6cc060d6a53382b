import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The reporter of this version of vitest needs Map.groupBy, which Node 20 does not have: without it a failing test prints no difference.
const maps = Map as unknown as { groupBy?: <K, T>(items: Iterable<T>, keyOf: (item: T) => K) => Map<K, T[]> };
maps.groupBy ??= (items, keyOf) => {
  const groups = new Map<ReturnType<typeof keyOf>, Parameters<typeof keyOf>[0][]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups as never;
};

/**
 * Where no times of an earlier run are known, as in CI, short files first: those that only go through lists of examples take longest, and
 * begun last one of them would run on alone.
 */
class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isKnown = files.some((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined);
    return isKnown ? sorted : sorted.reverse();
  }
}

/** The project's folder, as a pattern. */
const root = fileURLToPath(new URL('.', import.meta.url))
  .replaceAll('\\', '/')
  .replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Exploring is computing: one file a processor (by default one processor is left idle), and room for a slow machine.
    maxWorkers: '100%',
    // What a file leaves behind in the process is only what it has computed; the next one finds the library compiled and the engine warm.
    isolate: false,
    sequence: { sequencer: Sequencer },
    execArgv: [
      '--enable-source-maps',
      '--max-semi-space-size=128',
      // Each processor has a worker of its own already: threads that help one collect garbage would only wait for the other's.
      '--single-threaded-gc',
      '--import',
      new URL('./test/native.mjs', import.meta.url).href,
    ],
    setupFiles: ['test/setup.ts'],
    server: { deps: { external: [new RegExp(`^${root}(src/.*|test/(?!.*\\.test\\.ts$).*)\\.ts$`)] } },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    env: { NO_COLOR: '1' },
  },
});
