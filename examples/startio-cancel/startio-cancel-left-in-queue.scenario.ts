import { CancelIoEx, CreateFile, Interrupt, OVERLAPPED, ReadFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './startio-cancel-left-in-queue.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;
let Write!: OVERLAPPED;

/** The request that waits is cancelled, and the one before it ends. */
export const SecondOfTwoCancelled: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
    ReadFile(File, 16, Read);
    WriteFile(File, 16, Write);
  },
  Threads: {
    Canceller() {
      CancelIoEx(File, Write);
    },
    Device() {
      Interrupt();
    },
  },
};
