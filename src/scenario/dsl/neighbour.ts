/**
 * Another device, in a stack of its own, which comes and goes while the driver runs. A driver hears of it when it has registered for
 * its interface, or with a file that it has opened on it.
 */
import { LONG } from 'irpsight/wdm/types';
import { PDEVICE_OBJECT } from 'irpsight/wdm/device';
import { GUID, PGUID } from 'irpsight/wdm/guid';
import { IopRegisterName } from 'irpsight/wdm/io-manager';
import {
  GUID_DEVICE_INTERFACE_ARRIVAL, GUID_DEVICE_INTERFACE_REMOVAL, GUID_TARGET_DEVICE_QUERY_REMOVE, GUID_TARGET_DEVICE_REMOVE_CANCELLED,
  GUID_TARGET_DEVICE_REMOVE_COMPLETE, IopNotifyInterface, IopNotifyTarget,
} from 'irpsight/wdm/pnp-notification';
import { machineBounded, machineChoose } from 'irpsight/wdm/machine';
import { LowerCreateDevice } from './lower.ts';

let Neighbour!: PDEVICE_OBJECT | null;
let NeighbourClass!: GUID;

/** A device with an interface of that class has started. There is one such device at most. */
export function ArriveNeighbour(InterfaceClass: PGUID): void {
  if ((InterfaceClass as PGUID | null) === null) {
    machineBounded('ArriveNeighbour was given no interface class; no device came.');
    return;
  }
  if (Neighbour === null) {
    const Device = LowerCreateDevice();
    if (Device === null) return;
    IopRegisterName('\\\\.\\Neighbour', Device);
    Neighbour = Device;
  }
  NeighbourClass = InterfaceClass;
  IopNotifyInterface(GUID_DEVICE_INTERFACE_ARRIVAL, InterfaceClass, '\\\\.\\Neighbour');
}

/** It is to be removed: who has it open is asked first, and then it is removed, or stays because somebody refused. */
export function RemoveNeighbour(): void {
  const Device = Neighbour;
  if (Device === null) return;
  IopNotifyTarget(GUID_TARGET_DEVICE_QUERY_REMOVE, Device);
  if (machineChoose(2) === 1) IopNotifyTarget(GUID_TARGET_DEVICE_REMOVE_CANCELLED, Device);
  else NeighbourIsGone(Device);
}

/** It is pulled out: nobody is asked. */
export function SurpriseRemoveNeighbour(): void {
  const Device = Neighbour;
  if (Device !== null) NeighbourIsGone(Device);
}

function NeighbourIsGone(Device: PDEVICE_OBJECT): void {
  IopNotifyInterface(GUID_DEVICE_INTERFACE_REMOVAL, NeighbourClass, '\\\\.\\Neighbour');
  IopNotifyTarget(GUID_TARGET_DEVICE_REMOVE_COMPLETE, Device);
}
