/**
 * Makes `src/facts/data/constants.tsv` and `types.tsv` from headers in the public domain:
 *
 *     node scripts/extract-constants.mjs <mingw-w64/include>
 *
 * Constants are macros and enumerators whose value is an integer, the same wherever it is defined. Types are enumerations and structs of
 * integers, pointers and other such structs, as on x64; what has bit fields or unions without a name is left out.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const [headers] = process.argv.slice(2);
if (headers === undefined) throw new Error('Say where the headers are.');
const data = join(root, 'src/facts/data');
const files = [
  ...['wdm', 'ntddk', 'ntifs', 'wmilib'].map((name) => `ddk/${name}.h`),
  ...readdirSync(headers).filter((name) => /^(ntdd(8042|disk|kbd|mou|par|ser|stor|vol)|devioctl|ntdef|wmistr)\.h$/.test(name)),
];
const text = files
  .map((name) => {
    try {
      return readFileSync(join(headers, name), 'latin1');
    } catch {
      return '';
    }
  })
  .join('\n')
  .replace(/\/\*[\s\S]*?\*\//g, ' ')
  .replace(/\/\/[^\n]*/g, ' ')
  .replace(/\\\r?\n/g, ' ');
const code = text.replace(/^[ \t]*#.*$/gm, ' ');

/** What irpsight/wdm has itself, and the integers that the compiler knows by other names. */
const exported = new Set(readFileSync(join(root, 'src/wdm/index.ts'), 'utf8').match(/\b[A-Za-z_]\w*\b/g));
const plain = new Set(
  'NTSTATUS BOOLEAN HANDLE SIZE_T LOGICAL int INT UINT32 UINT64 PHYSICAL_ADDRESS LUID PFN_NUMBER SECURITY_INFORMATION'.split(' '),
);

/** Name to its defining expressions, as written. */
const macros = new Map();
for (const [, name, value] of text.matchAll(/^[ \t]*#[ \t]*define[ \t]+([A-Za-z]\w*)[ \t]+(\S.*?)[ \t]*$/gm)) {
  macros.set(name, [...(macros.get(name) ?? []), value]);
}
const values = new Map();
const enumerations = new Map();
for (const [, body, names] of code.matchAll(/typedef\s+enum\s*\w*\s*\{([^}]*)\}\s*([\w\s,*]+);/g)) readEnumeration(body, names);
for (const name of macros.keys()) numberOf(name, 0);

const constants = [...values].filter(([name, value]) => value !== undefined && isConstant(name));
const lines = constants.map(
  ([name, { value, type }]) =>
    `${name}\t${type}\t${value >= 0n && type !== 'LONG' ? `0x${value.toString(16).toUpperCase()}` : value}`,
);
writeFileSync(join(data, 'constants.tsv'), `${['name\ttype\tvalue', ...lines.sort()].join('\n')}\n`);
writeFileSync(join(data, 'types.tsv'), `${['name\tkind\tfields', ...types().sort()].join('\n')}\n`);

function isConstant(name) {
  // What steers the headers themselves, and statuses, which have a table of their own.
  return /^[A-Z]/.test(name) && !/^(STATUS_|NTSTATUS|WINVER|NTDDI_|_|WIN32|DECLSPEC|.*_VERSION_H|ERROR_)/.test(name);
}

function readEnumeration(body, names) {
  const [own, ...pointers] = names.split(',').map((one) => one.trim());
  enumerations.set(
    own,
    pointers.filter((one) => one.startsWith('*')).map((one) => one.slice(1).trim()),
  );
  let next = 0n;
  for (const part of body.split(',')) {
    const [, name, expression] = /^\s*(\w+)\s*(?:=\s*([\s\S]+?))?\s*$/.exec(part) ?? [];
    if (name === undefined) continue;
    const value = expression === undefined ? next : evaluate(expression, 0)?.value;
    if (value === undefined) return;
    note(name, { value, type: 'LONG' });
    next = value + 1n;
  }
}

/** Two different values are none. */
function note(name, found) {
  const known = values.get(name);
  if (values.has(name) && known?.value !== found?.value) values.set(name, undefined);
  else values.set(name, found);
}

function numberOf(name, depth) {
  if (values.has(name)) return values.get(name);
  if (!macros.has(name) || depth > 20) return undefined;
  for (const expression of macros.get(name)) note(name, evaluate(expression, depth + 1));
  return values.get(name);
}

/** The value of an integer constant expression; undefined for anything else. */
function evaluate(expression, depth) {
  const tokens = expression.match(/0x[0-9a-f]+[ul]*|\d+[ul]*|[a-z_]\w*|<<|>>|[()|&+~*,-]|\S/gi) ?? [];
  let at = 0;
  let wide = false;
  let signed = false;
  const levels = [['|'], ['&'], ['<<', '>>'], ['+', '-'], ['*']];
  const binary = (level) => {
    if (level === levels.length) return unary();
    let left = binary(level + 1);
    while (levels[level].includes(tokens[at])) {
      const operator = tokens[at++];
      const right = binary(level + 1);
      if (left === undefined || right === undefined) return undefined;
      left = apply(operator, left, right);
    }
    return left;
  };
  const unary = () => {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (token === '-' || token === '~') {
      const inner = unary();
      if (inner === undefined) return undefined;
      if (token === '-') signed = true;
      return token === '-' ? -inner : BigInt.asUintN(wide ? 64 : 32, ~inner);
    }
    if (token === '(') {
      if (
        /^(ULONG|LONG|USHORT|UCHAR|CHAR|ULONGLONG|LONGLONG|ULONG64|DWORD|int|INT|UINT|ACCESS_MASK)$/.test(tokens[at]) &&
        tokens[at + 1] === ')'
      ) {
        if (/64|LONGLONG/.test(tokens[at])) wide = true;
        at += 2;
        return unary();
      }
      const inner = binary(0);
      return tokens[at++] === ')' ? inner : undefined;
    }
    if (/^\d/.test(token)) return BigInt(token.replace(/[ul]+$/i, '').replace(/^0(?=[0-7]+$)/, '0o'));
    if (token === 'CTL_CODE' && tokens[at] === '(') return controlCode();
    return /^[A-Za-z_]/.test(token) ? numberOf(token, depth + 1)?.value : undefined;
  };
  const controlCode = () => {
    const args = [];
    do {
      at++;
      args.push(binary(0));
    } while (tokens[at] === ',');
    at++;
    if (args.length !== 4 || args.includes(undefined)) return undefined;
    const [device, code, method, access] = args;
    return (device << 16n) | (access << 14n) | (code << 2n) | method;
  };
  const value = binary(0);
  if (value === undefined || at !== tokens.length) return undefined;
  if (value > 0x1fffffffffffffn || value < -0x80000000n) return undefined;
  return { value, type: value > 0xffffffffn || wide ? 'ULONGLONG' : signed || value < 0n ? 'LONG' : 'ULONG' };
}

function apply(operator, left, right) {
  switch (operator) {
    case '|':
      return left | right;
    case '&':
      return left & right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    default:
      return left * right;
  }
}

/** `fields`: `Name:type` or `Name:type:count`; for an enumeration nothing. */
function types() {
  const found = new Map([...enumerations.keys()].map((name) => [name, `${name}\tenum\t`]));
  for (const [, body, names] of code.matchAll(
    /typedef\s+(?:DECLSPEC_ALIGN\(\d+\)\s*)?struct\s*\w*\s*\{([^{}]*)\}\s*([\w\s,*]+);/g,
  )) {
    const own = names.split(',')[0].trim();
    const fields = body
      .split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .flatMap(readFields);
    if (/^[A-Z]\w*$/.test(own) && fields.length > 0 && !fields.includes(undefined))
      found.set(own, `${own}\tstruct\t${fields.join(';')}`);
    else found.delete(own);
  }
  // Of a struct every member by value must be there, too.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [name, line] of found) {
      const missing = fieldTypes(line).some((type) => !found.has(type) && !plain.has(type) && !exported.has(type));
      if (missing) found.delete(name);
    }
  }
  return [...found.values()];
}

