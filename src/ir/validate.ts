/** Checks that a Program keeps what `program.ts` promises. A problem found here is a mistake of whoever made the program, not of the user. */
import type { Func, Global, Place, Program, Scenario, Type, TypeId } from './program.ts';
import { validateBody } from './validate-body.ts';
import { canHold } from './values.ts';

/** One plain sentence a problem; empty when the program is sound. */
export function validateProgram(program: Program): string[] {
  const problems: string[] = [];
  program.types.forEach((type, index) => {
    checkType(type, index, program, problems);
  });
  program.files.forEach((file, index) => {
    if (file.id !== index) problems.push(`File "${file.path}" has id ${file.id} but stands at ${index}.`);
  });
  // Bodies refer to types; with broken types the complaints would only repeat.
  if (problems.length > 0) return problems;
  program.globals.forEach((global, index) => {
    checkGlobal(global, index, program, problems);
  });
  program.funcs.forEach((func, index) => {
    checkFunc(func, index, program, problems);
  });
  for (const scenario of program.scenarios) checkScenario(scenario, program, problems);
  checkHooks(program, problems);
  return problems;
}

function checkType(type: Type, index: number, program: Program, problems: string[]): void {
  const what = `Type "${type.name}"`;
  if (type.id !== index) problems.push(`${what} has id ${type.id} but stands at ${index}.`);
  if (!Number.isInteger(type.cells) || type.cells < (type.kind === 'scalar' ? 1 : 0))
    problems.push(`${what} has ${type.cells} cells.`);
  if (type.kind === 'scalar') {
    const cells = type.cell === 'i64' || type.cell === 'u64' ? 2 : 1;
    if (type.cells !== cells) problems.push(`${what} has ${type.cells} cells; ${type.cell} takes ${cells}.`);
  } else if (type.kind === 'array') {
    const element = program.types[type.element];
    if (element === undefined) problems.push(`${what} has elements of type ${type.element}, which does not exist.`);
    else if (contains(program.types, type.element, type.id)) problems.push(`${what} contains itself.`);
    else if (type.cells !== element.cells * type.count) {
      problems.push(
        `${what} has ${type.cells} cells; ${type.count} elements of ${element.cells} take ${element.cells * type.count}.`,
      );
    }
  } else {
    for (const field of type.fields) {
      const inner = program.types[field.type];
      if (inner === undefined) problems.push(`Field ${type.name}.${field.name} has type ${field.type}, which does not exist.`);
      else if (contains(program.types, field.type, type.id)) problems.push(`${what} contains itself by its field ${field.name}.`);
      else if (field.offset < 0 || field.offset + inner.cells > type.cells) {
        problems.push(
          `Field ${type.name}.${field.name} at ${field.offset} with ${inner.cells} cells does not fit into ${type.cells}.`,
        );
      }
    }
  }
}

/** Whether storage of type `outer` is or holds storage of type `inner`. */
function contains(types: readonly Type[], outer: TypeId, inner: TypeId, seen = new Set<TypeId>()): boolean {
  if (outer === inner) return true;
  const type = types[outer];
  if (type === undefined || type.kind === 'scalar' || seen.has(outer)) return false;
  seen.add(outer);
  const parts = type.kind === 'array' ? [type.element] : type.fields.map((field) => field.type);
  return parts.some((part) => contains(types, part, inner, seen));
}

function checkGlobal(global: Global, index: number, program: Program, problems: string[]): void {
  const what = `Global "${global.name}"`;
  if (global.id !== index) problems.push(`${what} has id ${global.id} but stands at ${index}.`);
  if (program.files[global.file] === undefined) problems.push(`${what} is in file ${global.file}, which does not exist.`);
  const type = program.types[global.type];
  if (type === undefined) {
    problems.push(`${what} has type ${global.type}, which does not exist.`);
    return;
  }
  for (const cell of global.initial) checkCell(what, cell, type.cells, problems);
}

