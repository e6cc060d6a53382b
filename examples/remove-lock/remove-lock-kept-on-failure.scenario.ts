import { CloseHandle, CreateFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE, IRP_MJ_WRITE, STATUS_SUCCESS, STATUS_UNSUCCESSFUL } from 'irpsight/wdm';
import { DriverEntry } from './remove-lock-kept-on-failure.driver';

let File: HANDLE | null;

/** The device below fails the write. */
export const WriteFails: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_WRITE, Complete: 'either', Status: STATUS_UNSUCCESSFUL }] },
  Threads: {
    Writer() {
      File = CreateFile('\\\\.\\Port');
      WriteFile(File, 16, null);
      CloseHandle(File);
    },
  },
};
