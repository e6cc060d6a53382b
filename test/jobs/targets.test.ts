/** From a file that is named to the driver's project. */
import { describe, expect, it } from 'vitest';
import { projectEdges } from '../../src/jobs/files.ts';
import { driverOfScenario, openTarget } from '../../src/jobs/targets.ts';

describe('the driver that a scenario file is about', () => {
  const part = 'export const Shared = 1;\n';
  const driver = 'export const DriverEntry = 1;\n';
  const files = (scenario: string) =>
    projectEdges(
      new Map([
        ['/w/part.driver.ts', part],
        ['/w/other.driver.ts', part],
        ['/w/a.driver.ts', driver],
        ['/w/b.driver.ts', driver],
        ['/w/a.scenario.ts', scenario],
      ]),
    );
  const importing = (...names: readonly string[]): string => names.map((name) => `import { X } from './${name}';\n`).join('');

  it.each([
    [['part.driver', 'a.driver'], 'a'],
    [['a.driver', 'b.driver'], 'a'],
    [['part.driver', 'other.driver'], 'part'],
    [['gone.driver', 'part.driver'], 'gone'],
  ])('is of %j the first that is no part, or else the first', (names, wanted) => {
    expect(driverOfScenario('/w/a.scenario.ts', files(importing(...names)))).toBe(`/w/${wanted}.driver.ts`);
  });

  it('is none where it imports none', () => {
    expect(driverOfScenario('/w/a.scenario.ts', files(importing('part')))).toBeUndefined();
  });

  it('is the filter, not the part that it shares with others, in the example', () => {
    const path = 'examples/mouse-filter/mouse-filter.scenario.ts';
    expect(openTarget({ kind: 'scenario', path }, projectEdges())).toMatchObject({
      driver: 'examples/mouse-filter/mouse-filter.driver.ts',
      problems: [],
    });
  });
});
