/** The pass-through filter above a volume. */
import {
  CancelIoEx, CloseHandle, CreateFile, GetOverlappedResult, OVERLAPPED, ReadFile, RemoveDevice, SCENARIO, SendPower, SendRequest,
  StartDevice, StopDevice, SurpriseRemove, expect,
} from 'irpsight/scenario';
import {
  HANDLE, IRP_MJ_CREATE, IRP_MJ_DIRECTORY_CONTROL, IRP_MJ_FILE_SYSTEM_CONTROL, IRP_MJ_READ, IRP_MN_QUERY_DIRECTORY,
  IRP_MN_QUERY_POWER, IRP_MN_SET_POWER, STATUS_CANCELLED, STATUS_REPARSE, STATUS_SUCCESS, STATUS_UNSUCCESSFUL, TRUE,
} from 'irpsight/wdm';
import { DriverEntry } from './fs-passthrough.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;
let Listing!: OVERLAPPED;

/** The volume opens the file at once or later. */
export const Open: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_CREATE, Complete: 'either', Status: STATUS_SUCCESS }] },
  Threads: {
    Opener() {
      File = CreateFile('\\\\.\\Volume');
      expect(File !== null, 'the file is open');
      CloseHandle(File);
    },
  },
};

/** The name leads elsewhere: a success, and no file of this volume's. */
export const OpenReparsed: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_CREATE, Complete: 'either', Status: STATUS_REPARSE }] },
  Threads: {
    Opener() {
      expect(CreateFile('\\\\.\\Volume') === null, 'the file is elsewhere');
    },
  },
};

/** The volume refuses. */
export const OpenRefused: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_CREATE, Complete: 'either', Status: STATUS_UNSUCCESSFUL }] },
  Threads: {
    Opener() {
      expect(CreateFile('\\\\.\\Volume') === null, 'there is no such file');
    },
  },
};

/** A directory is listed from a worker thread, and the request cancelled at any moment. */
export const ListCancelled: SCENARIO = {
  Driver: DriverEntry,
  Lower: {
    Complete: 'inline',
    Status: [STATUS_SUCCESS],
    Cancelable: TRUE,
    Major: [{ Function: IRP_MJ_DIRECTORY_CONTROL, Complete: 'either', Status: STATUS_SUCCESS }],
  },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, Listing);
      const Status = GetOverlappedResult(File, Listing, TRUE);
      expect(Status === STATUS_SUCCESS || Status === STATUS_CANCELLED, 'it is listed or cancelled');
    },
    Canceller() {
      CancelIoEx(File, Listing);
    },
  },
};

/** The volume holds the request until it is cancelled. */
export const ListStuck: SCENARIO = {
  Driver: DriverEntry,
  Lower: {
    Complete: 'inline',
    Status: [STATUS_SUCCESS],
    Cancelable: TRUE,
    Major: [{ Function: IRP_MJ_DIRECTORY_CONTROL, Complete: 'never', Status: STATUS_SUCCESS }],
  },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, Listing);
    },
    Canceller() {
      CancelIoEx(File, Listing);
    },
  },
};

/** The handle is closed while the request may still lie with the worker. */
export const ListAgainstCleanup: SCENARIO = {
  Driver: DriverEntry,
  Lower: {
    Complete: 'inline',
    Status: [STATUS_SUCCESS],
    Major: [{ Function: IRP_MJ_DIRECTORY_CONTROL, Complete: 'either', Status: STATUS_SUCCESS }],
  },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, Listing);
    },
    Closer() {
      CloseHandle(File);
    },
  },
};

/** A read that is answered later, beside the listing of a directory. */
export const ReadBesideList: SCENARIO = {
  Driver: DriverEntry,
  Lower: {
    Complete: 'inline',
    Status: [STATUS_SUCCESS],
    Major: [{ Function: IRP_MJ_READ, Complete: 'later', Status: STATUS_SUCCESS }],
  },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, null);
    },
    Reader() {
      ReadFile(File, 16, null);
    },
  },
};

/** A read that is answered at once or later. */
export const ReadAlone: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_READ, Complete: 'either', Status: STATUS_SUCCESS }] },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
    },
  },
};

/** The volume fails a read: the completion routine, which is for successes, does not see it. */
export const ReadFails: SCENARIO = {
  Driver: DriverEntry,
  Lower: {
    Complete: 'inline',
    Status: [STATUS_SUCCESS],
    Major: [{ Function: IRP_MJ_READ, Complete: 'either', Status: STATUS_UNSUCCESSFUL }],
  },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Reader() {
      expect(ReadFile(File, 16, null) === STATUS_UNSUCCESSFUL, 'the failure comes through');
    },
  },
};

/** The last handle goes and the volume with it, while the worker may not have returned yet. */
export const ListAgainstRemoval: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, null);
      CloseHandle(File);
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};

/** One thing after the other; the volume answers later. */
export const LifeCycle: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'later', Status: [STATUS_SUCCESS] },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
    SendRequest(File, IRP_MJ_FILE_SYSTEM_CONTROL, 0, 0, null);
    CloseHandle(File);
  },
  Threads: {
    PnpManager() {
      SendPower(IRP_MN_QUERY_POWER);
      SendPower(IRP_MN_SET_POWER);
      StopDevice();
      StartDevice();
      RemoveDevice();
    },
  },
};

/** Every allocation may fail. */
export const LowMemory: SCENARIO = {
  Driver: DriverEntry,
  LowMemory: TRUE,
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, Listing);
    },
  },
};
