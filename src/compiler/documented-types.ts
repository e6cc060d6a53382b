/** Constants, enumerations and structs of the headers, in the language. */
import { constantOf, type FieldFacts, fieldsOf } from '../facts/signatures.ts';
import { cType, strings } from './c-types.ts';

export interface HeaderDeclarations {
  readonly text: readonly string[];
  /** The names that the text declares, and those of the library that it needs. */
  readonly declares: ReadonlySet<string>;
  readonly uses: ReadonlySet<string>;
}

/** Whether the headers have a constant or type of that name, or a type that it points to. */
export function isHeaderName(name: string): boolean {
  return constantOf(name) !== undefined || typeNamed(name) !== undefined;
}

/** Declares those of `names` that are constants or types of the headers, and the types that these are made of. */
export function declareHeaderNames(names: readonly string[], exports: ReadonlySet<string>): HeaderDeclarations {
  const declares = new Set<string>();
  const uses = new Set<string>();
  const text: string[] = [];
  const waiting: string[] = [];
  for (const name of [...names].sort()) {
    const constant = constantOf(name);
    if (constant === undefined) want(name);
    else if (!declares.has(name)) {
      declares.add(name);
      uses.add(constant.type);
      text.push(`export const ${name}: ${constant.type} = ${constant.value};`);
    }
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const fields = fieldsOf(name) ?? [];
    text.push(fields.length === 0 ? enumerationText(name) : structText(name, fields));
  }
  return { text: [...text, ''], declares, uses };

  function want(name: string): void {
    const type = typeNamed(name);
    if (type === undefined || exports.has(type) || declares.has(type)) return;
    declares.add(type);
    if (!exports.has(`P${type}`)) declares.add(`P${type}`);
    waiting.push(type);
  }

  function enumerationText(name: string): string {
    uses.add('LONG').add('Ref');
    return `export type ${name} = LONG;${declares.has(`P${name}`) ? ` export type P${name} = Ref<LONG>;` : ''}`;
  }

  function structText(name: string, fields: readonly FieldFacts[]): string {
    const members = fields.map((field) => {
      const one = fieldText(field.type);
      if (field.count === undefined) return `${field.name}: ${one}`;
      uses.add('ARRAY');
      return `${field.name}: ARRAY<${one}, ${field.count}>`;
    });
    return `export interface ${name} { ${members.join('; ')} }${declares.has(`P${name}`) ? ` export type P${name} = ${name};` : ''}`;
  }

  function fieldText(type: string): string {
    if (strings.has(type)) return use('PWSTR');
    const own = fieldsOf(type);
    if (own !== undefined && !exports.has(type)) {
      want(type);
      return type;
    }
    const mapped = cType(type, exports);
    for (const one of mapped.uses) if (!one.startsWith('KI_')) uses.add(one);
    if (mapped.text.startsWith('KI_') || mapped.text === 'PVOID') return use('PVOID');
    return mapped.pointer && !mapped.text.endsWith('| null') ? `${mapped.text} | null` : mapped.text;
  }

  function use(name: string): string {
    uses.add(name);
    return name;
  }
}

/** The type of the headers that a name is or, as `P` and its name, points to. */
function typeNamed(name: string): string | undefined {
  if (fieldsOf(name) !== undefined) return name;
  return name.startsWith('P') && fieldsOf(name.slice(1)) !== undefined ? name.slice(1) : undefined;
}
