/** Critical and guarded regions, the mutexes that are built on them, and what a thread still has when a driver routine returns. */
import { type Behaviour, behaviour, type Watch } from '../model.ts';
import { two } from './locks.ts';

export const notOwned: Watch = { event: 'lock.not-owned' };
export const apcsEnabled: Watch = { event: 'lock.apcs-enabled' };
const kept: Watch = { event: 'lock.kept' };

const apcs = (disabled: string, all: string): string =>
  `Expect(KeAreApcsDisabled() === ${disabled} && KeAreAllApcsDisabled() === ${all} && KiApcsBlocked(KiCurrentThread()) === ${all});`;

/** A device whose read routine does something and returns a status. */
const device = (read: string, main: string, status = 'STATUS_SUCCESS'): string => `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Fast!: FAST_MUTEX;
let Guarded!: KGUARDED_MUTEX;
let Mutex!: KMUTEX;
let Resource!: ERESOURCE;
let Owner!: ERESOURCE_THREAD;
const Read: DRIVER_DISPATCH = (DeviceObject, Irp) => { ${read} return ${status}; };
export function HarnessMain(): void {
  ExInitializeFastMutex(Fast); KeInitializeGuardedMutex(Guarded); KeInitializeMutex(Mutex, 0); ExInitializeResourceLite(Resource);
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_READ] = Read;
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  ${main}
  IoCallDriver(Device!, Irp);
}
`;

