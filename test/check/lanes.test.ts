import { expect, it } from 'vitest';
import { contextOfLane, laneName } from '../../src/check/lanes.ts';

it('gives threads the names of the scenario, and takes them back', () => {
  const scenario = { threads: ['Reader', 'main', 'Canceller'] };
  const machine = [
    'main',
    'ScenarioThread',
    'ScenarioThread#2',
    'ScenarioThread#3',
    'dpc',
    'system CloseFile',
    'kernel',
    'ScenarioThread#4',
  ];
  const lanes = machine.map((context) => laneName(context, scenario));
  expect(lanes).toEqual(['main', 'Reader', 'thread main', 'Canceller', 'dpc', 'system CloseFile', 'kernel', 'ScenarioThread#4']);
  expect(lanes.map((lane) => contextOfLane(lane, scenario))).toEqual(machine);
});
