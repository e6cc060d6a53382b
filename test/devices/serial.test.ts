/** The 16550's registers against its data sheet. */
import { describe, expect, it } from 'vitest';
import { type Bench, bench, describeRegisters, type Row } from './kit.ts';

const com1: Bench = {
  module: 'serial',
  name: 'Serial',
  device: 'Device',
  read: (register) => `READ_PORT_UCHAR(${0x3f8 + register} as ULONG_PTR as PUCHAR)`,
  write: (register, value) => `WRITE_PORT_UCHAR(${0x3f8 + register} as ULONG_PTR as PUCHAR, ${value})`,
};

const [data, ier, iir, fcr, lcr, mcr, lsr, msr, scr] = [0, 1, 2, 2, 3, 4, 5, 6, 7];

const tables: Readonly<Record<string, readonly Row[]>> = {
  'is idle after reset': [
    ['r', lsr, 0x60],
    ['r', iir, 0x01],
    ['r', ier, 0x00],
    ['r', msr, 0x00],
  ],
  'keeps what it is told in the registers that do nothing else': [
    ['w', scr, 0x5a],
    ['r', scr, 0x5a],
    ['w', lcr, 0x1b],
    ['r', lcr, 0x1b],
    ['w', ier, 0xff],
    ['r', ier, 0x0f],
    ['w', mcr, 0xef],
    ['r', mcr, 0x0f],
  ],
  'has the divisor behind DLAB': [
    ['w', lcr, 0x83],
    ['w', data, 0x0c],
    ['w', ier, 0x01],
    ['r', data, 0x0c],
    ['r', ier, 0x01],
    ['w', lcr, 0x03],
    ['r', ier, 0x00],
    ['r', lsr, 0x60],
  ],
  'receives one character without the FIFO, and the newer one on overrun': [
    ['do', 'Serial.Receive(0x41);'],
    ['r', lsr, 0x61],
    ['do', 'Serial.Receive(0x42);'],
    ['r', lsr, 0x63],
    ['r', lsr, 0x61],
    ['r', data, 0x42],
    ['r', lsr, 0x60],
  ],
  'gives characters in order with the FIFO': [
    ['w', fcr, 0x01],
    ['do', 'Serial.Receive(0x41);'],
    ['do', 'Serial.Receive(0x42);'],
    ['r', data, 0x41],
    ['r', lsr, 0x61],
    ['r', data, 0x42],
    ['r', lsr, 0x60],
  ],
  'loses the newest character when the FIFO is full': [
    ['w', fcr, 0x01],
    ...Array.from({ length: 17 }, (_, index): Row => ['do', `Serial.Receive(${index + 1});`]),
    ['r', lsr, 0x63],
    ...Array.from({ length: 16 }, (_, index): Row => ['r', data, index + 1]),
    ['r', lsr, 0x60],
  ],
  'tells of an error when its character is the oldest': [
    ['w', fcr, 0x01],
    ['do', 'Serial.Receive(0x41);'],
    ['do', 'Serial.ReceiveWith(0x42, Serial.PE);'],
    ['r', lsr, 0xe1],
    ['r', data, 0x41],
    ['r', lsr, 0xe5],
    // Read once, the error is gone.
    ['r', lsr, 0x61],
    ['r', data, 0x42],
  ],
  'empties the FIFOs when it is told to': [
    ['w', fcr, 0x01],
    ['do', 'Serial.Receive(0x41);'],
    ['w', fcr, 0x03],
    ['r', lsr, 0x60],
    ['do', 'Serial.Receive(0x41);'],
    ['w', fcr, 0x00],
    ['r', lsr, 0x60],
  ],
  'identifies received data, and forgets it when it is read': [
    ['w', ier, 0x01],
    ['r', iir, 0x01],
    ['do', 'Serial.Receive(0x41);'],
    ['r', iir, 0x04],
    ['r', iir, 0x04],
    ['r', data, 0x41],
    ['r', iir, 0x01],
  ],
  'waits for the trigger level or for the time-out with the FIFO': [
    ['w', fcr, 0x41],
    ['w', ier, 0x01],
    ['do', 'Serial.Receive(1);'],
    ['until', iir, 0xcc, 0xff],
    ['r', data, 1],
    ['r', iir, 0xc1],
    ['do', 'Serial.Receive(1);'],
    ['do', 'Serial.Receive(2);'],
    ['do', 'Serial.Receive(3);'],
    ['do', 'Serial.Receive(4);'],
    ['r', iir, 0xc4],
    ['r', data, 1],
  ],
  'has the line status first, then data, then the transmitter, then the modem': [
    ['w', ier, 0x0f],
    ['do', 'Serial.SetLine(Serial.CTS);'],
    ['do', 'Serial.ReceiveWith(0x41, Serial.FE);'],
    ['r', iir, 0x06],
    ['r', lsr, 0x69],
    ['r', iir, 0x04],
    ['r', data, 0x41],
    ['r', iir, 0x02],
    // Told once, the transmitter's is gone.
    ['r', iir, 0x00],
    ['r', msr, 0x11],
    ['r', iir, 0x01],
  ],
  'tells that the transmitter is empty when it is asked to': [
    ['w', ier, 0x02],
    ['r', iir, 0x02],
    ['r', iir, 0x01],
    ['w', data, 0x55],
    ['until', iir, 0x02, 0xff],
    ['until', lsr, 0x60, 0x60],
    ['do', 'expect(Serial.Sent() === 0x55);'],
  ],
  'sends nothing while it is stuck': [
    ['do', 'Serial.SetStuck(TRUE);'],
    ['w', data, 0x55],
    ['r', lsr, 0x00],
    ['do', 'Serial.SetStuck(FALSE);'],
    ['until', lsr, 0x60, 0xff],
  ],
  'notes changes of the modem lines, of the ring indicator its end': [
    ['do', 'Serial.SetLine(Serial.CTS | Serial.RI);'],
    ['r', msr, 0x51],
    ['r', msr, 0x50],
    ['do', 'Serial.SetLine(Serial.CTS);'],
    ['r', msr, 0x14],
    ['do', 'Serial.SetLine(Serial.CTS | Serial.DCD | Serial.DSR);'],
    ['r', msr, 0xba],
  ],
  'hears itself in loopback, and nobody else': [
    ['w', mcr, 0x10],
    ['do', 'Serial.Receive(0x41);'],
    ['r', lsr, 0x60],
    ['w', data, 0x7e],
    ['until', lsr, 0x61, 0xff],
    ['r', data, 0x7e],
    ['w', mcr, 0x1f],
    ['r', msr, 0xf0, 0xf0],
    ['w', mcr, 0x00],
    ['r', msr, 0x00, 0xf0],
  ],
  'answers ones when it is pulled out': [
    ['w', scr, 0x5a],
    ['do', 'Serial.Unplug();'],
    ['r', scr, 0xff],
    ['r', lsr, 0xff],
    ['w', scr, 0x00],
  ],
};

describeRegisters('the serial port', com1, tables);

describe('a register test', () => {
  it('names the row that does not hold', () => {
    const { broken, outcome } = bench(com1, { wrong: [['r', lsr, 0x61]] })('wrong');
    expect(outcome.verdict).toBe('error');
    expect(broken).toEqual(['assert/failed: expect(READ_PORT_UCHAR(1021 as ULONG_PTR as PUCHAR) === 97)']);
  });

  it('leaves open what is read where there is no device', () => {
    const elsewhere: Bench = { ...com1, read: () => 'READ_PORT_UCHAR(0x60 as ULONG_PTR as PUCHAR)' };
    const run = bench(elsewhere, {
      ones: [['r', 0, 0xff]],
      either: [['do', `const Value = ${elsewhere.read(0)}; expect(Value === 0 || Value === 0xff);`]],
    });
    expect(run('ones').outcome.verdict).toBe('error');
    expect([run('either').outcome.verdict, run('either').outcome.bounds]).toEqual([
      'bounded',
      ['A register was read where no virtual device is plugged in.'],
    ]);
  });
});
