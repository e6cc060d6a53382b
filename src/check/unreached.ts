/**
 * What none of the default scenarios came to, though all of them are verified: with that, it would look as if the whole driver were.
 */
import type { Problem } from '../compiler/api.ts';
import type { Outcome } from '../engine/api.ts';
import type { Func, FuncId, Place, Program, TypeId } from '../ir/program.ts';
import { controlParts, lengthGates } from '../scenario/control-codes.ts';
import { callees } from '../scenario/flow.ts';
import { major } from '../scenario/shape.ts';
import { registeredRoutines } from './dispatch.ts';
import { majorName } from './notes.ts';
import { wasReached } from './verdict.ts';

/** Routines that scenarios come to by themselves, or of which a warning of their own is given. */
const otherRoles = new Set(['DRIVER_DISPATCH', 'DRIVER_INITIALIZE', 'DRIVER_ADD_DEVICE', 'DRIVER_UNLOAD']);

/**
 * Dispatch routines, other routines and control codes that ran in none of the default scenarios. Nothing where a verdict says already that
 * not everything was explored.
 * @param outcomes of every default scenario.
 */
export function unreachedProblems(program: Program, outcomes: readonly Outcome[]): readonly Problem[] {
  if (outcomes.some(({ verdict }) => verdict !== 'verified')) return [];
  const reached = anyReached(program, outcomes);
  const dispatch = unreachedDispatch(program, reached);
  // Whatever else was not reached follows from that.
  if (dispatch.length > 0) return dispatch;
  const controls = unreachedControls(program, reached);
  return controls.length > 0 ? controls : unreachedRoutines(program, reached);
}

function unreachedDispatch(program: Program, reached: readonly Uint8Array[]): readonly Problem[] {
  const dispatch = new Map(
    [...registeredRoutines(program, reached)].flatMap(([index, routines]) => [...routines].map((id) => [id, index])),
  );
  const used = handedOut(program);
  return program.funcs
    .filter(({ origin, role, id }) => origin === 'driver' && role === 'DRIVER_DISPATCH' && used.has(id))
    .filter((func) => !wasReached(func, reached))
    .map((func) => {
      const index = dispatch.get(func.id);
      const why =
        index === undefined
          ? 'they make requests only for what DriverEntry visibly puts into MajorFunction'
          : `they send no ${majorName(index)}`;
      return problem(
        program,
        index === undefined ? 'check/unreached-dispatch' : 'check/never-requested',
        func.place,
        `${func.name} was not checked: none of the default scenarios comes to it, since ${why}. Write a scenario that does.`,
      );
    });
}

/** Control codes that the dispatch routine tells apart, and of which nothing was done. */
function unreachedControls(program: Program, reached: readonly Uint8Array[]): readonly Problem[] {
  const isOwn = ({ origin }: Func): boolean => origin === 'driver';
  const routines = registeredRoutines(program, reached).get(major.deviceControl) ?? [];
  const served = [...callees(program, routines, isOwn)].flatMap((id) => program.funcs[id - 1] ?? []).filter(isOwn);
  const isReached = (func: Func, at: number): boolean => reached[func.id - 1]?.[at] === 1;
  const refused = new Set(
    lengthGates(program, served)
      .filter(({ func, at, behind }) => isReached(func, at) && ![...behind].some((index) => isReached(func, index)))
      .map(({ part }) => part.code),
  );
  return controlParts(program, served)
    .filter(({ func, only, code }) => only !== undefined && (refused.has(code) || ![...only].some((at) => isReached(func, at))))
    .map(({ func, at, code }) =>
      problem(
        program,
        'check/unreached-control',
        func.places[at] ?? func.place,
        `What is done for this control code (0x${code.toString(16).padStart(8, '0')}) was not checked: none of the default scenarios comes ` +
          'to it: every such request they make is refused before, as where it takes a structure that the driver does not export, or it is not ' +
          'among the first codes, which are those they try. Export the structure, or write a scenario that comes to it.',
      ),
    );
}

/**
 * Cancel routines, DPCs, workers and the like that are handed out, when not one of them ran: then every request was refused early. A single one
 * may well be for what small scenarios do not bring about.
 */
function unreachedRoutines(program: Program, reached: readonly Uint8Array[]): readonly Problem[] {
  const used = handedOut(program);
  const routines = program.funcs.filter(
    ({ origin, role, id }) => origin === 'driver' && role !== undefined && !otherRoles.has(role) && used.has(id),
  );
  if (routines.some((func) => wasReached(func, reached))) return [];
  return routines.map((func) =>
    problem(
      program,
      'check/unreached-routine',
      func.place,
      `${func.name} was not checked: none of the default scenarios comes to it, nor to any other routine that this driver hands out to be ` +
        'called later. Write a scenario that does.',
    ),
  );
}

function problem(program: Program, code: string, place: Place, message: string): Problem {
  return { code, severity: 'warning', message, path: program.files[place.file]?.path ?? '', start: place.start, end: place.end };
}

/** Routines whose address the driver takes. */
function handedOut(program: Program): ReadonlySet<FuncId> {
  const used = new Set<FuncId>(
    program.funcs.flatMap(({ origin, code }) =>
      origin === 'driver' ? code.flatMap((instr) => (instr.op === 'func' ? [instr.func] : [])) : [],
    ),
  );
  for (const { type, initial } of program.globals)
    for (const { offset, value } of initial) if (isRoutine(program, type, offset)) used.add(value);
  return used;
}

/** Whether the cell at that offset of an object of the type holds a routine's address. */
function isRoutine(program: Program, id: TypeId, offset: number): boolean {
  const type = program.types[id];
  if (type?.kind === 'scalar') return type.cell === 'fn';
  if (type?.kind === 'array') {
    const cells = program.types[type.element]?.cells ?? 0;
    return cells > 0 && isRoutine(program, type.element, offset % cells);
  }
  return (type?.fields ?? []).some((field) => {
    const at = offset - field.offset;
    return at >= 0 && at < (program.types[field.type]?.cells ?? 0) && isRoutine(program, field.type, at);
  });
}

/** What was executed in any of the explorations. */
function anyReached(program: Program, outcomes: readonly Outcome[]): readonly Uint8Array[] {
  return program.funcs.map(({ id, code }) =>
    Uint8Array.from(code, (_, at) => (outcomes.some(({ reached }) => reached[id - 1]?.[at] === 1) ? 1 : 0)),
  );
}
