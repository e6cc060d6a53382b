/** From a file that is named to the driver's project. */
import { driversOf, openProject, type Project, type ProjectEdges } from '../check/project.ts';
import type { Target } from './files.ts';

/** The project of a driver, or of the driver that a scenario file imports. */
export function openTarget(target: Target, edges: ProjectEdges): Project | { readonly error: string } {
  if (target.kind === 'driver') return openProject(target.path, edges);
  const read = edges.readFile(target.path);
  if ('error' in read) return { error: `Cannot read ${target.path}: ${read.error}.` };
  const drivers = driversOf(target.path, edges);
  if (drivers.length === 0)
    return { error: 'A scenario file imports the driver it is about: import { DriverEntry } from "./name.driver".' };
  return openProject(drivers[0], edges, [target.path]);
}
