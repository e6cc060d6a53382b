/** What holds for every rule file: its id, its texts, its references, and what is generated from it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { bugCheck, complianceRule } from '../../src/facts/index.ts';
import type { EventName } from '../../src/ir/events.ts';
import { contextFields, events } from '../../src/ir/events.ts';
import type { Arc, Condition } from '../../src/ir/rule.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { rules } from '../../src/rules/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const ids = new Set(rules.map(({ id }) => id));

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  const arcs = Object.entries(rule.check.on).flatMap(([name, list]) =>
    (list as readonly Arc[]).map((arc) => ({ name: name as EventName, arc })),
  );

  it('has texts in both languages', () => {
    const { en, ja } = rule.description;
    const pairs = [
      rule.title,
      ...Object.values(rule.messages),
      ...(['what', 'why', 'fix'] as const).map((part) => ({ en: en[part], ja: ja[part] })),
    ];
    for (const text of pairs) {
      expect(text.en).toMatch(/^[\x20-\x7e]+$/);
      expect(text.ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    }
  });

  it('has a message for each report and no other', () => {
    const reported = new Set(arcs.flatMap(({ arc }) => arc.report ?? []));
    expect([...reported].sort()).toEqual(Object.keys(rule.messages).sort());
  });

  it('names only states, events, arguments and rules that exist', () => {
    expect(rule.check.id).toBe(rule.id);
    for (const { name, arc } of arcs) {
      const states = [arc.from ?? [], arc.to ?? []].flat();
      expect(rule.check.states).toEqual(expect.arrayContaining(states));
      const known = new Set<string>([
        ...events[name].args,
        ...Object.keys(contextFields),
        ...(rule.check.remembers ? ['remembered'] : []),
      ]);
      if (arc.remember !== undefined) expect(known.has(arc.remember) && rule.check.remembers === true).toBe(true);
      expect(operands(arc.when).filter((operand) => !known.has(operand))).toEqual([]);
    }
    expect([...(rule.check.supersedes ?? []), ...(rule.check.yieldsTo ?? [])].filter((id) => !ids.has(id))).toEqual([]);
  });

  it('remembers a place wherever it reports one', () => {
    const wants = arcs.some(({ arc }) => arc.place === 'marked');
    expect(arcs.some(({ arc }) => arc.mark === true)).toBe(wants);
  });

  it('refers to what the tables know', () => {
    const { pages, sdv = [], bugChecks = [] } = rule.references;
    expect(pages.length).toBeGreaterThan(0);
    expect(sdv.filter((name) => complianceRule(name) === undefined)).toEqual([]);
    expect(bugChecks.filter((code) => bugCheck(code) === undefined)).toEqual([]);
  });

  it('is explained in both languages', () => {
    expect(explainRule(rule, 'en')).toContain(rule.description.en.fix);
    expect(explainRule(rule, 'ja')).toContain(`直し方: ${rule.description.ja.fix}`);
  });
});

describe.each(['supersedes', 'yieldsTo'] as const)('%s', (relation) => {
  it('leads from no rule back to itself', () => {
    const next = new Map(rules.map(({ id, check }) => [id, check[relation] ?? []]));
    const reached = (from: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const open = [...(next.get(from) ?? [])];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        open.push(...(next.get(id) ?? []));
      }
      return seen;
    };
    expect([...next.values()].flat()).not.toEqual([]);
    expect([...ids].filter((id) => reached(id).has(id))).toEqual([]);
  });
});

it.each(['generate-rule-index.mjs', 'generate-facts.mjs', 'generate-docs.mjs'])(
  '%s --check finds nothing out of date',
  (script) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', script), '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

describe('new-rule', () => {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
  });

  function scaffold(id: string, folder = copy()): { status: number | null; folder: string } {
    return { status: spawnSync(process.execPath, [join(root, 'scripts/new-rule.mjs'), id, '--root', folder]).status, folder };
  }

  function copy(): string {
    const folder = mkdtempSync(join(tmpdir(), 'irpsight-rule-'));
    made.push(folder);
    mkdirSync(join(folder, 'src'));
    cpSync(join(root, 'src/rules'), join(folder, 'src/rules'), { recursive: true });
    return folder;
  }

  it('writes a rule and its test and registers it', () => {
    const { status, folder } = scaffold('queue/of-one');
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'src/rules/queue/of-one.ts'), 'utf8')).toContain("id: 'queue/of-one'");
    expect(readFileSync(join(folder, 'test/rules/queue/of-one.test.ts'), 'utf8')).toContain('src/rules/queue/of-one.ts');
    expect(readFileSync(join(folder, 'src/rules/index.ts'), 'utf8')).toContain(
      "import { rule as queueOfOne } from './queue/of-one.ts';",
    );
  });

  it('leaves a rule that exists alone', () => {
    const { status, folder } = scaffold('completion/twice');
    expect(status).toBe(1);
    expect(readFileSync(join(folder, 'src/rules/completion/twice.ts'), 'utf8')).toBe(
      readFileSync(join(root, 'src/rules/completion/twice.ts'), 'utf8'),
    );
  });

  it.each(['', 'twice', 'Completion/Twice', '../x/y'])('refuses the name %j', (id) => {
    expect(scaffold(id).status).toBe(2);
  });
});

function operands(condition: Condition | undefined): string[] {
  if (condition === undefined) return [];
  if ('all' in condition) return condition.all.flatMap(operands);
  if ('any' in condition) return condition.any.flatMap(operands);
  if ('not' in condition) return operands(condition.not);
  return [condition.left, condition.right].filter((operand) => typeof operand === 'string');
}
