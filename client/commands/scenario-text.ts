/** The text of a new scenario. */

/** What user mode can open the device by: a link, or the name of a device. As it stands in a string, with two backslashes each. */
const deviceName = /'(?:\\\\DosDevices|\\\\\?\?|\\\\Device)\\\\([\w.-]+)'/;

/**
 * A scenario in which a read is cancelled, for a driver in `<name>.driver.ts`.
 * @param driver the driver's text, in which the name of its device is looked for; a driver that names none is opened by any name.
 */
export function scenarioText(name: string, driver: string): string {
  const device = linkIn(driver) ?? 'Device';
  return `/** Who does what to the driver; every interleaving of the threads is explored. */
import { CancelIoEx, CreateFile, expect, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { HANDLE, STATUS_PENDING } from 'irpsight/wdm';
import { DriverEntry } from './${name}.driver';

let File: HANDLE | null;
let Read!: OVERLAPPED;

export const ReadCancelled: SCENARIO = {
  Driver: DriverEntry,
  Processors: 2,
  Setup() {
    File = CreateFile('\\\\\\\\.\\\\${device}');
  },
  Threads: {
    Reader() {
      ReadFile(File, 16, Read);
    },
    Canceller() {
      CancelIoEx(File, Read);
    },
  },
  Expect() {
    expect(Read.Internal !== STATUS_PENDING, 'the read is answered in the end');
  },
};
`;
}

function linkIn(driver: string): string | undefined {
  return deviceName.exec(driver)?.[1];
}
