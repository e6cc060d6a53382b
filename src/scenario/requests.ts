/** The requests that the default scenarios make of a driver, as the source of calls on a handle, with the buffers that these need. */
import { type ControlCode, type InputField, isNeither } from './control-codes.ts';
import type { DriverShape } from './shape.ts';
import { major } from './shape.ts';

/** One kind of request that user mode can make. */
export interface Request {
  /** In CamelCase, part of scenario and variable names: `Read`, `SetTimeout`. */
  readonly name: string;
  readonly major: number;
  /** The call on a handle, its outcome going to the OVERLAPPED (or null). */
  readonly call: (overlapped: string) => string;
  /** The same, with a length or code that the driver should refuse. */
  readonly refused?: string;
  /** Calls with a buffer of one byte where the driver takes a longer one, the other side being what it accepts. */
  readonly short: readonly string[];
  /** Global variables the call needs. */
  readonly globals: readonly string[];
  /** Declarations of types that these need. */
  readonly types: readonly string[];
  /** Names of the driver's that it uses. */
  readonly imports: readonly string[];
  /** The variable of its input structure, and what the driver reads from there. */
  readonly input?: { readonly name: string; readonly fields: readonly InputField[] };
}

/** At most this many control codes get scenarios of their own, those that may be pended first. */
const mostControls = 5;
const usualLength = 16;
/** The variable that is an input of one byte. */
export const oneByte = 'OneByte';
const methodBuffered = 0;
/** An input of bytes is at most that long. */
const longestInput = 4096;

/** The requests that default scenarios make: reads and writes, and one for each of the first control codes, where the driver serves them. */
export function requestsOf(shape: DriverShape): readonly Request[] {
  if (!shape.dispatch.has(major.create)) return [];
  const length = shape.lengths.find((value) => value > 0 && value <= 64) ?? usualLength;
  const transfer = (name: string, index: number, routine: string): readonly Request[] =>
    shape.dispatch.has(index)
      ? [
          {
            name,
            major: index,
            globals: [],
            types: [],
            imports: [],
            call: (overlapped) => `${routine}(File, ${length}, ${overlapped})`,
            ...(shape.lengths.length > 0 ? { refused: `${routine}(File, 0, null)` } : {}),
            short: shape.looksAtBuffer.has(index) && length > 1 ? [`${routine}(File, 1, null)`] : [],
          },
        ]
      : [];
  const controls = shape.dispatch.has(major.deviceControl) ? shape.controlCodes.slice(0, mostControls) : [];
  const names = new Set<string>();
  return [
    ...transfer('Read', major.read, 'ReadFile'),
    ...transfer('Write', major.write, 'WriteFile'),
    ...controls.map((control, index) => controlRequest(shape, control, uniqueName(names, controlName(control, index)))),
  ];
}

function controlRequest(shape: DriverShape, control: ControlCode, name: string): Request {
  const code =
    control.name !== undefined && shape.exported.has(control.name)
      ? control.name
      : `0x${control.code.toString(16).padStart(8, '0')}`;
  const buffer = inputBuffer(shape, control, name);
  const [input, length] = buffer === undefined ? ['null', outputAlone(control)] : [buffer.name, control.outputLength];
  return {
    name,
    major: major.deviceControl,
    call: (overlapped) => `DeviceIoControl(File, ${code}, ${input}, ${length}, ${overlapped})`,
    types: buffer?.types ?? [],
    globals: buffer === undefined ? [] : [`let ${buffer.name}!: ${buffer.type};`],
    imports: [code, ...(buffer === undefined ? [] : [buffer.type])].filter((name) => shape.exported.has(name)),
    ...(buffer === undefined ? {} : { input: buffer }),
    refused: `DeviceIoControl(File, ${code}, null, 0, null)`,
    short: shortBuffers(shape, control, buffer?.name ?? 'null').map(
      ([input, length]) => `DeviceIoControl(File, ${code}, ${input}, ${length}, null)`,
    ),
  };
}

/**
 * Input and output length of the requests of which one side is a byte, where the driver takes more there. With METHOD_NEITHER only where the
 * driver's structure can be named here: else the other side is none that it accepts.
 * @param accepted the input that it accepts.
 */
function shortBuffers(shape: DriverShape, control: ControlCode, accepted: string): readonly (readonly [string, number])[] {
  const { buffer, inputLength, outputLength, code } = control;
  if (isNeither(code) && (buffer === undefined || !shape.exported.has(buffer.name))) return [];
  const isBuffered = (code & 3) === methodBuffered;
  const shortInput = Math.max(inputLength, buffer?.bytes ?? 0) > 1;
  const shortOutput = outputLength > 0 || !(isBuffered || isNeither(code));
  // An input would make a system buffer longer than the output.
  const beside = isBuffered && inputLength === 0 ? 'null' : accepted;
  return [...(shortInput ? [[oneByte, outputLength] as const] : []), ...(shortOutput ? [[beside, 1] as const] : [])];
}

/** The input of a control request: a variable of that type. */
interface InputBuffer {
  readonly name: string;
  readonly type: string;
  /** Declarations that the type needs. */
  readonly types: readonly string[];
  readonly fields: readonly InputField[];
}

/**
 * What the driver takes the buffer for when that can be named here, else a structure like it if its values matter, else as many bytes.
 * DeviceIoControl makes bytes of each; with METHOD_NEITHER the driver gets the variable itself.
 */
function inputBuffer(shape: DriverShape, control: ControlCode, name: string): InputBuffer | undefined {
  const { buffer, inputLength } = control;
  const variable = `${name}Input`;
  const fits = buffer !== undefined && buffer.bytes >= inputLength;
  if (fits && shape.exported.has(buffer.name)) return { name: variable, type: buffer.name, types: [], fields: control.inputs };
  if (buffer !== undefined && isNeither(control.code)) return undefined;
  const fields = control.inputs.filter(({ compared }) => compared);
  if (fits && buffer.members !== undefined && fields.length > 0) {
    const type = `${name}Buffer`;
    return { name: variable, type, types: [`interface ${type} { ${buffer.members.join('; ')} }`], fields };
  }
  const length = inputLength > 0 || control.outputLength > 0 ? inputLength : (buffer?.bytes ?? 0);
  return length > 0 && length <= longestInput
    ? { name: variable, type: `ARRAY<UCHAR, ${length}>`, types: [], fields: [] }
    : undefined;
}

/** The output length of a request without input: one that the driver refuses, where it needs an input that cannot be made here. */
function outputAlone(control: ControlCode): number {
  return isNeither(control.code) && control.buffer !== undefined ? 0 : control.outputLength;
}

/** IOCTL_TOAST_DONT_DISPLAY -> ToastDontDisplay. */
function controlName(control: ControlCode, index: number): string {
  const words = (control.name ?? `CONTROL_${index + 1}`)
    .replace(/^(IOCTL|FSCTL)_/, '')
    .split('_')
    .filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('');
  return /^[A-Za-z]/.test(name) ? name : `Control${name}`;
}

function uniqueName(names: Set<string>, name: string): string {
  const reserved = new Set(['Read', 'Write', 'File', 'Other', oneByte, 'RefusedRequests', 'ShortBuffers']);
  let unique = reserved.has(name) ? `${name}Control` : name;
  for (let count = 2; names.has(unique); count++) unique = `${name}${count}`;
  names.add(unique);
  return unique;
}
