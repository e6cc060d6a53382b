/** What an exploration's outcome is worth: takes *verified* back where what the scenario is about was not reached, and says what was not. */
import { documentedPath, isDocumented } from '../compiler/documented.ts';
import type { Outcome } from '../engine/api.ts';
import type { Func, FuncId, Program, Scenario } from '../ir/program.ts';
import { callees, constantOf } from '../scenario/flow.ts';
import { major } from '../scenario/shape.ts';
import { linesOfRoutine } from './coverage.ts';
import { registeredRoutines } from './dispatch.ts';
import { excerpt, lineStarts, rangeOf } from './text.ts';

/** The outcome, *bounded* instead of *verified* when none of the scenario's requests came to a dispatch routine of the driver. */
export function judge(program: Program, scenario: Scenario, outcome: Outcome): Outcome {
  if (outcome.verdict !== 'verified') return outcome;
  const reason =
    nothingReached(program, outcome.reached) ??
    notBegun(program, outcome.reached) ??
    noRequestReached(program, scenario, outcome.reached);
  return reason === undefined ? outcome : { ...outcome, verdict: 'bounded', bounds: [...outcome.bounds, reason] };
}

/** Why nothing can be said of the driver, or undefined when a dispatch routine ran. */
function nothingReached(program: Program, reached: readonly Uint8Array[]): string | undefined {
  const dispatch = program.funcs.filter(({ origin, role }) => origin === 'driver' && role === 'DRIVER_DISPATCH');
  if (dispatch.length === 0) return 'The driver has no dispatch routine, so nothing of it was checked.';
  if (dispatch.some((func) => wasReached(func, reached))) return undefined;
  const entry = program.funcs.find(({ origin, name }) => origin === 'driver' && name === 'DriverEntry');
  const started = entry !== undefined && wasReached(entry, reached);
  return `No dispatch routine of the driver was reached${started ? '' : ', nor its DriverEntry'}, so nothing of it was checked.`;
}

/** Why the scenario's own part never ran, or undefined when it did. */
function notBegun(program: Program, reached: readonly Uint8Array[]): string | undefined {
  return ranInHarness(program, 'RunScenario', reached) || wasGivenUp(program, reached)
    ? undefined
    : 'The driver was never ready: in every schedule DriverEntry, AddDevice or IRP_MN_START_DEVICE failed, so the scenario itself did not begin.';
}

/** Whether the lower driver refused to start the device: then the scenario is about that, and its threads never run. */
function wasGivenUp(program: Program, reached: readonly Uint8Array[]): boolean {
  return ranInHarness(program, 'GiveDeviceUp', reached) && !ranInHarness(program, 'RunScenario', reached);
}

function ranInHarness(program: Program, name: string, reached: readonly Uint8Array[]): boolean {
  return program.funcs.some((func) => func.origin === 'environment' && func.name === name && wasReached(func, reached));
}

/** Its major function is its second argument. */
const anyRequest = 'SendRequest';
/** Scenario calls that make a request, and its major function; those of an earlier line are what the scenario is about. */
const requestCalls: readonly ReadonlyMap<string, number | undefined>[] = [
  new Map([
    ['ReadFile', major.read],
    ['WriteFile', major.write],
    ['DeviceIoControl', major.deviceControl],
    ['InternalDeviceIoControl', major.internalDeviceControl],
    ['FlushFileBuffers', major.flush],
    ['SendShutdown', major.shutdown],
    ['SendPower', major.power],
    ['SendSystemPower', major.power],
    ['SendSystemControl', major.systemControl],
    [anyRequest, undefined],
  ]),
  new Map([['CreateFile', major.create]]),
  new Map(['StartDevice', 'StopDevice', 'SurpriseRemove', 'RemoveDevice'].map((name) => [name, major.pnp])),
];

/**
 * Why a scenario shows nothing of what it is about, or undefined when at least one of its requests was sent (the file could be opened)
 * and the dispatch routine for it ran.
 */
function noRequestReached(program: Program, scenario: Scenario, reached: readonly Uint8Array[]): string | undefined {
  if (wasGivenUp(program, reached)) return undefined;
  const calls = callsOf(program, scenario);
  const about = requestCalls.map((kind) => calls.filter(({ name }) => kind.has(name))).find((found) => found.length > 0) ?? [];
  if (about.length === 0) return undefined;
  const dispatch = registeredRoutines(program, reached);
  const arrived = about.some((call) => {
    const majors = majorsOf(program, scenario, call) ?? [...dispatch.keys()].filter((index) => !unsendable.has(index));
    const routines = majors.flatMap((index) => [...(dispatch.get(index) ?? [])]).map((id) => program.funcs[id - 1]);
    return routines.some((routine) => routine !== undefined && wasReached(routine, reached)) && wasSent(program, call, reached);
  });
  if (arrived) return undefined;
  const names = [...new Set(about.map(({ name }) => name))].sort().join(', ');
  const closed = calls.some((call) => call.name === 'CreateFile' && !gaveFile(call, reached));
  return `None of the requests of this scenario (${names}) came to a dispatch routine of the driver${closed ? '; no file was opened' : ''}.`;
}

