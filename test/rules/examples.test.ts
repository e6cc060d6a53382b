/** The examples of the rules: every one type-checks against the kernel model; the bad one is reported at its carets and nowhere else, the good one verified. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { checkSources } from '../kit/check.ts';

const wdm = join(dirname(fileURLToPath(import.meta.url)), '../../src/wdm');
const examples = rules.flatMap((rule) => [
  { name: `${rule.id.replace('/', '-')}-bad.driver.ts`, text: rule.bad },
  { name: `${rule.id.replace('/', '-')}-good.driver.ts`, text: rule.good },
]);

it('type-check against the kernel model', () => {
  expect(typeErrors()).toEqual([]);
});

describe.each(rules.map((rule) => ({ rule, id: rule.id })))('$id', ({ rule }) => {
  it('bad: reported at its carets and nowhere else', () => {
    const result = checkSources([{ path: 'bad.driver.ts', origin: 'driver', text: rule.bad }]);
    expect(result.problems).toEqual([]);
    expect([...new Set(result.findings.map((finding) => `${finding.rule} at line ${finding.range.start.line}`))].sort()).toEqual(
      carets(rule.bad, rule.id),
    );
  });

  it('good: verified', () => {
    const result = checkSources([{ path: 'good.driver.ts', origin: 'driver', text: rule.good }]);
    expect(result.problems).toEqual([]);
    expect(result.findings).toEqual([]);
    expect(result.scenarios.length).toBeGreaterThan(0);
    expect(
      result.scenarios
        .filter(({ verdict }) => verdict !== 'verified')
        .map(({ name, verdict, bounds }) => ({ name, verdict, bounds })),
    ).toEqual([]);
  });
});

/** `rule at line N` for each caret line; the line above it is meant. Rules named behind the carets stand for the example's own. */
function carets(text: string, id: string): string[] {
  const lines = text.split('\n');
  const found = lines.flatMap((line, index) => {
    const match = /^\/\/ *\^+((?: [a-z]+\/[a-z-]+)*)$/.exec(line);
    if (match === null) return [];
    const named = match[1].trim();
    return (named === '' ? [id] : named.split(' ')).map((rule) => `${rule} at line ${index}`);
  });
  expect(found).not.toEqual([]);
  return found.sort();
}

function typeErrors(): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(wdm, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const folder = join(wdm, '..', 'examples-in-memory');
  const texts = new Map(examples.map(({ name, text }) => [join(folder, name), text]));
  const host = ts.createCompilerHost(config?.options ?? {});
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile.call(host, path, version, ...rest) : ts.createSourceFile(path, text, version);
  };
  const options = {
    ...config?.options,
    paths: {
      'irpsight/wdm': [join(wdm, 'index.ts')],
      'irpsight/wdm/*': [join(wdm, '*.ts')],
      'irpsight/devices/*': [join(wdm, '../devices/*.ts')],
    },
  };
  const program = ts.createProgram([join(wdm, 'core.d.ts'), ...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ start = 0, messageText }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${path.slice(folder.length + 1)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      },
    );
  });
}
