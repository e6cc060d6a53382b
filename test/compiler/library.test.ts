/** The kernel model, the scenario vocabulary and the harness compile as a whole, and so does a driver over them. */
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

it('gives the same program for the same sources', () => {
  const compiled = [1, 2].map(() =>
    compile({ sources: [{ path: 'a.driver.ts', text, origin: 'driver' }], library: loadLibrary() }),
  );
  expect(compiled[1]).toEqual(compiled[0]);
});
