/** One write is enough: the device plays on when the driver is gone. */
import { HANDLE, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { CreateFile, expect, GetOverlappedResult, OVERLAPPED, SCENARIO, WriteFile } from 'irpsight/scenario';
import * as Wave from 'irpsight/devices/wave';
import { DriverEntry } from './wave-still-running.driver.ts';

let File!: HANDLE | null;
let First!: OVERLAPPED;

/** One write plays to its end. */
export const OneWrite: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Wave.Device],
  Setup() { File = CreateFile("Wave"); },
  Threads: {
    Writer() { WriteFile(File, 4, First); GetOverlappedResult(File, First, TRUE); },
  },
  Expect() { expect(First.Internal === STATUS_SUCCESS); },
};
