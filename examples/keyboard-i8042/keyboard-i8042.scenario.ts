/** The keyboard with its controller: reads that wait for keys, and the end of the process that reads. */
import { HANDLE, STATUS_CANCELLED, STATUS_PENDING, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { CloseHandle, CreateFile, expect, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO, SurpriseRemove } from 'irpsight/scenario';
import * as Controller from 'irpsight/devices/i8042';
import * as Keyboard from 'irpsight/devices/keyboard';
import { DriverEntry } from './keyboard-i8042.driver.ts';

let File!: HANDLE | null;
let Read!: OVERLAPPED;

/** A key is pressed before, while or after it is asked for, and the read gets it. */
export const KeyComes: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Controller.Device],
  Setup() { File = CreateFile("Keyboard"); },
  Threads: {
    Reader() { ReadFile(File, 12, Read); GetOverlappedResult(File, Read, TRUE); },
    Fingers() { Keyboard.Press(0x1c); },
  },
  Expect() { expect(Read.Internal === STATUS_SUCCESS); },
};

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

/** A key is pressed while the thread that reads exits. */
export const KeyAgainstExit: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Controller.Device],
  Setup() { File = CreateFile("Keyboard"); },
  Threads: {
    Reader() { ReadFile(File, 12, Read); },
    Fingers() { Keyboard.Press(0x1c); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** A key is pressed while the handle is closed under the read. */
export const KeyAgainstClose: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Controller.Device],
  Processors: 1,
  Setup() { File = CreateFile("Keyboard"); },
  Threads: {
    Reader() { ReadFile(File, 12, Read); CloseHandle(File); },
    Fingers() { Keyboard.Press(0x1c); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** The keyboard is pulled out under the read. */
export const PulledOut: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Controller.Device],
  Setup() { File = CreateFile("Keyboard"); },
  Threads: {
    Reader() { ReadFile(File, 12, Read); SurpriseRemove(); },
    Fingers() { Keyboard.Press(0x1c); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};
