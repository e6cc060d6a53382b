/** Imports run one way: what each folder of src may import, folders or single files, as ARCHITECTURE.md states it. Everything else is an error. */
const allowed = {
  ir: [],
  facts: [],
  compiler: ['ir', 'facts'],
  engine: ['ir'],
  analysis: ['ir'],
  rules: ['ir', 'facts'],
  scenario: ['ir'],
  check: ['ir', 'facts', 'compiler', 'engine', 'analysis', 'rules', 'scenario'],
  debug: ['ir', 'facts', 'compiler/api.ts', 'engine', 'check', 'rules'],
  fixes: ['check'],
  report: ['check', 'debug'],
  jobs: ['check', 'debug', 'compiler/api.ts', 'compiler/imports.ts', 'compiler/language.ts', 'compiler/language-api.ts'],
  cli: ['jobs', 'check', 'report', 'compiler/api.ts', 'rules/explain.ts'],
};
/** The core reads no file and no clock; pure computation from Node is fine. */
const core = Object.keys(allowed).filter((folder) => folder !== 'cli' && folder !== 'jobs');

/** Of a folder whatever lies in it, of a file just that. */
function pattern(path) {
  return path.endsWith('.ts') ? `${path.replace('.', '[.]')}$` : `${path}/`;
}

export default {
  forbidden: [
    {
      // A new folder goes into the list above, and into ARCHITECTURE.md.
      name: 'folder-without-a-list',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(allowed).join('|')})/` },
      to: {},
    },
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...others].map(pattern).join('|')})` },
    })),
    {
      name: 'server-imports',
      severity: 'error',
      from: { path: '^server/' },
      to: {
        path: '^(src|client)/',
        pathNot:
          '^(client/protocol[.]ts|src/(jobs|check|debug|fixes|report)/|src/compiler/language-api[.]ts|src/rules/explain[.]ts)',
      },
    },
    { name: 'src-not-server', severity: 'error', from: { path: '^(src|client)/' }, to: { path: '^server/' } },
    {
      name: 'core-does-no-input-or-output',
      severity: 'error',
      from: { path: `^src/(${core.join('|')})/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|util)$' },
    },
    {
      name: 'typescript-only-in-compiler',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/compiler/' },
      to: { path: 'node_modules/typescript/' },
    },
    {
      // What it shows comes from the server; the protocol is all they share, that of debugging, and the timelines in it, which are drawn on this side.
      name: 'client-imports',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(src|server|test|scripts)/', pathNot: '^src/(report/timeline/|debug/protocol[.]ts$)' },
    },
    {
      // It goes into a web page.
      name: 'timeline-imports',
      severity: 'error',
      from: { path: '^src/report/timeline/' },
      to: { pathNot: '^src/report/timeline/' },
    },
    {
      name: 'only-the-view-draws',
      severity: 'error',
      from: { path: '^(client|server|src)/', pathNot: '^client/view/' },
      to: { path: 'node_modules/(lit|@vscode-elements)/' },
    },
    {
      // The library loads the editor's module, which there is only in the editor. That the module itself is injected is for a test to see.
      name: 'language-client-only-in-extension',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/extension[.]ts$' },
      to: { path: 'node_modules/vscode-languageclient/', dependencyTypesNot: ['type-only'] },
    },
    {
      // What tries the editor has packages of its own, installed when it is run.
      name: 'resolvable',
      severity: 'error',
      from: { path: '^(client|server|src|test)/', pathNot: '^test/editor/' },
      to: { couldNotResolve: true, pathNot: '^(yargs/|vscode$)' },
    },
    { name: 'src-not-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|scripts)/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Files in the driver language resolve `irpsight/...` to the product itself, not to packages.
    exclude: { path: ['^src/(wdm|devices|scenario/dsl)/', '^src/cli/starter/', '[.](driver|scenario)[.]ts$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
