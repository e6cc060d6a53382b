/**
 * Makes the grammar `syntaxes/irpsight.tmLanguage.json` from what `src/wdm/index.ts` exports: `node scripts/generate-grammar.mjs`.
 * With `--check` it writes nothing and fails when the file is not up to date. A file in the language is coloured as TypeScript, except that
 * names of the WDM are marked wherever they stand; so they are an injection, which goes before every rule of TypeScript's own.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from './run.mjs';

/** Type arguments are TypeScript's to read, which wants the name before them, too, and marks it as a type or a call itself. */
const notGeneric = '(?!\\s*<)';
const path = join(root, 'syntaxes/irpsight.tmLanguage.json');
const text = `${JSON.stringify(grammar(exportedNames()), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
} else if (!existsSync(path) || readFileSync(path, 'utf8').replaceAll('\r\n', '\n') !== text) {
  console.error('syntaxes/irpsight.tmLanguage.json is out of date: run node scripts/generate-grammar.mjs');
  process.exitCode = 1;
}

function grammar(names) {
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'Irpsight driver',
    scopeName: 'source.irpsight',
    patterns: [{ include: 'source.ts' }],
    injections: { 'L:source.irpsight -comment -string': { patterns: [{ include: '#wdm' }] } },
    repository: {
      wdm: {
        patterns: [
          { name: 'constant.language.irql.irpsight', match: anyOf(names.irql) },
          { name: 'variable.other.constant.status.irpsight', match: anyOf(names.status) },
          { name: 'support.function.wdm.irpsight', match: anyOf(names.routine, notGeneric) },
          { name: 'support.type.wdm.irpsight', match: anyOf(names.type, notGeneric) },
        ],
      },
    },
  };
}

/** What the index exports, by what it is to be marked as; other constants stay TypeScript's. */
function exportedNames() {
  const names = { irql: [], status: [], routine: [], type: [] };
  const index = parse('src/wdm/index.ts');
  for (const statement of index.statements.filter(ts.isExportDeclaration)) {
    const module = statement.moduleSpecifier.text;
    const kinds = declarations(parse(join('src/wdm', module)));
    for (const { name, propertyName } of statement.exportClause.elements) {
      const kind = kinds.get((propertyName ?? name).text);
      if (kind === 'constant' && name.text.startsWith('STATUS_')) names.status.push(name.text);
      else if (kind === 'constant' && name.text.endsWith('_LEVEL') && module === './irql.ts') names.irql.push(name.text);
      else if (kind === 'routine' || kind === 'type') names[kind].push(name.text);
    }
  }
  return names;
}

/** The names that a file declares, each with what it is. */
function declarations(file) {
  const kinds = new Map();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) kinds.set(statement.name.text, 'routine');
    else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) kinds.set(statement.name.text, 'type');
    else if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) kinds.set(name.text, 'constant');
  }
  return kinds;
}

function parse(file) {
  return ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
}

/** A pattern for exactly these words, where they are no member's name. Common beginnings are taken together: it is tried at every word. */
function anyOf(words, behind = '') {
  return `(?<![\\w$.])${branches([...new Set(words)].sort())}(?![\\w$])${behind}`;
}

/** Sorted words as a pattern; the empty word makes the rest optional. */
function branches(words) {
  if (words.length === 1) return words[0];
  const rest = words.filter((word) => word !== '');
  const letters = [...new Set(rest.map((word) => word[0]))];
  const parts = letters.map((letter) => {
    const group = rest.filter((word) => word[0] === letter);
    const shared = commonStart(group);
    return shared + branches(group.map((word) => word.slice(shared.length)));
  });
  const optional = rest.length < words.length ? '?' : '';
  return parts.length === 1 && optional === '' ? parts[0] : `(?:${parts.join('|')})${optional}`;
}

function commonStart([first, ...others]) {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
