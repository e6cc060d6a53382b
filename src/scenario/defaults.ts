/**
 * The scenarios of a driver that has none: a family of small ones, each about one question, as the source of a scenario file. They follow
 * from the driver's shape, and leave out what makes no sense for it.
 */
import { deviceThread, hasLower, issue, majorName, majorNames, majorsBelow, usualLower } from './default-parts.ts';
import { plugAndPlay } from './default-pnp.ts';
import { type Request, requestsOf } from './requests.ts';
import { fileText, overlapped, type ScenarioText } from './scenario-text.ts';
import type { DriverShape } from './shape.ts';
import { major } from './shape.ts';

/**
 * The text of a scenario file that stands beside the driver's. `driverPath` is the file with DriverEntry, of which only the last part is
 * used. Empty when there is no DriverEntry.
 */
export function defaultScenarios(shape: DriverShape, driverPath: string): string {
  if (shape.entry === undefined) return '';
  const requests = requestsOf(shape);
  const scenarios = [
    openAndClose(shape),
    ...(hasLower(shape) && shape.passesDown.has(major.create) ? [openFailsBelow()] : []),
    ...(requests.some((request) => request.refused !== undefined) ? [refusedRequests(requests)] : []),
    ...(requests.some((request) => request.short.length > 0) ? [shortBuffers(shape, requests)] : []),
    ...requests.map((request) => cancelled(shape, request)),
    ...requests.flatMap((first, index) => requests.slice(index).map((second) => pair(shape, first, second))),
    ...(shape.interrupts ? requests.map((request) => interrupted(shape, request)) : []),
    ...requests.filter((request) => shape.pends.has(request.major)).flatMap((request) => closing(shape, request)),
    ...(shape.startIo ? requests.map((request) => waitedFor(shape, request)) : []),
    ...(requests.length > 1 ? [inTurn(shape, requests)] : []),
    ...otherRequests(shape, requests),
    ...(shape.addDevice ? plugAndPlay(shape, requests) : []),
    ...(hasLower(shape) ? lowerDriver(shape, requests) : []),
    ...(shape.allocatesPool ? [lowMemory(requests)] : []),
  ];
  return fileText(shape, driverPath, requests, scenarios);
}

function openAndClose(shape: DriverShape): ScenarioText {
  const below = hasLower(shape);
  return {
    name: 'OpenAndClose',
    comment: `Load, open, close, unload${below ? '; the lower driver answers at once or later' : ''}.`,
    ...(below ? { lower: '{ Complete: "either", Status: [STATUS_SUCCESS] }' } : {}),
    setup: [],
    threads: [{ name: 'Opener', statements: ['File = CreateFile(DeviceName);', 'CloseHandle(File);'] }],
  };
}

function openFailsBelow(): ScenarioText {
  return {
    name: 'OpenFailsBelow',
    comment: 'The lower driver refuses to be opened, at once or later.',
    lower:
      '{ Complete: "inline", Status: [STATUS_SUCCESS], ' +
      'Major: [{ Function: IRP_MJ_CREATE, Complete: "either", Status: STATUS_UNSUCCESSFUL }] }',
    setup: [],
    threads: [{ name: 'Opener', statements: ['File = CreateFile(DeviceName);'] }],
  };
}

/** Requests that need no parameters: what a routine of its own serves, and no other scenario sends. */
const others: readonly { readonly major: number; readonly call: string }[] = [
  { major: major.deviceControl, call: 'DeviceIoControl(File, 0x7fff0000, null, 0, null);' },
  { major: major.internalDeviceControl, call: 'InternalDeviceIoControl(File, 0x7fff0000, null, 0, null);' },
  { major: major.flush, call: 'FlushFileBuffers(File);' },
  { major: major.shutdown, call: 'SendShutdown(File);' },
];

