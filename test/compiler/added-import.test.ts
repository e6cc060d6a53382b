import ts from 'typescript';
import { expect, it } from 'vitest';
import { importsAdded } from '../../src/compiler/added-import.ts';

it.each([
  ['in their order', "import { IRP, PIRP } from 'm';\n", "import { IRP, Name, PIRP } from 'm';\n"],
  ['behind the last', "import { IRP } from 'm';\n", "import { IRP, Name } from 'm';\n"],
  ['before the first', "import { PIRP } from 'm';\n", "import { Name, PIRP } from 'm';\n"],
  ['a name a line', "import {\n  IRP,\n  PIRP,\n} from 'm';\n", "import {\n  IRP,\n  Name,\n  PIRP,\n} from 'm';\n"],
  ['the last line', "import {\n  A,\n  IRP,\n} from 'm';\n", "import {\n  A,\n  IRP,\n  Name,\n} from 'm';\n"],
  ['one name on a line', "import {\n  IRP,\n} from 'm';\n", "import {\n  IRP,\n  Name,\n} from 'm';\n"],
  ['lines of several', "import {\n  A, IRP,\n  PIRP, Z,\n} from 'm';\n", "import {\n  A, IRP,\n  Name, PIRP, Z,\n} from 'm';\n"],
  ['no names', "import {} from 'm';\n", "import { Name } from 'm';\n"],
  [
    'another module',
    "import { A } from 'n';\nconst B = 1;\n",
    "import { A } from 'n';\nimport { Name } from 'm';\nconst B = 1;\n",
  ],
  ['types only', "import type { A } from 'm';\n", "import type { A } from 'm';\nimport { Name } from 'm';\n"],
  ['all of it', "import * as m from 'm';\n", "import * as m from 'm';\nimport { Name } from 'm';\n"],
  ['no imports', 'const B = 1;\n', "import { Name } from 'm';\n\nconst B = 1;\n"],
  ['a header', '// Mine.\n\nconst B = 1;\n', "// Mine.\n\nimport { Name } from 'm';\n\nconst B = 1;\n"],
  ['a comment of the first', '/** B. */\nconst B = 1;\n', "import { Name } from 'm';\n\n/** B. */\nconst B = 1;\n"],
  ['an empty text', '', "import { Name } from 'm';\n\n"],
  ['lines that the first shares', "import { A,\n         IRP } from 'm';\n", "import { A,\n         IRP, Name } from 'm';\n"],
  ['between those', "import { A,\n         PIRP } from 'm';\n", "import { A,\n         Name, PIRP } from 'm';\n"],
  [
    'a comment before a name',
    "import {\n  A,\n  /* B. */ B,\n} from 'm';\n",
    "import {\n  A,\n  /* B. */ B, Name,\n} from 'm';\n",
  ],
  ['Windows lines', "import {\r\n  A,\r\n  PIRP\r\n} from 'm';\r\n", "import {\r\n  A,\r\n  Name,\r\n  PIRP\r\n} from 'm';\r\n"],
  ['the last of them', "import {\r\n  A,\r\n  B\r\n} from 'm';\r\n", "import {\r\n  A,\r\n  B,\r\n  Name\r\n} from 'm';\r\n"],
  ['Windows lines, another module', "import { A } from 'n';\r\n", "import { A } from 'n';\r\nimport { Name } from 'm';\r\n"],
  ['Windows lines, no imports', 'const B = 1;\r\n', "import { Name } from 'm';\r\n\r\nconst B = 1;\r\n"],
  [
    'comments of names',
    "import {\n  A, // A.\n  // P.\n  PIRP,\n} from 'm';\n",
    "import {\n  A, // A.\n  Name,\n  // P.\n  PIRP,\n} from 'm';\n",
  ],
  [
    'a comment of the first name',
    "import { // All.\n  // P.\n  PIRP,\n} from 'm';\n",
    "import { // All.\n  Name,\n  // P.\n  PIRP,\n} from 'm';\n",
  ],
  [
    'a comment behind the last',
    "import {\n  A,\n  B, // B.\n} from 'm';\n",
    "import {\n  A,\n  B, // B.\n  Name,\n} from 'm';\n",
  ],
  ['and no comma', "import {\n  A,\n  B // B.\n} from 'm';\n", "import {\n  A,\n  Name,\n  B // B.\n} from 'm';\n"],
  ['the same on one line', "import { A, B /* B. */ } from 'm';\n", "import { A, Name, B /* B. */ } from 'm';\n"],
  ['a comment alone', "import { /* Nothing. */ } from 'm';\n", "import { Name  /* Nothing. */ } from 'm';\n"],
  ['a brace in a comment', "import /* { */ {} from 'm';\n", "import /* { */ { Name } from 'm';\n"],
  ['a comment behind the import', "import { A } from 'n'; // N.\n", "import { A } from 'n'; // N.\nimport { Name } from 'm';\n"],
])('an import is added: %s', (_, text, wanted) => {
  const { at, text: added } = importsAdded(ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2022), 'm')('Name');
  const made = text.slice(0, at) + added + text.slice(at);
  expect(made).toBe(wanted);
  expect(ts.transpileModule(made, { reportDiagnostics: true }).diagnostics).toEqual([]);
});
