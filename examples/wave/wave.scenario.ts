/** The wave device with its hardware: writes that are queued, play and are cancelled. */
import { HANDLE, STATUS_PENDING, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { CancelIoEx, CreateFile, expect, GetOverlappedResult, OVERLAPPED, SCENARIO, SurpriseRemove, WriteFile } from 'irpsight/scenario';
import * as Wave from 'irpsight/devices/wave';
import { DriverEntry } from './wave.driver.ts';

let File!: HANDLE | null;
let First!: OVERLAPPED;
let Second!: OVERLAPPED;

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

/** The second write waits in the queue until the first has played, and may be cancelled. */
export const QueuedAndCancelled: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Wave.Device],
  Processors: 1,
  Setup() { File = CreateFile("Wave"); },
  Threads: {
    Writer() {
      WriteFile(File, 4, First);
      WriteFile(File, 4, Second);
      CancelIoEx(File, Second);
    },
  },
  Expect() { expect(First.Internal !== STATUS_PENDING && Second.Internal !== STATUS_PENDING); },
};

/** The bus fails while the write plays, or does not. */
export const BusError: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Wave.Device],
  Setup() { File = CreateFile("Wave"); },
  Threads: {
    Writer() { WriteFile(File, 4, First); },
    Bus() { Wave.Fail(); },
  },
  Expect() { expect(First.Internal !== STATUS_PENDING); },
};

/** The device is pulled out while the write plays. */
export const PulledOut: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Wave.Device],
  Setup() { File = CreateFile("Wave"); },
  Threads: {
    Writer() { WriteFile(File, 4, First); SurpriseRemove(); },
  },
  Expect() { expect(First.Internal !== STATUS_PENDING); },
};