function otherRequests(shape: DriverShape, requests: readonly Request[]): readonly ScenarioText[] {
  if (!shape.dispatch.has(major.create)) return [];
  const sent = [
    ...[major.create, major.cleanup, major.close],
    ...requests.map((request) => request.major),
    ...(shape.addDevice ? [major.pnp, major.power, major.systemControl] : []),
  ];
  const routines = new Set(sent.map((index) => shape.dispatch.get(index)));
  const unsent = others.filter(({ major: index }) => shape.dispatch.has(index) && !routines.has(shape.dispatch.get(index)));
  if (unsent.length === 0) return [];
  const below = unsent.flatMap(({ major: index }) =>
    majorNames.has(index) ? [`{ Function: ${majorName(index)}, Complete: "either", Status: STATUS_SUCCESS }`] : [],
  );
  return [
    {
      name: 'OtherRequests',
      comment: 'What the driver serves besides, one after the other; a control code is none that it knows.',
      ...(hasLower(shape)
        ? { lower: `{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE, Major: [${below.join(', ')}] }` }
        : {}),
      threads: [{ name: 'Caller', statements: unsent.map(({ call }) => call) }],
    },
  ];
}

function refusedRequests(requests: readonly Request[]): ScenarioText {
  const statements = requests.flatMap((request) => (request.refused === undefined ? [] : [`${request.refused};`]));
  const controls = requests.some((request) => request.major === major.deviceControl);
  return {
    name: 'RefusedRequests',
    comment: 'Requests with lengths, or a control code, that the driver has to refuse.',
    threads: [
      {
        name: 'Caller',
        statements: overlappedInstead(statements.concat(controls ? ['DeviceIoControl(File, 0x7fff0000, null, 0, null);'] : [])),
      },
    ],
  };
}

/** What a test of the length that is missing, or is for another length, lets come past. The lower driver answers at once. */
function shortBuffers(shape: DriverShape, requests: readonly Request[]): ScenarioText {
  return {
    name: 'ShortBuffers',
    comment: 'Requests with a buffer of one byte where the driver takes a longer one.',
    ...(hasLower(shape) ? { lower: '{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE }' } : {}),
    threads: [
      { name: 'Caller', statements: overlappedInstead(requests.flatMap(({ short }) => short.map((call) => `${call};`))) },
    ],
  };
}

/** Nobody waits: what the driver keeps after all is cancelled when the thread ends. */
function overlappedInstead(statements: readonly string[]): readonly string[] {
  return statements.map((statement, index) => statement.replace(/null\);$/, `Refused${index + 1});`));
}

function cancelled(shape: DriverShape, request: Request): ScenarioText {
  return {
    name: `${request.name}Cancelled`,
    comment: `${request.name}, and a cancel at any moment.`,
    lower: usualLower(shape, [request]),
    threads: [issue(request), { name: 'Canceller', statements: [`CancelIoEx(File, ${overlapped(request)});`] }],
  };
}

function pair(shape: DriverShape, first: Request, second: Request): ScenarioText {
  const same = first === second;
  return {
    name: same ? `Two${first.name}s` : `${first.name}And${second.name}`,
    comment: 'Two requests side by side. Each thread cancels what it has outstanding when it exits.',
    lower: usualLower(shape, [first, second]),
    threads: [issue(first), issue(second, same)],
  };
}

/** Whatever comes too early for it, one interrupt always follows the request: a device answers what it was told to do. */
function interrupted(shape: DriverShape, request: Request): ScenarioText {
  const { name, statements } = issue(request);
  if (shape.devices.length > 0) {
    return {
      name: `${request.name}AgainstInterrupt`,
      comment: 'The device does something of its own, which may interrupt, at any moment.',
      lower: usualLower(shape, [request]),
      threads: [{ name, statements }, deviceThread(shape)],
    };
  }
  return {
    name: `${request.name}AgainstInterrupt`,
    comment: 'The device interrupts at any moment, and once the request was made.',
    lower: usualLower(shape, [request]),
    threads: [
      { name, statements: [...statements, 'Interrupt();'] },
      { name: 'Device', statements: ['Interrupt();'] },
    ],
  };
}

/**
 * What needs more than two requests to be reached: one that makes the next pend, and one that answers it. What a lower driver does beside them
 * is for the scenarios of one and two requests; here it answers at once, and each request comes once.
 */
