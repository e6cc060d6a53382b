/**
 * C that TypeScript's parser trips over, recognised from the text around its error: `&x`, `p->f`, `*p`, `(PFOO)p`, `goto`, declarations
 * with the type in front. What is said is what to write instead.
 */
import type { Problem } from '../api.ts';

type SyntaxError = Pick<Problem, 'start' | 'end' | 'message' | 'replacement'>;

/** A variable, or a field or element reached from it. */
const place = String.raw`[A-Za-z_]\w*(?:\s*(?:->|\.)\s*\w+|\[[^\]\n]*\])*`;
/** A value that a cast or a `*` can stand before: a place, a call, a number, something in brackets. */
const operand = new RegExp(String.raw`^\s*(?:${place}|\d\w*)?(?:\((?:[^()\n]|\([^()\n]*\))*\))?`);
const cast = /\(\s*(?:const\s+)?(struct\s+)?([A-Za-z_]\w*)\s*(\**)\s*\)/g;
/** Types of C that the WDK spells otherwise. */
const plainTypes = new Map([
  ['int', 'LONG'],
  ['long', 'LONG'],
  ['short', 'SHORT'],
  ['char', 'CHAR'],
  ['unsigned', 'ULONG'],
  ['void', 'VOID'],
  ['bool', 'BOOLEAN'],
]);

/** UTF-16 units before and behind an error that are looked at: what stands there is anything, and patterns take long over long lines. */
const mostAround = 500;

/** Routines whose old IRQL C stores through a pointer. */
export const oldIrqlResults: ReadonlySet<string> = new Set(['KeAcquireSpinLock', 'IoAcquireCancelSpinLock', 'KeRaiseIrql']);

/** What to write for a call of one of these with the address of `level` as its last argument; `others` are the arguments before it. */
export function oldIrqlRemedy(routine: string, level: string, others: readonly string[]): string {
  return `${routine} returns the old IRQL: const ${level} = ${routine}(${others.join(', ')}).`;
}

/**
 * The parser's errors with those explained that C explains. What the parser makes of the rest of such a line is a guess, so its other
 * errors there are left out.
 */
export function explainSyntax(text: string, errors: readonly Problem[]): Problem[] {
  const shown: Problem[] = [];
  let explained = -1;
  let lineEnd = -1;
  for (const error of errors) {
    const idiom = error.start < explained ? undefined : explain(text, error);
    if (idiom !== undefined) {
      explained = Math.max(idiom.end, error.end);
      if (idiom.end > lineEnd) lineEnd = endOfLine(text, idiom.end);
      shown.push({ ...error, ...idiom });
    } else if (error.start > lineEnd) shown.push(error);
  }
  return shown;
}

function explain(text: string, error: Problem): SyntaxError | undefined {
  const { start } = error;
  const from = Math.max(0, start - mostAround);
  const near = text.slice(from, start);
  const lineStart = from + near.lastIndexOf('\n') + 1;
  const before = text.slice(lineStart, start);
  const [after] = text.slice(start, start + mostAround).split('\n', 1);
  return (
    explainDirective(from, start, near + after) ??
    explainHandler(lineStart, start, before + after) ??
    explainArrow(start, before, after) ??
    explainAddress(start, before, after) ??
    explainWide(start, before, after) ??
    explainContents(start, after) ??
    explainCast(lineStart, start, before + after) ??
    explainWord(start, before, after)
  );
}

