/** One character is enough to find the service routine waiting for what it has interrupted. */
import { HANDLE, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { CreateFile, expect, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import * as Serial from 'irpsight/devices/serial';
import { DriverEntry } from './serial-uart-dpc-lock-in-isr.driver.ts';

let File!: HANDLE | null;
let Read!: OVERLAPPED;

/** A character comes before, while or after it is asked for, and the read gets it. */
export const CharacterComes: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Setup() { File = CreateFile("COM1"); },
  Threads: {
    Reader() { ReadFile(File, 1, Read); GetOverlappedResult(File, Read, TRUE); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal === STATUS_SUCCESS); },
};
