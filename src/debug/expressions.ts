/** What a person types to see a value, `Irp.IoStatus.Status`, and what makes a breakpoint stop, `IRQL == DISPATCH_LEVEL`. Nothing is executed. */
import { constantOf, statusValue } from '../facts/signatures.ts';
import type { Value, Values } from './values.ts';

/** What an expression can begin with, by name. */
export type Lookup = (name: string) => Value | undefined;

/** Longest expression that is looked at. */
const longest = 500;

/** The value that a name with members and elements behind it has: `DeviceObject.DeviceExtension.Queue[0]`. */
export function evaluate(expression: string, lookup: Lookup, values: Values): Value | { readonly error: string } {
  const text = expression.trim();
  const path = /^[A-Za-z_]\w*(?:\s*(?:\??\.|!\.|->)\s*[A-Za-z_]\w*|\s*\[\s*\d+\s*\])*$/.test(text) && text.length <= longest;
  if (!path) return { error: 'Only a variable can be shown, with its members and elements: Irp.IoStatus.Status.' };
  const [first = '', ...rest] = text.match(/[A-Za-z_]\w*|\[\s*\d+\s*\]/g) ?? [];
  let value = lookup(first);
  if (value === undefined) return { error: `There is no variable ${first} here.` };
  for (const name of rest) {
    const wanted = name.replace(/\s/g, '');
    const found: Value | undefined =
      value.parts === undefined ? undefined : values.partsOf(value.parts).find((part) => part.name === wanted);
    if (found === undefined) return { error: `${value.name} has no ${wanted}.` };
    value = found;
  }
  return { ...value, name: text };
}

/** A condition: whether it holds where `lookup` knows the names. What cannot be evaluated there does not hold. */
export type Condition = (lookup: Lookup, values: Values) => boolean;

/** Reads `left operator right`, where one side is a variable and the other a number or the name of one. */
export function readCondition(text: string): Condition | { readonly error: string } {
  const found = /^([^=!<>]+?)\s*(===|!==|==|!=|<=|>=|<|>)\s*([^=!<>]+)$/.exec(text.trim().slice(0, longest));
  const [, left = '', operator = '', right = ''] = found ?? [];
  const wanted = numberOf(right.trim());
  if (found === null || wanted === undefined)
    return { error: `"${text}" is no condition: write IRQL == DISPATCH_LEVEL, or a variable compared with a number.` };
  return (lookup, values) => {
    const value = evaluate(left, lookup, values);
    if ('error' in value || value.number === undefined) return false;
    const [a, b] = [value.number, wanted];
    switch (operator) {
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '>':
        return a > b;
      case '>=':
        return a >= b;
      // Unsigned and signed spellings of 32 bits are the same: STATUS_CANCELLED is negative.
      case '!=':
      case '!==':
        return a !== b && a >>> 0 !== b >>> 0;
      default:
        return a === b || a >>> 0 === b >>> 0;
    }
  };
}

const names: Readonly<Record<string, number>> = { null: 0, NULL: 0, TRUE: 1, true: 1, FALSE: 0, false: 0 };
const levels: Readonly<Record<string, number>> = { PASSIVE_LEVEL: 0, APC_LEVEL: 1, DISPATCH_LEVEL: 2 };

function numberOf(text: string): number | undefined {
  if (Object.hasOwn(names, text)) return names[text];
  if (Object.hasOwn(levels, text)) return levels[text];
  if (/^-?(\d+|0[xX][0-9A-Fa-f]+)$/.test(text)) return text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  const value = /^\w+$/.test(text) ? (statusValue(text) ?? constantOf(text)?.value) : undefined;
  const number = Number(value);
  return value === undefined || !Number.isSafeInteger(number) ? undefined : number;
}
