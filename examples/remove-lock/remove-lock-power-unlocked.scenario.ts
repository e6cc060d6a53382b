import { RemoveDevice, SCENARIO, SendPower } from 'irpsight/scenario';
import { IRP_MN_QUERY_POWER } from 'irpsight/wdm';
import { BusDriverEntry } from './bus.scenario';
import { DriverEntry } from './remove-lock-power-unlocked.driver';

/** A power request while the device is removed. */
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
