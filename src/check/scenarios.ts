/** What a check of a driver would explore, without exploring it. */
import type { SourceInput } from '../compiler/api.ts';
import { prepare } from './check.ts';
import { withConfig } from './config.ts';
import type { Range, SourceProblem } from './findings.ts';
import type { Project } from './project.ts';
import { rangeOf } from './text.ts';

/** The scenarios of a driver, its own or else the default ones. */
export interface ScenarioList {
  /** What was read to tell: sources, and the configuration. */
  readonly files: readonly string[];
  /** With an error here there are none. */
  readonly problems: readonly SourceProblem[];
  /** Where each one's name stands; of default scenarios, which stand in no file, the driver's DriverEntry. */
  readonly scenarios: readonly { readonly name: string; readonly file: string; readonly range: Range }[];
}

/** Compiles the driver to tell. */
export function listScenarios(project: Project, library: readonly SourceInput[]): ScenarioList {
  const { defaults } = withConfig({}, project.config?.settings);
  const { program, scenarios, problems, defaultsPath } = prepare(project, library, { defaults });
  const files = [...project.sources, ...(project.config === undefined ? [] : [project.config])].map(({ path }) => path);
  if (program === undefined) return { files, problems, scenarios: [] };
  const entry = program.funcs.find(({ origin, name }) => origin === 'driver' && name === 'DriverEntry')?.place;
  return {
    files,
    problems,
    scenarios: scenarios.map(({ name, place }) => {
      const shown = program.files[place.file].path === defaultsPath ? entry : place;
      const file = program.files[shown?.file ?? -1];
      if (shown === undefined || file === undefined) return { name, file: project.driver, range: rangeOf('', 0, 0) };
      return { name, file: file.path, range: rangeOf(file.text, shown.start, shown.end) };
    }),
  };
}
