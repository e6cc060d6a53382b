/** A read is cancelled while a write may answer it. As its thread ends, what it still waits for is cancelled, too. */
import { CancelIoEx, CreateFile, expect, OVERLAPPED, ReadFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE, STATUS_CANCELLED, STATUS_SUCCESS } from 'irpsight/wdm';
import { DriverEntry } from './mailbox.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;

export const CancelWhileAnswering: SCENARIO = {
  Driver: DriverEntry,
  Processors: 2,
  Setup() {
    File = CreateFile('\\\\.\\Mailbox');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
    },
    Writer() {
      WriteFile(File, 16, null);
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
  Expect() {
    expect(Read.Internal === STATUS_SUCCESS || Read.Internal === STATUS_CANCELLED);
  },
};
