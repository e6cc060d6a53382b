/**
 * Every diagnostic of the compiler's own: its code and how its message reads. Nothing else in the compiler words a `dsl/` message,
 * so that documentation and tests can go through this table. A message says what is wrong and what to write instead.
 */
export const subsetMessages = {
  // Files and names
  'dsl/too-deep': (what: string) => `${what} is nested too deeply; split it up.`,
  'dsl/too-long': () => 'This file is larger than the checker takes; split it up.',
  'dsl/too-many': (count: string) => `${count} more problems in this file are not shown.`,
  'dsl/directive': (text: string) => `${text} would change how the file is checked; remove it.`,
  'dsl/name': (name: string) => `${name} is no C name; use the letters A to Z, digits and underscores.`,
  'dsl/reserved-name': (name: string) => `${name} means something of its own in TypeScript; choose another name.`,
  'dsl/declared-twice': (name: string) => `${name} is declared twice; C has one definition of a name.`,
  'dsl/null': () => 'Write null.',
  'dsl/undefined': () => 'C has no undefined; write null for a pointer, 0 for a number.',

  // Modules
  'dsl/top-level-statement': () => 'Only declarations and alloc_text stand at the top level; move the statement into a routine.',
  'dsl/preprocessor': () =>
    "There is no preprocessor: for #include write import { ... } from 'irpsight/wdm', for #define a const.",
  'dsl/import-form': (instead: string) => `Imports are named; write ${instead}.`,
  'dsl/import-from': (specifier: string) =>
    `A driver imports from irpsight/wdm, irpsight/scenario, irpsight/devices/... and other driver files, not from ${specifier}.`,
  'dsl/import-renamed': (name: string) => `C cannot rename what it includes; import ${name} under its own name.`,
  'dsl/export-form': () => 'Write export before the declaration itself.',
  'dsl/namespace': () => 'C has no namespaces; declare its members at the top level.',
  'dsl/driver-entry': () => 'DriverEntry must be exported.',
  'dsl/modifier': (modifier: string) => `${modifier} is not C; leave it out.`,
  'dsl/decorator': () => 'C has no decorators; leave it out.',
  'dsl/constant': (name: string) =>
    `${name} is initialised before any routine runs, so its value must be a constant; assign it in a routine.`,

  // Types
  'dsl/any': () => 'any switches the checking off; write the type.',
  'dsl/unknown': () => 'unknown is not a C type; write PVOID.',
  'dsl/number': () => 'number has no width; write LONG or ULONG.',
  'dsl/boolean': () => 'boolean is not a C type; write BOOLEAN.',
  'dsl/string-type': () => 'string has no storage; write UNICODE_STRING, or PUCHAR for bytes.',
  'dsl/object-type': () => 'object is not a C type; write PVOID.',
  'dsl/bigint': () => 'bigint is not C; write LONGLONG or ULONGLONG.',
  'dsl/array': () => 'Arrays have a fixed length; write ARRAY<T, N>.',
  'dsl/array-length': (most: string) => `The length of an array is a number from 1 to ${most}.`,
  'dsl/type-form': (form: string) => `${form} is no C type; name a struct, a pointer or an integer type.`,
  'dsl/union-type': () => 'A type is a struct, a pointer, or a pointer | null; for a C union write Union<{ A: ..., B: ... }>.',
  'dsl/intersection-type': () => 'Only a union without a name is joined with &: Union<{ ... }> & { ... }.',
  'dsl/nullable-alias': (name: string) => `${name} hides that the pointer may be null; write | null where it is declared.`,
  'dsl/generic-type': () =>
    'C has no generic structs; only the type of a routine takes parameters, and passes them on as they are.',
  'dsl/anonymous-struct': () => 'Give the struct a name: interface NAME { ... }.',
  'dsl/function-type': () => 'Give the type of the routine a name: type NAME = (...) => ...;',
  'dsl/optional-field': (name: string) => `Every field of a struct exists; write ${name} without ?.`,
  'dsl/field-form': () => 'A struct has fields only: Name: TYPE;',
  'dsl/extends': () => 'A struct extends one other struct, whose fields come first.',
  'dsl/local-type': () => 'Move the type to the top level.',
  'dsl/enum': () => 'An enum narrows in TypeScript; declare its members as constants.',

  // Literals
  'dsl/true': () => 'Write TRUE: tsc narrows true and false.',
  'dsl/false': () => 'Write FALSE: tsc narrows true and false.',
  'dsl/float': () => 'Kernel code has no floating point; write an integer.',
  'dsl/digit-separator': () => 'C has no _ in numbers; leave it out.',
  'dsl/literal-range': () => 'This number needs more than 53 bits; the checker cannot keep it exact.',
  'dsl/string': () => 'Strings appear only as tags, names and formats: pass it to the routine that takes it.',
  'dsl/template': () => 'C has no template strings; write "...".',
  'dsl/regex': () => 'C has no regular expressions; compare the characters.',
  'dsl/object-literal': () => 'Assign the fields one by one.',
  'dsl/array-literal': () => 'Assign the elements one by one.',
  'dsl/literal-form': () => 'An initialiser is written out: { Name: value, ... } or [value, ...].',

  // Operators
  'dsl/equality': (operator: string) => `Write ${operator}=: ${operator} converts its operands in TypeScript.`,
  'dsl/optional-chain': (tested: string) => `C has no ?. ; write if (${tested} !== null).`,
  'dsl/coalesce': (operator: string, tested: string) => `C has no ${operator} ; write if (${tested} !== null).`,
  'dsl/logical-assignment': (operator: string) => `C has no ${operator} ; write an if.`,
  'dsl/unsigned-shift': () => '>>> is not C; use >> on an unsigned type.',
  'dsl/power': () => '** is not C; multiply.',
  'dsl/comma': () => 'Write two statements instead of a comma.',
  'dsl/type-arguments': () =>
    'TypeScript takes this < for the start of a list of types; compute the right-hand side in a statement of its own.',
  'dsl/operator': (operator: string, instead: string) => `C has no ${operator}; ${instead}.`,
  'dsl/in-operator': () => 'C has no in; test a field.',
  'dsl/typeof': () => 'C has no typeof; a type is known when the driver is written.',
  'dsl/delete': () => 'C has no delete; free with ExFreePool what ExAllocatePool2 gave.',
  'dsl/spread': () => 'C has no spread; write the elements or arguments out.',
  'dsl/destructuring': () => 'C has no destructuring; declare one variable a line.',
  'dsl/hole': () => 'Write every element; 0 where nothing else is meant.',
  'dsl/cast': () => 'This cast has no meaning in the model.',
  'dsl/cast-form': () => 'Write the cast as Expression as TYPE.',
  'dsl/call-form': () => 'Call a routine by its name or through a field.',
  'dsl/increment': (operator: string) => `${operator} takes a variable or a field.`,

  // Statements and routines
  'dsl/var': () => 'Write let: a var lives outside its block.',
  'dsl/using': () => 'C has no using; release what was acquired with a call.',
  'dsl/untyped': (name: string) => `${name} needs a type: let ${name}!: TYPE.`,
  'dsl/const-storage': (name: string, type: string) =>
    `const ${name}: ${type} needs storage, not a value; write let ${name}!: ${type}.`,
  'dsl/for-in': () => 'C has no for in and for of; count with for (let i: ULONG = 0; ...).',
  'dsl/label': () => 'A label stands before a block, to be left with break: Exit: { ... break Exit; ... }.',
  'dsl/throw': () => 'C has no throw; raise with ExRaiseStatus(Status), or return the status.',
  'dsl/catch-variable': () => 'A handler has no variable; write catch { ... } and ask GetExceptionCode() in it.',
  'dsl/statement': (what: string) => `${what} is not C; leave it out.`,
  'dsl/nested-routine': () => 'A routine inside a routine: move it to the top level.',
  'dsl/class': () => 'C has no classes; write an interface and functions.',
  'dsl/this': (word: string) => `C has no ${word}; pass a pointer.`,
  'dsl/new': () => 'C has no new; allocate with ExAllocatePool2.',
  'dsl/async': () => 'C has no async; wait with KeWaitForSingleObject.',
  'dsl/generator': () => 'C has no generators; write a loop.',
  'dsl/generic-function': () => 'C has no generic functions; write the type.',
  'dsl/no-body': (name: string) => `${name} has no body; C needs no declaration before use here.`,
  'dsl/parameter': (name: string) => `Every parameter is passed; write ${name} without ? and without a default.`,
  'dsl/rest-parameter': () => 'A driver routine takes a fixed number of parameters; write them out.',
  'dsl/accessor': () => 'C has no getters and setters; write a function.',
  'dsl/arrow-body': () => 'Write the body of a routine in braces: => { return ...; }.',
  'dsl/role-const': (name: string) => `A role is declared with const: const ${name}: ROLE = ...`,

  // Models of routines
  'dsl/model-override': (routine: string) =>
    `irpsight/wdm models ${routine}; a model file can only stand in for what it lacks. Remove it, or give it another name.`,
  'dsl/model-twice': (routine: string, other: string) => `${other} models ${routine}, too; remove one of them.`,
  'dsl/model-parameters': (routine: string, documented: string, own: string) =>
    `${routine} is documented with ${documented} parameters, this model has ${own}; give it the same.`,
  'dsl/model-form': (routine: string) =>
    `This is no model of ${routine}, since a model is a function that is exported where it is declared; write export function ${routine}(...) { ... }.`,
  'dsl/model-import-from': (specifier: string) =>
    `A model imports from irpsight/wdm, choose and types from irpsight/scenario, and from other models (./name.model), not from ${specifier}.`,
  'dsl/model-import': (name: string) => `A model takes only choose and types from irpsight/scenario; leave ${name} out.`,

  // Scenarios
  'dsl/scenario-literal': () => 'A scenario is a literal: the driver, numbers and routines only.',
  'dsl/scenario-export': (name: string) => `A scenario is run by its name: write export const ${name}: SCENARIO = { ... };`,

  // Meaning: what needs the declarations
  'dsl/kernel-object': (type: string, maker: string) => `${type} objects are made by ${maker}; write P${type}.`,
  'dsl/pointer-alias': (alias: string, struct: string) =>
    `${alias} and ${struct} name one type; a pointer alias is P followed by the struct's name.`,
  'dsl/copy': (type: string) => `${type} cannot be copied: other code holds its address. Initialise the second one.`,
  'dsl/by-value': (type: string) => `${type} would be passed by value; write P${type}.`,
  'dsl/struct-result': () => 'A routine cannot return storage by value; let it fill a struct whose pointer it is passed.',
  'dsl/cast-to-struct': (type: string) => `A cast gives a pointer; write as P${type}.`,
  'dsl/size': () => 'The size must be sizeof<T>(): the checker keeps typed objects.',
  'dsl/ref-address': () => 'Ref needs a variable or field: this has no address.',
  'dsl/ref-const': (name: string) => `Ref(${name}): declare ${name} with let.`,
  'dsl/ref-struct': (text: string) => `Ref(${text}): structs are passed as they are.`,
  'dsl/union-width': (member: string, other: string) =>
    `${member} and ${other} share bytes but not as one integer of one width, so one would not read what was written to the other. Give both the same widths at the same offsets, and take parts out with shifts and masks.`,
  'dsl/system-field': (field: string, instead: string) =>
    instead === ''
      ? `${field} is the system's own; a driver can only read it.`
      : `${field} is the system's own; a driver changes it with ${instead} only.`,
  'dsl/scenario-routine': (name: string) =>
    `${name} belongs to scenarios, not to drivers; put what uses it into a scenario file (*.scenario.ts).`,
  'dsl/device-routine': (name: string) =>
    `${name} is what the hardware does by itself; a driver reaches its device by READ_PORT_UCHAR and its like. Call it in a scenario file (*.scenario.ts).`,
  'dsl/record-pointer': (field: string) => `The path goes through the pointer ${field}; every name in it must be embedded.`,
  'dsl/record-leaf': (field: string, type: string, address: string) =>
    `${field} in Path is a ${type}, the address is a ${address}.`,
  'dsl/record-path': () =>
    'CONTAINING_RECORD needs the type and the path of the field as a string: CONTAINING_RECORD<T>(Address, "Field").',
  'dsl/role': (routine: string, declared: string, taker: string, wanted: string) =>
    `${routine} is declared ${declared}; ${taker} takes ${wanted}.`,
  'dsl/no-role': (routine: string, role: string) => `${routine} has no role; declare it const ${routine}: ${role}.`,
  'dsl/role-unknown': (routine: string) =>
    `${routine} has no role; declare it with function ${routine}(...) if only the driver calls it.`,
} as const satisfies Record<`dsl/${string}`, (...values: string[]) => string>;

