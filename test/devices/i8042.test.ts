/** The keyboard controller, its keyboard and its mouse, against their reference manual. */
import { type Bench, describeRegisters, type Row } from './kit.ts';

const pc: Bench = {
  module: 'i8042',
  name: 'Controller',
  device: 'Device',
  globals: "import * as Keyboard from 'irpsight/devices/keyboard';\nimport * as Mouse from 'irpsight/devices/mouse';",
  read: (register) => `READ_PORT_UCHAR(${register} as ULONG_PTR as PUCHAR)`,
  write: (register, value) => `WRITE_PORT_UCHAR(${register} as ULONG_PTR as PUCHAR, ${value})`,
};

const [data, port] = [0x60, 0x64];

/** Waits until the controller has looked at what was written. */
const taken: Row = ['until', port, 0, 0x02];

/** Writes a byte to a port, as a driver does. */
const write = (where: number, value: number): readonly Row[] => [taken, ['w', where, value], taken];

/** Reads the next byte, which comes from the keyboard or the controller, or from the mouse. */
const next = (value: number, mouse = false): readonly Row[] => [
  ['until', port, 1, 0x01],
  ['r', port, mouse ? 0x20 : 0x00, 0xe0],
  ['r', data, value],
];
const answers = (values: readonly number[], mouse = false): readonly Row[] => values.flatMap((value) => next(value, mouse));
const command = (value: number): readonly Row[] => write(port, value);
const keyboard = (value: number): readonly Row[] => write(data, value);
const mouse = (value: number): readonly Row[] => [...command(0xd4), ...write(data, value)];
/** The command byte: translation off. */
const plain = [...command(0x60), ...write(data, 0x04)];

describeRegisters('the keyboard controller', pc, {
  'is empty after firmware has left it': [
    ['r', port, 0x14],
    ['r', data, 0x00],
  ],
  'tells the last byte written as command or data': [
    ...command(0xae),
    ['r', port, 0x1c],
    ...keyboard(0xee),
    ['r', port, 0x00, 0x08],
  ],
  'reads and writes its command byte': [
    ...command(0x20),
    ...next(0x44),
    ...command(0x60),
    ...write(data, 0x47),
    ...command(0x20),
    ...next(0x47),
  ],
  'tests itself and its ports': [
    ...command(0xab),
    ...next(0x00),
    ...command(0xa9),
    ...next(0x00),
    ...command(0xaa),
    ...next(0x55),
    // Both devices are disabled then.
    ...command(0x20),
    ...next(0x74),
  ],
  'keeps the bytes of a device that is disabled waiting': [
    ...command(0xad),
    ['do', 'Keyboard.Press(0x1c);'],
    ['r', port, 0x00, 0x01],
    ...command(0xae),
    ...next(0x1e),
  ],
  'keeps the bytes of a mouse that is disabled waiting': [
    ...mouse(0xf4),
    ...next(0xfa, true),
    ...command(0xa7),
    ['do', 'Mouse.Move(1, 0);'],
    ['r', port, 0x00, 0x01],
    ...command(0xa8),
    ...answers([0x08, 1, 0], true),
  ],
  'translates scan codes to set 1, those of released keys too': [
    ['do', 'Keyboard.Press(0x1c);'],
    ['do', 'Keyboard.Release(0x1c);'],
    ...answers([0x1e, 0x9e]),
  ],
  'leaves scan codes as they are without translation': [
    ...plain,
    ['do', 'Keyboard.Press(0x1c);'],
    ['do', 'Keyboard.Release(0x1c);'],
    ...answers([0x1c, 0xf0, 0x1c]),
  ],
  'tells an error with the next byte': [
    ['do', 'Controller.FailNext(Controller.PARITY);'],
    ['do', 'Keyboard.Press(0x1c);'],
    ['until', port, 0x01, 0x01],
    ['r', port, 0x80, 0xe0],
    ['r', data, 0xff],
    ...next(0x1e),
  ],
  'does nothing while it is stuck': [
    ['do', 'Controller.SetStuck(TRUE);'],
    ['w', port, 0x20],
    ['r', port, 0x02, 0x03],
    ['do', 'Controller.SetStuck(FALSE);'],
    ...next(0x44),
  ],
  'answers ones when it is gone': [
    ['do', 'Controller.Unplug();'],
    ['r', port, 0xff],
    ['r', data, 0xff],
  ],
});

