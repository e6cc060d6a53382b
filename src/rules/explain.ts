/** What `irpsight explain <rule>` prints, as plain text or Markdown. */

import type { Language } from '../facts/index.ts';
import { bugCheck, complianceRule, documentationUrl } from '../facts/index.ts';
import { gist } from './example.ts';
import type { Rule } from './rule.ts';

const words = {
  en: {
    what: 'What',
    why: 'Why it matters',
    fix: 'How to fix it',
    bad: 'Wrong',
    good: 'Right',
    documentation: 'Documentation',
    sdv: 'Driver Verifier rule',
    codeql: 'CodeQL query',
    bugCheck: 'Bug check',
  },
  ja: {
    what: '内容',
    why: '理由',
    fix: '直し方',
    bad: '誤った例',
    good: '正しい例',
    documentation: 'ドキュメント',
    sdv: 'Driver Verifier の規則',
    codeql: 'CodeQL クエリ',
    bugCheck: 'バグチェック',
  },
} as const;

/** The text of one message of a rule; the key itself where the rule has none of that key, which a test rules out. */
export function messageText(rule: Rule, key: string, language: Language): string {
  return rule.messages[key]?.[language] ?? key;
}

/** A rule explained: what, why, how to fix, what matters of the examples, references. Ends in a line feed. */
export function explainRule(rule: Rule, language: Language): string {
  const word = words[language];
  const { what, why, fix } = rule.description[language];
  return [
    `${rule.id}: ${rule.title[language]}`,
    '',
    `${word.what}: ${what}`,
    `${word.why}: ${why}`,
    `${word.fix}: ${fix}`,
    '',
    `${word.bad}:`,
    '',
    indent(gist(rule.bad)),
    '',
    `${word.good}:`,
    '',
    indent(gist(rule.good)),
    '',
    ...references(rule, language).map(({ kind, text, url }) => `${kind}: ${text === url ? url : `${text} ${url}`.trim()}`),
    '',
  ].join('\n');
}

/** The documentation page of a rule, `docs/rules/<group>-<name>.md`, in English. */
export function ruleMarkdown(rule: Rule): string {
  const word = words.en;
  const { what, why, fix } = rule.description.en;
  const messages = Object.entries(rule.messages).map(([key, text]) => `- \`${key}\`: ${text.en}`);
  return [
    `# ${rule.id}`,
    '',
    `${rule.title.en}.`,
    '',
    what,
    '',
    `**${word.why}.** ${why}`,
    '',
    `**${word.fix}.** ${fix}`,
    '',
    `## ${word.bad}`,
    '',
    '```ts',
    rule.bad.trimEnd(),
    '```',
    '',
    `## ${word.good}`,
    '',
    '```ts',
    rule.good.trimEnd(),
    '```',
    '',
    '## Messages',
    '',
    ...messages,
    '',
    '## See also',
    '',
    ...references(rule, 'en').map(({ kind, text, url }) => `- ${kind}: ${url === '' ? text : `[${text}](${url})`}`),
    '',
  ].join('\n');
}

/** The table of all rules, in Markdown: id, what it says, what else knows it. `folder` is where the pages lie, seen from the table. */
export function rulesTable(rules: readonly Rule[], folder: string): string {
  const rows = rules.map((rule) => {
    const known = [...(rule.references.sdv ?? []), ...(rule.references.bugChecks ?? [])].join(', ');
    return `| [${rule.id}](${folder}${ruleFile(rule)}) | ${rule.title.en} | ${known} |`;
  });
  return ['| rule | reported | Driver Verifier and bug checks |', '|---|---|---|', ...rows, ''].join('\n');
}

/** Name of the rule's documentation file. */
export function ruleFile(rule: Rule): string {
  return `${rule.id.replace('/', '-')}.md`;
}

interface Reference {
  readonly kind: string;
  readonly text: string;
  /** Empty where there is no page. */
  readonly url: string;
}

function references(rule: Rule, language: Language): Reference[] {
  const word = words[language];
  const { pages, sdv = [], codeql = [], bugChecks = [] } = rule.references;
  return [
    ...pages.map((page) => ({
      kind: word.documentation,
      text: documentationUrl(page, language),
      url: documentationUrl(page, language),
    })),
    ...sdv.map((name) => ({ kind: word.sdv, text: name, url: pageUrl(complianceRule(name)?.page, language) })),
    ...codeql.map((name) => ({ kind: word.codeql, text: name, url: '' })),
    ...bugChecks.map((code) => {
      const known = bugCheck(code);
      return {
        kind: word.bugCheck,
        text: known === undefined ? code : `${code} ${known.name}`,
        url: pageUrl(known?.page, language),
      };
    }),
  ];
}

function pageUrl(page: string | undefined, language: Language): string {
  return page === undefined ? '' : documentationUrl(page, language);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}
