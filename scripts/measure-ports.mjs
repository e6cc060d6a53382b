/**
 * `node scripts/measure-ports.mjs`: explores the default scenarios of the ported drivers in this process, one after the other, and writes
 * docs/ports.md: verdict, states and seconds of each, and how soon the first fault of the original is known.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPipeline } from './pipeline.mjs';
import { ensureInstalled, root } from './run.mjs';

const ports = ['event', 'toastmon'];
const words = { verified: 'verified', bounded: 'no error up to bound', error: 'error' };

ensureInstalled();
const { check, files, variants } = await loadPipeline('ports', "export * as variants from './test/ports/variants.ts';");
const library = files.readLibrary(join(root, 'dist', 'library'));
const edges = { ...files.projectEdges(), siblings: () => [] };
const options = { maxStates: 2_000_000, strategy: 'exhaustive', defaults: 'auto' };

process.chdir(root);
const sections = ports.map(sectionOf);
writeFileSync(
  join(root, 'docs', 'ports.md'),
  `# What checking the ported drivers takes

<!-- Written by scripts/measure-ports.mjs. -->

\`examples/ports\` has two drivers of Windows-driver-samples, ported line by line; their READMEs say which, and what was found in them. Here are their default
scenarios, on two processors and with at most ${options.maxStates.toLocaleString('en')} states each. The number of states is the same on any machine; the
seconds are the processor's, of one run.

${sections.join('\n')}`,
);

function sectionOf(port) {
  const path = `examples/ports/${port}/${port}.driver.ts`;
  const project = check.openProject(path, edges);
  const { result } = measure(project);
  const faulty = { ...project, sources: project.sources.map((source) => ({ ...source, text: withFaults(port, source.text) })) };
  const { seconds } = measure(faulty);
  const rows = result.scenarios.map(
    ({ name, verdict, states, seconds: took }) =>
      `| ${name} | ${words[verdict]} | ${states.toLocaleString('en')} | ${took.toFixed(1)} |`,
  );
  const bounds = result.scenarios.flatMap(({ name, bounds: reasons = [] }) => reasons.map((reason) => `${name}: ${reason}`));
  return [
    `## ${port}`,
    '',
    '| scenario | verdict | states | seconds |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...bounds.flatMap((line) => [line, '']),
    `With all faults of the original that the port mends put back, the first finding is known after ${seconds.toFixed(1)} s, compiling included.`,
    '',
  ].join('\n');
}

/** Checks, and says after how many seconds the first scenario with a finding was done. */
function measure(project) {
  const start = now();
  let seconds = Number.NaN;
  const result = check.checkDriver(project, library, options, {
    now,
    shouldStop: () => !Number.isNaN(seconds),
    onEvent: (event) => {
      if (event.kind === 'explored' && event.findings.length > 0 && Number.isNaN(seconds)) seconds = now() - start;
    },
  });
  return { result, seconds };
}

/** Seconds that the processors have worked for this process: other programs make no difference. */
function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

function withFaults(port, text) {
  return variants.originals
    .filter((variant) => variant.port === port)
    .flatMap(({ edits }) => edits)
    .reduce((changed, [from, to]) => changed.replace(from, () => to), text);
}