export const regions: readonly Behaviour[] = [
  behaviour(
    'X100',
    'a critical region keeps normal APCs away, a guarded one all of them; both nest',
    `
export function HarnessMain(): void {
  ${apcs('FALSE', 'FALSE')}
  KeEnterCriticalRegion(); KeEnterCriticalRegion(); ${apcs('TRUE', 'FALSE')}
  KeLeaveCriticalRegion(); ${apcs('TRUE', 'FALSE')}
  KeLeaveCriticalRegion(); ${apcs('FALSE', 'FALSE')}
  KeEnterGuardedRegion(); KeEnterGuardedRegion(); ${apcs('TRUE', 'TRUE')}
  KeLeaveGuardedRegion(); ${apcs('TRUE', 'TRUE')}
  KeLeaveGuardedRegion(); ${apcs('FALSE', 'FALSE')}
}
`,
  ),
  behaviour(
    'X100',
    'at APC_LEVEL and with a fast mutex no APC comes, with a mutex no normal one; a guarded mutex is a guarded region',
    `
let Fast!: FAST_MUTEX;
let Guarded!: KGUARDED_MUTEX;
let Mutex!: KMUTEX;
export function HarnessMain(): void {
  ExInitializeFastMutex(Fast); KeInitializeGuardedMutex(Guarded); KeInitializeMutex(Mutex, 0);
  const Irql = KeRaiseIrql(APC_LEVEL); ${apcs('TRUE', 'TRUE')}
  ExAcquireFastMutex(Fast); ${apcs('TRUE', 'TRUE')} ExReleaseFastMutex(Fast); ${apcs('TRUE', 'TRUE')}
  KeLowerIrql(Irql); ${apcs('FALSE', 'FALSE')}
  ExAcquireFastMutex(Fast); ${apcs('TRUE', 'TRUE')} ExReleaseFastMutex(Fast); ${apcs('FALSE', 'FALSE')}
  Expect(ExTryToAcquireFastMutex(Fast)); ${apcs('TRUE', 'TRUE')} ExReleaseFastMutex(Fast); ${apcs('FALSE', 'FALSE')}
  KeAcquireGuardedMutex(Guarded); ${apcs('TRUE', 'TRUE')} KeReleaseGuardedMutex(Guarded); ${apcs('FALSE', 'FALSE')}
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null); ${apcs('TRUE', 'FALSE')} KeReleaseMutex(Mutex, FALSE); ${apcs('FALSE', 'FALSE')}
}
`,
  ),
  ...['KeLeaveCriticalRegion();', 'KeLeaveGuardedRegion();', 'KeEnterCriticalRegion(); KeLeaveGuardedRegion();'].map((body) =>
    behaviour(
      'X100',
      `a region is left only by who is in it: ${body}`,
      `export function HarnessMain(): void { ${body} }`,
      'lock.not-owned',
      { watch: [notOwned] },
    ),
  ),
  behaviour(
    'X113',
    'KeTryToAcquireGuardedMutex gives FALSE at once while another thread has it, and leaves no region behind',
    `${two}
let Mutex!: KGUARDED_MUTEX;
let Inside!: LONG;
const Other: START = (A, B) => {
  if (KeTryToAcquireGuardedMutex(Mutex)) { ${apcs('TRUE', 'TRUE')} Inside = Inside + 1; Expect(Inside === 1); Inside = Inside - 1; KeReleaseGuardedMutex(Mutex); }
  ${apcs('FALSE', 'FALSE')}
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void {
  KeInitializeGuardedMutex(Mutex); Begin();
  KeAcquireGuardedMutex(Mutex); Inside = Inside + 1; Expect(Inside === 1); Inside = Inside - 1; KeReleaseGuardedMutex(Mutex);
  End();
}
`,
  ),
  ...(
    [
      ['KeTryToAcquireGuardedMutex(Mutex)', 'KGUARDED_MUTEX', 'KeInitializeGuardedMutex(Mutex);'],
      ['!KeTryToAcquireGuardedMutex(Mutex)', 'KGUARDED_MUTEX', 'KeInitializeGuardedMutex(Mutex); KeAcquireGuardedMutex(Mutex);'],
    ] as const
  ).map(([holds, type, before]) =>
    behaviour(
      'X113',
      `a guarded mutex can be tried: ${holds}`,
      `let Mutex!: ${type};\nexport function HarnessMain(): void { ${before} Expect(${holds}); }`,
    ),
  ),
  ...(
    [
      ['FAST_MUTEX', 'ExInitializeFastMutex', 'ExAcquireFastMutexUnsafe', 'ExReleaseFastMutexUnsafe', 'Critical'],
      ['KGUARDED_MUTEX', 'KeInitializeGuardedMutex', 'KeAcquireGuardedMutexUnsafe', 'KeReleaseGuardedMutexUnsafe', 'Guarded'],
    ] as const
  ).flatMap(([type, initialise, acquire, release, region]) => [
    behaviour(
      'X106 X113',
      `${acquire} shuts others out in a region of its caller's, and leaves the IRQL alone`,
      `${two}
let Mutex!: ${type};
let Count!: LONG;
function Add(): void { KeEnter${region}Region(); ${acquire}(Mutex); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); Count = Count + 1; ${release}(Mutex); KeLeave${region}Region(); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { ${initialise}(Mutex); Begin(); Add(); End(); Expect(Count === 2); }
`,
      'verified',
      { watch: [apcsEnabled, notOwned] },
    ),
    behaviour(
      'X106',
      `${acquire} with APCs enabled is an error`,
      `let Mutex!: ${type};\nexport function HarnessMain(): void { ${initialise}(Mutex); ${acquire}(Mutex); }`,
      'lock.apcs-enabled',
      { watch: [apcsEnabled] },
    ),
    behaviour(
      'X106',
      `${acquire} at APC_LEVEL is not`,
      `let Mutex!: ${type};\nexport function HarnessMain(): void { ${initialise}(Mutex); KeRaiseIrql(APC_LEVEL); ${acquire}(Mutex); }`,
      'verified',
      { watch: [apcsEnabled] },
    ),
    behaviour(
      'X113',
      `${release} by who does not have it is an error`,
      `let Mutex!: ${type};\nexport function HarnessMain(): void { ${initialise}(Mutex); KeRaiseIrql(APC_LEVEL); ${release}(Mutex); }`,
      'lock.not-owned',
      { watch: [notOwned] },
    ),
  ]),
  ...(
    [
      ['ExAcquireFastMutex(Fast);', 'ExReleaseFastMutex(Fast);'],
      ['KeAcquireGuardedMutex(Guarded);', 'KeReleaseGuardedMutex(Guarded);'],
      ['KeEnterCriticalRegion(); ExAcquireFastMutexUnsafe(Fast); KeLeaveCriticalRegion();', 'ExReleaseFastMutexUnsafe(Fast);'],
      [
        'KeEnterGuardedRegion(); KeAcquireGuardedMutexUnsafe(Guarded); KeLeaveGuardedRegion();',
        'KeReleaseGuardedMutexUnsafe(Guarded);',
      ],
      ['KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);', 'KeReleaseMutex(Mutex, FALSE);'],
      ['KeEnterCriticalRegion();', 'KeLeaveCriticalRegion();'],
      ['KeEnterGuardedRegion();', 'KeLeaveGuardedRegion();'],
      [
        'KeEnterCriticalRegion(); ExAcquireResourceSharedLite(Resource, TRUE); KeLeaveCriticalRegion();',
        'ExReleaseResourceLite(Resource);',
      ],
    ] as const
  ).flatMap(([take, give]) => [
    behaviour('X107', `a routine is not to return behind ${take}`, device(take, ''), 'lock.kept', { watch: [kept] }),
    behaviour('X107', `nothing is wrong with ${take} ${give}`, device(`${take} ${give}`, ''), 'verified', { watch: [kept] }),
    behaviour('X107', `what its caller has, a routine may return with: ${take}`, device('', take), 'verified', { watch: [kept] }),
  ]),
  behaviour(
    'X107',
    'a routine that has pended its request may return with a resource, which is then released for its thread',
    device(
      'Owner = ExGetCurrentResourceThread(); ExEnterCriticalRegionAndAcquireResourceExclusive(Resource); KeLeaveCriticalRegion();',
      '',
      'STATUS_PENDING',
    ).replace(
      '  IoCallDriver(Device!, Irp);',
      '  IoCallDriver(Device!, Irp); ExReleaseResourceForThreadLite(Resource, Owner); ExDeleteResourceLite(Resource); Expect(KiHeldByThread() === 0);',
    ),
    'verified',
    { watch: [kept, notOwned, { event: 'lock.in-use' }] },
  ),
  behaviour('X107', 'but not with a mutex', device('ExAcquireFastMutex(Fast);', '', 'STATUS_PENDING'), 'lock.kept', {
    watch: [kept],
  }),
  ...(
    [
      ['', 'lock.kept'],
      ['PsTerminateSystemThread(STATUS_SUCCESS);', 'lock.in-use'],
    ] as const
  ).map(([end, event]) =>
    behaviour(
      'X107',
      `a system thread is not to end with a mutex: ${end}`,
      `
let Handle!: HANDLE | null;
let Mutex!: FAST_MUTEX;
const Start: KSTART_ROUTINE<PVOID> = (Context) => { ExAcquireFastMutex(Mutex); ${end} };
export function HarnessMain(): void {
  ExInitializeFastMutex(Mutex);
  PsCreateSystemThread(Ref(Handle), THREAD_ALL_ACCESS, null, null, null, Start, null);
}
`,
      event,
      { watch: [kept, { event: 'lock.in-use' }] },
    ),
  ),
];
