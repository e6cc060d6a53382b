/** Nobody types, and the process is to end. */
import { HANDLE, STATUS_CANCELLED, TRUE } from 'irpsight/wdm';
import { CreateFile, expect, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import * as Controller from 'irpsight/devices/i8042';
import { DriverEntry } from './keyboard-i8042-read-held.driver.ts';

let File!: HANDLE | null;
let Read!: OVERLAPPED;

/** No key is pressed: the process waits for the read until it is terminated. */
export const PendingOverProcessExit: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Controller.Device],
  Setup() { File = CreateFile("Keyboard"); },
  Threads: {
    Reader() { ReadFile(File, 12, Read); GetOverlappedResult(File, Read, TRUE); },
  },
  Expect() { expect(Read.Internal === STATUS_CANCELLED); },
};
