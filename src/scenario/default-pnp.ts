/** Default scenarios about a device that comes, goes and sleeps. */
import { deviceThread, issue, usualLower } from './default-parts.ts';
import type { Request } from './requests.ts';
import type { ScenarioText, Thread } from './scenario-text.ts';
import type { DriverShape } from './shape.ts';
import { major } from './shape.ts';

/** Of a driver with AddDevice: its device's life by itself, and each request against what ends or interrupts it. */
export function plugAndPlay(shape: DriverShape, requests: readonly Request[]): readonly ScenarioText[] {
  const tour = [
    ...(shape.dispatch.has(major.power) ? ['SendPower(IRP_MN_QUERY_POWER);', 'SendPower(IRP_MN_SET_POWER);'] : []),
    ...(shape.dispatch.has(major.systemControl) ? ['SendSystemControl(IRP_MN_QUERY_ALL_DATA);'] : []),
    'StopDevice();',
    'StartDevice();',
    'RemoveDevice();',
  ];
  const lifeCycle: ScenarioText = {
    name: 'DeviceLifeCycle',
    comment: 'Power, WMI, stop, start and remove, one after the other; the lower driver answers later.',
    lower: '{ Complete: "later", Status: [STATUS_SUCCESS] }',
    setup: [],
    threads: [{ name: 'PnpManager', statements: tour }],
  };
  return [
    lifeCycle,
    ...(shape.devices.length > 0 && shape.interrupts ? deviceAgainstPnp(shape) : []),
    ...(shape.dispatch.has(major.power) && shape.systemPower ? systemPower() : []),
    ...requests.flatMap((request): readonly ScenarioText[] => {
      const lower = usualLower(shape, [request]);
      return [
        {
          name: `${request.name}AgainstSurpriseRemoval`,
          comment: 'The device is pulled out while the request may be pending.',
          lower,
          threads: [issue(request), { name: 'PnpManager', statements: ['SurpriseRemove();'] }],
        },
        {
          name: `${request.name}AgainstRemoval`,
          comment: 'The handle is closed and the device removed.',
          lower,
          threads: [issue(request), { name: 'Remover', statements: ['CloseHandle(File);', 'RemoveDevice();'] }],
        },
        {
          name: `${request.name}AgainstStop`,
          comment: 'The device is stopped and started again.',
          lower,
          threads: [issue(request), { name: 'PnpManager', statements: ['StopDevice();', 'StartDevice();'] }],
        },
        ...(shape.dispatch.has(major.power)
          ? [
              {
                name: `${request.name}AgainstPower`,
                comment: 'A power request goes by.',
                lower,
                threads: [issue(request), { name: 'PowerManager', statements: ['SendPower(IRP_MN_SET_POWER);'] }],
              },
            ]
          : []),
      ];
    }),
  ];
}

/** An interrupt against its being disconnected. */
function deviceAgainstPnp(shape: DriverShape): readonly ScenarioText[] {
  return [
    {
      name: 'DeviceAgainstStop',
      comment: 'The device does something of its own while it is stopped and started again.',
      setup: [],
      threads: [deviceThread(shape), { name: 'PnpManager', statements: ['StopDevice();', 'StartDevice();'] }],
    },
    {
      name: 'DeviceAgainstSurpriseRemoval',
      comment: 'The device does something of its own and is pulled out.',
      setup: [],
      threads: [deviceThread(shape), { name: 'PnpManager', statements: ['SurpriseRemove();'] }],
    },
  ];
}

/** In one, what a request leaves behind for the next; in the other, all that may happen while one is under way. */
function systemPower(): readonly ScenarioText[] {
  const thread = (...statements: readonly string[]): readonly Thread[] => [{ name: 'PowerManager', statements }];
  return [
    {
      name: 'SleepAndWake',
      comment: 'The system asks whether it may sleep, goes to sleep and wakes up; the lower driver answers at once.',
      lower: '{ Complete: "inline", Status: [STATUS_SUCCESS] }',
      setup: [],
      threads: thread(
        'SendSystemPower(IRP_MN_QUERY_POWER, PowerSystemSleeping3);',
        'SendSystemPower(IRP_MN_SET_POWER, PowerSystemSleeping3);',
        'SendSystemPower(IRP_MN_SET_POWER, PowerSystemWorking);',
      ),
    },
    {
      name: 'SystemPower',
      comment: 'The system goes to sleep or wakes up; the lower driver answers at once or later.',
      lower:
        '{ Complete: "inline", Status: [STATUS_SUCCESS], ' +
        'Major: [{ Function: IRP_MJ_POWER, Complete: "either", Status: STATUS_SUCCESS }] }',
      setup: [],
      threads: thread('SendSystemPower(IRP_MN_SET_POWER, choose(PowerSystemSleeping3, PowerSystemWorking));'),
    },
  ];
}
