import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { defaultScenarios } from '../../src/scenario/defaults.ts';
import { describeDriver, major } from '../../src/scenario/shape.ts';
import { loadLibrary } from '../kit/library.ts';
import { build, filter, holder } from './kit.ts';

const controls = holder({
  routines: `
export interface INPUT { A: ULONG; B: ULONG }
type PINPUT = INPUT;
export const IOCTL_SET_LIMIT = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);
const IOCTL_RESET = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS);
let Limit!: ULONG;
const DispatchControl: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  switch (Stack.Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SET_LIMIT: {
      if (Stack.Parameters.DeviceIoControl.InputBufferLength < sizeof<INPUT>()) return Complete(Irp, STATUS_INVALID_PARAMETER);
      const Input = Irp.AssociatedIrp.SystemBuffer as PINPUT;
      Limit = Input.A;
      if (Input.B > 5) Limit = 0;
      break;
    }
    case IOCTL_RESET:
      Limit = 0;
      break;
    default:
      return Complete(Irp, STATUS_INVALID_PARAMETER);
  }
  return Complete(Irp, STATUS_SUCCESS);
};`,
  entry: 'DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;',
});

/** A dispatch routine that tells power requests apart, and passes nothing down. */
const own = `const DispatchOwn: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  if (IoGetCurrentIrpStackLocation(Irp).Parameters.Power.Type === SystemPowerState) NT_ASSERT(TRUE);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const AddDevice`;

