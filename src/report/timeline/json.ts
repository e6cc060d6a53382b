/** A timeline for other programs. */
import type { Timeline } from './model.ts';

/** The timeline as JSON, without where its files lie on this machine. */
export function timelineJson(timeline: Timeline): string {
  return `${JSON.stringify({ ...timeline, files: timeline.files.map(({ name }) => ({ name })) }, null, 2)}\n`;
}
