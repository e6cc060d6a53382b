/** Virtual hardware: the bus, interrupt lines, resources. */
import { type Behaviour, behaviour } from '../model.ts';

const line = (latched: string): string => `
let Line!: HAL_LINE;
let Interrupt!: PKINTERRUPT | null;
let Count!: LONG;
function Drive(Asserted: BOOLEAN): void { machineAtomicBegin(); HalSetLine(Line, Asserted); machineAtomicEnd(); }
function Claim(): void { HalClaimLine(Line, 4, 8 as KIRQL, ${latched}); }
function Connect(): void {
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0x34, 8 as KIRQL, 8 as KIRQL, LevelSensitive, FALSE, 1, FALSE);
}
`;

/** Once, at the line's IRQL; it quiets the device. */
const quieting = `
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  Expect(KeGetCurrentIrql() === 8);
  Drive(FALSE);
  Count = Count + 1;
  return TRUE;
};
`;

const ports = `
let Written!: ULONG;
const Read: HAL_READ = (Register, Bytes) => 0x11223300 + Register;
const Write: HAL_WRITE = (Register, Bytes, Value) => { Written = Register * 0x1000000 + Bytes * 0x10000 + Value; };
`;

export const hardware: readonly Behaviour[] = [
  behaviour(
    'X150',
    'an interrupt comes over code at DISPATCH_LEVEL, on the only processor',
    `${line('FALSE')}${quieting}
export function HarnessMain(): void {
  Claim(); Connect();
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Drive(TRUE);
  while (Count === 0) {}
  Expect(KeGetCurrentIrql() === DISPATCH_LEVEL);
  KeLowerIrql(Irql);
  Expect(Count === 1);
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X150',
    'an interrupt does not come over code at its own level',
    `${line('FALSE')}${quieting}
export function HarnessMain(): void {
  Claim(); Connect();
  const Irql = KeRaiseIrql(8 as KIRQL);
  Drive(TRUE);
  Expect(Count === 0); Expect(Count === 0);
  KeLowerIrql(Irql);
  while (Count === 0) {}
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X150',
    'a service routine that spins for what it has interrupted waits for ever',
    `${line('FALSE')}
let Lock!: KSPIN_LOCK;
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  KeAcquireSpinLockAtDpcLevel(Lock);
  Drive(FALSE);
  KiRelease(Lock);
  return TRUE;
};
export function HarnessMain(): void {
  KeInitializeSpinLock(Lock);
  Claim(); Connect(); Drive(TRUE);
  const Irql = KeAcquireSpinLock(Lock);
  KeReleaseSpinLock(Lock, Irql);
}
`,
    'deadlock',
  ),
  behaviour(
    'X151',
    'a level-sensitive line interrupts until it is let go, also when it was asserted before',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  Count = Count + 1;
  if (Count === 2) Drive(FALSE);
  return TRUE;
};
export function HarnessMain(): void {
  Claim(); Drive(TRUE); Connect();
  while (Count < 2) {}
  IoDisconnectInterrupt(Interrupt!);
  Expect(Count === 2);
}
`,
  ),
  behaviour(
    'X151',
    'a latched line interrupts once for each time it is asserted, and remembers it',
    `${line('TRUE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Count = Count + 1; return TRUE; };
export function HarnessMain(): void {
  Claim(); Drive(TRUE); Connect();
  while (Count < 1) {}
  Expect(Count === 1); Expect(Count === 1);
  Drive(FALSE); Drive(TRUE);
  while (Count < 2) {}
  IoDisconnectInterrupt(Interrupt!);
  Expect(Count === 2);
}
`,
  ),
  behaviour(
    'X151',
    'a line without a service routine interrupts nobody, nor does one that is let go in time',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Count = Count + 1; return TRUE; };
export function HarnessMain(): void {
  Claim(); Drive(TRUE); Drive(FALSE); Connect();
  IoDisconnectInterrupt(Interrupt!);
  Drive(TRUE);
  Expect(Count === 0);
}
`,
  ),
  behaviour(
    'F164',
    'a service routine that disowns an interrupt which its device keeps asserting is told of',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => FALSE;
export function HarnessMain(): void { Claim(); Connect(); Drive(TRUE); }
`,
    'interrupt.unquieted',
    { watch: [{ event: 'interrupt.unquieted', when: { left: 'claimed', is: '==', right: 0 } }] },
  ),
  behaviour(
    'F164',
    'a service routine that claims it and never quiets its device is told of',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => TRUE;
export function HarnessMain(): void { Claim(); Connect(); Drive(TRUE); }
`,
    'interrupt.unquieted',
    { watch: [{ event: 'interrupt.unquieted', when: { left: 'claimed', is: '==', right: 1 } }] },
  ),
  behaviour(
    'F164',
    'a service routine may disown what its device has asserted only since it looked',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  Count = Count + 1;
  if (Count === 1) { Drive(FALSE); Drive(TRUE); return FALSE; }
  Drive(FALSE);
  return TRUE;
};
export function HarnessMain(): void { Claim(); Connect(); Drive(TRUE); while (Count < 2) {} }
`,
    'verified',
    { watch: [{ event: 'interrupt.unquieted' }] },
  ),
  behaviour(
    'F164',
    'a service routine that claims the interrupt of another device is told of',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => TRUE;
export function HarnessMain(): void { Claim(); Connect(); KiForeignInterrupt(); }
`,
    'interrupt.unquieted',
    { watch: [{ event: 'interrupt.unquieted', when: { left: 'claimed', is: '==', right: 2 } }] },
  ),
  behaviour(
    'F164',
    'a service routine may claim it when its own device has interrupted meanwhile, or when it does not claim it',
    `${line('FALSE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => {
  Count = Count + 1;
  if (Count > 1) return FALSE;
  Drive(TRUE);
  Drive(FALSE);
  return TRUE;
};
export function HarnessMain(): void { Claim(); Connect(); KiForeignInterrupt(); KiForeignInterrupt(); Expect(Count > 1); }
`,
    'verified',
    { watch: [{ event: 'interrupt.unquieted', when: { left: 'claimed', is: '==', right: 2 } }] },
  ),
  behaviour(
    'X152',
    'ports are answered by the device that claimed them, in the width that is asked for',
    `${ports}
export function HarnessMain(): void {
  HalClaimPorts(0x300, 8, Read, Write);
  const Port: ULONG_PTR = 0x302;
  Expect(READ_PORT_UCHAR(Port as never) === 0x02 && READ_PORT_USHORT(Port as never) === 0x3302 && READ_PORT_ULONG(Port as never) === 0x11223302);
  WRITE_PORT_UCHAR(Port as never, 7); Expect(Written === 0x02010007);
  WRITE_PORT_ULONG(Port as never, 7); Expect(Written === 0x02040007);
  HalPullOut();
  Expect(READ_PORT_UCHAR(Port as never) === 0xff && READ_PORT_ULONG(Port as never) === 0xffffffff);
  WRITE_PORT_UCHAR(Port as never, 8); Expect(Written === 0x02040007);
}
`,
  ),
  behaviour(
    'X152',
    'what no device has claimed is open',
    `${ports}
export function HarnessMain(): void {
  HalClaimPorts(0x300, 8, Read, Write);
  const Port: ULONG_PTR = 0x308;
  const Value = READ_PORT_UCHAR(Port as never);
  Expect(Value === 0 || Value === 0xff);
}
`,
    'bounded: A register was read where no virtual device is plugged in.',
  ),
  behaviour(
    'X153',
    'a mapped register is the byte of the device that a C compiler would take',
    `${ports}
interface REGISTERS { First: UCHAR; Second: USHORT; Third: ULONG; Rest: ARRAY<USHORT, 4> }
export function HarnessMain(): void {
  let Where!: PHYSICAL_ADDRESS;
  HalClaimMemory(0xfe000000, 0x20, Read, Write);
  Where.QuadPart = 0xfe000004;
  const Registers = MmMapIoSpace(Where, sizeof<REGISTERS>(), MmNonCached)!;
  Expect(READ_REGISTER_UCHAR(Ref(Registers.First)) === 0x04);
  Expect(READ_REGISTER_USHORT(Ref(Registers.Second)) === 0x3306);
  Expect(READ_REGISTER_ULONG(Ref(Registers.Third)) === 0x11223308);
  Expect(READ_REGISTER_USHORT(Ref(Registers.Rest[2])) === 0x3310);
  WRITE_REGISTER_ULONG(Ref(Registers.Third), 5); Expect(Written === 0x08040005);
  MmUnmapIoSpace(Registers, sizeof<REGISTERS>());
}
`,
  ),
  behaviour(
    'X153',
    'a register is not used when its mapping is gone',
    `${ports}
export function HarnessMain(): void {
  let Where!: PHYSICAL_ADDRESS;
  HalClaimMemory(0xfe000000, 0x20, Read, Write);
  Where.QuadPart = 0xfe000000;
  const Register = MmMapIoSpaceEx(Where, sizeof<ULONG>(), PAGE_READWRITE | PAGE_NOCACHE);
  MmUnmapIoSpace(Register as PVOID, sizeof<ULONG>());
  const Again = MmMapIoSpaceEx(Where, sizeof<ULONG>(), PAGE_READWRITE | PAGE_NOCACHE);
  READ_REGISTER_ULONG(Again as never);
  READ_REGISTER_ULONG(Register as never);
}
`,
    'fault.freed',
  ),
  behaviour(
    'X154',
    'resources say where the device answers and how it interrupts, as the bus and as the system number it',
    `${ports}${line('TRUE')}
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => TRUE;
export function HarnessMain(): void {
  Expect(IopResources(0) === null);
  HalClaimPorts(0x300, 8, Read, Write);
  HalClaimMemory(0xfe000000, 0x20, Read, Write);
  Claim();
  const Raw = IopResources(0)!;
  const Partial = Raw.List[0].PartialResourceList;
  Expect(Raw.Count === 1 && Partial.Count === 3);
  Expect(Partial.PartialDescriptors[0].Type === CmResourceTypePort && Partial.PartialDescriptors[0].u.Port.Start.QuadPart === 0x300);
  Expect(Partial.PartialDescriptors[0].u.Port.Length === 8 && Partial.PartialDescriptors[0].Flags === CM_RESOURCE_PORT_IO);
  Expect(Partial.PartialDescriptors[1].Type === CmResourceTypeMemory && Partial.PartialDescriptors[1].u.Memory.Start.LowPart === 0xfe000000);
  Expect(Partial.PartialDescriptors[2].Type === CmResourceTypeInterrupt && Partial.PartialDescriptors[2].Flags === CM_RESOURCE_INTERRUPT_LATCHED);
  Expect(Partial.PartialDescriptors[2].u.Interrupt.Level === 4 && Partial.PartialDescriptors[2].u.Interrupt.Vector === 4);
  const Translated = IopResources(1)!.List[0].PartialResourceList;
  Expect(Translated.PartialDescriptors[2].u.Interrupt.Level === 8 && Translated.PartialDescriptors[2].u.Interrupt.Vector === 0x34);
}
`,
  ),
  behaviour(
    'X155',
    'IoConnectInterruptEx connects by line, or by what the resources say; IoDisconnectInterruptEx undoes it',
    `${line('FALSE')}${quieting}
let Parameters!: IO_CONNECT_INTERRUPT_PARAMETERS;
let Disconnect!: IO_DISCONNECT_INTERRUPT_PARAMETERS;
export function HarnessMain(): void {
  Claim();
  Parameters.Version = CONNECT_LINE_BASED;
  Parameters.LineBased.InterruptObject = Ref(Interrupt);
  Parameters.LineBased.ServiceRoutine = Isr as never;
  Expect(IoConnectInterruptEx(Parameters) === STATUS_SUCCESS);
  Drive(TRUE);
  while (Count < 1) {}
  Disconnect.Version = CONNECT_LINE_BASED;
  Disconnect.ConnectionContext.InterruptObject = Interrupt;
  IoDisconnectInterruptEx(Disconnect);
  Parameters.Version = CONNECT_FULLY_SPECIFIED;
  Parameters.FullySpecified.Vector = 0x34;
  Parameters.FullySpecified.Irql = 8 as KIRQL;
  Parameters.FullySpecified.SynchronizeIrql = 8 as KIRQL;
  Expect(IoConnectInterruptEx(Parameters) === STATUS_SUCCESS);
  Expect(IoConnectInterruptEx(Parameters) === STATUS_INVALID_PARAMETER);
  Drive(TRUE);
  while (Count < 2) {}
  Disconnect.ConnectionContext.InterruptObject = Interrupt;
  IoDisconnectInterruptEx(Disconnect);
  Parameters.Version = 9;
  Expect(IoConnectInterruptEx(Parameters) === STATUS_INVALID_PARAMETER);
}
`,
  ),
];
