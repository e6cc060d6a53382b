/** The wave device's registers against its own description. */
import { describe, expect, it } from 'vitest';
import { type Bench, bench, describeRegisters, type Row } from './kit.ts';

const fields = ['Control', 'Status', 'Address', 'Size', 'Period', 'Position', 'Id'];
const device: Bench = {
  module: 'wave',
  name: 'Wave',
  device: 'Device',
  globals: `
interface REGISTERS { Control: ULONG; Status: ULONG; Address: ULONG; Size: ULONG; Period: ULONG; Position: ULONG; Id: ULONG }
type PREGISTERS = REGISTERS;
let Highest!: PHYSICAL_ADDRESS;
let Where!: PHYSICAL_ADDRESS;
type BUFFER = ARRAY<UCHAR, 4>;
`,
  before: `
    Where.QuadPart = 0xfeb00000;
    const Registers = MmMapIoSpace(Where, sizeof<REGISTERS>(), MmNonCached)!;
    const Buffer = MmAllocateContiguousMemory(sizeof<BUFFER>(), Highest)!;
    Buffer[0] = 11; Buffer[1] = 12; Buffer[2] = 13; Buffer[3] = 14;
    const Physical: ULONG = MmGetPhysicalAddress(Buffer) as ULONG;
`,
  after: 'MmFreeContiguousMemory(Buffer); MmUnmapIoSpace(Registers, sizeof<REGISTERS>());',
  read: (register) => `READ_REGISTER_ULONG(Ref(Registers.${fields[register / 4]}))`,
  write: (register, value) => `WRITE_REGISTER_ULONG(Ref(Registers.${fields[register / 4]}), ${value})`,
};

const [control, status, , size, period, position, id] = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18];
const start: readonly Row[] = [
  ['do', 'WRITE_REGISTER_ULONG(Ref(Registers.Address), Physical);'],
  ['w', size, 4],
  ['w', period, 2],
  ['w', control, 0x01],
];

describeRegisters('the wave device', device, {
  'is idle after reset': [
    ['r', control, 0],
    ['r', status, 0],
    ['r', position, 0],
    ['r', id, 0x45564157],
  ],
  'plays one period after the other, around the buffer': [
    ...start,
    ['until', status, 0x81, 0x81],
    ['w', control, 0x00],
    ['r', status, 0x00, 0x80],
    ['do', 'const Position = READ_REGISTER_ULONG(Ref(Registers.Position)); expect(Position === 0 || Position === 2);'],
    ['do', 'expect(Wave.Played() === (Position === 2 ? 11 : 13));'],
  ],
  'clears what a one is written to': [
    ...start,
    ['until', status, 0x03, 0x03],
    ['w', control, 0x00],
    ['w', status, 0x01],
    ['r', status, 0x02],
    ['w', status, 0x07],
    ['r', status, 0x00],
  ],
  'takes no other buffer while it runs': [
    ...start,
    ['w', size, 8],
    ['r', size, 4],
    ['w', control, 0x00],
    ['w', size, 8],
    ['r', size, 8],
  ],
  'refuses to run without a period that fits': [
    ['w', size, 4],
    ['w', period, 3],
    ['w', control, 0x01],
    ['r', control, 0x00],
    ['r', status, 0x04],
  ],
  'stops on a bus error': [...start, ['do', 'Wave.Fail();'], ['r', control, 0x00], ['r', status, 0x04, 0x84]],
  'forgets everything on reset': [
    ...start,
    ['until', position, 2, 2],
    ['w', control, 0x04],
    ['r', control, 0],
    ['r', size, 0],
    ['r', position, 0],
  ],
  'plays nothing while it is stuck': [
    ['do', 'Wave.SetStuck(TRUE);'],
    ...start,
    ['r', position, 0],
    ['r', status, 0x80],
    ['w', control, 0],
  ],
  'is silent when it is pulled out': [...start, ['do', 'Wave.Unplug();'], ['r', id, 0xffffffff], ['w', control, 0]],
});

describe('the buffer of the wave device', () => {
  it('is not to be freed while it plays', () => {
    const { broken } = bench(device, { freed: start })('freed');
    expect(broken.map((text) => text.split(':')[0])).toEqual(['memory/use-after-free']);
  });

  it('has registers that are not to be used when they were unmapped', () => {
    const twice = { ...device, after: 'MmUnmapIoSpace(Registers, sizeof<REGISTERS>()); READ_REGISTER_ULONG(Ref(Registers.Id));' };
    const { broken } = bench(twice, { unmapped: [['r', id, 0x45564157]] })('unmapped');
    expect(broken.map((text) => text.split(':')[0])).toEqual(['memory/use-after-free']);
  });
});
