/**
 * Makes `src/facts/data/signatures.tsv` and `ntstatus.tsv` from the documentation's pages and public-domain headers:
 *
 *     node scripts/extract-signatures.mjs <windows-driver-docs-ddi/wdk-ddi-src/content> <mingw-w64/include>
 *
 * Of each routine and macro of `ddi.tsv` that wdm.h, ntddk.h or ntifs.h declares: names and directions of its parameters and the statuses
 * it is said to return, from its page; C types from the prototype in the headers of mingw-w64 (wdm.h, ntddk.h, ntifs.h, which are in the public
 * domain). Where the two differ in the number of parameters the page counts, and the types are left out. Facts only: no sentence is taken over.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const [pages, headers] = process.argv.slice(2);
if (pages === undefined || headers === undefined) throw new Error('Say where the pages and the headers are.');
const data = join(root, 'src/facts/data');
const folders = ['wdm', 'ntddk', 'ntifs'];

const declared = prototypes(folders.map((name) => readFileSync(join(headers, 'ddk', `${name}.h`), 'latin1')).join('\n'));
writeFileSync(join(data, 'signatures.tsv'), `${['name\tresult\tnullable\tstatuses\tparameters', ...signatures()].join('\n')}\n`);
writeFileSync(join(data, 'ntstatus.tsv'), `${['name\tvalue', ...statuses()].join('\n')}\n`);

function signatures() {
  const seen = new Set();
  const lines = [];
  for (const row of readFileSync(join(data, 'ddi.tsv'), 'utf8').trimEnd().split('\n').slice(1)) {
    const [listed, kind, , , , , , , path, aliases] = row.split('\t');
    const name = listed.slice(listed.lastIndexOf(':') + 1);
    const file = join(pages, path.replace('wdk-ddi-src/content/', ''));
    if (kind === 'callback' || !folders.includes(path.split('/')[2]) || seen.has(name) || !existsSync(file)) continue;
    seen.add(name);
    const page = readPage(readFileSync(file, 'utf8'));
    const header = [name, ...(aliases ?? '').split(', ')].map((one) => declared.get(one)).find((one) => one !== undefined);
    lines.push(signature(name, kind, page, header));
  }
  return lines.sort();
}

/** `result`: the C type, `?` where no header tells. `parameters`: `Name:direction:type`, where `?` behind the direction is "may be null". */
function signature(name, kind, page, header) {
  const counts = header?.parameters.length === page.parameters.length;
  const documented = page.parameters.length > 0 || page.none;
  const types = counts ? header.parameters : documented ? [] : (header?.parameters ?? []);
  const own = documented ? page.parameters : types.map(({ name: one, direction }) => ({ name: one, direction }));
  const known = documented || header !== undefined;
  const parameters = own.map(({ name: one, direction }, index) =>
    [
      one || types[index]?.name || `Parameter${index + 1}`,
      direction || types[index]?.direction || '',
      types[index]?.type ?? '?',
    ].join(':'),
  );
  // Said in prose only.
  if (/^ExAcquireSpinLock(Shared|Exclusive)$/.test(name)) page.result = 'KIRQL';
  const result = header === undefined || header.result === '?' ? page.result : header.result;
  return [
    name,
    result,
    page.nullable ? 'null' : '',
    page.statuses.join(' '),
    known ? parameters.join(';') : '?',
    kind === 'macro' ? 'macro' : '',
  ]
    .join('\t')
    .trimEnd();
}

