/** What is kept of routines behind an edit is what a driver comes to from scratch. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Analysis, analyse, createAnalyse } from '../../src/analysis/analyse.ts';
import { openProject } from '../../src/check/project.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { projectEdges } from '../../src/jobs/files.ts';
import { loadLibrary } from '../kit/library.ts';
import { checks } from './drivers.ts';

const drivers = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.driver.ts'))
  .sort();

/** Each gives the text with another line, or without it, where what stands there is a statement in a routine. */
const edits: readonly ((line: string) => string)[] = [
  () => '',
  (line) => `${line}\n${line}`,
  (line) => line.replace(/\b\d+\b/, (digits) => String(Number(digits) + 1)),
  (line) => line.replace('TRUE', 'FALSE').replace('STATUS_SUCCESS', 'STATUS_PENDING'),
];

/** The text with one of its lines edited, for each line and each edit. */
function edited(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) =>
    /^ {2,}\w.*;$/.test(line)
      ? edits.filter((edit) => edit(line) !== line).map((edit) => lines.toSpliced(at, 1, edit(line)).join('\n'))
      : [],
  );
}

function finished(steps: Generator<undefined, Analysis>): Analysis {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const proving = process.env.IRPSIGHT_PROVE !== undefined;
/** One edit of so many is tried, in one driver of so many. */
const among = proving ? 3 : 67;
const some = proving ? 1 : 4;

let compared = 0;

it.each(drivers.filter((_, index) => index % some === 0))(
  '%s',
  (path) => {
    const { sources } = openProject(`examples/${path}`, projectEdges());
    const [driver, ...others] = sources as [SourceInput, ...SourceInput[]];
    const analyseNext = createAnalyse(checks);
    const tried = [driver.text, ...edited(driver.text).filter((_, at) => at % among === 0)];
    const programs = tried.flatMap(
      (text) => compile({ sources: [{ ...driver, text }, ...others], library: loadLibrary() }).program ?? [],
    );
    compared += programs.length - 1;
    for (const program of programs) expect(finished(analyseNext(program))).toEqual(analyse(program, checks));
  },
  900_000,
);

it('compares drivers that compile', () => {
  expect(compared).toBeGreaterThan(10);
});
