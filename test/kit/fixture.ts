/**
 * Fixtures: source text that says itself what is wrong with it. Under a guilty line stands a comment whose carets cover the guilty
 * part, followed by the code and, after a colon, a part of the message:
 *
 *     if (Irp == null) return;
 *     //      ^^ dsl/equality: Write ===
 *
 * `//<^^^` covers from the first column on. Of a range that goes over several lines the carets cover its part of the first one.
 * `// @file: name.driver.ts` starts a file; before any there is `fixture.driver.ts`.
 */
import { expect } from 'vitest';
import type { Problem } from '../../src/compiler/api.ts';

/** One file of a fixture, carets included: they are comments. */
export interface FixtureFile {
  readonly path: string;
  readonly text: string;
}

/** What a caret line says. Lines count from 1, columns from 0, `to` exclusive. */
export interface Expected {
  readonly path: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly code: string;
  /** Part of the message; empty when the fixture does not say. */
  readonly message: string;
}

/** The files of a fixture and what is expected in them. */
export interface Fixture {
  readonly files: readonly FixtureFile[];
  readonly expected: readonly Expected[];
}

const caretLine = /^\s*\/\/(<?)(\s*)(\^+)\s+([a-z]+\/[\w-]+|TS\d+)(?::\s*(.*?))?\s*$/;

/** Splits a fixture into its files and reads the carets. */
export function readFixture(source: string): Fixture {
  const files = splitFiles(source);
  return { files, expected: files.flatMap(readCarets) };
}

/** Fails unless `problems` are exactly those that the carets announce. */
export function expectProblems(fixture: Fixture, problems: readonly Problem[]): void {
  const found = problems.map((problem) => locate(fixture, problem));
  const wanted = fixture.expected.map((one) => {
    const match = found.find((other) => place(other) === place(one));
    return match?.message.includes(one.message) ? `${place(one)}: ${match.message}` : `${place(one)}: ${one.message}`;
  });
  expect(found.map((one) => `${place(one)}: ${one.message}`).sort()).toEqual(wanted.sort());
}

/** The text with the replacements of `problems` made, last one first. */
export function applyReplacements(text: string, problems: readonly Problem[]): string {
  return [...problems]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, { start, end, replacement }) =>
        replacement === undefined ? result : result.slice(0, start) + replacement + result.slice(end),
      text,
    );
}

function splitFiles(source: string): FixtureFile[] {
  const files: { path: string; lines: string[] }[] = [];
  for (const line of source.split('\n')) {
    const name = /^\s*\/\/ @file: (\S+)\s*$/.exec(line)?.[1];
    if (name !== undefined) files.push({ path: name, lines: [] });
    else if (files.length > 0) files.at(-1)?.lines.push(line);
    else if (line.trim() !== '') files.push({ path: 'fixture.driver.ts', lines: [line] });
  }
  return files.map(({ path, lines }) => ({ path, text: lines.join('\n') }));
}

function readCarets({ path, text }: FixtureFile): Expected[] {
  const expected: Expected[] = [];
  let guilty = 0;
  text.split('\n').forEach((line, index) => {
    const match = caretLine.exec(line);
    if (!match) {
      guilty = index + 1;
      return;
    }
    const [, first, , carets = '', code = '', message = ''] = match;
    const from = line.indexOf('^');
    expected.push({ path, line: guilty, from: first ? 0 : from, to: from + carets.length, code, message });
  });
  return expected;
}

function locate(fixture: Fixture, problem: Problem): Expected {
  const text = fixture.files.find(({ path }) => path === problem.path)?.text ?? '';
  const lineStart = text.lastIndexOf('\n', problem.start - 1) + 1;
  const newLine = text.indexOf('\n', problem.start);
  const lineEnd = newLine < 0 ? text.length : newLine;
  return {
    path: problem.path,
    line: text.slice(0, lineStart).split('\n').length,
    from: problem.start - lineStart,
    to: Math.min(problem.end, lineEnd) - lineStart,
    code: problem.code,
    message: problem.message,
  };
}

function place({ path, line, from, to, code }: Expected): string {
  return `${path}:${line}:${from}-${to} ${code}`;
}
