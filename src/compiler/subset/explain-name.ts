/** What the type checker says of a name that is not there: where to import it from, what the WDK has, or what was meant. */
import ts from 'typescript';
import { ddiFacts, documentationUrl } from '../../facts/index.ts';
import { signatureNames, statusNames } from '../../facts/signatures.ts';
import { isDocumented } from '../documented.ts';
import { nearestName } from '../nearest.ts';

const libraries = ['irpsight/wdm', 'irpsight/scenario'];
const uncovered = 'Irpsight covers WDM drivers only: KMDF, minifilters, NDIS and Storport are not covered yet.';

/** Of a name used and declared nowhere. `guess` is the name in reach that the type checker takes for the one meant. */
export function undeclaredName(program: ts.Program, node: ts.Node, name: string, guess: string | undefined): string {
  if (name === '__leave') return 'C has __leave, TypeScript has not: write try { Body: { ... break Body; ... } }.';
  if (name === 'console') return 'console is not declared; DbgPrint writes to the debugger.';
  const library = libraries.find((specifier) => exportsOf(program, specifier).includes(name));
  if (library !== undefined) return `${name} is not declared; import it from "${library}".`;
  if (isDocumented(name)) return `${name} is not declared; import it from "irpsight/wdm".`;
  if (ddiFacts(name) !== undefined) return `${name} is not declared. ${notModelled(name)}`;
  const pointee = name.slice(1);
  if (
    name.startsWith('P') &&
    node.getSourceFile().statements.some((one) => ts.isInterfaceDeclaration(one) && one.name.text === pointee)
  )
    return `${name} is not declared; write type ${name} = ${pointee}; for the pointer to ${pointee}.`;
  const own = guess !== undefined && !/^[A-Z]\w*_/.test(name) ? guess : undefined;
  if (own === undefined && isUncovered(name)) return `${name} is not declared. ${uncovered}`;
  const meant = own ?? nearestExport(program, name) ?? guess;
  if (meant !== undefined) return `${name} is not declared; did you mean ${meant}?`;
  const called = node.parent && ts.isCallExpression(node.parent) && node.parent.expression === node;
  return called
    ? `${name} is not declared, and neither irpsight/wdm nor the WDK has a routine of this name; declare it.`
    : `${name} is not declared, and irpsight/wdm has nothing of this name; declare it.`;
}

/**
 * Of a name that an import asks irpsight/wdm for in vain. What the WDK documents is no misspelling, however near another name may be: it
 * has no model yet.
 */
export function missingExport(program: ts.Program, name: string, guess: string | undefined): string {
  if (ddiFacts(name) !== undefined) return notModelled(name);
  if (isUncovered(name)) return `irpsight/wdm has no ${name}. ${uncovered}`;
  const meant = guess ?? nearestExport(program, name);
  return (
    `irpsight/wdm has no ${name}${meant === undefined ? '.' : `; did you mean ${meant}?`} ` +
    'What the WDK has under this name and Irpsight does not, declare in the driver.'
  );
}

function notModelled(name: string): string {
  const page = ddiFacts(name)?.page ?? '';
  const remedy = page.includes('/nc-')
    ? `Declare its type in the driver: type ${name} = (...) => ...;`
    : `Leave the call out, or write a function ${name} in the driver that does as much of it as matters there.`;
  const what =
    isUncovered(name) || /^(wdf|fltkernel)/.test(page)
      ? `it is not for WDM drivers. ${uncovered}`
      : 'Irpsight does not model it yet.';
  return `${name} is in the WDK (${documentationUrl(page)}), but ${what} ${remedy}`;
}

/** Whether the name is of KMDF, a minifilter's, NDIS's or Storport's, as far as its beginning tells. */
function isUncovered(name: string): boolean {
  return /^(wdf|flt|ndis|storport)/i.test(name);
}

/** What the library has goes before what is only documented. */
function nearestExport(program: ts.Program, name: string): string | undefined {
  const exported = libraries.flatMap((specifier) => exportsOf(program, specifier));
  return nearestName(name, exported) ?? nearestName(name, [...signatureNames(), ...statusNames()]);
}

/** Names that can be imported from a module of the library. */
function exportsOf(program: ts.Program, specifier: string): readonly string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(`${specifier}/index.ts`);
  const module = file && checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module).map((symbol) => symbol.name);
}
