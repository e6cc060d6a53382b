import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registerTasks, taskType } from '../../client/tasks.ts';
import type { Tools } from '../../client/tools.ts';
import { FakeUri, fake } from './fake.ts';

interface Made {
  readonly definition: { readonly paths?: readonly string[] };
  readonly name: string;
  readonly execution: { readonly process: string; readonly args: readonly string[]; readonly options: { readonly env: object } };
  readonly matcher: string;
  group?: string;
}

interface Provider {
  provideTasks(): Made[];
  resolveTask(task: { definition: object; name: string }): Made | undefined;
}

function provider(active?: string): Provider {
  const { tools } = fake(active === undefined ? {} : { active });
  let registered: Provider | undefined;
  const folder = { uri: new FakeUri('file', '/w'), name: 'w', index: 0 };
  const vscode = {
    ...tools.vscode,
    Uri: { joinPath: (uri: FakeUri, ...parts: string[]) => ({ fsPath: [uri.path, ...parts].join('/') }) },
    ProcessExecution: class {
      readonly process: string;
      readonly args: readonly string[];
      readonly options: object;
      constructor(process: string, args: readonly string[], options: object) {
        this.process = process;
        this.args = args;
        this.options = options;
      }
    },
    Task: class {
      constructor(
        definition: object,
        readonly scope: unknown,
        readonly name: string,
        readonly source: string,
        readonly execution: unknown,
        readonly matcher: string,
      ) {
        Object.assign(this, { definition });
      }
    },
    TaskGroup: { Build: 'build', Test: 'test' },
    TaskScope: { Workspace: 2 },
    tasks: {
      registerTaskProvider: (type: string, given: Provider) => {
        expect(type).toBe(taskType);
        registered = given;
      },
    },
    workspace: {
      workspaceFolders: [folder],
      getWorkspaceFolder: ({ path }: FakeUri) => (path.startsWith('/w/') ? folder : undefined),
      asRelativePath: ({ path }: FakeUri) => path.replace(/^\/w\//, ''),
    },
  };
  registerTasks({ vscode, home: tools.home } as unknown as Tools, '/node', []);
  if (registered === undefined) throw new Error('nothing was registered');
  return registered;
}

const shown = ({ name, execution: { process, args }, matcher, group = '' }: Made): string =>
  `${name}: ${process} ${args.join(' ')} ${matcher} ${group}`.trim();

describe('tasks', () => {
  it('check a folder, follow its pinned schedules, and check the file in the editor, with the command line of the extension', () => {
    expect(provider('/w/box/a.driver.ts').provideTasks().map(shown)).toEqual([
      'check the drivers of the folder: /node /ext/dist/cli.js check . $irpsight build',
      'follow the pinned schedules of the folder: /node /ext/dist/cli.js replay . $irpsight test',
      'check box/a.driver.ts: /node /ext/dist/cli.js check box/a.driver.ts $irpsight',
    ]);
    expect(provider('/elsewhere/a.driver.ts').provideTasks()).toHaveLength(2);
    expect(provider('/w/notes.ts').provideTasks()).toHaveLength(2);
  });

  it('are what tasks.json says', () => {
    const { resolveTask } = provider();
    const definition = { type: taskType, paths: ['-x.driver.ts', 'y'], args: ['--cpus', '1'] };
    const made = resolveTask({ definition, name: 'mine' });
    expect(made && shown(made)).toBe('mine: /node /ext/dist/cli.js check ./-x.driver.ts y --cpus 1 $irpsight');
    expect(made?.definition).toBe(definition);
    expect(made?.execution.options.env).toEqual({ ELECTRON_RUN_AS_NODE: '1' });
    for (const wrong of [{ command: 'init' }, { command: 1 }, { paths: 'x' }, { args: [1] }])
      expect(resolveTask({ definition: { type: taskType, ...wrong }, name: '' })).toBeUndefined();
  });

  it('have the commands that package.json says', () => {
    const [{ properties }] = JSON.parse(readFileSync('package.json', 'utf8')).contributes.taskDefinitions;
    for (const command of properties.command.enum)
      expect(provider().resolveTask({ definition: { type: taskType, command }, name: '' })).toBeDefined();
  });
});
