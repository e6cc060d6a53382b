/**
 * What a scenario literal says, as the globals that the compiler sets before the run. Nothing writes them afterwards.
 */
import { ARRAY, BOOLEAN, LONG, NTSTATUS } from 'irpsight/wdm/types';
import { DRIVER_INITIALIZE } from 'irpsight/wdm/device';

/** A method of the literal. */
export type SCENARIO_ROUTINE = () => void;

export let ScenarioDriver!: DRIVER_INITIALIZE | null;
/** Of the driver that stands between the simulated lower driver and the driver under test. */
export let ScenarioBelow!: DRIVER_INITIALIZE | null;
export let ScenarioSetup!: SCENARIO_ROUTINE | null;
export let ScenarioExpect!: SCENARIO_ROUTINE | null;
/** In the order in which the literal lists them. */
export let ScenarioThreads!: ARRAY<SCENARIO_ROUTINE | null, 8>;
export let ScenarioThreadCount!: LONG;

/** How the simulated lower driver answers. */
export type LOWER_COMPLETE = LONG;
/** In its dispatch routine. */
export const LowerInline: LOWER_COMPLETE = 0;
/** At some later moment, at DISPATCH_LEVEL. */
export const LowerLater: LOWER_COMPLETE = 1;
/** Inline or later, both explored. */
export const LowerEither: LOWER_COMPLETE = 2;
/** Not by itself. */
export const LowerNever: LOWER_COMPLETE = 3;

export let LowerComplete!: LOWER_COMPLETE;
/** What reads, writes and control requests are completed with, each explored; STATUS_SUCCESS when there is none. */
export let LowerStatus!: ARRAY<NTSTATUS, 8>;
export let LowerStatusCount!: LONG;
/** A request that the lower driver has pended has a cancel routine. */
export let LowerCancelable!: BOOLEAN;
/** Exceptions for single major functions. */
export let LowerMajorCount!: LONG;
export let LowerMajorFunction!: ARRAY<LONG, 8>;
export let LowerMajorComplete!: ARRAY<LOWER_COMPLETE, 8>;
export let LowerMajorStatus!: ARRAY<NTSTATUS, 8>;

/** Virtual devices that are plugged in before any driver is loaded. */
export let ScenarioDevices!: ARRAY<SCENARIO_ROUTINE | null, 8>;
export let ScenarioDeviceCount!: LONG;

/** Every allocation may fail. */
export let LowMemory!: BOOLEAN;
