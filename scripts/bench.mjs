/**
 * `npm run bench`: what the editor's server takes from a keystroke to diagnostics, for a hover and for the first finding, and the extension to be
 * activated; then checks every example in this
 * process, one after the other: how long compiling took, when the first finding was known, and the states a second of each scenario. All of it is
 * written to `out/bench.json`. `--editor`: the first part only, which is printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPipeline } from './pipeline.mjs';
import { editorBrowser, ensureInstalled, root } from './run.mjs';

ensureInstalled();
const { check, files, Editor } = await loadPipeline('bench', "export { Editor } from './test/server/lsp.ts';");
const library = files.readLibrary(join(root, 'dist', 'library'));
const edges = files.projectEdges();
const options = { maxStates: 1_000_000, strategy: 'exhaustive', defaults: 'auto' };

/** Milliseconds between opening a driver and the first keystroke. */
const reading = 6_000;

process.chdir(root);
const editor = { ...(await measureEditor()), extension: measureExtension() };
console.log(JSON.stringify(editor, null, 2));
if (process.argv.includes('--editor')) process.exit(0);
const drivers = files.findTargets(['examples']).targets.map(({ path }) => measure(path));
const scenarios = drivers.flatMap((driver) => driver.scenarios);
const sum = (key) => scenarios.reduce((total, scenario) => total + scenario[key], 0);
const total = { scenarios: scenarios.length, states: sum('states'), transitions: sum('transitions'), seconds: sum('seconds') };
const machine = {
  node: process.version,
  platform: process.platform,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
};
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(
  join(root, 'out', 'bench.json'),
  `${JSON.stringify({ schemaVersion: 1, machine, editor, total, drivers }, null, 2)}\n`,
);
for (const { file, compileMs, firstFindingMs } of drivers)
  console.log(
    `${file}: compiled in ${compileMs} ms${firstFindingMs === null ? '' : `, first finding after ${firstFindingMs} ms`}`,
  );
console.log(`out/bench.json: ${total.scenarios} scenarios, ${total.states} states in ${total.seconds.toFixed(1)} s`);

/**
 * Milliseconds and bytes of the server over a real connection, on a driver of some 300 lines that is edited 500 times: a statement is typed, letter by
 * letter, in one routine after the other, and in between a constant or a comment.
 */
async function measureEditor() {
  const text = readFileSync('examples/wave/wave.driver.ts', 'utf8');
  const edited = typing(text, 500);
  const quiet = new Editor({ onType: false, onSave: false });
  await quiet.start();
  const uri = quiet.open(join(tmpdir(), 'bench.driver.ts'), text);
  await quiet.shown(uri);
  // Who opens a driver reads it first.
  await new Promise((resolve) => setTimeout(resolve, reading));
  const keystroke = [];
  // Of these those after which the driver compiles, so that it is analysed.
  const compiling = [];
  const hover = [];
  const position = { line: text.slice(0, text.indexOf('IoMarkIrpPending(')).split('\n').length - 1, character: 4 };
  for (const [edit, { text: now, whole }] of edited.entries()) {
    const taken = await timed(() => {
      quiet.change(uri, now);
      return quiet.shown(uri);
    });
    keystroke.push(taken);
    if (whole) compiling.push(taken);
    if (edit % 5 === 0) hover.push(await timed(() => quiet.request('textDocument/hover', { textDocument: { uri }, position })));
  }
  const memory = quiet.memory();
  await quiet.stop();

  const exploring = new Editor();
  await exploring.start();
  const broken = readFileSync('examples/keyboard-class/keyboard-class-lost-cancel.driver.ts', 'utf8');
  const first = () => exploring.shown(exploring.open(join(tmpdir(), 'bench.driver.ts'), broken), hasSchedule);
  const firstFinding = await timed(first);
  const uriOf = pathToFileURL(join(tmpdir(), 'bench.driver.ts')).href;
  // Until nothing runs any more, as behind a pause in which somebody has read; then a change that leaves the error.
  const afterEdit = [];
  for (let edit = 0; edit < 5; edit++) {
    await exploring.idle();
    const text = broken.replace('\n\n', `\n\nconst EDITED: ULONG = ${edit};\n\n`);
    afterEdit.push(
      await timed(() => {
        exploring.change(uriOf, text);
        return exploring.shown(uriOf, hasSchedule);
      }),
    );
  }
  await exploring.stop();
  return {
    lines: text.split('\n').length,
    edits: edited.length,
    keystrokeMs: quantiles(keystroke),
    compilingKeystrokeMs: { of: compiling.length, ...quantiles(compiling) },
    hoverMs: quantiles(hover),
    // With the pause in typing that exploring waits for.
    firstFindingMs: { fromStart: firstFinding, afterEdit: quantiles(afterEdit) },
    serverMegabytes: memory === undefined ? null : Math.round(memory / 1024 / 1024),
  };
}

/** Megabytes of the package, and milliseconds that the editor takes to activate it; null where there is no editor to measure in. */
function measureExtension() {
  if (editorBrowser() === undefined) return null;
  const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/test-editor.mjs'), 'in the extension host'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const [, activation] = /activated in (\d+) ms/.exec(stdout) ?? [];
  return {
    megabytes: Math.round((statSync(join(root, 'out/irpsight.vsix')).size / 2 ** 20) * 10) / 10,
    activationMs: activation === undefined ? null : Number(activation),
  };
}

/** What the texts are one after the other as somebody types; `whole`: where it compiles. */
function typing(text, count) {
  const places = [...text.matchAll(/^ {2}(?=const |let |if |Ke|Io)/gm)].map(({ index }) => index);
  const texts = [];
  for (let round = 0; texts.length < count; round++) {
    const statement = `  let Typed${round}: ULONG = ${round};\n  Typed${round}++;\n`;
    const at = places[(round * 7) % places.length];
    for (let length = 3; length <= statement.length; length++) {
      const typed = statement.slice(0, length);
      texts.push({ text: text.slice(0, at) + typed + text.slice(at), whole: length === statement.length });
    }
    texts.push({ text: text.replace('\n\n', `\n\nconst EDITED: ULONG = ${round};\n\n`), whole: true });
    texts.push({ text: text.replace('\n\n', `\n\n// Comment ${round}.\n\n`), whole: true });
    texts.push({ text, whole: true });
  }
  return texts.slice(0, count);
}

function hasSchedule(diagnostics) {
  return diagnostics.some(({ data }) => data?.trace === true);
}

async function timed(act) {
  const start = performance.now();
  await act();
  return Math.round(performance.now() - start);
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

/** Milliseconds from opening the file: until it was compiled, and until the first scenario with a finding was done (null without one). */
function measure(file) {
  const start = performance.now();
  const since = () => Math.round(performance.now() - start);
  let compileMs = null;
  let firstFindingMs = null;
  const result = check.checkDriver(check.openProject(file, edges), library, options, {
    now: () => performance.now() / 1000,
    shouldStop: () => false,
    onEvent: (event) => {
      if (event.kind === 'compiled') compileMs = since();
      if (event.kind === 'explored' && event.findings.length > 0) firstFindingMs ??= since();
    },
  });
  const scenarios = result.scenarios.map(({ name, verdict, cpus: processors, states, transitions, depth, seconds }) => ({
    name,
    verdict,
    cpus: processors,
    states,
    transitions,
    depth,
    seconds,
    statesPerSecond: seconds > 0 ? Math.round(states / seconds) : null,
  }));
  return { file, compileMs, firstFindingMs, problems: result.problems.length, scenarios };
}
