/**
 * The kinds of object that ObReferenceObjectByHandle is asked for. They only tell kinds apart.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/windows-kernel-mode-object-manager
 */
import { ACCESS_MASK, LONG } from './types.ts';

/** Opaque. */
export interface OBJECT_TYPE { Kind: LONG }
export type POBJECT_TYPE = OBJECT_TYPE;

export const EVENT_MODIFY_STATE: ACCESS_MASK = 0x0002;

/** What a variable such as ExEventObjectType points to: `*ExEventObjectType` is `ExEventObjectType.Value`. */
export interface OBJECT_TYPE_POINTER { Value: POBJECT_TYPE | null }

export let ExEventObjectType!: OBJECT_TYPE_POINTER;
export let IoFileObjectType!: OBJECT_TYPE_POINTER;
export let PsThreadType!: OBJECT_TYPE_POINTER;