function checkCell(
  what: string,
  cell: { readonly offset: number; readonly value: number },
  cells: number,
  problems: string[],
): void {
  if (!Number.isInteger(cell.offset) || cell.offset < 0 || cell.offset >= cells) {
    problems.push(`${what} is given a value for cell ${cell.offset} and has ${cells}.`);
  }
  if (!canHold('i32', cell.value))
    problems.push(`${what} is given ${cell.value} for cell ${cell.offset}, which is no 32-bit integer.`);
}

function checkFunc(func: Func, index: number, program: Program, problems: string[]): void {
  const what = `Function "${func.name}"`;
  if (func.id !== index + 1) problems.push(`${what} has id ${func.id} but stands at ${index}, where id ${index + 1} belongs.`);
  const file = program.files[func.file];
  if (file === undefined) problems.push(`${what} is in file ${func.file}, which does not exist.`);
  else if (file.origin !== func.origin)
    problems.push(`${what} is of origin ${func.origin}, its file "${file.path}" of ${file.origin}.`);
  if (func.params > func.registers.length)
    problems.push(`${what} has ${func.params} parameters and ${func.registers.length} registers.`);
  if (func.places.length !== func.code.length) {
    problems.push(`${what} has ${func.code.length} instructions and ${func.places.length} places.`);
  }
  func.registers.forEach((register, at) => {
    if (register.pointee !== undefined && program.types[register.pointee] === undefined) {
      problems.push(`${what}: r${at} points to type ${register.pointee}, which does not exist.`);
    }
  });
  for (const local of func.locals) {
    if (program.types[local.type] === undefined)
      problems.push(`${what}: local "${local.name}" has type ${local.type}, which does not exist.`);
  }
  let before = 0;
  for (const { start, end } of func.handled ?? []) {
    if (!(start >= before && start < end && end <= func.code.length))
      problems.push(`${what}: the handled instructions ${start} to ${end} are no range behind the one before.`);
    before = end;
  }
  checkPlace(what, func.place, program, problems);
  func.places.forEach((place, at) => {
    checkPlace(`${what}, instruction ${at}`, place, program, problems);
  });
  validateBody(func, program, problems);
}

function checkPlace(what: string, place: Place, program: Program, problems: string[]): void {
  const file = program.files[place.file];
  if (file === undefined) problems.push(`${what}: its place is in file ${place.file}, which does not exist.`);
  else if (!(place.start >= 0 && place.start <= place.end && place.end <= file.text.length)) {
    problems.push(
      `${what}: its place ${place.start} to ${place.end} is not in the ${file.text.length} characters of "${file.path}".`,
    );
  }
}

function checkScenario(scenario: Scenario, program: Program, problems: string[]): void {
  const what = `Scenario "${scenario.name}"`;
  checkPlace(what, scenario.place, program, problems);
  if (program.files[scenario.file] === undefined) problems.push(`${what} is in file ${scenario.file}, which does not exist.`);
  if (!Number.isInteger(scenario.processors) || scenario.processors < 1)
    problems.push(`${what} has ${scenario.processors} processors.`);
  if (scenario.maxPreemptions !== undefined && !(scenario.maxPreemptions >= 0)) {
    problems.push(`${what} allows ${scenario.maxPreemptions} preemptions.`);
  }
  for (const setting of scenario.settings) {
    const global = program.globals[setting.global];
    if (global === undefined) problems.push(`${what} sets global ${setting.global}, which does not exist.`);
    else checkCell(`${what}: global "${global.name}"`, setting, program.types[global.type]?.cells ?? 0, problems);
  }
}

function checkHooks(program: Program, problems: string[]): void {
  const check = (name: string, id: number, pointers: number): void => {
    const func = program.funcs[id - 1];
    if (func === undefined) problems.push(`The hook ${name} is function ${id}, which does not exist.`);
    else if (func.params !== pointers || func.registers.slice(0, pointers).some((register) => register.kind !== 'ptr')) {
      problems.push(`The hook ${name}, "${func.name}", must take ${pointers === 0 ? 'nothing' : 'one pointer'}.`);
    }
  };
  check('main', program.hooks.main, 0);
  check('timerExpired', program.hooks.timerExpired, 1);
  check('executeDpc', program.hooks.executeDpc, 1);
  check('stuck', program.hooks.stuck, 0);
  if (program.hooks.final !== undefined) check('final', program.hooks.final, 0);
}