describe('describeDriver', () => {
  it('reads the dispatch table, names and what may be kept off the IR', () => {
    const shape = describeDriver(build(holder()));
    expect([...shape.dispatch.keys()].sort((a, b) => a - b)).toEqual([
      major.create,
      major.close,
      major.read,
      major.write,
      major.cleanup,
    ]);
    expect(shape.symbolicLinks).toEqual(['\\\\DosDevices\\\\Holder']);
    expect(shape.deviceNames).toEqual(['\\\\Device\\\\Holder']);
    expect([...shape.pends]).toEqual([major.read]);
    expect({ unload: shape.unload, addDevice: shape.addDevice, sendsDown: shape.sendsDown, timers: shape.timers }).toEqual({
      unload: true,
      addDevice: false,
      sendsDown: false,
      timers: false,
    });
  });

  it('takes control codes, lengths and buffer types from the tests for them', () => {
    expect(describeDriver(build(controls)).controlCodes).toEqual([
      {
        code: 0x222000,
        name: 'IOCTL_SET_LIMIT',
        buffer: { name: 'INPUT', bytes: 8, members: ['A: ULONG', 'B: ULONG'] },
        inputs: [
          { path: 'B', boolean: false, values: [0, 1, 5, 6], compared: true },
          { path: 'A', boolean: false, values: [0, 1], compared: false },
        ],
        inputLength: 8,
        outputLength: 0,
      },
      { code: 0x222004, name: 'IOCTL_RESET', buffer: undefined, inputs: [], inputLength: 0, outputLength: 0 },
    ]);
  });

  /** A driver whose IOCTL_SET_LIMIT has those statements before the switch over the code, and these in its case. */
  const limited = (before: string, inCase: string, helpers = ''): string => {
    const text = controls
      .replace(/( +)if \(Stack.Parameters.DeviceIoControl.InputBufferLength[^\n]*\n/, `$1${inCase}\n`)
      .replace('  switch (Stack', `  ${before}\n  switch (Stack`)
      .replace('let Limit!: ULONG;', `let Limit!: ULONG;\n${helpers}`);
    expect(text).not.toBe(controls);
    return text;
  };
  const [inLength, outLength] = ['Input', 'Output'].map((name) => `Stack.Parameters.DeviceIoControl.${name}BufferLength`);
  const refuse = 'return Complete(Irp, STATUS_INVALID_PARAMETER);';

  it.each([
    [
      'before the switch',
      `if (${outLength} < 4) ${refuse}`,
      '',
      '',
      [
        [0, 4],
        [0, 4],
      ],
    ],
    [
      'both, before the switch',
      `if (${inLength} < sizeof<INPUT>() || ${outLength} < 12) ${refuse}`,
      '',
      '',
      [
        [8, 12],
        [8, 12],
      ],
    ],
    [
      'both, in the case',
      '',
      `if (!(${inLength} >= 8 && ${outLength} > 3)) ${refuse}`,
      '',
      [
        [8, 4],
        [0, 0],
      ],
    ],
    [
      'not this long, and no longer than that',
      '',
      `if (${inLength} === 0 || ${inLength} > 64) ${refuse}`,
      '',
      [
        [1, 0],
        [0, 0],
      ],
    ],
    [
      'the constant on the left',
      '',
      `if (8 > ${inLength}) ${refuse}`,
      '',
      [
        [8, 0],
        [0, 0],
      ],
    ],
    [
      'exactly so long',
      '',
      `if (${inLength} !== 8) ${refuse}`,
      '',
      [
        [8, 0],
        [0, 0],
      ],
    ],
    [
      'in a helper with the length',
      '',
      `if (!IsLong(${inLength}, 8)) ${refuse}`,
      'function IsLong(Length: ULONG, Least: ULONG): BOOLEAN { return Length >= Least; }',
      [
        [8, 0],
        [0, 0],
      ],
    ],
    [
      'in a helper with the IRP',
      '',
      `if (!IsLong(Irp, sizeof<INPUT>(), 16)) ${refuse}`,
      `function IsLong(Irp: PIRP, In: ULONG, Out: ULONG): BOOLEAN {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  if (${inLength} < In) return FALSE;
  if (${outLength} < Out) return FALSE;
  return TRUE;
}`,
      [
        [8, 16],
        [0, 0],
      ],
    ],
  ])('sees the lengths that a request needs: %s', (_, before, inCase, helpers, lengths) => {
    const { controlCodes } = describeDriver(build(limited(before, inCase, helpers)));
    expect(controlCodes.map(({ inputLength, outputLength }) => [inputLength, outputLength])).toEqual(lengths);
  });

  it('sees the part that two codes have in common', () => {
    const shared = controls
      .replace('case IOCTL_RESET:', '')
      .replace('case IOCTL_SET_LIMIT: {', 'case IOCTL_RESET: case IOCTL_SET_LIMIT: {');
    expect(shared).not.toBe(controls);
    const { controlCodes } = describeDriver(build(shared));
    expect(controlCodes.map(({ buffer, inputLength }) => [buffer?.name, inputLength])).toEqual([
      ['INPUT', 8],
      ['INPUT', 8],
    ]);
  });

  it.each([
    ['with the routine', 'Serve(DriverObject, DispatchRead);', 'D.MajorFunction[IRP_MJ_READ] = Routine;', 'DispatchRead'],
    ['with the table', 'Serve(DriverObject, DispatchOk);', 'D.MajorFunction[IRP_MJ_READ] = DispatchRead;', 'DispatchRead'],
    [
      'by a reference',
      'const Slot = Ref(DriverObject.MajorFunction[IRP_MJ_READ]); Slot.Value = DispatchRead;',
      '',
      'DispatchRead',
    ],
    [
      'that is replaced',
      'Serve(DriverObject, DispatchRead); Serve(DriverObject, DispatchOk);',
      'D.MajorFunction[IRP_MJ_READ] = Routine;',
      'DispatchOk',
    ],
  ])('sees a dispatch table that a helper fills: %s', (_, entry, body, routine) => {
    const routines = `function Serve(D: PDRIVER_OBJECT, Routine: DRIVER_DISPATCH<EXTENSION>): void { ${body} }`;
    const program = build(
      holder({ routines, entry }).replace(/.*MajorFunction\[IRP_MJ_READ\] = DispatchRead;\n(?= *Driver)/, ''),
    );
    expect(program.funcs[(describeDriver(program).dispatch.get(major.read) ?? 0) - 1]?.name).toBe(routine);
  });

  it('sees a dispatch table that a helper fills slot by slot', () => {
    const routines =
      'function Serve(D: PDRIVER_OBJECT, Index: LONG, Routine: DRIVER_DISPATCH<EXTENSION>): void { D.MajorFunction[Index] = Routine; }';
    const entry = 'Serve(DriverObject, IRP_MJ_DEVICE_CONTROL, DispatchOk); Serve(DriverObject, IRP_MJ_PNP, DispatchRead);';
    const program = build(holder({ routines, entry }));
    const names = [...describeDriver(program).dispatch].map(([index, id]) => [index, program.funcs[id - 1].name]);
    expect(names).toContainEqual([major.deviceControl, 'DispatchOk']);
    expect(names).toContainEqual([major.pnp, 'DispatchRead']);
    expect(names).toHaveLength(7);
  });

  it('sees a dispatch table that a loop fills', () => {
    const looped = holder({
      entry: 'for (let Index: LONG = 0; Index < 28; Index++) DriverObject.MajorFunction[Index] = DispatchOk;',
    });
    expect(describeDriver(build(looped)).dispatch.size).toBe(28);
  });
});

describe('defaultScenarios', () => {
  const textOf = (driver: string): string => defaultScenarios(describeDriver(build(driver)), 'folder/test.driver.ts');
  const namesOf = (text: string): readonly string[] =>
    [...text.matchAll(/export const (\w+): SCENARIO/g)].map((match) => match[1]);

  it('is a family for what the driver serves', () => {
    expect(namesOf(textOf(holder()))).toEqual([
      'OpenAndClose',
      'ReadCancelled',
      'WriteCancelled',
      'TwoReads',
      'ReadAndWrite',
      'TwoWrites',
      'ReadAgainstCleanup',
      'ReadQueueAgainstCleanup',
      'ReadAgainstOtherCleanup',
      'RequestsInTurn',
    ]);
  });

  it('passes objects of the type that the driver expects', () => {
    const text = textOf(controls);
    expect(text).toContain('let SetLimitInput!: INPUT;');
    expect(text).toContain('DeviceIoControl(File, IOCTL_SET_LIMIT, SetLimitInput, 0, SetLimit);');
    // IOCTL_RESET is not exported, so its number is written.
    expect(text).toContain('DeviceIoControl(File, 0x00222004, null, 0, Reset);');
  });

  it('sends an input of one byte where the driver takes more, and looks at reads and writes for their buffers', () => {
    const text = textOf(controls);
    expect(text).toContain('DeviceIoControl(File, IOCTL_SET_LIMIT, OneByte, 0, Refused2); },');
    const read = (field: string): ReadonlySet<number> =>
      describeDriver(build(holder().replace('let Claimed: BOOLEAN = FALSE;', `let Claimed: BOOLEAN = ${field};`))).looksAtBuffer;
    expect([...read('FALSE')]).toEqual([]);
    expect([...read('Irp.MdlAddress !== null')]).toEqual([major.read]);
  });

  it('passes a structure like one that is not exported when its values matter, else bytes', () => {
    const hidden = controls.replace('export interface INPUT', 'interface INPUT');
    expect(textOf(hidden)).toContain('interface SetLimitBuffer { A: ULONG; B: ULONG }\nlet SetLimitInput!: SetLimitBuffer;\n');
    expect(textOf(hidden)).toContain('SetLimitInput.B = choose(0, 5, 6);');
    const unread = textOf(hidden.replace('if (Input.B > 5) Limit = 0;', ''));
    expect(unread).toContain('let SetLimitInput!: ARRAY<UCHAR, 8>;');
    expect(unread).toContain('DeviceIoControl(File, IOCTL_SET_LIMIT, SetLimitInput, 0, SetLimit);');
  });

  it('asks for sleep and for the lower driver to refuse where the driver has something to do with it', () => {
    const family = (edit: (text: string) => string): readonly string[] => namesOf(textOf(edit(filter())));
    expect(family((text) => text)).toContain('OpenFailsBelow');
    expect(
      family((text) =>
        text.replace('[IRP_MJ_CREATE] = DispatchPass', '[IRP_MJ_CREATE] = DispatchOwn').replace('const AddDevice', own),
      ),
    ).not.toContain('OpenFailsBelow');
    const power = (routine: string): readonly string[] =>
      family((text) =>
        text
          .replace(
            'DriverObject.DriverExtension',
            `DriverObject.MajorFunction[IRP_MJ_POWER] = ${routine}; DriverObject.DriverExtension`,
          )
          .replace('const AddDevice', own),
      );
    expect(power('DispatchOwn')).toEqual(expect.arrayContaining(['SleepAndWake', 'SystemPower']));
    expect(power('DispatchPass').join()).not.toMatch(/SleepAndWake|SystemPower/);
  });

  it('fills input structures with values on both sides of what the driver compares them with, as many as the bound allows', () => {
    const text = textOf(controls);
    expect(text).toContain('    SetLimitInput.B = choose(0, 5, 6);\n    SetLimitInput.A = choose(0, 1);\n');
    // A scenario without that request leaves them alone.
    expect(text).toMatch(/export const ResetCancelled: SCENARIO = \{\n {2}Driver: DriverEntry,\n {2}Setup\(\) \{ File = /);
  });

  it('closes the handle of a request whose routine waits', () => {
    const waits = holder({
      routines: `
let Event!: KEVENT;
const DispatchWait: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  return Complete(Irp, STATUS_SUCCESS);
};`,
      entry: 'KeInitializeEvent(Event, NotificationEvent, TRUE); DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWait;',
    });
    expect(namesOf(textOf(waits))).toContain('WriteAgainstCleanup');
  });

  it.each([
    ['a queue of reads', holder()],
    ['control codes', controls],
    ['control codes with a structure of its own', controls.replace('export interface INPUT', 'interface INPUT')],
  ])('compiles beside the driver: %s', (_, driver) => {
    const text = textOf(driver);
    const source = build(driver).files.find((file) => file.path === 'test.driver.ts');
    const { problems, program } = compile({
      sources: [
        { path: 'test.driver.ts', text: source?.text ?? '', origin: 'driver' },
        { path: 'test.scenario.ts', text, origin: 'scenario' },
      ],
      library: loadLibrary(),
    });
    expect(problems).toEqual([]);
    expect(program?.scenarios.map((scenario) => scenario.name)).toEqual(namesOf(text));
  });

  it.each([
    ['a quote', `X"`, 'test.driver.ts'],
    [
      'a scenario of its own',
      `X"; export const Read: SCENARIO = { Driver: DriverEntry, Threads: { A() {} } }; const z = "`,
      'test.driver.ts',
    ],
    ['escapes', `X\\'\\u0041\\x42\\n\\\\`, 'test.driver.ts'],
    ['an apostrophe in the name of the file', 'X', "it's.driver.ts"],
    ['a line end in the name of the file', 'X', 'two\nlines.driver.ts'],
  ])('keeps the text of names text: %s', (_, name, path) => {
    const driver = holder()
      .replaceAll('"\\\\Device\\\\Holder"', `'\\\\Device\\\\${name}'`)
      .replaceAll(/.*(Link).*\n/g, '');
    const text = build(driver).files.find((file) => file.path === 'test.driver.ts')?.text ?? '';
    const generated = defaultScenarios(describeDriver(build(driver)), `folder/${path}`);
    expect(generated.split('\n').filter((line) => line.startsWith('import') || line.startsWith('const Dev'))).toHaveLength(4);
    const { problems, program } = compile({
      sources: [
        { path: `folder/${path}`, text, origin: 'driver' },
        { path: 'folder/test.scenario.ts', text: generated, origin: 'scenario' },
      ],
      library: loadLibrary(),
    });
    expect(problems).toEqual([]);
    expect(program?.scenarios.map((scenario) => scenario.name)).toEqual(namesOf(textOf(holder())));
  });

  it('imports nothing from the driver that bears the name of a request', () => {
    const driver = holder({ routines: 'export const Read: ULONG = 1;' });
    expect(textOf(driver)).toContain("import { DriverEntry } from './test.driver.ts';");
  });

  it('has nothing to say of a file without DriverEntry', () => {
    const shape = { ...describeDriver(build(holder())), entry: undefined };
    expect(defaultScenarios(shape, 'test.driver.ts')).toBe('');
  });
});
