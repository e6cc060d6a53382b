/** Executive resources and run-down protection. */
import { type Behaviour, behaviour } from '../model.ts';
import { two } from './locks.ts';
import { apcsEnabled, notOwned } from './regions.ts';

const inUse = { event: 'lock.in-use' } as const;
const resource = `${two}
let Resource!: ERESOURCE;
let Shared!: LONG;
let Alone!: LONG;
function Share(): void { Shared = Shared + 1; Expect(Alone === 0); Shared = Shared - 1; }
function HaveAlone(): void { Alone = Alone + 1; Expect(Alone === 1); Alone = Alone - 1; }
`;
const run = (main: string, other: string): string => `${resource}
const Other: START = (A, B) => { KeEnterCriticalRegion(); ${other} KeLeaveCriticalRegion(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { ExInitializeResourceLite(Resource); KeEnterCriticalRegion(); Begin(); ${main} End(); }
`;
const alone = 'ExAcquireResourceExclusiveLite(Resource, TRUE); HaveAlone(); ExReleaseResourceLite(Resource);';
const shared = 'ExAcquireResourceSharedLite(Resource, TRUE); Share(); ExReleaseResourceLite(Resource);';
const single = (body: string): string => `
let Resource!: ERESOURCE;
export function HarnessMain(): void { ExInitializeResourceLite(Resource); KeEnterCriticalRegion(); ${body} }
`;

/** The main thread has the resource shared, the second wants it for itself and waits; then the main thread goes on with `body`. */
const behindWaiter = (body: string): string => `${two}
let Resource!: ERESOURCE;
const Other: START = (A, B) => { KeEnterCriticalRegion(); ExAcquireResourceExclusiveLite(Resource, TRUE); ExReleaseResourceLite(Resource); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  ExInitializeResourceLite(Resource); KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(Resource, TRUE);
  Begin();
  while (ExGetExclusiveWaiterCount(Resource) === 0) KeDelayExecutionThread(KernelMode, FALSE, Due);
  ${body}
  End();
}
`;

