/** From a file that is named to the driver's project. */
import { driversOf, exportsDriverEntry, openProject, type Project, type ProjectEdges } from '../check/project.ts';
import type { Target } from './files.ts';

/** The project of a driver, or of the driver that a scenario file imports. */
export function openTarget(target: Target, edges: ProjectEdges): Project | { readonly error: string } {
  if (target.kind === 'driver') return openProject(target.path, edges);
  const read = edges.readFile(target.path);
  if ('error' in read) return { error: `Cannot read ${target.path}: ${read.error}.` };
  const driver = driverOfScenario(target.path, edges);
  if (driver === undefined)
    return { error: 'A scenario file imports the driver it is about: import { DriverEntry } from "./name.driver".' };
  return openProject(driver, edges, [target.path]);
}

/** The driver that a scenario file is about: the first that it imports which is no part of others, or else the first; undefined where it imports none. */
export function driverOfScenario(path: string, edges: ProjectEdges): string | undefined {
  const drivers = driversOf(path, edges);
  return drivers.find((driver) => isDriver(driver, edges)) ?? drivers[0];
}

/** Whether a file is a driver of its own rather than a part of one. */
export function isDriver(path: string, edges: ProjectEdges): boolean {
  if (!path.endsWith('.driver.ts')) return false;
  const read = edges.readFile(path);
  return 'text' in read && exportsDriverEntry(read.text);
}
