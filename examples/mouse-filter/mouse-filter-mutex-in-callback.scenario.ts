import { CloseHandle, CreateFile, Interrupt, SCENARIO } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { ConnectClassDriver, PortDriverEntry } from './i8042-port.scenario';
import { DriverEntry } from './mouse-filter-mutex-in-callback.driver';

let File: HANDLE | null;

/** The mouse is opened and closed while it moves. */
export const OpenWhileMoving: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  Setup() {
    ConnectClassDriver();
  },
  Threads: {
    Opener() {
      File = CreateFile('\\\\.\\Mouse');
      CloseHandle(File);
    },
    Mouse() {
      Interrupt();
    },
  },
};