export const resources: readonly Behaviour[] = [
  behaviour('X103', 'two that want a resource for themselves have it one after the other', run(alone, alone)),
  behaviour('X103', 'one that has it for itself shuts out those that share it', run(alone, shared)),
  behaviour('X103', 'and the other way round', run(shared, `${shared} ${alone}`)),
  behaviour(
    'X103',
    'two may share it at the same time',
    run(
      'ExAcquireResourceSharedLite(Resource, TRUE); Shared = Shared + 1; Expect(Shared === 1); Shared = Shared - 1; ExReleaseResourceLite(Resource);',
      'ExAcquireResourceSharedLite(Resource, TRUE); Shared = Shared + 1; Expect(Shared === 1); Shared = Shared - 1; ExReleaseResourceLite(Resource);',
    ),
    'assert.failed',
  ),
  behaviour(
    'X103',
    'its owner may take it again, also shared, and releases it as often',
    run(
      'ExAcquireResourceExclusiveLite(Resource, TRUE); Expect(ExAcquireResourceExclusiveLite(Resource, FALSE) && ExAcquireResourceSharedLite(Resource, FALSE)); Expect(ExIsResourceAcquiredExclusiveLite(Resource) && ExIsResourceAcquiredSharedLite(Resource) === 3); ExReleaseResourceLite(Resource); ExReleaseResourceLite(Resource); HaveAlone(); ExReleaseResourceLite(Resource); Expect(!ExIsResourceAcquiredExclusiveLite(Resource) && ExIsResourceAcquiredSharedLite(Resource) === 0);',
      alone,
    ),
  ),
  behaviour(
    'X103',
    'who shares it waits for itself when it wants it alone',
    single('ExAcquireResourceSharedLite(Resource, TRUE); ExAcquireResourceExclusiveLite(Resource, TRUE);'),
    'deadlock',
  ),
  ...(
    [
      ['ExAcquireResourceSharedLite(Resource, TRUE);', 'ExAcquireResourceExclusiveLite(Resource, FALSE)'],
      ['ExAcquireResourceSharedLite(Resource, TRUE);', 'ExTryToAcquireResourceExclusiveLite(Resource)'],
    ] as const
  ).map(([before, now]) =>
    behaviour('X103', `${now} gives FALSE at once behind ${before}`, single(`${before} Expect(!${now});`)),
  ),
  ...(
    [
      ['ExAcquireResourceExclusiveLite(Resource, TRUE);', 'ExAcquireResourceSharedLite(Resource, FALSE)'],
      ['ExAcquireResourceExclusiveLite(Resource, TRUE);', 'ExAcquireSharedStarveExclusive(Resource, FALSE)'],
      ['ExAcquireResourceExclusiveLite(Resource, TRUE);', 'ExAcquireResourceExclusiveLite(Resource, FALSE)'],
    ] as const
  ).map(([before, now]) =>
    behaviour(
      'X103',
      `another thread's ${now} gives FALSE at once behind ${before}`,
      run(`${before} End();`, `Expect(!${now});`),
      'assert.failed',
    ),
  ),
  behaviour(
    'X104',
    'behind one that waits to have it alone, nobody new shares it, but for those that starve it and those that share it already',
    `${two}
let Resource!: ERESOURCE;
let Waiting!: KEVENT;
let Third!: KEVENT;
const Writer: START = (A, B) => { KeEnterCriticalRegion(); ExAcquireResourceExclusiveLite(Resource, TRUE); ExReleaseResourceLite(Resource); KeSetEvent(Finished, 0, FALSE); };
const Other: START = (A, B) => {
  KeEnterCriticalRegion();
  Expect(!ExAcquireResourceSharedLite(Resource, FALSE) && !ExAcquireSharedWaitForExclusive(Resource, FALSE) && !ExAcquireResourceExclusiveLite(Resource, FALSE));
  Expect(ExAcquireSharedStarveExclusive(Resource, FALSE));
  ExReleaseResourceLite(Resource);
  KeSetEvent(Third, 0, FALSE);
};
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeEvent(Third, NotificationEvent, FALSE); KeInitializeEvent(Finished, NotificationEvent, FALSE);
  ExInitializeResourceLite(Resource); KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(Resource, TRUE);
  machineSpawn(0, Writer, IopNewThread(), null, null);
  while (ExGetExclusiveWaiterCount(Resource) === 0) KeDelayExecutionThread(KernelMode, FALSE, Due);
  machineSpawn(0, Other, IopNewThread(), null, null);
  KeWaitForSingleObject(Third, Executive, KernelMode, FALSE, null);
  Expect(ExAcquireResourceSharedLite(Resource, FALSE) && !ExAcquireSharedWaitForExclusive(Resource, FALSE));
  ExReleaseResourceLite(Resource); ExReleaseResourceLite(Resource);
  End();
  Expect(ExAcquireSharedWaitForExclusive(Resource, FALSE));
}
`,
  ),
  behaviour('X104', 'the last release hands it to one that waits', behindWaiter('ExReleaseResourceLite(Resource);')),
  behaviour(
    'X104',
    'ExAcquireSharedWaitForExclusive waits behind such a one, also where the thread shares it',
    behindWaiter('ExAcquireSharedWaitForExclusive(Resource, TRUE);'),
    'deadlock',
  ),
  behaviour(
    'X104',
    'converted to shared, it lets in those that wait to share it',
    run(
      'ExAcquireResourceExclusiveLite(Resource, TRUE); HaveAlone(); ExConvertExclusiveToSharedLite(Resource); Expect(!ExIsResourceAcquiredExclusiveLite(Resource)); End(); ExReleaseResourceLite(Resource);',
      shared,
    ),
  ),
  ...(
    [
      ['ExReleaseResourceLite(Resource);', ''],
      ['ExConvertExclusiveToSharedLite(Resource);', ''],
      ['ExConvertExclusiveToSharedLite(Resource);', 'ExAcquireResourceSharedLite(Resource, TRUE);'],
      ['ExReleaseResourceLite(Resource); ExReleaseResourceLite(Resource);', 'ExAcquireResourceSharedLite(Resource, TRUE);'],
    ] as const
  ).map(([now, before]) =>
    behaviour('X105', `only who has it releases or converts it: ${before} ${now}`, single(`${before} ${now}`), 'lock.not-owned', {
      watch: [notOwned],
    }),
  ),
  behaviour(
    'X105',
    "another thread's hold is not released in passing",
    run(
      'ExAcquireResourceExclusiveLite(Resource, TRUE); KeSetEvent(Finished, 0, FALSE);',
      'KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null); ExReleaseResourceLite(Resource);',
    ),
    'lock.not-owned',
    { watch: [notOwned] },
  ),
  behaviour(
    'X105',
    'it is released for the thread that took it by its name',
    `${two}
let Resource!: ERESOURCE;
let Owner!: ERESOURCE_THREAD;
let Taken!: KEVENT;
const Other: START = (A, B) => {
  KeWaitForSingleObject(Taken, Executive, KernelMode, FALSE, null);
  KeEnterCriticalRegion();
  ExReleaseResourceForThreadLite(Resource, Owner);
  Expect(ExAcquireResourceExclusiveLite(Resource, FALSE));
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Taken, NotificationEvent, FALSE); ExInitializeResourceLite(Resource); KeEnterCriticalRegion(); Begin();
  ExAcquireResourceExclusiveLite(Resource, TRUE);
  Owner = ExGetCurrentResourceThread();
  KeSetEvent(Taken, 0, FALSE);
  End();
}
`,
    'verified',
    { watch: [notOwned] },
  ),
  ...['ExDeleteResourceLite(Resource);', 'ExReinitializeResourceLite(Resource);'].flatMap((now) => [
    behaviour(
      'X105',
      `nobody may have it at ${now}`,
      single(`ExAcquireResourceSharedLite(Resource, TRUE); ${now}`),
      'lock.in-use',
      { watch: [inUse] },
    ),
    behaviour('X105', `${now} is right when nobody has it`, single(`${alone.replace('HaveAlone();', '')} ${now}`), 'verified', {
      watch: [inUse],
    }),
  ]),
  behaviour(
    'X106',
    'a resource is not to be taken with normal APCs enabled',
    'let Resource!: ERESOURCE;\nexport function HarnessMain(): void { ExInitializeResourceLite(Resource); ExAcquireResourceSharedLite(Resource, TRUE); }',
    'lock.apcs-enabled',
    { watch: [apcsEnabled] },
  ),
  ...[
    'KeRaiseIrql(APC_LEVEL); ExAcquireResourceSharedLite(Resource, TRUE);',
    'KeEnterGuardedRegion(); ExAcquireResourceSharedLite(Resource, TRUE);',
    'ExEnterCriticalRegionAndAcquireResourceShared(Resource); ExReleaseResourceAndLeaveCriticalRegion(Resource); Expect(!KeAreApcsDisabled());',
    'ExEnterCriticalRegionAndAcquireResourceExclusive(Resource); Expect(ExIsResourceAcquiredExclusiveLite(Resource) && KeAreApcsDisabled());',
    'ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(Resource);',
  ].map((body) =>
    behaviour(
      'X106',
      `nothing is wrong with ${body}`,
      `let Resource!: ERESOURCE;\nexport function HarnessMain(): void { ExInitializeResourceLite(Resource); ${body} }`,
      'verified',
      { watch: [apcsEnabled] },
    ),
  ),
  behaviour(
    'X108',
    'a run-down waits for whoever holds the object, and lets nobody hold it afterwards',
    `${two}
let Rundown!: EX_RUNDOWN_REF;
let Gone!: BOOLEAN;
const Other: START = (A, B) => {
  if (ExAcquireRundownProtection(Rundown)) { Expect(!Gone); ExReleaseRundownProtection(Rundown); }
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void {
  ExInitializeRundownProtection(Rundown); Begin();
  Expect(ExAcquireRundownProtectionEx(Rundown, 2)); ExReleaseRundownProtection(Rundown); ExReleaseRundownProtectionEx(Rundown, 1);
  ExWaitForRundownProtectionRelease(Rundown);
  Gone = TRUE;
  Expect(!ExAcquireRundownProtection(Rundown));
  End();
}
`,
  ),
  behaviour(
    'X108',
    'one that holds it may get in before the run-down',
    `${two}
let Rundown!: EX_RUNDOWN_REF;
const Other: START = (A, B) => { Expect(!ExAcquireRundownProtection(Rundown)); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { ExInitializeRundownProtection(Rundown); Begin(); ExWaitForRundownProtectionRelease(Rundown); End(); }
`,
    'assert.failed',
  ),
  behaviour(
    'X108',
    'after a run-down it can be made anew',
    `
let Rundown!: EX_RUNDOWN_REF;
export function HarnessMain(): void {
  ExInitializeRundownProtection(Rundown);
  ExWaitForRundownProtectionRelease(Rundown); ExRundownCompleted(Rundown);
  ExReInitializeRundownProtection(Rundown); Expect(ExAcquireRundownProtection(Rundown));
}
`,
    'verified',
    { watch: [inUse] },
  ),
  behaviour(
    'X108',
    'but only after one',
    'let Rundown!: EX_RUNDOWN_REF;\nexport function HarnessMain(): void { ExInitializeRundownProtection(Rundown); ExReInitializeRundownProtection(Rundown); }',
    'lock.in-use',
    { watch: [inUse] },
  ),
  behaviour(
    'X108',
    'only what is held is released',
    'let Rundown!: EX_RUNDOWN_REF;\nexport function HarnessMain(): void { ExInitializeRundownProtection(Rundown); ExAcquireRundownProtection(Rundown); ExReleaseRundownProtectionEx(Rundown, 2); }',
    'lock.not-owned',
    { watch: [notOwned] },
  ),
  behaviour(
    'X108',
    'who holds it and waits for the run-down waits for itself',
    'let Rundown!: EX_RUNDOWN_REF;\nexport function HarnessMain(): void { ExInitializeRundownProtection(Rundown); ExAcquireRundownProtection(Rundown); ExWaitForRundownProtectionRelease(Rundown); }',
    'deadlock',
  ),
  behaviour(
    'X108',
    'ExRundownCompleted lets nobody hold it',
    'let Rundown!: EX_RUNDOWN_REF;\nexport function HarnessMain(): void { ExInitializeRundownProtection(Rundown); ExRundownCompleted(Rundown); Expect(!ExAcquireRundownProtection(Rundown)); }',
  ),
];
