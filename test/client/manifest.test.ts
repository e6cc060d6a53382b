import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkedFiles, configName, isNamed, patternOf, traceEnding } from '../../client/commands/files.ts';
import { handlers } from '../../client/commands/index.ts';
import { mostProcessors } from '../../client/debug/launch.ts';
import { text } from '../../client/text.ts';
import { viewText } from '../../client/view/words.ts';
import * as config from '../../src/check/config.ts';
import { pinEnding } from '../../src/check/pin.ts';
import { painter } from '../../src/report/paint.ts';
import { checkReport } from '../../src/report/text.ts';
import { checkSources } from '../kit/check.ts';

const manifest = json('package.json');
const { contributes } = manifest;

describe('package.json', () => {
  it('contributes exactly the commands that there are', () => {
    const contributed: { command: string; category: string }[] = contributes.commands;
    expect(contributed.map(({ command }) => command).sort()).toEqual(Object.keys(handlers).sort());
    expect(new Set(contributed.map(({ category }) => category))).toEqual(new Set(['Irpsight']));
    const named = [
      ...JSON.stringify([contributes, json('package.nls.json'), json('package.nls.ja.json')]).matchAll(
        /command"?:"?(irpsight\.\w+)/gi,
      ),
    ];
    expect(named.length).toBeGreaterThan(contributed.length);
    for (const [, name] of named) expect(Object.keys(handlers)).toContain(name);
  });

  it('names only files that there are', () => {
    const files = JSON.stringify({ contributes, icon: manifest.icon }).match(/"(?:\.\/)?(?:client|syntaxes|docs)\/[^"]+"/g) ?? [];
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) expect(existsSync(JSON.parse(file)), file).toBe(true);
  });

  it('says everything in English and Japanese', () => {
    const english = json('package.nls.json');
    expect(Object.keys(json('package.nls.ja.json'))).toEqual(Object.keys(english));
    const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    expect([...new Set(used)].sort()).toEqual(Object.keys(english).sort());
  });
});

describe('what the client cannot import', () => {
  it('are the names of files that the check has, in package.json too', () => {
    expect([configName, traceEnding]).toEqual([config.configName, pinEnding]);
    const validated: { fileMatch: string }[] = contributes.jsonValidation;
    expect(validated.map(({ fileMatch }) => fileMatch)).toEqual([configName, `*${traceEnding}`]);
    const replay = contributes.menus['explorer/context'].find(
      ({ command }: { command: string }) => command === 'irpsight.replayTrace',
    );
    expect(replay.when).toContain(`${traceEnding.replaceAll('.', '\\.')}$/`);
  });

  it('is the number of processors', () => {
    expect(mostProcessors).toBe(config.mostProcessors);
    const { cpus } = contributes.debuggers[0].configurationAttributes.launch.properties;
    expect([cpus.minimum, cpus.maximum]).toEqual([1, config.mostProcessors]);
  });
});

it('files that a check reads are those of the language, and its configuration', () => {
  const extensions: string[] = contributes.languages[0].extensions;
  expect(checkedFiles).toEqual([...extensions.map((extension) => `*${extension}`), configName]);
  expect(patternOf(['*.a.ts', 'b.json'])).toBe('**/{*.a.ts,b.json}');
  for (const path of ['/w/a.driver.ts', '/w/irpsight.json']) expect(isNamed(path, checkedFiles), path).toBe(true);
  for (const path of ['/w/a.ts', '/w/a.driver.tsx', '/w/my.irpsight.json', '/w/irpsight.json.bak'])
    expect(isNamed(path, checkedFiles), path).toBe(false);
});

it('only extension.ts loads the module of the editor: the others are given what they use of it', () => {
  const loads = readdirSync('client', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => /^import (?!type )[^;]*'vscode'/m.test(readFileSync(`client/${name}`, 'utf8')));
  expect(loads).toEqual(['extension.ts']);
});

describe('sentences', () => {
  const japanese = json('client/l10n/bundle.l10n.ja.json');

  it('are the same in English and Japanese, with the same values filled in', () => {
    // What the two have in common stands there once.
    const sentences = new Set<string>([...Object.values(text), ...Object.values(viewText)]);
    expect(Object.keys(japanese).sort()).toEqual([...sentences].sort());
    for (const [key, value] of Object.entries<string>(japanese)) expect(filled(value), key).toEqual(filled(key));
  });

  it('are all shown somewhere', () => {
    const sources = readdirSync('client', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'text.ts')
      .map((name) => readFileSync(`client/${name}`, 'utf8'))
      .join('');
    const verdicts = ['verified', 'bounded', 'error'];
    expect(Object.keys(text).filter((key) => !verdicts.includes(key) && !sources.includes(`text.${key}`))).toEqual([]);
  });
});

describe('the problem matcher', () => {
  it('finds every finding in what the command line prints, with rule, line and column', () => {
    const path = 'mailbox.driver.ts';
    const text = readFileSync(`src/cli/starter/${path}`, 'utf8').replace('Irp.Cancel &&', 'FALSE &&');
    const result = checkSources([{ path, text, origin: 'driver' }]);
    const { findings } = result;
    const report = checkReport(result, { paint: painter(false), textOf: () => text, whole: false });
    const [head, place] = contributes.problemPatterns[0].patterns.map(({ regexp }: { regexp: string }) => new RegExp(regexp));
    const lines = report.split('\n');
    const matched = lines.flatMap((line, index) => {
      const first = head.exec(line);
      const second = place.exec(lines[index + 1] ?? '');
      return first && second ? [`${second[1]}:${second[2]}:${second[3]} ${first[2]} ${first[3]}`] : [];
    });
    expect(matched.length).toBeGreaterThan(0);
    expect(matched).toEqual(
      findings.map(({ file, range, rule, message }) => `${file}:${range.start.line}:${range.start.column} ${rule} ${message}`),
    );
  });
});

describe('the problem matcher, of problems', () => {
  it('finds those whose message has several lines, too', () => {
    const path = 'mailbox.driver.ts';
    const wrong = 'const Wrong: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject: ULONG, Irp) => {};\n';
    const text = `${readFileSync(`src/cli/starter/${path}`, 'utf8')}\n${wrong}`;
    const checked = checkSources([{ path, text, origin: 'driver' }]);
    const result = {
      ...checked,
      problems: checked.problems.map((problem) => ({ ...problem, message: `${problem.message}\nmore\nerror[x]: no head` })),
    };
    expect(result.problems.length).toBeGreaterThan(0);
    const report = checkReport(result, { paint: painter(false), textOf: () => text, whole: false });
    const [head, place] = contributes.problemPatterns[0].patterns.map(({ regexp }: { regexp: string }) => new RegExp(regexp));
    const lines = report.split('\n');
    const places = lines.flatMap((line, index) =>
      head.test(line)
        ? [
            place
              .exec(lines[index + 1])
              ?.slice(1)
              .join(':'),
          ]
        : [],
    );
    expect(places).toEqual(result.problems.map(({ file, range }) => `${file}:${range.start.line}:${range.start.column}`));
  });
});

/** The values to fill in, in any order: languages have their own. */
function filled(sentence: string): string[] {
  return (sentence.match(/\{\w+\}/g) ?? []).sort();
}

function json(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
