/** Imports and exports: named, from the product's own modules and other driver files. */
import ts from 'typescript';
import type { Meaning } from './meaning.ts';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';

const library = /^irpsight\/(wdm|scenario|devices\/[A-Za-z0-9_-]+)$/;
const device = /^irpsight\/devices\//;
const driverFile = /^\.{1,2}\/(?:[^\\]*\/)?[^\\/]+\.(driver|scenario)(\.ts)?$/;
const modelFile = /^\.{1,2}\/(?:[^\\]*\/)?[^\\/]+\.model(\.ts)?$/;

/** Checks one import declaration. */
export function checkImport(walk: Reporter, node: ts.ImportDeclaration): void {
  const { report, file } = walk;
  const specifier = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
  const named = `import { Name } from "${specifier}"`;
  // A model acts for the kernel, so it shares code with models only.
  const isModel = /\.model\.ts$/.test(walk.path);
  if (!library.test(specifier) && !(isModel ? modelFile : driverFile).test(specifier))
    report(isModel ? 'dsl/model-import-from' : 'dsl/import-from', node.moduleSpecifier, [`"${specifier}"`]);
  if (node.attributes) report('dsl/import-form', node.attributes, [named]);
  const clause = node.importClause;
  if (!clause) return report('dsl/import-form', node, [named]);
  if (clause.phaseModifier !== undefined) report('dsl/import-form', clause, [named]);
  if (clause.name) report('dsl/import-form', clause.name, [named]);
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) {
    if (device.test(specifier)) checkName(walk, bindings.name);
    else report('dsl/import-form', bindings, [named]);
    return;
  }
  for (const element of bindings?.elements ?? []) {
    checkName(walk, element.name);
    const { propertyName } = element;
    if (propertyName) report('dsl/import-renamed', element, [propertyName.getText(file)], propertyName.getText(file));
    if (element.isTypeOnly) report('dsl/import-form', element, [named], element.name.text);
  }
}

/** Checks that a driver takes no routine from the scenario library: user mode's deeds would be its own there. A model may choose. */
export function checkScenarioImport({ declared, report, path }: Meaning, node: ts.Node): void {
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
  if (node.moduleSpecifier.text !== 'irpsight/scenario') return;
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return;
  for (const { name } of bindings.elements) {
    if (declared.symbolOf(name)?.declarations?.some(ts.isFunctionDeclaration) !== true) continue;
    if (!/\.model\.ts$/.test(path)) report('dsl/scenario-routine', name, [name.text]);
    else if (name.text !== 'choose') report('dsl/model-import', name, [name.text]);
  }
}

/** Checks that a driver does nothing that its hardware does: importing a device only says which hardware the driver is for. */
export function checkDeviceUse({ declared, report }: Meaning, node: ts.Node): void {
  const isAction = (name: ts.Node): boolean => {
    const declarations = declared.symbolOf(name)?.declarations ?? [];
    return declarations.some((one) => ts.isFunctionDeclaration(one) && device.test(one.getSourceFile().fileName));
  };
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && isAction(node.name))
    report('dsl/device-routine', node, [node.name.text]);
  if (ts.isImportSpecifier(node) && isAction(node.name)) report('dsl/device-routine', node, [node.name.text]);
}

/** Checks `export { ... }`, `export ... from`, `export default` and `export =`: none is in the subset. */
export function checkExport(walk: Reporter, node: ts.Statement): void {
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return walk.report('dsl/import-form', node, ['the import where the name is used']);
  }
  walk.report('dsl/export-form', node, []);
}
