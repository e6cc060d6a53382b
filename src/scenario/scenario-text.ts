/** Scenarios as the source of a scenario file. */
import { plainTypes } from './control-codes.ts';
import { oneByte, type Request } from './requests.ts';
import type { DriverShape } from './shape.ts';

/** A thread of a scenario, with the statements of its body. */
export interface Thread {
  readonly name: string;
  readonly statements: readonly string[];
}

/** One scenario of a file: `lower` and the statements are source. */
export interface ScenarioText {
  readonly name: string;
  readonly comment: string;
  readonly lower?: string;
  readonly lowMemory?: true;
  readonly setup?: readonly string[];
  readonly threads: readonly Thread[];
}

/** At most this many combinations of values in the input structures of one scenario, and values of one field. */
const mostInputs = 6;
const mostValues = 3;
/** The variable that is the OVERLAPPED of a request, or of its second one. */
export function overlapped(request: Request, second = false): string {
  return `${request.name}${second ? '2' : ''}`;
}

/** What the module of a virtual device is called in the scenario file. */
export function deviceModule(device: string): string {
  const words = device.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Device`;
}

/**
 * Setup statements that fill the input structures of the requests a scenario makes: each combination of values that may make a difference
 * to the driver is explored, as many as the bound allows. What is left out stays zero.
 */
function inputStatements(requests: readonly Request[], used: (name: string) => boolean): readonly string[] {
  const inputs = requests.flatMap(({ input }) => (input !== undefined && used(input.name) ? [input] : []));
  const most = Math.floor(mostInputs / Math.max(1, inputs.length));
  return inputs.flatMap(({ name, fields }) => {
    let combinations = 1;
    return fields.flatMap(({ path, boolean, values }) => {
      const [zero, one, ...others] = values;
      const chosen = [zero, ...others, one]
        .flatMap((value) => value ?? [])
        .slice(0, Math.min(mostValues, Math.floor(most / combinations)));
      if (chosen.length < 2) return [];
      combinations *= chosen.length;
      const texts = chosen.map((value) => (boolean ? (value === 0 ? 'FALSE' : 'TRUE') : `${value}`));
      return [`${name}.${path} = choose(${texts.join(', ')});`];
    });
  });
}

function scenarioText(shape: DriverShape, scenario: ScenarioText, requests: readonly Request[]): string {
  const calls = scenario.threads.flatMap((thread) => thread.statements).join(' ');
  const setup = [
    ...inputStatements(requests, (name) => new RegExp(`\\b${name}\\b`).test(calls)),
    ...(scenario.setup ?? ['File = CreateFile(DeviceName);']),
  ];
  const threads = scenario.threads.map((thread) =>
    thread.statements.length <= 2
      ? `    ${thread.name}() { ${thread.statements.join(' ')} },`
      : [`    ${thread.name}() {`, ...thread.statements.map((statement) => `      ${statement}`), '    },'].join('\n'),
  );
  return [
    `/** ${scenario.comment} */`,
    `export const ${scenario.name}: SCENARIO = {`,
    '  Driver: DriverEntry,',
    ...(shape.devices.length === 0
      ? []
      : [`  Devices: [${shape.devices.map((device) => `${deviceModule(device)}.Device`).join(', ')}],`]),
    ...(scenario.lower === undefined ? [] : [`  Lower: ${scenario.lower},`]),
    ...(scenario.lowMemory === true ? ['  LowMemory: TRUE,'] : []),
    ...(setup.length === 0
      ? []
      : setup.length <= 2
        ? [`  Setup() { ${setup.join(' ')} },`]
        : ['  Setup() {', ...setup.map((statement) => `    ${statement}`), '  },']),
    '  Threads: {',
    ...threads,
    '  },',
    '};',
  ].join('\n');
}

/** The text of a file with those scenarios, its imports and variables. `driverPath` is the file with DriverEntry, of which the last part is used. */
export function fileText(
  shape: DriverShape,
  driverPath: string,
  requests: readonly Request[],
  scenarios: readonly ScenarioText[],
): string {
  const body = scenarios.map((scenario) => scenarioText(shape, scenario, requests)).join('\n\n');
  const names = [...new Set([...body.matchAll(/\b(\w+)\b/g)].map((match) => match[1] ?? ''))];
  const overlappeds = names.filter(
    (name) =>
      /^Refused\d+$/.test(name) || requests.some((request) => name === overlapped(request) || name === overlapped(request, true)),
  );
  const globals = [
    `const DeviceName = ${quoted(deviceName(shape))};`,
    'let File!: HANDLE | null;',
    ...(names.includes('Other') ? ['let Other!: HANDLE | null;'] : []),
    ...(names.includes(oneByte) ? [`let ${oneByte}!: ARRAY<UCHAR, 1>;`] : []),
    ...requests.flatMap((request) => request.types),
    ...requests.flatMap((request) => request.globals),
    ...overlappeds.map((name) => `let ${name}!: OVERLAPPED;`),
  ];
  const used = new Set([...`${globals.join(' ')} ${body}`.matchAll(/\b(\w+)\b/g)].map((match) => match[1] ?? ''));
  const file = driverPath.replaceAll('\\', '/').split('/').at(-1) ?? driverPath;
  const fromDriver = [...new Set(['DriverEntry', ...requests.flatMap(({ imports }) => imports)])];
  return [
    '// The default scenarios: what a driver is checked in when it has no scenario file of its own. Kept in a file, they can be edited.',
    importLine(fromDriver, `./${file}`),
    importLine(
      kernelNames.filter((name) => used.has(name)),
      'irpsight/wdm',
    ),
    importLine(
      scenarioNames.filter((name) => used.has(name)),
      'irpsight/scenario',
    ),
    ...shape.devices.map((device) => `import * as ${deviceModule(device)} from 'irpsight/devices/${device}';`),
    '',
    ...globals,
    '',
    body,
    '',
  ].join('\n');
}

/** What the scenarios use of the kernel's names, and of the scenario vocabulary. */
const kernelNames = [
  'ARRAY',
  'FALSE',
  'HANDLE',
  'TRUE',
  ...plainTypes,
  'IRP_MJ_CREATE',
  'IRP_MJ_POWER',
  'IRP_MJ_READ',
  'IRP_MJ_WRITE',
  'IRP_MJ_FLUSH_BUFFERS',
  'IRP_MJ_DEVICE_CONTROL',
  'IRP_MJ_INTERNAL_DEVICE_CONTROL',
  'IRP_MN_QUERY_ALL_DATA',
  'IRP_MN_QUERY_POWER',
  'IRP_MN_SET_POWER',
  'PowerSystemSleeping3',
  'PowerSystemWorking',
  'STATUS_SUCCESS',
  'STATUS_UNSUCCESSFUL',
];
const scenarioNames = [
  'CancelIoEx',
  'CloseHandle',
  'CreateFile',
  'DeviceIoControl',
  'FlushFileBuffers',
  'InternalDeviceIoControl',
  'Interrupt',
  'OVERLAPPED',
  'ReadFile',
  'RemoveDevice',
  'SCENARIO',
  'SendPower',
  'SendShutdown',
  'SendSystemControl',
  'SendSystemPower',
  'StartDevice',
  'StopDevice',
  'SurpriseRemove',
  'WriteFile',
  'choose',
];

function importLine(names: readonly string[], from: string): string {
  return `import { ${names.join(', ')} } from ${/^[\w./-]+$/.test(from) ? `'${from}'` : quoted(from)};`;
}

/** A literal of that text. Names are the user's: whatever is in them stays text. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** As user mode writes it: the symbolic link, else the device's own name; for a PnP driver without names any will do. */
function deviceName(shape: DriverShape): string {
  const [link] = shape.symbolicLinks;
  if (link !== undefined) return unescaped(link).replace(/^\\(DosDevices|\?\?)\\/i, () => '\\\\.\\');
  const [name] = shape.deviceNames;
  return name === undefined ? '\\\\.\\Device' : unescaped(name);
}

/** The text that stands between the quotes of a literal, with its escapes resolved. */
function unescaped(literal: string): string {
  const single: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };
  return literal.replace(
    /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gi,
    (whole, point?: string, unit?: string, byte?: string, other?: string) => {
      const code = point ?? unit ?? byte;
      if (code === undefined) return single[other ?? ''] ?? other ?? whole;
      const value = Number.parseInt(code, 16);
      return value > 0x10ffff ? whole : String.fromCodePoint(value);
    },
  );
}
