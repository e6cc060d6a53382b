/** The serial port with its chip: what races with a read that waits for a character. Without time-outs no timer is armed. */
import { HANDLE, STATUS_PENDING, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import {
  CancelIoEx, CreateFile, DeviceIoControl, expect, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO, StartDevice, StopDevice, SurpriseRemove,
} from 'irpsight/scenario';
import * as Serial from 'irpsight/devices/serial';
import { DriverEntry, IOCTL_SERIAL_PURGE, IOCTL_SERIAL_SET_TIMEOUTS, SERIAL_TIMEOUTS } from './serial-uart.driver.ts';

let File!: HANDLE | null;
let Read!: OVERLAPPED;
let Timeouts!: SERIAL_TIMEOUTS;

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

/** The total timer against the character. */
export const TotalTimeout: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Processors: 1,
  Setup() {
    File = CreateFile("COM1");
    Timeouts.ReadTotalTimeoutConstant = 500;
    DeviceIoControl(File, IOCTL_SERIAL_SET_TIMEOUTS, Timeouts, 0, null);
  },
  Threads: {
    Reader() { ReadFile(File, 1, Read); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** The second character does not come: the interval timer gives the read what there is, unless a cancel is first. */
export const IntervalTimeout: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Processors: 1,
  Setup() {
    File = CreateFile("COM1");
    Timeouts.ReadIntervalTimeout = 100;
    DeviceIoControl(File, IOCTL_SERIAL_SET_TIMEOUTS, Timeouts, 0, null);
  },
  Threads: {
    Reader() { ReadFile(File, 2, Read); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** A cancel against the character. */
export const CancelAgainstCharacter: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Setup() { File = CreateFile("COM1"); },
  Threads: {
    Reader() { ReadFile(File, 1, Read); CancelIoEx(File, Read); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** A purge against the character, which comes with an error. */
export const PurgeAgainstCharacter: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Setup() { File = CreateFile("COM1"); },
  Threads: {
    Reader() { ReadFile(File, 1, Read); DeviceIoControl(File, IOCTL_SERIAL_PURGE, null, 0, null); },
    Line() { Serial.ReceiveWith(0x41, Serial.PE); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** The port is stopped under the read, and started again. */
export const StopAgainstCharacter: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Setup() { File = CreateFile("COM1"); },
  Threads: {
    Reader() { ReadFile(File, 1, Read); StopDevice(); StartDevice(); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};

/** The port is pulled out: its registers read as ones, in the service routine, too. */
export const PulledOut: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.Device],
  Setup() { File = CreateFile("COM1"); },
  Threads: {
    Reader() { ReadFile(File, 1, Read); SurpriseRemove(); },
    Line() { Serial.Receive(0x41); },
  },
  Expect() { expect(Read.Internal !== STATUS_PENDING); },
};
