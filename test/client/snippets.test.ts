import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

interface Snippet {
  readonly prefix: readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

const snippets: Readonly<Record<string, Snippet>> = JSON.parse(readFileSync('client/snippets/irpsight.json', 'utf8'));

/** The rest of a driver: the routines that a snippet may name, each left out where the snippet declares it. */
const rest: Readonly<Record<string, string>> = {
  Other: 'const Other: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => { return STATUS_SUCCESS; };',
  DispatchCreateClose:
    'const DispatchCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => { return STATUS_SUCCESS; };',
  DispatchRead: 'const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => { return STATUS_SUCCESS; };',
  CancelRead:
    'const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => { IoReleaseCancelSpinLock(Irp.CancelIrql); };',
  PassComplete:
    'const PassComplete: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PVOID> = (DeviceObject, Irp, Context) => { return STATUS_CONTINUE_COMPLETION; };',
  Unload: 'const Unload: DRIVER_UNLOAD = (DriverObject) => {};',
  DriverEntry: 'export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => { return STATUS_SUCCESS; };',
};

const extension = `interface DEVICE_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  Lock: KSPIN_LOCK;
  Waiting: PIRP | null;
  Active: BOOLEAN;
  Timer: KTIMER;
  Dpc: KDPC;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;
`;

const library = loadLibrary();
const exported = {
  'irpsight/wdm': namesExported('irpsight/wdm/index.ts'),
  'irpsight/scenario': namesExported('irpsight/scenario/index.ts'),
};

describe('snippets', () => {
  it.each(Object.entries(snippets))('%s compiles as it is inserted', (name, { body }) => {
    const text = expanded(body.join('\n'));
    const sources =
      name === 'Scenario'
        ? [
            { path: 'a.driver.ts', text: driver(''), origin: 'driver' as const },
            { path: 'a.scenario.ts', text: scenario(text), origin: 'environment' as const },
          ]
        : [{ path: 'a.driver.ts', text: driver(text), origin: 'driver' as const }];
    const { problems } = compile({ sources, library });
    expect(problems.map(({ message, path, start }) => `${path}:${start}: ${message}`)).toEqual([]);
  });

  it('make a driver in which nothing is wrong, put together', () => {
    const filled: readonly (readonly [string, string])[] = [
      [
        'DriverEntry',
        `const Extension = DeviceObject!.DeviceExtension;
        KeInitializeSpinLock(Extension.Lock);
        KeInitializeTimer(Extension.Timer);
        KeInitializeDpc(Extension.Dpc, TimerDpc, Extension);`,
      ],
      [
        'Dispatch routine that pends',
        'let Due!: LARGE_INTEGER; Due.QuadPart = -10000; KeSetTimer(Extension.Timer, Due, Extension.Dpc);',
      ],
      ['Cancel routine', ''],
      ['Timer DPC', ''],
      [
        'Unload',
        'KeCancelTimer((DriverObject.DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>).DeviceExtension.Timer); KeFlushQueuedDpcs();',
      ],
    ];
    const routines = filled.map(([name, last]) => expanded(snippets[name].body.join('\n'), last));
    const other = expanded(snippets['Dispatch routine'].body.join('\n')).replace('DispatchWrite', 'DispatchCreateClose');
    const text = driver([...routines, other].join('\n'), []);
    const { problems, findings, scenarios } = checkSources([{ path: 'a.driver.ts', text, origin: 'driver' }], {
      scenario: 'ReadCancelled',
    });
    expect([...problems, ...findings]).toEqual([]);
    expect(scenarios.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['ReadCancelled verified']);
  });

  it('there is one for each kind of routine, found by its name in either case', () => {
    const prefixes = Object.values(snippets).flatMap(({ prefix }) => prefix);
    for (const kind of [
      'DriverEntry',
      'AddDevice',
      'Dispatch',
      'Completion',
      'Cancel',
      'StartIo',
      'DpcForIsr',
      'Isr',
      'TimerDpc',
      'WorkItem',
      'Unload',
      'Scenario',
    ])
      expect(prefixes).toEqual(expect.arrayContaining([kind, kind.toLowerCase()]));
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });
});

/** @param others what a driver has beside it */
function driver(snippet: string, others = Object.entries(rest)): string {
  const missing = others.filter(([name]) => !new RegExp(`const ${name}:`).test(snippet));
  const body = `${extension}${snippet}\n${missing.map(([, text]) => text).join('\n')}\n`;
  return importsOf(body, ['irpsight/wdm']) + body;
}

function scenario(snippet: string): string {
  const body = `import { DriverEntry } from './a.driver';\nlet File: HANDLE | null;\nlet Read!: OVERLAPPED;\n${snippet}\n`;
  return importsOf(body, ['irpsight/wdm', 'irpsight/scenario']) + body;
}

/** What the editor does when a snippet is taken as it is, and `last` typed where the cursor then stands. */
function expanded(body: string, last = ''): string {
  const values = new Map([...body.matchAll(/\$\{(\d+):([^}]*)\}/g)].map(([, number, value]) => [number, value]));
  return body
    .replace(/\$\{(\d+):([^}]*)\}/g, '$2')
    .replace('$0', last)
    .replace(/\$(\d+)/g, (_whole, number) => values.get(number) ?? '')
    .replace(/\\([\\$}])/g, '$1');
}

/** As auto-import would: every name of the library that occurs. */
function importsOf(body: string, modules: readonly (keyof typeof exported)[]): string {
  const words = new Set(body.match(/\b[A-Za-z_]\w*/g));
  const declared = new Set([...body.matchAll(/\b(?:let|const|import \{) (\w+)/g)].map(([, name]) => name));
  return modules
    .map((module) => ({ module, names: [...exported[module]].filter((name) => words.has(name) && !declared.has(name)) }))
    .map(({ module, names }) => `import { ${names.join(', ')} } from '${module}';\n`)
    .join('');
}

function namesExported(path: string): Set<string> {
  const text = library.find((file) => file.path === path)?.text ?? '';
  const passedOn = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => names.match(/\w+/g) ?? []);
  const declared = [...text.matchAll(/^export (?:declare )?(?:function|interface|type|const) (\w+)/gm)].map(([, name]) => name);
  return new Set([...passedOn, ...declared]);
}