/** A line for the preprocessor, on which the parser may stumble only at the line after it. */
function explainDirective(from: number, start: number, near: string): SyntaxError | undefined {
  const found = [...near.matchAll(/^[ \t]*(#[ \t]*(define|include|if|ifdef|ifndef|pragma|undef|else|endif)\b)([^\n]*)/gm)]
    .filter(({ index, 0: whole }) => from + index <= start && /^\s*$/.test(near.slice(index + whole.length, start - from)))
    .at(-1);
  if (found === undefined) return undefined;
  const [whole, word, directive, rest] = found;
  const [, name, value] = /^\s*(\w+)(?:\([^)]*\))?\s*(\w*)/.exec(rest) ?? [];
  const remedy =
    directive === 'define'
      ? `for a number write const ${name ?? 'NAME'}: ULONG = ${value || '1'};, for a macro a function`
      : directive === 'include'
        ? "write import { ... } from 'irpsight/wdm'"
        : 'leave it out';
  const begin = from + found.index + whole.indexOf(word);
  return { start: begin, end: from + found.index + whole.trimEnd().length, message: `There is no preprocessor: ${remedy}.` };
}

/** `__try`, `__except (...)` and `__finally`, behind which the parser stumbles. */
function explainHandler(lineStart: number, start: number, line: string): SyntaxError | undefined {
  for (const { index, 0: whole, 1: word } of line.matchAll(/__(try|finally|except)\b(?:\s*\([^()]*\))?/g)) {
    const begin = lineStart + index;
    if (start < begin || !/^\s*$/.test(line.slice(index + whole.length, Math.max(index + whole.length, start - lineStart))))
      continue;
    const written = word === 'except' ? 'catch' : word;
    const more = word === 'except' ? ' { ... }, which handles every exception, and ask GetExceptionCode() in it' : '';
    const end = begin + (word === 'except' ? whole.length : `__${word}`.length);
    return { start: begin, end, message: `Write ${written}${more}.`, replacement: written };
  }
  return undefined;
}

/** `L"\\Device\\X"`. */
function explainWide(start: number, before: string, after: string): SyntaxError | undefined {
  if (!/\bL$/.test(before) || !/^["']/.test(after)) return undefined;
  return { start: start - 1, end: start, message: 'Strings are wide: write this one without the L.', replacement: '' };
}

function explainArrow(start: number, before: string, after: string): SyntaxError | undefined {
  if (!before.endsWith('-') || !after.startsWith('>')) return undefined;
  const pointer = tidy(new RegExp(`(${place})-$`).exec(before)?.[1] ?? '');
  const field = /^>\s*(\w*)/.exec(after)?.[1] ?? '';
  return { start: start - 1, end: start + 1, message: `TypeScript has no ->; write ${pointer}.${field}.`, replacement: '.' };
}

function explainAddress(start: number, before: string, after: string): SyntaxError | undefined {
  const found = new RegExp(String.raw`^&\s*(${place})`).exec(after);
  if (found === null) return undefined;
  const end = start + found[0].length;
  const name = tidy(found[1]);
  const [, routine, others] = /(\w+)\s*\(([^()]*)$/.exec(before) ?? [];
  if (routine !== undefined && oldIrqlResults.has(routine) && /^\s*\)/.test(after.slice(found[0].length))) {
    const inputs = others.split(',').map((other) => tidy(other.trim().replace(/^&\s*/, '')));
    // Of KeAcquireSpinLock(&Lock) alone the lock is meant.
    if (inputs.length > 1 || routine === 'IoAcquireCancelSpinLock')
      return { start, end, message: oldIrqlRemedy(routine, /\w+$/.exec(name)?.[0] ?? name, inputs.slice(0, -1)) };
  }
  return {
    start,
    end,
    message: `TypeScript has no &: storage gives its address, write ${name}; for a scalar or a pointer write Ref(${name}).`,
  };
}

function explainContents(start: number, after: string): SyntaxError | undefined {
  const found = new RegExp(String.raw`^\*\s*(${place})`).exec(after);
  if (found === null) return undefined;
  return {
    start,
    end: start + found[0].length,
    message: `TypeScript has no * before a pointer: what a Ref points to is ${tidy(found[1])}.Value, and a struct's fields follow a dot.`,
  };
}

function explainCast(lineStart: number, start: number, line: string): SyntaxError | undefined {
  const at = start - lineStart;
  for (const { index, 0: whole, 1: struct, 2: type, 3: stars } of line.matchAll(cast)) {
    const end = index + whole.length;
    const value = operand.exec(line.slice(end).replace(/^\s*[&*]/, (sign) => ' '.repeat(sign.length)))?.[0] ?? '';
    // A bracket behind a name is a call's; the parser stumbles inside the cast only over what no call could hold.
    const called = /[\w\])]\s*$/.test(line.slice(0, index)) && !/\b(?:return|case)\s*$/.test(line.slice(0, index));
    const stumbled =
      struct !== undefined || stars !== '' ? at > index && at <= end : /^\s*$/.test(line.slice(end, at)) && at >= end;
    if (called || !stumbled || value.trim() === '') continue;
    const written = tidy(value.trim());
    const name = plainTypes.get(type) ?? type;
    return {
      start: lineStart + index,
      end: lineStart + end + value.length,
      message: `A cast stands behind its value: write ${written} as ${'P'.repeat(stars.length)}${name}.`,
    };
  }
  return undefined;
}

/** A word that the parser did not expect. */
function explainWord(start: number, before: string, after: string): SyntaxError | undefined {
  const label = /^goto\s+(\w+)/.exec(after);
  if (label !== null) {
    return {
      start,
      end: start + label[0].length,
      message: `C's goto is the end of a labelled block: ${label[1]}: { ... break ${label[1]}; ... }, and behind the block what stood at ${label[1]}.`,
    };
  }
  const suffix = /^[uUlL]+\b/.exec(after);
  if (suffix !== null && /\d$|0[xX][\da-fA-F]+$/.test(before))
    return {
      start,
      end: start + suffix[0].length,
      message: `Numbers have no suffix here; leave ${suffix[0]} out.`,
      replacement: '',
    };
  if (before.trim() !== '' && !/^\s*(?:static|extern|export|const|volatile)\s*$/.test(before)) return undefined;
  const routine = /^(?:struct\s+)?(\w+)\s*(\**)\s*(\w+)\s*\(/.exec(after);
  if (routine !== null && /^\w+\s*[\s*]/.test(after)) {
    const result = typeName(routine[1], routine[2]);
    return {
      start,
      end: start + routine[0].length - 1,
      message: `Types stand behind names: write function ${routine[3]}(Name: TYPE, ...): ${result === 'VOID' ? 'void' : result} { ... }, or for a routine that the system calls const ${routine[3]}: ROLE = (...) => { ... };`,
    };
  }
  const variable = /^(?:struct\s+)?(\w+)(?:\s+(?:int|long|char|short))?\s*(\**)\s*\b(\w+)\s*(=|;|,|\[)/.exec(after);
  if (variable === null || !/^\w+\s*[\s*]/.test(after)) return undefined;
  const type = typeName(variable[1], variable[2]);
  return {
    start,
    end: start + variable[0].length - variable[4].length,
    message:
      variable[4] === '='
        ? `Types stand behind names: write let ${variable[3]}: ${type} = ...; or const ${variable[3]} = ...;`
        : variable[4] === '['
          ? `Types stand behind names: write let ${variable[3]}!: ARRAY<${type}, N>;`
          : `Types stand behind names: write let ${variable[3]}!: ${type};`,
  };
}

function typeName(name: string, stars: string): string {
  return `${'P'.repeat(stars.length)}${plainTypes.get(name) ?? name}`;
}

/** What was written in C, with dots for arrows. */
function tidy(text: string): string {
  return text.replace(/\s*->\s*/g, '.');
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
