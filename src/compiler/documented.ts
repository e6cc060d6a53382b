/**
 * Declarations, in the language itself, of what the WDK documents and `src/wdm` does not model, for just the names that a program imports:
 * routines that do what can be said of every such routine, and values and types of the headers. Drivers get them from `irpsight/wdm`.
 */
import { ddiFacts, documentationUrl } from '../facts/index.ts';
import type { ParameterFacts, SignatureFacts } from '../facts/signatures.ts';
import { signatureOf, statusValue } from '../facts/signatures.ts';
import type { SourceInput } from './api.ts';
import { cType, type MappedType } from './c-types.ts';
import { declareHeaderNames, isHeaderName } from './documented-types.ts';

/** The generated source. */
export const documentedPath = 'irpsight/wdm/documented.ts';
/** What functions are called whose result is any number: `$RoutineName$Parameter`. Drivers cannot have such names. */
export const unknownNumberPrefix = '$';
/** What stands for the parameter where the result is any status of the routine. No parameter has that name. */
export const unknownStatus = 'KiStatus';
/** What an import of a user's model starts with in the declarations; no user can write such an import. */
export const modelPrefix = 'irpsight-model:';

/** Everything of the library that the declarations may name. */
export interface DocumentedContext {
  /** Types and values that `irpsight/wdm` exports. */
  readonly exports: ReadonlySet<string>;
  /** The user's own models: routine to the path of the file that exports it. */
  readonly models: ReadonlyMap<string, string>;
}

/** Whether a name can be imported although nothing models it. */
export function isDocumented(name: string): boolean {
  return statusValue(name) !== undefined || signatureOf(name) !== undefined || isHeaderName(name);
}

