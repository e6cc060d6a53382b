import ts from 'typescript';
import { expect, it } from 'vitest';
import { addedImport } from '../../src/compiler/added-import.ts';

it.each([
  ['in their order', "import { IRP, PIRP } from 'm';\n", "import { IRP, Name, PIRP } from 'm';\n"],
  ['behind the last', "import { IRP } from 'm';\n", "import { IRP, Name } from 'm';\n"],
  ['before the first', "import { PIRP } from 'm';\n", "import { Name, PIRP } from 'm';\n"],
  ['a name a line', "import {\n  IRP,\n  PIRP,\n} from 'm';\n", "import {\n  IRP,\n  Name,\n  PIRP,\n} from 'm';\n"],
  ['the last line', "import {\n  A,\n  IRP,\n} from 'm';\n", "import {\n  A,\n  IRP,\n  Name,\n} from 'm';\n"],
  ['one name on a line', "import {\n  IRP,\n} from 'm';\n", "import {\n  IRP,\n  Name,\n} from 'm';\n"],
  ['lines of several', "import {\n  A, IRP,\n  PIRP, Z,\n} from 'm';\n", "import {\n  A, IRP,\n  Name, PIRP, Z,\n} from 'm';\n"],
  ['no names', "import {} from 'm';\n", "import { Name } from 'm';\n"],
  ['another module', "import { A } from 'n';\nconst B = 1;\n", "import { A } from 'n';\nimport { Name } from 'm';\nconst B = 1;\n"],
  ['types only', "import type { A } from 'm';\n", "import type { A } from 'm';\nimport { Name } from 'm';\n"],
  ['all of it', "import * as m from 'm';\n", "import * as m from 'm';\nimport { Name } from 'm';\n"],
  ['no imports', 'const B = 1;\n', "import { Name } from 'm';\n\nconst B = 1;\n"],
  ['a header', '// Mine.\n\nconst B = 1;\n', "// Mine.\n\nimport { Name } from 'm';\n\nconst B = 1;\n"],
  ['a comment of the first', '/** B. */\nconst B = 1;\n', "import { Name } from 'm';\n\n/** B. */\nconst B = 1;\n"],
  ['an empty text', '', "import { Name } from 'm';\n\n"],
])('an import is added: %s', (_, text, wanted) => {
  const { at, text: added } = addedImport(ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2022), 'Name', 'm');
  expect(text.slice(0, at) + added + text.slice(at)).toBe(wanted);
});
