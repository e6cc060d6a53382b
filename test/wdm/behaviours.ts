/** Every behaviour of the kernel model that is tested, by the part of the model that it is about. */
import { cancel } from './behaviours/cancel.ts';
import { cancelUse } from './behaviours/cancel-use.ts';
import { complete } from './behaviours/complete.ts';
import { csq } from './behaviours/csq.ts';
import { deferred } from './behaviours/deferred.ts';
import { devices } from './behaviours/devices.ts';
import { exceptions } from './behaviours/exceptions.ts';
import { hardware } from './behaviours/hardware.ts';
import { later } from './behaviours/later.ts';
import { locks } from './behaviours/locks.ts';
import { memory } from './behaviours/memory.ts';
import { more } from './behaviours/more.ts';
import { plugAndPlay } from './behaviours/plug-and-play.ts';
import { regions } from './behaviours/regions.ts';
import { request } from './behaviours/request.ts';
import { requestsOfDrivers } from './behaviours/requests-of-drivers.ts';
import { resources } from './behaviours/resources.ts';
import { routines } from './behaviours/routines.ts';
import { startIoQueues } from './behaviours/start-io.ts';
import { sync } from './behaviours/sync.ts';
import { waits } from './behaviours/waits.ts';
import type { Behaviour } from './model.ts';

export const behaviours: Readonly<Record<string, readonly Behaviour[]>> = {
  cancel,
  cancelUse,
  csq,
  complete,
  routines,
  locks,
  waits,
  memory,
  deferred,
  later,
  hardware,
  startIoQueues,
  request,
  requestsOfDrivers,
  devices,
  more,
  plugAndPlay,
  regions,
  resources,
  sync,
  exceptions,
};
