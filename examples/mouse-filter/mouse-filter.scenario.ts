/** The mouse filter between a port driver and the class driver: both are written out in i8042-port.scenario.ts. */
import {
  CloseHandle, CreateFile, Interrupt, RemoveDevice, SCENARIO, SendPower, StartDevice, StopDevice, SurpriseRemove, expect,
} from 'irpsight/scenario';
import {
  HANDLE, IRP_MN_QUERY_POWER, IRP_MN_SET_POWER, STATUS_NOT_IMPLEMENTED, STATUS_SHARING_VIOLATION, STATUS_SUCCESS, TRUE,
} from 'irpsight/wdm';
import { Buttons, ConnectClassDriver, DisconnectClassDriver, Packets, PortDriverEntry } from './i8042-port.scenario';
import { MOUSE_RIGHT_BUTTON_DOWN } from './kbdmou.driver';
import { DriverEntry } from './mouse-filter.driver';

let File: HANDLE | null;

/** The class driver connects while the mouse moves already. */
export const ConnectWhileMoving: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  Threads: {
    ClassDriver() {
      expect(CreateFile('\\\\.\\Mouse') === null, 'nobody opens a mouse that nobody listens to');
      expect(ConnectClassDriver() === STATUS_SUCCESS, 'the first class driver is connected');
    },
    Mouse() {
      Interrupt();
    },
  },
};

/** The mouse is opened and closed while it moves: the filter counts anew on one processor and counts on the other. */
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
      Interrupt();
    },
  },
  Expect() {
    // The last packet may still be on its way.
    expect(Packets() === 0 || Buttons() === MOUSE_RIGHT_BUTTON_DOWN, 'the buttons are swapped');
  },
};

/** The mouse is unplugged while it moves, with a handle open. */
export const PulledOut: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  Setup() {
    ConnectClassDriver();
    File = CreateFile('\\\\.\\Mouse');
  },
  Threads: {
    Mouse() {
      Interrupt();
    },
    PnpManager() {
      SurpriseRemove();
    },
  },
};

/** It is removed in good order while it moves: a packet may be on its way up when the request comes. */
export const RemovedWhileMoving: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  Setup() {
    ConnectClassDriver();
  },
  Threads: {
    Mouse() {
      Interrupt();
    },
    PnpManager() {
      RemoveDevice();
    },
  },
};

/** One thing after the other, and the bus answers later. */
export const LifeCycle: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  Lower: { Complete: 'later', Status: [STATUS_SUCCESS] },
  Setup() {
    ConnectClassDriver();
    expect(ConnectClassDriver() === STATUS_SHARING_VIOLATION, 'one class driver only');
    expect(DisconnectClassDriver() === STATUS_NOT_IMPLEMENTED, 'the connection ends with the device');
  },
  Threads: {
    PnpManager() {
      SendPower(IRP_MN_QUERY_POWER);
      SendPower(IRP_MN_SET_POWER);
      StopDevice();
      StartDevice();
      Interrupt();
      RemoveDevice();
    },
  },
};

/** Every allocation may fail. */
export const LowMemory: SCENARIO = {
  Driver: DriverEntry,
  Below: PortDriverEntry,
  LowMemory: TRUE,
  Threads: {
    ClassDriver() {
      ConnectClassDriver();
    },
  },
};
