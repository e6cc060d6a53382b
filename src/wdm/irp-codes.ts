/** The major and minor functions of an IRP, and priority boosts, as wdm.h numbers them. */

import { CCHAR, UCHAR } from './types.ts';

// Major functions
export const IRP_MJ_CREATE: UCHAR = 0x00;
export const IRP_MJ_CREATE_NAMED_PIPE: UCHAR = 0x01;
export const IRP_MJ_CLOSE: UCHAR = 0x02;
export const IRP_MJ_READ: UCHAR = 0x03;
export const IRP_MJ_WRITE: UCHAR = 0x04;
export const IRP_MJ_QUERY_INFORMATION: UCHAR = 0x05;
export const IRP_MJ_SET_INFORMATION: UCHAR = 0x06;
export const IRP_MJ_FLUSH_BUFFERS: UCHAR = 0x09;
export const IRP_MJ_QUERY_VOLUME_INFORMATION: UCHAR = 0x0a;
export const IRP_MJ_DIRECTORY_CONTROL: UCHAR = 0x0c;
export const IRP_MJ_FILE_SYSTEM_CONTROL: UCHAR = 0x0d;
export const IRP_MJ_DEVICE_CONTROL: UCHAR = 0x0e;
export const IRP_MJ_INTERNAL_DEVICE_CONTROL: UCHAR = 0x0f;
export const IRP_MJ_SCSI: UCHAR = 0x0f;
export const IRP_MJ_SHUTDOWN: UCHAR = 0x10;
export const IRP_MJ_CLEANUP: UCHAR = 0x12;
export const IRP_MJ_POWER: UCHAR = 0x16;
export const IRP_MJ_SYSTEM_CONTROL: UCHAR = 0x17;
export const IRP_MJ_PNP: UCHAR = 0x1b;
export const IRP_MJ_PNP_POWER: UCHAR = 0x1b;
export const IRP_MJ_MAXIMUM_FUNCTION: UCHAR = 0x1b;

// Minor functions of IRP_MJ_PNP
export const IRP_MN_START_DEVICE: UCHAR = 0x00;
export const IRP_MN_QUERY_REMOVE_DEVICE: UCHAR = 0x01;
export const IRP_MN_REMOVE_DEVICE: UCHAR = 0x02;
export const IRP_MN_CANCEL_REMOVE_DEVICE: UCHAR = 0x03;
export const IRP_MN_STOP_DEVICE: UCHAR = 0x04;
export const IRP_MN_QUERY_STOP_DEVICE: UCHAR = 0x05;
export const IRP_MN_CANCEL_STOP_DEVICE: UCHAR = 0x06;
export const IRP_MN_QUERY_DEVICE_RELATIONS: UCHAR = 0x07;
export const IRP_MN_QUERY_INTERFACE: UCHAR = 0x08;
export const IRP_MN_QUERY_CAPABILITIES: UCHAR = 0x09;
export const IRP_MN_QUERY_RESOURCES: UCHAR = 0x0a;
export const IRP_MN_QUERY_RESOURCE_REQUIREMENTS: UCHAR = 0x0b;
export const IRP_MN_QUERY_DEVICE_TEXT: UCHAR = 0x0c;
export const IRP_MN_FILTER_RESOURCE_REQUIREMENTS: UCHAR = 0x0d;
export const IRP_MN_READ_CONFIG: UCHAR = 0x0f;
export const IRP_MN_WRITE_CONFIG: UCHAR = 0x10;
export const IRP_MN_EJECT: UCHAR = 0x11;
export const IRP_MN_SET_LOCK: UCHAR = 0x12;
export const IRP_MN_QUERY_ID: UCHAR = 0x13;
export const IRP_MN_QUERY_PNP_DEVICE_STATE: UCHAR = 0x14;
export const IRP_MN_QUERY_BUS_INFORMATION: UCHAR = 0x15;
export const IRP_MN_DEVICE_USAGE_NOTIFICATION: UCHAR = 0x16;
export const IRP_MN_SURPRISE_REMOVAL: UCHAR = 0x17;
export const IRP_MN_QUERY_LEGACY_BUS_INFORMATION: UCHAR = 0x18;
export const IRP_MN_DEVICE_ENUMERATED: UCHAR = 0x19;
// of IRP_MJ_POWER
export const IRP_MN_WAIT_WAKE: UCHAR = 0x00;
export const IRP_MN_POWER_SEQUENCE: UCHAR = 0x01;
export const IRP_MN_SET_POWER: UCHAR = 0x02;
export const IRP_MN_QUERY_POWER: UCHAR = 0x03;
// of IRP_MJ_SYSTEM_CONTROL
export const IRP_MN_QUERY_ALL_DATA: UCHAR = 0x00;
export const IRP_MN_QUERY_SINGLE_INSTANCE: UCHAR = 0x01;
export const IRP_MN_CHANGE_SINGLE_INSTANCE: UCHAR = 0x02;
export const IRP_MN_CHANGE_SINGLE_ITEM: UCHAR = 0x03;
export const IRP_MN_ENABLE_EVENTS: UCHAR = 0x04;
export const IRP_MN_DISABLE_EVENTS: UCHAR = 0x05;
export const IRP_MN_ENABLE_COLLECTION: UCHAR = 0x06;
export const IRP_MN_DISABLE_COLLECTION: UCHAR = 0x07;
export const IRP_MN_REGINFO: UCHAR = 0x08;
export const IRP_MN_EXECUTE_METHOD: UCHAR = 0x09;
export const IRP_MN_REGINFO_EX: UCHAR = 0x0b;
export const IRP_MN_QUERY_DIRECTORY: UCHAR = 0x01;
export const IRP_MN_NOTIFY_CHANGE_DIRECTORY: UCHAR = 0x02;

// Priority boosts: of no meaning here
export const IO_NO_INCREMENT: CCHAR = 0;
export const IO_CD_ROM_INCREMENT: CCHAR = 1;
export const IO_DISK_INCREMENT: CCHAR = 1;
export const IO_PARALLEL_INCREMENT: CCHAR = 1;
export const IO_KEYBOARD_INCREMENT: CCHAR = 6;
export const IO_MOUSE_INCREMENT: CCHAR = 6;
export const IO_SERIAL_INCREMENT: CCHAR = 2;
export const IO_NETWORK_INCREMENT: CCHAR = 2;
export const IO_SOUND_INCREMENT: CCHAR = 8;
