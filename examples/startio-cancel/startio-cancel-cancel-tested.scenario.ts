import { CancelIoEx, CreateFile, Interrupt, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './startio-cancel-cancel-tested.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;

/** One request, cancelled at any moment. */
export const ReadCancelled: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
      Interrupt();
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
};