/** The library's routines that a scenario's own code calls. */
function callsOf(program: Program, scenario: Scenario): Func[] {
  return functionsOf(program, scenario).filter(({ origin }) => origin === 'environment');
}

/** A scenario's own functions and what they call of the library. */
function functionsOf(program: Program, scenario: Scenario): Func[] {
  const own = program.funcs.filter((func) => func.origin === 'scenario' && func.name.startsWith(`${scenario.name}.`));
  const ids = callees(
    program,
    own.map(({ id }) => id),
    ({ origin }) => origin === 'scenario',
  );
  return [...ids].map((id) => program.funcs[id - 1]);
}

/** What SendRequest refuses. */
const unsendable: ReadonlySet<number> = new Set([
  major.create,
  major.cleanup,
  major.close,
  major.pnp,
  major.power,
  major.systemControl,
]);

/** The major functions of the requests that a scenario makes by that call; undefined where one is not a constant. */
function majorsOf(program: Program, scenario: Scenario, call: Func): readonly number[] | undefined {
  if (call.name !== anyRequest) return requestCalls.flatMap((kind) => kind.get(call.name) ?? []);
  const sent = functionsOf(program, scenario)
    .filter(({ origin }) => origin === 'scenario')
    .flatMap((func) =>
      func.code.flatMap((instr) => (instr.op === 'call' && instr.func === call.id ? [constantOf(func, instr.args[1])] : [])),
    );
  const known = sent.filter((index) => index !== undefined);
  return known.length === sent.length ? known : undefined;
}

/** Whether a call got so far that an IRP was handed to IoCallDriver. */
function wasSent(program: Program, call: Func, reached: readonly Uint8Array[]): boolean {
  const inside = [...callees(program, [call.id], ({ origin }) => origin === 'environment')];
  return inside.some((id) => {
    const func = program.funcs[id - 1];
    return (
      func?.origin === 'environment' &&
      func.code.some((instr, at) => instr.op === 'call' && sends(program, instr.func) && reached[id - 1]?.[at] === 1)
    );
  });
}

function sends(program: Program, id: FuncId): boolean {
  return ['IoCallDriver', 'IofCallDriver', 'PoCallDriver'].includes(program.funcs[id - 1]?.name ?? '');
}

/** Whether CreateFile ever came to its last statement, which returns the file. */
function gaveFile(createFile: Func, reached: readonly Uint8Array[]): boolean {
  const last = createFile.code.findLastIndex(({ op }) => op === 'return');
  return reached[createFile.id - 1]?.[last] === 1;
}

/**
 * The driver's routines that were never entered, with their lines, and the lines never executed of those that were:
 * `DispatchRead (toaster.driver.ts:40-61)`, `toaster.driver.ts:52 Irp.IoStatus.Status = STATUS_CANCELLED;`.
 */
export function unreachedIn(program: Program, reached: readonly Uint8Array[]): string[] {
  const unreached: string[] = [];
  for (const func of program.funcs) {
    if (func.origin !== 'driver') continue;
    const { path, text } = program.files[func.file];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const starts = lineStarts(text);
    if (!wasReached(func, reached)) {
      const { start, end } = rangeOf(text, func.place.start, func.place.end);
      unreached.push(`${func.name} (${name}:${start.line}${end.line > start.line ? `-${end.line}` : ''})`);
      continue;
    }
    const executed = linesOfRoutine(func, reached[func.id - 1], text);
    for (const line of [...executed.keys()].filter((one) => executed.get(one) === false).sort((a, b) => a - b)) {
      const end = starts[line] ?? text.length;
      unreached.push(`${name}:${line} ${excerpt(text, starts[line - 1], end)}`);
    }
  }
  return unreached;
}

/** What is taken for granted of routines that the library does not model and that were called. */
export function standInsIn(program: Program, reached: readonly Uint8Array[]): string[] {
  return program.funcs
    .filter((func) => func.origin === 'kernel' && isDocumented(func.name) && wasReached(func, reached))
    .flatMap(({ name, file }) => {
      const { path } = program.files[file];
      if (path === documentedPath)
        return [`${name}, which has no model, does nothing but give any result that the driver tells apart.`];
      return path.startsWith('irpsight/') ? [] : [`${name} does what ${path} says.`];
    })
    .sort();
}

/** Whether the function was ever entered. */
export function wasReached(func: Func, reached: readonly Uint8Array[]): boolean {
  return reached[func.id - 1]?.includes(1) ?? false;
}