describeRegisters('the keyboard', pc, {
  'sets its lights': [
    ...keyboard(0xed),
    ...next(0xfa),
    ...keyboard(0x02),
    ...next(0xfa),
    ['do', 'expect(Keyboard.Leds() === 2);'],
  ],
  'echoes, and brings its last byte again': [...keyboard(0xee), ...next(0xee), ...keyboard(0xfe), ...next(0xee)],
  'tells its ID, here translated': [...keyboard(0xf2), ...answers([0xfa, 0xab, 0x41])],
  'selects a scan code set and tells which': [
    ...plain,
    ...keyboard(0xf0),
    ...next(0xfa),
    ...keyboard(0x00),
    ...answers([0xfa, 0x02]),
    ...keyboard(0xf0),
    ...next(0xfa),
    ...keyboard(0x01),
    ...next(0xfa),
    ...keyboard(0xf0),
    ...next(0xfa),
    ...keyboard(0x00),
    ...answers([0xfa, 0x01]),
  ],
  'takes a typematic rate': [...keyboard(0xf3), ...next(0xfa), ...keyboard(0x20), ...next(0xfa)],
  'sends no keys while it is disabled': [
    ...keyboard(0xf5),
    ...next(0xfa),
    ['do', 'Keyboard.Press(0x1c);'],
    ['r', port, 0x00, 0x01],
    ...keyboard(0xf4),
    ...next(0xfa),
    ['do', 'Keyboard.Press(0x1c);'],
    ...next(0x1e),
  ],
  'takes its defaults again': [...keyboard(0xf6), ...next(0xfa)],
  'tests itself on reset': [...keyboard(0xff), ...answers([0xfa, 0xaa])],
  'takes a command in place of a parameter': [...keyboard(0xed), ...next(0xfa), ...keyboard(0xee), ...next(0xee)],
  'asks for a command that it does not know again': [...keyboard(0x01), ...next(0xfe)],
  'tells that keys were lost': [
    ...command(0xad),
    ...Array.from({ length: 9 }, (): Row => ['do', 'Keyboard.Press(0x1c);']),
    ...plain,
    ...answers([0x1c, 0x1c, 0x1c, 0x1c, 0x1c, 0x1c, 0x1c, 0x00]),
    ['r', port, 0x00, 0x01],
  ],
});

describeRegisters('the mouse', pc, {
  'tells its ID': [...mouse(0xf2), ...answers([0xfa, 0x00], true)],
  'tests itself on reset': [...mouse(0xff), ...answers([0xfa, 0xaa, 0x00], true)],
  'sends nothing before it is told to': [
    ['do', 'Mouse.Move(5, 6);'],
    ['r', port, 0x00, 0x01],
  ],
  'sends packets with signs and buttons': [
    ...mouse(0xf4),
    ...next(0xfa, true),
    ['do', 'Mouse.Move(-1, 2);'],
    ...answers([0x18, 0xff, 0x02], true),
    ['do', 'Mouse.Press(Mouse.LEFT);'],
    ...answers([0x09, 0, 0], true),
    ['do', 'Mouse.Move(300, -300);'],
    ...answers([0xe9, 0x2c, 0xd4], true),
    ...mouse(0xf5),
    ...next(0xfa, true),
    ['do', 'Mouse.Move(5, 6);'],
    ['r', port, 0x00, 0x01],
  ],
  'tells its settings': [
    ...mouse(0xe9),
    ...answers([0xfa, 0x00, 0x02, 0x64], true),
    ...mouse(0xe8),
    ...next(0xfa, true),
    ...mouse(0x03),
    ...next(0xfa, true),
    ...mouse(0xf3),
    ...next(0xfa, true),
    ...mouse(0x28),
    ...next(0xfa, true),
    ...mouse(0xe7),
    ...next(0xfa, true),
    ...mouse(0xe9),
    ...answers([0xfa, 0x10, 0x03, 0x28], true),
    ...mouse(0xf6),
    ...next(0xfa, true),
    ...mouse(0xe9),
    ...answers([0xfa, 0x00, 0x02, 0x64], true),
  ],
  'answers when it is asked in remote mode': [
    ...mouse(0xf0),
    ...next(0xfa, true),
    ...mouse(0xf4),
    ...next(0xfa, true),
    ['do', 'Mouse.Move(1, 1);'],
    ['r', port, 0x00, 0x01],
    ...mouse(0xeb),
    ...answers([0xfa, 0x08, 0, 0], true),
  ],
});
