/** Each idiom that docs/porting.md gives is taken by the compiler, in a driver of its own with the declarations that the page shows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { loadLibrary } from '../kit/library.ts';

const page = readFileSync('docs/porting.md', 'utf8');
const library = loadLibrary();
const common = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

interface Row {
  readonly heading: string;
  readonly text: string;
}

/** The code of the right-hand cells; the words beside it say where it stands. */
const rows = page.split(/^## /m).flatMap((section): readonly Row[] => {
  const heading = section.slice(0, section.indexOf('\n'));
  const cells = section.split('\n').filter((line) => /^\| .*`.* \|$/.test(line));
  return cells.map((line) => ({
    heading,
    text: (/^`(.*?)`/.exec(line.split(/(?<!\\) \| /)[1] ?? '')?.[1] ?? '').replaceAll('\\|', '|'),
  }));
});

const index = library.find(({ path }) => path === 'irpsight/wdm/index.ts')?.text ?? '';
const exported = new Set(
  [...index.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) => list.split(',').map((name) => name.trim())),
);

/** Rows of one heading in one driver: declarations at the top level, statements each in a routine of their own. */
function driverOf(heading: string): string {
  const parts = rows
    .filter((row) => row.heading === heading)
    .map(({ text }, number) => (heading === 'Declarations' ? text : `${routine(number)} {\n  ${text}\n  return Status;\n}`));
  const calls =
    heading === 'Declarations'
      ? []
      : parts.map((_, number) => `  Row${number}(Ext, DeviceObject, DriverObject, Irp, Record, Status, PASSIVE_LEVEL);`);
  const body = `${common}
${parts.join('\n')}
function All(
  Ext: PDEVICE_EXTENSION, DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, DriverObject: PDRIVER_OBJECT, Irp: PIRP, Record: PRECORD, Status: NTSTATUS,
): void {
${calls.join('\n')}
}
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  return STATUS_SUCCESS;
};
`;
  const own = new Set([...body.matchAll(/\b(?:function|const|let|interface|type) (\w+)/g)].map(([, name]) => name));
  const used = [...new Set(body.match(/\w+/g))].filter((name) => exported.has(name) && !own.has(name));
  return `${body}import { ${used.join(', ')} } from 'irpsight/wdm';\n`;
}

function routine(number: number): string {
  return (
    `function Row${number}(Ext: PDEVICE_EXTENSION, DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, DriverObject: PDRIVER_OBJECT, Irp: PIRP, ` +
    'Record: PRECORD, Status: NTSTATUS, Irql: KIRQL): NTSTATUS'
  );
}

describe('docs/porting.md', () => {
  it('has rows whose right-hand cell begins with code', () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(({ text }) => text === '')).toEqual([]);
  });

  it.each([...new Set(rows.map(({ heading }) => heading))])('%s: the compiler takes every cell', (heading) => {
    const text = driverOf(heading);
    const { program, problems } = compile({ sources: [{ path: 'port.driver.ts', origin: 'driver', text }], library });
    expect(
      problems.map(
        ({ message, start }) => `${message} in: ${text.slice(0, start).split('\n').length}: ${text.slice(start, start + 80)}`,
      ),
    ).toEqual([]);
    expect(program).toBeDefined();
  });

  it('the compiler refuses a cell that is still C', () => {
    const text = driverOf('Statements').replace('Ext.Count--;', 'Ext->Count--;');
    expect(compile({ sources: [{ path: 'port.driver.ts', origin: 'driver', text }], library }).problems).not.toEqual([]);
  });
});