function inTurn(shape: DriverShape, requests: readonly Request[]): ScenarioText {
  const below = hasLower(shape);
  const rounds = [
    ...requests.map((request) => issue(request)),
    ...(below ? [] : requests.map((request) => issue(request, true))),
  ];
  return {
    name: 'RequestsInTurn',
    comment: `Every request one after the other${below ? '' : ', twice'}, and the handle is closed.`,
    ...(below ? { lower: '{ Complete: "inline", Status: [STATUS_SUCCESS] }' } : {}),
    threads: [{ name: 'Caller', statements: [...rounds.flatMap((thread) => thread.statements), 'CloseHandle(File);'] }],
  };
}

/** A packet that is cancelled because its thread ends does not show that nobody would have asked for it: here the thread waits for each. */
function waitedFor(shape: DriverShape, request: Request): ScenarioText {
  const lower = usualLower(shape, [request]);
  return {
    name: `${request.name}After${request.name}`,
    comment: `Two of ${request.name}, each waited for.`,
    ...(lower === undefined ? {} : { lower }),
    threads: [{ name: 'Caller', statements: [1, 2].map(() => `${request.call('null')};`) }],
  };
}

function closing(shape: DriverShape, request: Request): readonly ScenarioText[] {
  const lower = usualLower(shape, [request]);
  const own: ScenarioText = {
    name: `${request.name}AgainstCleanup`,
    comment: 'The handle is closed while the request may be pending.',
    lower,
    threads: [issue(request), { name: 'Closer', statements: ['CloseHandle(File);'] }],
  };
  if (!shape.dispatch.has(major.cleanup)) return [own];
  const another = issue(request, true).statements;
  return [
    own,
    {
      name: `${request.name}QueueAgainstCleanup`,
      comment: 'Two requests may be queued when the handle is closed.',
      lower: usualLower(shape, [request], 'later'),
      threads: [{ name: issue(request).name, statements: [...issue(request).statements, ...another, 'CloseHandle(File);'] }],
    },
    {
      name: `${request.name}AgainstOtherCleanup`,
      comment: 'Another handle is closed: cleanup is about requests of that file only.',
      lower,
      setup: ['File = CreateFile(DeviceName);', 'Other = CreateFile(DeviceName);'],
      threads: [issue(request), { name: 'Closer', statements: ['CloseHandle(Other);'] }],
    },
  ];
}

function lowerDriver(shape: DriverShape, requests: readonly Request[]): readonly ScenarioText[] {
  const exceptions = (request: Request, outcome: string): string =>
    majorsBelow(shape, [request])
      .map((index) => `{ Function: ${majorName(index)}, ${outcome} }`)
      .join(', ');
  return requests.flatMap((request) => [
    {
      name: `${request.name}FailsBelow`,
      comment: 'The lower driver fails the request, at once or later.',
      lower:
        '{ Complete: "inline", Status: [STATUS_UNSUCCESSFUL], ' +
        `Major: [${exceptions(request, 'Complete: "either", Status: STATUS_UNSUCCESSFUL')}] }`,
      threads: [issue(request)],
    },
    {
      name: `${request.name}StuckBelow`,
      comment: 'The lower driver holds the request until it is cancelled.',
      lower:
        '{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE, ' +
        `Major: [${exceptions(request, 'Complete: "never", Status: STATUS_SUCCESS')}] }`,
      threads: [issue(request), { name: 'Canceller', statements: [`CancelIoEx(File, ${overlapped(request)});`] }],
    },
  ]);
}

function lowMemory(requests: readonly Request[]): ScenarioText {
  const statements = requests.map((request) => `${request.call(overlapped(request))};`);
  return {
    name: 'LowMemory',
    comment: 'Every allocation may fail, those of DriverEntry and AddDevice too.',
    lowMemory: true,
    setup: [],
    threads: [{ name: 'Caller', statements: ['File = CreateFile(DeviceName);', ...statements] }],
  };
}
