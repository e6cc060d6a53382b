/** What a driver has to free of an asynchronous request besides the IRP, by the way of I/O of the device that it is for. */
import { describe, expect, it } from 'vitest';
import { filter, run } from '../scenario/kit.ts';

const imports =
  "import { DO_DIRECT_IO, ExFreePool, IoBuildAsynchronousFsdRequest, IoFreeIrp, IoFreeMdl, MmUnlockPages, PVOID } from 'irpsight/wdm';\n";
const scenario = `export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: "inline", Status: [STATUS_SUCCESS] },
  Threads: { Nobody() {} },
};`;

/** The rules that a filter breaks which makes such a write for the device below, with those flags, frees this of it, and then the IRP. */
function broken(flags: string, frees: string): readonly string[] {
  const build = `Device!.DeviceExtension.Lower!.Flags = ${flags};
  const Own = IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, Device!.DeviceExtension.Lower!, Data, sizeof<KEVENT>(), null, null);
  if (Own !== null) { ${frees} IoFreeIrp(Own); }
  return STATUS_SUCCESS;
};
const Unload:`;
  const text = filter()
    .replace(/return STATUS_SUCCESS;\n};\nconst Unload:/, () => build)
    .replace('interface EXTENSION', 'let Data!: KEVENT;\ninterface EXTENSION');
  expect(text).toContain('IoFreeIrp');
  const { rules, verdict } = run(`${imports}${text}`, scenario);
  expect(verdict === 'verified').toBe(rules.length === 0);
  return rules;
}

describe('an asynchronous write', () => {
  it.each([
    ['DO_BUFFERED_IO', 'ExFreePool(Own.AssociatedIrp.SystemBuffer);', []],
    ['DO_BUFFERED_IO', '', ['memory/leak']],
    ['DO_DIRECT_IO', 'MmUnlockPages(Own.MdlAddress!); IoFreeMdl(Own.MdlAddress!);', []],
    ['DO_DIRECT_IO', 'IoFreeMdl(Own.MdlAddress!);', ['memory/leak']],
    ['DO_DIRECT_IO', '', ['memory/leak']],
    ['0', '', []],
  ])('to a device with %s of which is freed "%s" breaks %j', (flags, frees, rules) => {
    expect(broken(flags, frees)).toEqual(rules);
  });
});