/** The types of members by value. */
function fieldTypes(line) {
  const [, kind, fields] = line.split('\t');
  const types = kind === 'struct' ? fields.split(';').map((field) => field.split(':')[1]) : [];
  return types.filter(
    (type) => !type.includes('*') && !(/^(P|LP)[A-Z]/.test(type) && !/^(PHYSICAL_ADDRESS|POWER_|POOL_|PNP_|PROCESS)/.test(type)),
  );
}

function readFields(text) {
  const plain = text
    .replace(/\b(volatile|CONST|const|struct|enum|FAR|UNALIGNED)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const [, type, names] = /^(\w+(?: ?\*+)?) ?([\w\s,*[\]]+)$/.exec(plain) ?? [];
  if (type === undefined || /:/.test(text)) return [undefined];
  return names.split(',').map((one) => {
    const [, stars = '', name, count] = /^\s*(\**)\s*(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*$/.exec(one) ?? [];
    if (name === undefined) return undefined;
    const length =
      count === undefined
        ? ''
        : count === 'ANYSIZE_ARRAY'
          ? '1'
          : (numberOf(count, 0)?.value.toString() ?? (/^\d+$/.test(count) ? count : undefined));
    return length === undefined
      ? undefined
      : [name, type.replace(/\s/g, '') + stars, ...(length === '' ? [] : [length])].join(':');
  });
}
