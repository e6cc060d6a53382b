import { CreateFile, SCENARIO } from 'irpsight/scenario';
import { IRP_MJ_CREATE, STATUS_REPARSE, STATUS_SUCCESS } from 'irpsight/wdm';
import { DriverEntry } from './fs-passthrough-reparse-counted.driver';

/** The name leads elsewhere. */
export const OpenReparsed: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'inline', Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_CREATE, Complete: 'inline', Status: STATUS_REPARSE }] },
  Threads: {
    Opener() {
      CreateFile('\\\\.\\Volume');
    },
  },
};
