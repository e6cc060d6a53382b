import { CreateFile, SCENARIO, SendRequest } from 'irpsight/scenario';
import { HANDLE, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, STATUS_SUCCESS } from 'irpsight/wdm';
import { DriverEntry } from './fs-passthrough-marked-late.driver';

let File: HANDLE | null;

/** A directory is listed; the volume answers at once or later. */
export const List: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_DIRECTORY_CONTROL, Complete: 'either', Status: STATUS_SUCCESS }] },
  Setup() {
    File = CreateFile('\\\\.\\Volume');
  },
  Threads: {
    Lister() {
      SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, null);
    },
  },
};
