/** Every behaviour of the kernel model that is tested, by the part of the model that it is about. */
import { cancel } from './behaviours/cancel.ts';
import { complete } from './behaviours/complete.ts';
import { deferred } from './behaviours/deferred.ts';
import { locks } from './behaviours/locks.ts';
import { request } from './behaviours/request.ts';
import type { Behaviour } from './model.ts';

export const behaviours: Readonly<Record<string, readonly Behaviour[]>> = { cancel, complete, deferred, locks, request };
