/** An application of event.driver.ts that makes an event, and one whose request is held: what the default scenarios cannot do, and small ones of what they do. */
import { CancelIoEx, CloseHandle, CreateEvent, CreateFile, DeviceIoControl, OVERLAPPED, SCENARIO, WaitForSingleObject, expect } from 'irpsight/scenario';
import { FALSE, HANDLE, NTSTATUS, STATUS_PENDING, STATUS_SUCCESS } from 'irpsight/wdm';
import { DriverEntry, EVENT_BASED, IOCTL_REGISTER_EVENT, IRP_BASED, PREGISTER_EVENT, REGISTER_EVENT } from './event.driver';

let File: HANDLE | null;
let Event: HANDLE;
let Held!: OVERLAPPED;

function SendIrpBased(Request: PREGISTER_EVENT): NTSTATUS {
  Request.Type = IRP_BASED;
  Request.DueTime.QuadPart = 10000;
  return DeviceIoControl(File, IOCTL_REGISTER_EVENT, Request, 0, Held);
}

/** The event is signalled when the time has come. */
export const EventSignalled: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Event_Sample');
    Event = CreateEvent(FALSE, FALSE);
  },
  Threads: {
    Application() {
      let Request!: REGISTER_EVENT;
      Request.Type = EVENT_BASED;
      Request.hEvent = Event;
      Request.DueTime.QuadPart = -10000;
      expect(DeviceIoControl(File, IOCTL_REGISTER_EVENT, Request, 0, null) === STATUS_SUCCESS, 'the event is registered');
      WaitForSingleObject(Event);
    },
  },
};

/** The handle is closed while the timer may be about to signal the event. */
export const EventAgainstCleanup: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Event_Sample');
    Event = CreateEvent(FALSE, FALSE);
  },
  Threads: {
    Application() {
      let Request!: REGISTER_EVENT;
      Request.Type = EVENT_BASED;
      Request.hEvent = Event;
      Request.DueTime.QuadPart = -10000;
      DeviceIoControl(File, IOCTL_REGISTER_EVENT, Request, 0, null);
      CloseHandle(File);
    },
  },
};

/** A request is held: it may be cancelled while the timer's routine answers it. */
export const HeldAgainstCancel: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Event_Sample');
  },
  Threads: {
    Application() {
      let Request!: REGISTER_EVENT;
      expect(SendIrpBased(Request) === STATUS_PENDING || Held.Internal !== STATUS_PENDING, 'it is held, or has been answered');
    },
    Canceller() {
      CancelIoEx(File, Held);
    },
  },
};

/** The handle is closed while a request is held: timer, cancel and cleanup each may finish it. */
export const HeldAgainstCleanup: SCENARIO = {
  Driver: DriverEntry,
  Setup() {
    File = CreateFile('\\\\.\\Event_Sample');
  },
  Threads: {
    Application() {
      let Request!: REGISTER_EVENT;
      SendIrpBased(Request);
      CloseHandle(File);
    },
  },
};
