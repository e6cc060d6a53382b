/** The textual form of a Program: one declaration or instruction a line, read back without loss by `parse.ts`. For people and for tests. */
import type { Func, Global, Instr, Place, Program, Scenario, SourceFile, Type } from './program.ts';

/** The whole program as text. What follows ` ;` on a line is a comment for the reader. */
export function printProgram(program: Program): string {
  const { hooks } = program;
  const lines = [
    ...program.types.flatMap(printType),
    ...program.files.map(printFile),
    ...program.globals.map(printGlobal),
    ...program.funcs.flatMap((func) => printFuncLines(func, program)),
    ...program.scenarios.flatMap(printScenario),
    `hooks main ${hooks.main} timerExpired ${hooks.timerExpired} executeDpc ${hooks.executeDpc} stuck ${hooks.stuck}${hooks.final === undefined ? '' : ` final ${hooks.final}`}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One function as text; with `program`, calls and globals carry the names of what they refer to. */
export function printFunc(func: Func, program?: Program): string {
  return `${printFuncLines(func, program).join('\n')}\n`;
}

/** One instruction as text, without its index and place. */
export function printInstr(instr: Instr): string {
  switch (instr.op) {
    case 'const':
      return `r${instr.dst} = const ${number(instr.value)}`;
    case 'move':
      return `r${instr.dst} = move r${instr.src}`;
    case 'binary':
      return `r${instr.dst} = ${instr.kind} r${instr.left} ${instr.operator} r${instr.right}`;
    case 'unary':
      return `r${instr.dst} = ${instr.kind} ${instr.operator} r${instr.src}`;
    case 'convert':
      return `r${instr.dst} = convert r${instr.src} ${instr.from} to ${instr.to}`;
    case 'offset':
      return `r${instr.dst} = offset r${instr.base} + ${instr.offset}`;
    case 'element':
      return `r${instr.dst} = element r${instr.base} [ r${instr.index} ] stride ${instr.stride} count ${instr.count}`;
    case 'load':
      return `r${instr.dst} = load ${instr.kind} r${instr.base} + ${instr.offset} type ${instr.type}`;
    case 'store':
      return `store ${instr.kind} r${instr.base} + ${instr.offset} type ${instr.type} = r${instr.src}`;
    case 'local':
      return `r${instr.dst} = local ${instr.index}`;
    case 'global':
      return `r${instr.dst} = global ${instr.global}`;
    case 'func':
      return `r${instr.dst} = func ${instr.func}`;
    case 'jump':
      return `jump ${instr.target}`;
    case 'branch':
      return `branch r${instr.cond} then ${instr.then} otherwise ${instr.otherwise}`;
    case 'call':
      return `${into(instr.dst)}call ${instr.func} ${args(instr.args)}`;
    case 'callptr':
      return `${into(instr.dst)}callptr r${instr.callee} ${args(instr.args)}`;
    case 'intrinsic':
      return `${into(instr.dst)}intrinsic ${instr.name} ${args(instr.args)}${optional(instr.text, (text) => ` ${quote(text)}`)}`;
    case 'return':
      return `return${optional(instr.src, (src) => ` r${src}`)}`;
  }
}

function printType(type: Type): string[] {
  const size = `cells ${type.cells} bytes ${type.bytes}`;
  switch (type.kind) {
    case 'scalar':
      return [`type ${type.id} scalar ${quote(type.name)} ${type.cell} ${size}`];
    case 'array':
      return [`type ${type.id} array ${quote(type.name)} of ${type.element} count ${type.count} ${size}`];
    case 'struct':
      return [
        `type ${type.id} struct ${quote(type.name)} ${size}${optional(type.subject, (subject) => ` subject ${subject}`)}`,
        ...type.fields.map(
          (field) => `  field ${quote(field.name)} type ${field.type} offset ${field.offset} byteOffset ${field.byteOffset}`,
        ),
      ];
  }
}

function printFile(file: SourceFile): string {
  return `file ${file.id} ${file.origin} ${quote(file.path)} ${quote(file.text)}`;
}

function printGlobal(global: Global): string {
  const initial = global.initial.map(({ offset, value }) => ` ${offset} = ${number(value)}`).join('');
  return `global ${global.id} ${quote(global.name)} file ${global.file} type ${global.type} initial${initial}`;
}

function printFuncLines(func: Func, program: Program | undefined): string[] {
  const head =
    `func ${func.id} ${quote(func.name)} file ${func.file} ${func.origin}` +
    optional(func.role, (role) => ` role ${quote(role)}`) +
    (func.inline ? ' inline' : '') +
    (func.paged ? ' paged' : '') +
    ` params ${func.params}` +
    optional(func.result, (result) => ` result ${result}`) +
    ` @ ${place(func.place)}`;
  return [
    head,
    ...func.registers.map(
      (register, index) =>
        `  register r${index} ${register.kind}` +
        optional(register.name, (name) => ` name ${quote(name)}`) +
        optional(register.pointee, (pointee) => ` pointee ${pointee}`),
    ),
    ...func.locals.map((local, index) => `  local ${index} ${quote(local.name)} type ${local.type}`),
    ...(func.handled ?? []).map(({ start, end }) => `  handled ${start} ${end}`),
    ...func.code.map((instr, index) => {
      const at = func.places[index];
      return `  ${index} : ${printInstr(instr)}${at === undefined ? '' : ` @ ${place(at)}`}${comment(instr, program)}`;
    }),
  ];
}

function printScenario(scenario: Scenario): string[] {
  return [
    `scenario ${quote(scenario.name)} file ${scenario.file} processors ${scenario.processors}` +
      `${optional(scenario.maxPreemptions, (count) => ` maxPreemptions ${count}`)} @ ${place(scenario.place)}`,
    ...scenario.settings.map(({ global, offset, value }) => `  setting ${global} + ${offset} = ${number(value)}`),
    ...scenario.threads.map((thread) => `  thread ${quote(thread)}`),
  ];
}

/** Names of what an instruction refers to by number. */
function comment(instr: Instr, program: Program | undefined): string {
  if (program === undefined) return '';
  const name =
    instr.op === 'call' || instr.op === 'func'
      ? program.funcs[instr.func - 1]?.name
      : instr.op === 'global'
        ? program.globals[instr.global]?.name
        : instr.op === 'load' || instr.op === 'store'
          ? program.types[instr.type]?.name
          : undefined;
  // A line break would end the comment.
  return name === undefined ? '' : ` ; ${name.replaceAll(/[\r\n]/g, ' ')}`;
}

function place(at: Place): string {
  return `${at.file} ${at.start} ${at.end}`;
}

function into(dst: number | undefined): string {
  return dst === undefined ? '' : `r${dst} = `;
}

function args(registers: readonly number[]): string {
  return `( ${registers.map((register) => `r${register} `).join('')})`;
}

function optional<T>(value: T | undefined, text: (value: T) => string): string {
  return value === undefined ? '' : text(value);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function number(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