/** What a page says, without what it says it in. */
function readPage(text) {
  const section = (name) => new RegExp(`^## -${name}\\b[^\\n]*\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';
  const returns = section('returns').trim();
  const parameters = [...section('parameters').matchAll(/^### -param\s+(.*)$/gm)].map(([, line]) => {
    const [, name = '', tags = ''] = /^([^[\]]*?)\s*(?:\[(.*)\])?\s*$/.exec(line.trim()) ?? [];
    return { name: identifier(name), direction: directionOf(tags) };
  });
  // A page lists C's `void` or an ellipsis as if it were a parameter.
  const real = parameters.filter(({ name }) => name !== 'void' && name !== 'VOID');
  return {
    parameters: real,
    none: parameters.length !== real.length || (parameters.length === 0 && /\bnone\b/i.test(section('parameters'))),
    result: resultOf(returns),
    nullable: /\bNULL\b/.test(returns),
    statuses: [...new Set([...returns.matchAll(/\bSTATUS_[A-Z0-9_]+/g)].map(([name]) => name.replace(/_$/, '')))].sort(),
  };
}

/** The kind of result that a page speaks of, for what no header declares. */
function resultOf(returns) {
  if (/^(none|void)?\W*$/i.test(returns) || /not? return (a |any )?value|no return value/i.test(returns)) return 'VOID';
  if (/NTSTATUS|\bSTATUS_[A-Z]/.test(returns)) return 'NTSTATUS';
  if (/\bTRUE\b|\bFALSE\b|BOOLEAN/i.test(returns)) return 'BOOLEAN';
  if (/\bpointer\b|\baddress\b/i.test(returns)) return 'PVOID';
  return '?';
}

function identifier(text) {
  const name = text.replace(/[*\\&<>]|\bunnamedParam\d*\b/g, '').trim();
  return name === '...' ? '...' : /^[A-Za-z_]\w*$/.test(name) ? name : '';
}

function directionOf(tags) {
  const out = /out/i.test(tags);
  const direction = out
    ? /in(?!g)|in,/i.test(tags.replace(/out/gi, '').replace(/optional/gi, ''))
      ? 'io'
      : 'o'
    : /\bin\b/i.test(tags)
      ? 'i'
      : '';
  return direction + (/opt/i.test(tags) ? '?' : '');
}

/** Every prototype of the headers: result, parameters. */
function prototypes(source) {
  const text = source
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\/\/[^\n]*/g, ' ')
    .replace(/\\\r?\n/g, ' ');
  const found = new Map();
  for (const [, name, list] of text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)\(([^)]*)\)/gm)) {
    const names = list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    found.set(name, { result: '?', parameters: names.map((one) => ({ name: '', direction: '', type: '?', macro: one })) });
  }
  const code = text.replace(/^[ \t]*#.*$/gm, ';');
  for (const [, before, name, list] of code.matchAll(
    /([A-Za-z_][\w\s*]*?)\b([A-Za-z_]\w*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*(?:[A-Z_]*\s*)[;{]/g,
  )) {
    const result = before
      .replace(
        /\b(NTKERNELAPI|NTSYSAPI|NTSYSCALLAPI|NTHALAPI|NTAPI|DDKAPI|FASTCALL|FORCEINLINE|CLFSUSER_API|_DECL_HAL_KE_IMPORT|__inline|NTAPI_INLINE|DECLSPEC_\w+|CDECL|__cdecl|__drv\w+|extern|static|inline|_?CRTIMP)\b/g,
        ' ',
      )
      .trim();
    if (result === '' || result === 'result' || /\b(return|typedef|else|if|while|define)\b/.test(result)) continue;
    found.set(name, { result: typeName(result), parameters: parametersOf(list) });
  }
  return found;
}

function parametersOf(list) {
  if (/^\s*(VOID|void)?\s*$/.test(list)) return [];
  return list.split(/,(?![^()]*\))/).map((one) => {
    const text = one.trim();
    if (text === '...') return { name: '...', direction: 'i', type: '...' };
    const direction =
      (/\bIN\s+OUT\b|\bINOUT\b/.test(text) ? 'io' : /\bOUT\b/.test(text) ? 'o' : 'i') + (/\bOPTIONAL\b/.test(text) ? '?' : '');
    const plain = text
      .replace(/\b(IN|OUT|INOUT|OPTIONAL|UNALIGNED|PTR_AREA)\b/g, ' ')
      .replace(/\[\s*\w*\s*\]/g, '')
      .trim();
    const [, type = plain, name = ''] = /^([\s\S]*?[\s*])(\w+)$/.exec(plain) ?? [];
    return { name, direction, type: typeName(type) };
  });
}

/** `const VOID *` becomes `const VOID*`. */
function typeName(text) {
  const name = text
    .replace(/\b(CONST|const)\b/g, 'const')
    .replace(/\b(volatile|struct|enum|union|LONG volatile|PTRMAYBE)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s*\*\s*/g, '*')
    .trim();
  return name === 'void' ? 'VOID' : name.replace(/^void\*/, 'VOID*').replace(/const void\*/, 'const VOID*');
}

function statuses() {
  const text = readFileSync(join(headers, 'ntstatus.h'), 'latin1');
  const found = new Map();
  for (const [, name, value] of text.matchAll(/^#define\s+(STATUS_\w+)\s+\(\(NTSTATUS\)\s*(0x[0-9A-Fa-f]+)L?\)/gm)) {
    found.set(name, `0x${Number(value).toString(16).toUpperCase().padStart(8, '0')}`);
  }
  return [...found].sort().map((pair) => pair.join('\t'));
}
