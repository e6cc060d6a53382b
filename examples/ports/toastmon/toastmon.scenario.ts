/** What the default scenarios of toastmon.driver.ts do not do: a device of the watched class comes and goes. */
import {
  ArriveNeighbour, CancelIoEx, CreateFile, OVERLAPPED, ReadFile, RemoveDevice, RemoveNeighbour, SCENARIO, SurpriseRemove,
  SurpriseRemoveNeighbour,
} from 'irpsight/scenario';
import { GUID, HANDLE, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { DriverEntry } from './toastmon.driver';

let Toaster: GUID = { Data1: 0x781ef630, Data2: 0x72b2, Data3: 0x11d2, Data4: [0xb8, 0x52, 0x00, 0xc0, 0x4f, 0xad, 0x51, 0x71] };
let File: HANDLE | null;
let First!: OVERLAPPED;
let Second!: OVERLAPPED;

/** It is opened, and is removed, or nearly. */
export const ToasterComesAndGoes: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'later', Status: [STATUS_SUCCESS] },
  Threads: {
    PnpManager() {
      ArriveNeighbour(Toaster);
      RemoveNeighbour();
    },
  },
};

/** Of what it takes to open it, nothing may be there. */
export const ToasterComesInLowMemory: SCENARIO = {
  Driver: DriverEntry,
  LowMemory: TRUE,
  Threads: {
    PnpManager() {
      ArriveNeighbour(Toaster);
    },
  },
};

/** It is pulled out while the monitor itself is removed. */
export const BothGo: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    ArriveNeighbour(Toaster);
  },
  Threads: {
    Puller() {
      SurpriseRemoveNeighbour();
    },
    PnpManager() {
      RemoveDevice();
    },
  },
};

/** Two reads are held when the monitor is pulled out, and one of them is cancelled at that moment. */
export const ReadsAgainstSurpriseRemoval: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\ToastMon');
  },
  Threads: {
    Reader() {
      ReadFile(File, 4, First);
      ReadFile(File, 4, Second);
      CancelIoEx(File, First);
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};
