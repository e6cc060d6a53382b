/** Every rejection of the subset check, at its exact place, and the language itself, which gives none. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/compiler/api.ts';
import { createProgram, parseSources } from '../../src/compiler/host.ts';
import { subsetMessages } from '../../src/compiler/subset/messages.ts';
import { checkMeaning, checkSubset, explainTypeScript, parseSource } from '../../src/compiler/subset.ts';
import { applyReplacements, expectProblems, type Fixture, readFixture } from '../kit/fixture.ts';
import { loadLibrary } from '../kit/library.ts';
import { acceptedDriver, meaningFixtures, syntaxFixtures } from './subset-fixtures.ts';

describe('syntax', () => {
  it.each(Object.entries(syntaxFixtures))('%s', (_, source) => {
    const fixture = readFixture(source);
    expectProblems(
      fixture,
      fixture.files.flatMap(({ path, text }) => subset(text, path)),
    );
  });

  it('reports syntax errors under their own code', () => {
    expect(subset('export function F(: void {').map(({ code }) => code)).toContain('TS1138');
  });

  it('says of a file with a syntax error that alone: what the parser made of the rest is a guess', () => {
    const text = `function F(A: LONG): void {
  if (A === 1) {
    F(2);
}
function G(): void {
  F(1);
}
`;
    expect(subset(text).map(({ code, message }) => [code, message])).toEqual([['TS1005', "'}' expected."]]);
    expect(subset('var A: LONG = 1;\nfunction F(A: LONG { }').every(({ code }) => code.startsWith('TS'))).toBe(true);
    const misread = 'var D: LONG = 1;\nfunction F(A: ULONG, B: ULONG, C: ULONG): ULONG { return A << (B > (C)); }';
    expect(subset(misread).map(({ code }) => code)).toEqual(['dsl/type-arguments']);
  });

  it('refuses what is nested too deeply, and stops after five hundred problems', () => {
    expect(subset(`let A: LONG = ${'('.repeat(5000)}1${')'.repeat(5000)};`).map(({ code }) => code)).toEqual(['dsl/too-deep']);
    expect(subset(`let A: LONG = ${'1+'.repeat(5000)}1;`).map(({ code }) => code)).toEqual(['dsl/too-deep']);
    expect(subset('var A: LONG = 1;\n'.repeat(600)).at(-1)?.code).toBe('dsl/too-many');
    expect(subset(' '.repeat(5_000_001)).map(({ code }) => code)).toEqual(['dsl/too-long']);
  });
});

describe('meaning', () => {
  it.each(Object.entries(meaningFixtures))('%s', (_, source) => {
    const fixture = readFixture(source);
    expect(fixture.files.flatMap(({ path, text }) => subset(text, path))).toEqual([]);
    expectProblems(fixture, meaning(fixture));
  });
});

/** Told where the sources are put together: test/check/stand-ins.test.ts has them. */
const ofModels = ['override', 'twice', 'parameters', 'form', 'import-from', 'import'].map((name) => `dsl/model-${name}`);

describe('the table of messages', () => {
  it('has a fixture for each code', () => {
    const written = [...Object.values(syntaxFixtures), ...Object.values(meaningFixtures)].flatMap((source) =>
      readFixture(source).expected.map(({ code }) => code),
    );
    const elsewhere = ['dsl/too-deep', 'dsl/too-long', 'dsl/too-many', 'dsl/type-arguments', ...ofModels];
    expect(Object.keys(subsetMessages).filter((code) => ![...written, ...elsewhere].includes(code))).toEqual([]);
  });
});

describe('replacements', () => {
  it.each([
    ['if (A == null) B != 0;', 'if (A === null) B !== 0;'],
    ['A = true; B = false; C = A >>> 1;', 'A = TRUE; B = FALSE; C = A >> 1;'],
    ['const Event: KEVENT;', 'let Event!: KEVENT;'],
  ])('%s', (before, after) => {
    const text = `function F(): void { ${before} }`;
    expect(applyReplacements(text, subset(text))).toBe(`function F(): void { ${after} }`);
  });

  it('of an enum are its members', () => {
    const text = 'export enum S { Idle, Busy = 4, Last }';
    const constants = [
      'export type S = LONG;',
      'export const Idle: S = 0;',
      'export const Busy: S = 4;',
      'export const Last: S = 5;',
    ];
    expect(applyReplacements(text, subset(text))).toBe(constants.join('\n'));
  });
});

describe('the language as documented', () => {
  it('gives no problem', () => {
    const fixture = readFixture(acceptedDriver);
    expect(fixture.files.flatMap(({ path, text }) => subset(text, path))).toEqual([]);
    expect(meaning(fixture)).toEqual([]);
  });
});

describe('messages of the type checker', () => {
  const prefix = 'import { InterlockedIncrement, KEVENT, LONG, NTSTATUS, PIRP, TRUE } from "irpsight/wdm";\n';
  it.each([
    [
      'interface E { I: PIRP | null } type PE = E; export function F(X: PE): void { X.I = null; F(X); if (X.I !== null) X.I.Flags = 0; }',
      'read it again',
    ],
    [
      'export function F(): NTSTATUS { return 5; }',
      'A plain number is no NTSTATUS; write a STATUS_ constant, or cast it: 5 as NTSTATUS.',
    ],
    ['export function F(): NTSTATUS { return TRUE; }', 'A BOOLEAN is no NTSTATUS'],
    ['export function F(A: LONG): void { InterlockedIncrement(A); }', 'Write Ref(A).'],
    ['export function F(I: PIRP | null): void { I.Flags = 0; }', 'I may be null'],
    ['export function F(): void { Missing(); }', 'Missing is not declared'],
  ])('%s', (source, part) => {
    const sources = [{ path: 'a.driver.ts', text: prefix + source, origin: 'driver' as const }];
    const set = parseSources({ sources, library: loadLibrary() });
    const program = createProgram(set);
    const found = program
      .getSemanticDiagnostics(set.sources[0]?.file)
      .map((one) => explainTypeScript(program, one, 'a.driver.ts').message);
    expect(found.join('\n')).toContain(part);
  });
});

function subset(text: string, path = 'fixture.driver.ts'): Problem[] {
  const { file, problems } = parseSource(path, text);
  return file ? checkSubset(file, path) : [...problems];
}

function meaning(fixture: Fixture): Problem[] {
  const sources = fixture.files.map((file) => ({
    ...file,
    origin: file.path.endsWith('.scenario.ts') ? ('scenario' as const) : ('driver' as const),
  }));
  const set = parseSources({ sources, library: loadLibrary() });
  const program = createProgram(set);
  return set.sources.flatMap((source) => checkMeaning(program, source, set.lasting));
}
