/** The kernel model, the scenario vocabulary and the harness compile as a whole, and so does a driver over them. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compile, compileLibrary } from '../../src/compiler/compile.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { loadLibrary } from '../kit/library.ts';

const text = `import { DRIVER_DISPATCH, DRIVER_INITIALIZE, IO_NO_INCREMENT, IRP_MJ_READ, IoCompleteRequest, STATUS_SUCCESS } from 'irpsight/wdm';
interface EXT { Count: ULONG }
import { ULONG } from 'irpsight/wdm';
const Read: DRIVER_DISPATCH<EXT> = (DeviceObject, Irp) => {
  DeviceObject.DeviceExtension.Count++;
  Irp.IoStatus.Status = STATUS_SUCCESS;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_READ] = Read;
  return STATUS_SUCCESS;
};
`;

it('compiles every routine of the library to a valid program', () => {
  const { program, problems } = compileLibrary(loadLibrary());
  expect(problems).toEqual([]);
  expect(program && validateProgram(program)).toEqual([]);
});

it('compiles a driver over it, with all four hooks', () => {
  const { program, problems } = compile({ sources: [{ path: 'a.driver.ts', text, origin: 'driver' }], library: loadLibrary() });
  expect(problems).toEqual([]);
  expect(program && validateProgram(program)).toEqual([]);
  expect(Object.values(program?.hooks ?? {}).every((id) => id > 0)).toBe(true);
  expect(program?.funcs.find((func) => func.name === 'Read')).toMatchObject({ role: 'DRIVER_DISPATCH', origin: 'driver' });
});

it('knows the sizes of kernel objects on x64', () => {
  const sizes = {
    DISPATCHER_HEADER: 24,
    FAST_MUTEX: 56,
    IO_CSQ: 64,
    IO_CSQ_IRP_CONTEXT: 24,
    IO_REMOVE_LOCK: 32,
    IO_STACK_LOCATION: 72,
    IO_STATUS_BLOCK: 16,
    IRP: 208,
    KDEVICE_QUEUE: 40,
    KDEVICE_QUEUE_ENTRY: 24,
    KDPC: 64,
    KEVENT: 24,
    KGUARDED_MUTEX: 56,
    KLOCK_QUEUE_HANDLE: 24,
    KMUTEX: 56,
    KSEMAPHORE: 32,
    KSPIN_LOCK: 8,
    KTIMER: 64,
    LARGE_INTEGER: 8,
    LIST_ENTRY: 16,
    MDL: 48,
    UNICODE_STRING: 16,
    WORK_QUEUE_ITEM: 32,
  };
  const names = Object.keys(sizes);
  const stored = names.filter((name) => name !== 'IRP' && name !== 'IO_STACK_LOCATION');
  const source = `import { ${names.join(', ')}, UCHAR, ULONGLONG, sizeof } from 'irpsight/wdm';
interface EXT { Byte: UCHAR; Lock: KSPIN_LOCK; Other: UCHAR; Queue: KDEVICE_QUEUE; Last: UCHAR }
let Extension!: EXT;
${stored.map((name) => `let My${name}!: ${name};`).join('\n')}
export function Sizes(): ULONGLONG { return sizeof<IRP>() + sizeof<IO_STACK_LOCATION>(); }
`;
  const { program, problems } = compile({
    sources: [{ path: 'a.driver.ts', text: source, origin: 'driver' }],
    library: loadLibrary(),
  });
  expect(problems).toEqual([]);
  const bytes = new Map(program?.types.map((type) => [type.name, type.bytes]));
  expect(Object.fromEntries(names.map((name) => [name, bytes.get(name)]))).toEqual(sizes);
  const extension = program?.types.find((type) => type.name === 'EXT');
  expect(extension?.kind === 'struct' && extension.fields.map((field) => field.byteOffset)).toEqual([0, 8, 16, 24, 64]);
  expect(extension?.bytes).toBe(72);
});

it('gives the same program for the same sources', () => {
  const compiled = [1, 2].map(() =>
    compile({ sources: [{ path: 'a.driver.ts', text, origin: 'driver' }], library: loadLibrary() }),
  );
  expect(compiled[1]).toEqual(compiled[0]);
});

it.each(['event-notification/event-notification', 'serial-uart/serial-uart', 'toaster-filter/toaster-filter'])(
  'gives the same program of %s whatever was compiled with the library before',
  (name) => {
    const sources = [
      { path: 'a.driver.ts', text: readFileSync(`examples/${name}.driver.ts`, 'utf8'), origin: 'driver' },
    ] as const;
    const known = loadLibrary();
    const others = ['keyboard-class/keyboard-class', 'own-irps/own-irps', 'remove-lock/remove-lock'];
    for (const other of others) {
      const before = readFileSync(`examples/${other}.driver.ts`, 'utf8');
      compile({ sources: [{ path: 'b.driver.ts', text: before, origin: 'driver' }], library: known });
    }
    // Another array is a library of which nothing is known.
    const fresh = compile({ sources, library: [...known] });
    expect(fresh.problems).toEqual([]);
    expect(compile({ sources, library: known }).program).toEqual(fresh.program);
  },
);
