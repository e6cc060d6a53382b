/** The device and its remove lock: requests of every kind while it is pulled out or removed. */
import {
  CancelIoEx, CloseHandle, CreateFile, OVERLAPPED, ReadFile, RemoveDevice, SCENARIO, SendPower, SendSystemControl, StartDevice,
  StopDevice, SurpriseRemove, WriteFile, expect,
} from 'irpsight/scenario';
import {
  HANDLE, IRP_MJ_WRITE, IRP_MN_QUERY_ALL_DATA, IRP_MN_QUERY_POWER, IRP_MN_SET_POWER, STATUS_CANCELLED, STATUS_DEVICE_REMOVED,
  STATUS_SUCCESS, STATUS_UNSUCCESSFUL,
} from 'irpsight/wdm';
import { BusDriverEntry } from './bus.scenario';
import { DriverEntry } from './remove-lock.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;
let Write!: OVERLAPPED;

/** A waiting read, pulled out under it or cancelled. */
export const ReadPulledOut: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Port');
    ReadFile(File, 16, Read);
  },
  Threads: {
    PnpManager() {
      SurpriseRemove();
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
  Expect() {
    expect(Read.Internal === STATUS_DEVICE_REMOVED || Read.Internal === STATUS_CANCELLED, 'the read was failed or cancelled');
  },
};

/** A read that comes while the device is pulled out: it is refused, or failed with the others. */
export const ReadAgainstSurpriseRemoval: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Port');
  },
  Threads: {
    Reader() {
      expect(ReadFile(File, 16, null) === STATUS_DEVICE_REMOVED, 'nobody answers it');
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};

/** A write answers a read, unless the read is cancelled first. */
export const WriteAnswersRead: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_WRITE, Complete: 'either', Status: STATUS_SUCCESS }] },
  Setup() {
    File = CreateFile('\\\\.\\Port');
    ReadFile(File, 16, Read);
  },
  Threads: {
    Writer() {
      expect(WriteFile(File, 16, null) === STATUS_SUCCESS, 'it is written');
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
  Expect() {
    expect(Read.Internal === STATUS_SUCCESS || Read.Internal === STATUS_CANCELLED, 'the read was answered or cancelled');
  },
};

/** The device is pulled out while a write is below. */
export const WritePulledOut: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_WRITE, Complete: 'later', Status: STATUS_SUCCESS }] },
  Setup() {
    File = CreateFile('\\\\.\\Port');
  },
  Threads: {
    Writer() {
      WriteFile(File, 16, null);
      CloseHandle(File);
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};

/** The device below fails the write: the lock comes back all the same, and the device can be removed. */
export const WriteFails: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_WRITE, Complete: 'either', Status: STATUS_UNSUCCESSFUL }] },
  Setup() {
    File = CreateFile('\\\\.\\Port');
  },
  Threads: {
    Writer() {
      WriteFile(File, 16, Write);
      CloseHandle(File);
      RemoveDevice();
    },
  },
};

/** A power request while the device is removed: there is a driver below that goes with it. */
export const PowerAgainstRemoval: SCENARIO = {
  Driver: DriverEntry,
  Below: BusDriverEntry,
  Threads: {
    PowerManager() {
      SendPower(IRP_MN_QUERY_POWER);
    },
    PnpManager() {
      RemoveDevice();
    },
  },
};

/** A request of WMI at that time. */
export const SystemControlAgainstRemoval: SCENARIO = {
  Driver: DriverEntry,
  Below: BusDriverEntry,
  Threads: {
    Wmi() {
      SendSystemControl(IRP_MN_QUERY_ALL_DATA);
    },
    PnpManager() {
      RemoveDevice();
    },
  },
};

/** One thing after the other; the device below answers later. */
export const LifeCycle: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'later', Status: [STATUS_SUCCESS] },
  Setup() {
    File = CreateFile('\\\\.\\Port');
    CloseHandle(File);
  },
  Threads: {
    PnpManager() {
      SendPower(IRP_MN_SET_POWER);
      StopDevice();
      StartDevice();
      RemoveDevice();
    },
  },
};