/** The source with declarations of `names`, which `irpsight/wdm` does not export. */
export function documentedSource(names: readonly string[], context: DocumentedContext): SourceInput {
  const used = new Set<string>();
  const header = declareHeaderNames(names, context.exports);
  const exports = new Set([...context.exports, ...header.declares]);
  for (const name of header.uses) use(name);
  const declarations = [...names].sort().map((name) => {
    const value = statusValue(name);
    if (value !== undefined) return `export const ${name} = ${value} as ${use('NTSTATUS')};\n`;
    const model = context.models.get(name);
    if (model !== undefined) return `export { ${name} } from ${JSON.stringify(modelPrefix + model)};\n`;
    const signature = signatureOf(name);
    return signature === undefined ? '' : routineText(name, signature);
  });
  const kernel = [...used].filter((name) => /^Ki|^KI_/.test(name));
  const machine = [...used].filter((name) => name.startsWith('machine'));
  const others = [...used].filter((name) => !kernel.includes(name) && !machine.includes(name) && !header.declares.has(name));
  const text = [
    "export * from './index.ts';",
    `import { ${others.join(', ')} } from './index.ts';`,
    `import { ${kernel.join(', ')} } from './opaque.ts';`,
    `import { ${machine.join(', ')} } from './machine.ts';`,
    '',
    ...header.text,
    ...declarations,
  ].join('\n');
  return { path: documentedPath, text, origin: 'kernel' };

  function use(name: string): string {
    used.add(name);
    return name;
  }

  function routineText(name: string, signature: SignatureFacts): string {
    const facts = ddiFacts(name);
    const parameters = (signature.parameters ?? []).filter((one) => one.name !== '...');
    const open = signature.parameters === undefined || parameters.length < signature.parameters.length;
    const typed = parameters.map((one) => ({ facts: one, type: parameterType(one) }));
    const list = typed.map((one) => `${one.facts.name}: ${one.type.text}`);
    if (open) list.push(`...Arguments: ${use('KI_ANY')}[]`);
    const result = resultType(signature.result);
    const helpers: string[] = [];
    let givesNumber = false;
    const number = (of: string, type: string): string => {
      givesNumber = true;
      const helper = `${unknownNumberPrefix}${name}${unknownNumberPrefix}${of}`;
      use('KiNoteRefusal');
      helpers.push(`function ${helper}(): ${type} {\n  return 0 as ${type};\n}`);
      return `${helper}()`;
    };
    const filled = (of: string, struct: string): string => {
      const helper = `${unknownNumberPrefix}${name}${unknownNumberPrefix}${of}${unknownNumberPrefix}${struct}`;
      helpers.push(`function ${helper}(): void {\n}`);
      return `${helper}();`;
    };
    const effects = typed.flatMap((one) => effectOf(name, one, filled));
    const status = (): string => {
      const helper = unknownNumberPrefix + name + unknownNumberPrefix + unknownStatus;
      helpers.push(`function ${helper}(): ${use('NTSTATUS')} {\n  return 0 as NTSTATUS;\n}`);
      return `${helper}()`;
    };
    const gives = resultText(signature, result, { number, status });
    const given = typed.flatMap((one) => givenText(one, result, number));
    const lines = [
      ...irqlText(name),
      ...(synchronises(name, signature)
        ? bounded(`${name} has no model, and may wait, or take or release a lock; what comes after it is not followed`)
        : []),
      ...effects,
      ...(synchronises(name, signature) || (!asksOnly.test(name) && typed.some((one) => one.type.consumed)) ? [giveUp()] : []),
      ...typed.flatMap((one) => takenText(name, one)),
      ...(givesNumber ? ['KiNoteRefusal();'] : []),
      ...gives,
      ...given,
      ...(result.kind === 'void' ? [] : ['return KiResult;']),
    ];
    return [
      '/**',
      ' * Without a model: its IRQL is checked, and its result and what it stores through its parameters may be anything.',
      ...(facts === undefined ? [] : [` * ${documentationUrl(facts.page)}`]),
      ' */',
      `export function ${name}(${list.join(', ')}): ${result.text} {`,
      ...lines.map((line) => `  ${line}`),
      '}',
      ...helpers,
      '',
    ].join('\n');
  }

  /** The path ends here. */
  function giveUp(): string {
    return `(${use('KiUnknownObject')}() as ${use('KI_UNKNOWN')}).Word = 0;`;
  }

  /** What a routine is given to free is gone for the driver, but for what came from such routines itself. */
  function takenText(name: string, { facts, type }: TypedParameter): string[] {
    const memory =
      type.pointer && !type.inert && type.given === undefined && type.text !== 'KI_ROUTINE' && type.text !== 'KI_ANY';
    if (!/Free|Delete|Destroy|Discard|Uninit/.test(name) || !memory || /^HANDLE/.test(type.text)) return [];
    const [reason] = bounded(
      `${name} has no model, and may free what it is handed (${facts.name}); what comes after it is not followed`,
    );
    return [`if (${use('KiLeadsAnywhere')}(${facts.name})) { ${reason} ${giveUp()} }`];
  }

  /** A bound that depends on the arguments breaks no rule by itself: outside of it nobody knows. */
  function irqlText(name: string): string[] {
    const facts = ddiFacts(name);
    if (facts?.bounds === undefined) return [];
    const { minimum, maximum } = facts.bounds;
    if (!facts.conditional) return [`${use('machineEvent')}('call.irql', ${minimum}, ${maximum});`];
    const [reason] = bounded(`Whether ${name} may be called at this IRQL depends on its arguments, which is not checked`);
    const outside = [
      ...(minimum > 0 ? [`machineIrql() < ${minimum}`] : []),
      ...(maximum < 15 ? [`machineIrql() > ${maximum}`] : []),
    ];
    if (outside.length === 0) return [];
    use('machineIrql');
    return [`if (${outside.join(' || ')}) ${reason}`];
  }

  function bounded(reason: string): string[] {
    return [`${use('machineBounded')}('${reason}.');`];
  }

  function parameterType(parameter: ParameterFacts): TypedParameter['type'] {
    const type = cType(parameter.type, exports);
    for (const one of type.uses) use(one);
    const nullable = parameter.optional || parameter.direction === undefined || /^(Ref<|P[A-Z])/.test(type.text);
    return nullable && type.pointer && type.text !== 'PVOID' && !type.text.endsWith('| null')
      ? { ...type, text: `${type.text} | null` }
      : type;
  }

  function resultType(written: string | undefined): { text: string; kind: ResultKind } {
    if (written === 'VOID') return { text: 'void', kind: 'void' };
    if (written === 'NTSTATUS') return { text: use('NTSTATUS'), kind: 'status' };
    if (written === 'BOOLEAN' || written === 'LOGICAL') return { text: use('BOOLEAN'), kind: 'boolean' };
    const type = cType(written ?? 'ULONGLONG', exports);
    for (const one of type.uses) use(one);
    if (type.struct !== undefined) return { text: use('LONGLONG'), kind: 'number' };
    if (type.text === 'KI_ANY') return { text: use('PVOID'), kind: 'pointer' };
    if (type.pointer)
      return { text: type.text === 'PVOID' ? 'PVOID' : `${type.text.replace(/ \| null$/, '')} | null`, kind: 'pointer' };
    if (type.text === 'BOOLEAN') return { text: 'BOOLEAN', kind: 'boolean' };
    return type.number ? { text: type.text, kind: 'number' } : { text: use('ULONGLONG'), kind: 'number' };
  }

  function resultText(
    signature: SignatureFacts,
    result: { text: string; kind: ResultKind },
    { number, status }: { readonly number: NumberText; readonly status: () => string },
  ): string[] {
    switch (result.kind) {
      case 'void':
        return [];
      case 'status':
        return [`const KiResult = ${status()};`, `if (KiResult !== 0) ${use('KiNoteRefusal')}();`];
      case 'boolean':
        return [`const KiResult = ${use('KiUnknownBoolean')}();`];
      case 'number':
        return [`const KiResult = ${number('Result', result.text)};`];
      case 'pointer':
        return [
          `const KiResult = ${use(signature.nullable || signature.result === undefined ? 'KiUnknownOrNull' : 'KiUnknownObject')}() as ${result.text};`,
        ];
    }
  }

  /** What is said before anything is given: that the routine writes what is not modelled. */
  function effectOf(name: string, { facts, type }: TypedParameter, filled: (of: string, struct: string) => string): string[] {
    if (facts.direction === 'in' || facts.direction === undefined) return [];
    // Of text, attributes and the like it matters only whether the driver looks at them.
    if (type.inert && type.target !== undefined) {
      const stores = [
        `${facts.name}.Length = 0;`,
        `${facts.name}.MaximumLength = 0;`,
        ...(facts.direction === 'out' ? [`${facts.name}.Buffer = '?';`] : []),
      ];
      const text = type.target === 'UNICODE_STRING' ? [`if (${facts.name} !== null) { ${stores.join(' ')} }`] : [];
      return [filled(facts.name, type.target), ...text];
    }
    if (!type.pointer || type.given !== undefined || type.inert || type.consumed) return [];
    const reason = bounded(`${name} has no model, and what it stores where ${facts.name} points is not known`);
    return [
      type.text.includes('null') || type.text === 'PVOID' || type.text === 'KI_ANY'
        ? `if (${facts.name} !== null) ${reason[0]}`
        : (reason[0] as string),
    ];
  }

  function givenText({ facts, type }: TypedParameter, result: { kind: ResultKind }, number: NumberText): string[] {
    if (facts.direction === 'in' || facts.direction === undefined || type.given === undefined) return [];
    const { name } = facts;
    const value = ((): string => {
      switch (type.given) {
        case 'boolean':
          return `${name}.Value = ${use('KiUnknownBoolean')}();`;
        case 'number':
          return `${name}.Value = ${number(name, type.target ?? 'ULONG')};`;
        case 'pointer':
          return `${name}.Value = ${use('KiUnknownObject')}() as ${type.target};`;
        case 'quad':
          return `${name}.QuadPart = ${number(name, use('LONGLONG'))};`;
        default:
          return `{ ${name}.Status = ${result.kind === 'status' ? 'KiResult' : `0 as ${use('NTSTATUS')}`}; ${name}.Information = ${number(name, use('ULONG_PTR'))}; }`;
      }
    })();
    // Where the call fails nothing of use is stored.
    const conditions = [
      type.text.endsWith('| null') ? `${name} !== null` : '',
      result.kind === 'status' && type.given === 'pointer' ? 'KiResult >= 0' : '',
    ];
    const condition = conditions.filter((one) => one !== '').join(' && ');
    return [condition === '' ? value : `if (${condition}) ${value}`];
  }
}

type ResultKind = 'void' | 'status' | 'boolean' | 'number' | 'pointer';
type NumberText = (of: string, type: string) => string;

interface TypedParameter {
  readonly facts: ParameterFacts;
  readonly type: MappedType & { readonly text: string };
}

/** Routines that only look at the IRP or object they are given. */
const asksOnly = /^(Io|Mm|Ps|Ke|Ob|Ex|FsRtl)(Is|Get|Query)/;

/** Whether name or types of a routine say that it decides what other code may do meanwhile. */
function synchronises(name: string, { result, parameters = [] }: SignatureFacts): boolean {
  return (
    /Acquire|Release|Wait|Enter|Leave|RaiseIrql|LowerIrql|SpinLock|Mutex|Interlocked|Rundown|DelayExecution|Suspend/.test(name) ||
    result === 'KIRQL' ||
    parameters.some(({ type }) => type === 'KIRQL' || type === 'PKIRQL')
  );
}