/** What only shows when code is generated; some of it the checks before never let through. */
export const loweringMessages = {
  'dsl/scenario-complete': () => 'Complete is "inline", "later", "either" or "never".',
  'dsl/scenario-list': () => 'Write a list with at least one element: [ ... ].',
  'dsl/scenario-most': (most: string, what: string) => `At most ${most} ${what} are possible here.`,
  'dsl/scenario-lower': () => 'Lower has Complete, Status, Cancelable and Major.',
  'dsl/scenario-processors': (most: string) => `Processors is a number from 1 to ${most}.`,
  'dsl/scenario-preemptions': (most: string) => `MaxPreemptions is a number from 0 to ${most}.`,
  'dsl/scenario-below': () =>
    'Below is the DriverEntry of another driver, which stands below the one under test; write that driver into this scenario file, or into a *.scenario.ts that it imports.',
  'dsl/scenario-plugged': (module: string) =>
    `The device of ${module} is plugged in already, and there is only one of each; leave this one out.`,
  'dsl/scenario-harness': (name: string) => `The scenario library has no global ${name}.`,
  'dsl/record-member': (struct: string, path: string) => `${struct} has no embedded member ${path}.`,
  'dsl/too-large': (name: string, what: string, cells: string, most: string) =>
    `${name} does not fit into the simulated memory: ${what} ${cells} numbers and pointers, of which ${most} are possible (one of 64 bits counts twice). Shorten its arrays.`,
  'dsl/beyond-53-bits': () => 'This value needs more than 53 bits, which the model does not compute with; write a smaller one.',
  'dsl/recursive-struct': (name: string) => `${name} would contain itself; write a pointer (P${name}).`,
  'dsl/initialiser': () => 'An initialiser lists fields and their values: { Field: Value }.',
  'dsl/initialiser-length': (count: string) => `The array has ${count} elements.`,
  'dsl/constant-expected': () => 'A global starts with a constant; assign other values in DriverEntry.',
  'dsl/alloc-text': () => 'alloc_text stands at the top level of a file.',
  'dsl/sizeof': () => 'Write sizeof<T>() with a type.',
  'dsl/ctl-code': () => 'CTL_CODE takes constants.',
  'dsl/missing-argument': (routine: string, parameter: string) => `${routine} also takes ${parameter}; pass it.`,
  'dsl/not-callable': (name: string) => `${name} is no routine.`,
  'dsl/ref-type': (name: string, wanted: string, given: string) =>
    `${name} points to a ${wanted}, this is the address of a ${given}; declare the variable as ${wanted}.`,
  'dsl/no-field': (struct: string, field: string) => `${struct} has no field ${field}.`,
  'dsl/no-place': (name: string) => `${name} has no place here: write a cast to the struct that has it.`,
  'dsl/no-array': (text: string) =>
    `Only an ARRAY<T, N> has elements; cast the pointer to one: ${text} as PARRAY, with type PARRAY = ARRAY<T, N>.`,
  'dsl/no-value': (text: string) => `This has no meaning in a driver's logic: ${text}`,
  'dsl/not-assignable': () => 'Only a variable, a field, an element or .Value of a Ref can be assigned.',
  'dsl/exception-code': () => 'GetExceptionCode tells of the exception being handled; call it in a catch block.',
  'dsl/abnormal-termination': () => 'AbnormalTermination tells how the try block was left; call it in the finally block itself.',
  'dsl/jump': (what: string) => `There is nothing to ${what} here.`,
  'dsl/intrinsic': (name: string) => `The machine has no intrinsic ${name}.`,
} as const satisfies Record<`dsl/${string}`, (...values: string[]) => string>;

/** All of them, by code. */
const messages = { ...subsetMessages, ...loweringMessages };

/** A code of the compiler's own. */
export type MessageCode = keyof typeof messages;
/** What the message of that code names: identifiers, types, operators of the source. */
export type MessageValues<C extends MessageCode> = Parameters<(typeof messages)[C]>;

/** The message of `code` with `values` filled in. */
export function messageText<C extends MessageCode>(code: C, values: MessageValues<C>): string {
  return (messages[code] as (...texts: string[]) => string)(...(values as string[]));
}
