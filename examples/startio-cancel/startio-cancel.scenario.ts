/** The transfer device: its requests against cancels, interrupts, the closing of their file, and the device's being pulled out. */
import {
  CancelIoEx, CloseHandle, CreateFile, GetOverlappedResult, Interrupt, OVERLAPPED, ReadFile, RemoveDevice, SCENARIO, SendPower,
  SendSystemControl, StartDevice, StopDevice, SurpriseRemove, WriteFile, expect,
} from 'irpsight/scenario';
import {
  HANDLE, IRP_MN_QUERY_ALL_DATA, IRP_MN_QUERY_POWER, IRP_MN_SET_POWER, STATUS_CANCELLED, STATUS_SUCCESS, TRUE,
} from 'irpsight/wdm';
import { DriverEntry } from './startio-cancel.driver';

let File: HANDLE | null;
let Other: HANDLE | null;
let Read!: OVERLAPPED;
let Write!: OVERLAPPED;

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
      const Status = GetOverlappedResult(File, Read, TRUE);
      expect(Status === STATUS_SUCCESS || Status === STATUS_CANCELLED, 'it is done or cancelled');
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
};

/** The first request is cancelled while the second waits behind it, or is on its way to. */
export const FirstOfTwoCancelled: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
  },
  Threads: {
    Requester() {
      ReadFile(File, 16, Read);
      WriteFile(File, 16, Write);
      Interrupt();
      Interrupt();
      expect(GetOverlappedResult(File, Write, TRUE) === STATUS_SUCCESS, 'the second is done in any case');
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
};

/** The second one is cancelled while the first is under way, or has just ended. */
export const SecondOfTwoCancelled: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
  },
  Threads: {
    Requester() {
      ReadFile(File, 16, Read);
      WriteFile(File, 16, Write);
      Interrupt();
      Interrupt();
      expect(GetOverlappedResult(File, Read, TRUE) === STATUS_SUCCESS, 'the first is done in any case');
    },
    Canceller() {
      CancelIoEx(File, Write);
    },
  },
};

/** Two files: the one with the queued request is closed, and the other's request is left alone. */
export const QueueAgainstCleanup: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
    Other = CreateFile('\\\\.\\Transfer');
    ReadFile(File, 16, Read);
  },
  Threads: {
    Writer() {
      WriteFile(Other, 16, Write);
      CloseHandle(Other);
    },
    Device() {
      Interrupt();
    },
  },
};

/** The device is pulled out in the middle of a transfer, with another one waiting. */
export const PulledOut: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
    ReadFile(File, 16, Read);
    WriteFile(File, 16, Write);
  },
  Threads: {
    Device() {
      Interrupt();
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};

/** A request comes while the device is pulled out. */
export const ReadAgainstRemoval: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
      CloseHandle(File);
    },
    PnpManager() {
      SurpriseRemove();
      RemoveDevice();
    },
  },
};

/** One thing after the other; the bus answers later. */
export const LifeCycle: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'later', Status: [STATUS_SUCCESS] },
  Setup() {
    File = CreateFile('\\\\.\\Transfer');
    CloseHandle(File);
  },
  Threads: {
    PnpManager() {
      SendPower(IRP_MN_QUERY_POWER);
      SendPower(IRP_MN_SET_POWER);
      SendSystemControl(IRP_MN_QUERY_ALL_DATA);
      StopDevice();
      StartDevice();
      RemoveDevice();
    },
  },
};
