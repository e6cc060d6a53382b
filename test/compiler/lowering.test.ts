/** What each construct becomes: instructions checked by what they are, and by running arithmetic ones. */
import { describe, expect, it } from 'vitest';
import type { Func, Instr } from '../../src/ir/program.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { evaluate } from './evaluate.ts';
import { compileMini, funcOf, importAll, programOf } from './mini.ts';

const types = `
interface ENTRY { ListEntry: LIST_ENTRY; Irp: PIRP | null }
type PENTRY = ENTRY;
interface EXT { Lock: KSPIN_LOCK; Queue: LIST_ENTRY; CurrentIrp: PIRP | null; Count: ULONG; Byte: UCHAR; Iosb: IO_STATUS_BLOCK; Due: LARGE_INTEGER }
type PEXT = EXT;
`;

/** The memory accesses of a function, one word each: `load ptr EXT+4`. */
function accesses(text: string, name = 'F'): string[] {
  const program = programOf(types + text);
  expect(validateProgram(program)).toEqual([]);
  return funcOf(program, name).code.flatMap((instr) =>
    instr.op === 'load' || instr.op === 'store'
      ? [`${instr.op} ${instr.kind} ${program.types[instr.type].name}+${instr.offset}`]
      : [],
  );
}

function instructions(text: string, name = 'F'): readonly Instr[] {
  return funcOf(programOf(types + text), name).code;
}

function run(body: string, ...args: bigint[]): bigint {
  const program = programOf(`export function F(a: LONG, b: LONG): LONG { ${body} }`);
  expect(validateProgram(program)).toEqual([]);
  const result = evaluate(funcOf(program, 'F'), args);
  if ('fault' in result) throw new Error(result.fault);
  return result.value;
}

describe('storage and pointers', () => {
  it('folds embedded members into one access, typed by the outermost struct', () => {
    expect(accesses('export function F(Irp: PIRP): void { Irp.IoStatus.Information = 0; }')).toEqual(['store u64 IRP+1']);
  });

  it('takes the address of an embedded struct without an access', () => {
    const code = instructions('export function F(Ext: PEXT): void { const Head = Ext.Queue; Head.Flink = Head; }');
    expect(code.map((instr) => instr.op)).toEqual(['offset', 'store', 'return']);
  });

  it('copies storage field by field, and points with pointers', () => {
    expect(accesses('export function F(Ext: PEXT, Irp: PIRP): void { Ext.Iosb = Irp.IoStatus; Ext.CurrentIrp = Irp; }')).toEqual([
      'load i32 IRP+0',
      'store i32 EXT+6',
      'load u64 IRP+1',
      'store u64 EXT+7',
      'store ptr EXT+3',
    ]);
  });

  it('makes x++ a load and a store', () => {
    expect(accesses('export function F(Ext: PEXT): void { Ext.Count++; Ext.Count += 2; }')).toEqual([
      'load u32 EXT+4',
      'store u32 EXT+4',
      'load u32 EXT+4',
      'store u32 EXT+4',
    ]);
  });

  it('ignores what tsc believes about null', () => {
    expect(
      accesses(
        'export function F(Ext: PEXT): BOOLEAN { Ext.CurrentIrp = null; const Next = Ext.CurrentIrp as PIRP | null; return Next !== null; }',
      ),
    ).toEqual(['store ptr EXT+3', 'load ptr EXT+3']);
  });

  it('keeps a local in the frame only when its address is taken', () => {
    const func = funcOf(
      programOf(`${types}
      function Set(Where: Ref<LONG>): void { Where.Value = 1; }
      export function F(): LONG { let Kept!: LONG; let Free: LONG = 2; let Event!: ENTRY; Set(Ref(Kept)); return Kept + Free; }`),
      'F',
    );
    expect(func.locals.map((local) => local.name)).toEqual(['Kept', 'Event']);
  });

  it("passes a struct by value as a copy in the caller's frame", () => {
    const func = funcOf(programOf(`${types} export function F(Ext: PEXT): void { KeDelay(Ext.Due); }`), 'F');
    expect(func.locals).toHaveLength(1);
    expect(func.code.map((instr) => instr.op)).toEqual(['local', 'load', 'store', 'call', 'return']);
  });

  it("subtracts the member's offset for CONTAINING_RECORD", () => {
    const code = instructions(
      'export function F(Entry: PLIST_ENTRY): PIRP { return CONTAINING_RECORD<IRP>(Entry, "Tail.Overlay.ListEntry"); }',
    );
    expect(code[0]).toMatchObject({ op: 'offset', offset: -11 });
  });

  it("hands minus the type's id to a SIZE_T parameter", () => {
    const program = programOf(
      `${types} export function F(): void { const Entry = ExAllocatePool2(0, sizeof<ENTRY>(), 'tag!'); if (Entry !== null) Entry.Irp = null; }`,
    );
    const token = program.types.find((type) => type.name === 'ENTRY')?.id ?? 0;
    expect(funcOf(program, 'F').code).toContainEqual(expect.objectContaining({ op: 'const', value: -token }));
  });

  it('hands a plain number of bytes to a SIZE_T parameter as it is: pool without a type is a buffer', () => {
    const program = programOf("export function F(): void { ExAllocatePool2(0, 24, 'tag!'); }");
    expect(funcOf(program, 'F').code).toContainEqual(expect.objectContaining({ op: 'const', value: 24 }));
  });

  it('lays out extends as an embedded first member', () => {
    expect(
      accesses(
        'interface COMMON { A: ULONG; B: PIRP | null } interface FDO extends COMMON { C: ULONG } type PFDO = FDO; type PCOMMON = COMMON;\n' +
          'export function F(Common: PCOMMON): void { Common.B = null; const Fdo = Common as PFDO; Fdo.B = null; Fdo.C = 1; }',
      ),
    ).toEqual(['store ptr COMMON+1', 'store ptr FDO+1', 'store u32 FDO+2']);
  });

  it('checks an index that is not constant', () => {
    const code = instructions(
      'export function F(Irp: PIRP, i: ULONG): void { Irp.Tail.Overlay.DriverContext[i] = null; Irp.Tail.Overlay.DriverContext[3] = null; }',
    );
    expect(code.map((instr) => instr.op)).toEqual(['offset', 'convert', 'element', 'const', 'store', 'const', 'store', 'return']);
  });
});

describe('what the compiler may not cut or assume', () => {
  const last = (text: string): number | undefined => {
    const consts = instructions(text).flatMap((i) => (i.op === 'const' ? [i.value] : []));
    return consts.at(-1);
  };

  it('an index of 64 bits keeps them', () => {
    const program = programOf(
      'interface S { A: ARRAY<LONG, 4> } type PS = S; const Far: LONGLONG = 0x100000001;\n' +
        'export function F(P: PS, i: LONGLONG): void { P.A[i] = 1; P.A[Far] = 1; P.A[0x100000001] = 1; }',
    );
    const func = funcOf(program, 'F');
    const kinds = func.code.flatMap((i) => (i.op === 'element' ? [func.registers[i.index].kind] : []));
    expect(kinds).toEqual(['i64', 'i64', 'i64']);
    expect(func.code.flatMap((i) => (i.op === 'const' ? [i.value] : []))).toEqual([1, 0x100000001, 1, 0x100000001, 1]);
    expect(validateProgram(program)).toEqual([]);
  });

  it("the side of a folded ?: that is taken has both sides' type", () => {
    const constants = 'const D: LONG = 1; const U: ULONG = 1; const L: LONGLONG = 5;\n';
    expect(last(`${constants}export function F(): BOOLEAN { return U <= (D === 1 ? -1 : L); }`)).toBe(0);
    expect(last(`${constants}export function F(): BOOLEAN { return U <= (D === 1 ? -1 : 5); }`)).toBe(1);
    expect(last(`${constants}export function F(): BOOLEAN { return (D === 1 ? -1 : U) > 0; }`)).toBe(1);
  });

  it('?: of a BOOLEAN and an integer is an integer', () => {
    for (const sides of ['Flag : 5', '5 : Flag']) {
      const [first, second] = sides.split(' : ');
      expect(run(`const Flag: BOOLEAN = a !== 77; const x: LONG = (a === 0 ? ${sides}) as LONG; return x;`, 0n)).toBe(
        first === '5' ? 5n : 1n,
      );
      expect(run(`const Flag: BOOLEAN = a !== 77; const x: LONG = (a === 0 ? ${sides}) as LONG; return x;`, 1n)).toBe(
        second === '5' ? 5n : 1n,
      );
    }
  });

  it('tags in a driver say nothing', () => {
    const type = programOf('/**\n * @subject irp\n * @size 99\n */\ninterface S { A: ULONG } let X!: S;').types.find(
      (one) => one.name === 'S',
    );
    expect(type).toMatchObject({ bytes: 4 });
    expect(type).not.toHaveProperty('subject');
  });
});

describe('layout', () => {
  const sizes = (name: string, text: string): { cells: number; bytes: number; fields: string[] } => {
    const type = programOf(`${text} let X!: ${name};`).types.find((t) => t.name === name);
    if (type?.kind !== 'struct') throw new Error(name);
    return { cells: type.cells, bytes: type.bytes, fields: type.fields.map((f) => `${f.name} ${f.offset} ${f.byteOffset}`) };
  };

  it('aligns as a C compiler for x64', () => {
    expect(sizes('S', 'interface S { A: UCHAR; B: ULONG; C: UCHAR; D: ULONGLONG; E: USHORT; P: PIRP; Q: BOOLEAN }')).toEqual({
      cells: 8,
      bytes: 48,
      fields: ['A 0 0', 'B 1 4', 'C 2 8', 'D 3 16', 'E 5 24', 'P 6 32', 'Q 7 40'],
    });
  });

  it('overlaps the members of unions and puts what follows behind the widest', () => {
    expect(sizes('S', 'type S = Union<{ Four: ARRAY<PVOID, 4>; Entry: LIST_ENTRY }> & { Last: ULONG };')).toEqual({
      cells: 5,
      bytes: 40,
      fields: ['Four 0 0', 'Entry 0 0', 'Last 4 32'],
    });
  });

  it('marks the type rules follow', () => {
    expect(
      programOf('export function F(Irp: PIRP): void { Irp.Cancel = TRUE; }').types.find((t) => t.name === 'IRP'),
    ).toMatchObject({ subject: 'irp' });
  });

  it('reports a struct that contains itself', () => {
    expect(compileMini('interface S { A: S; B: ULONG } let X!: S;').problems.map((p) => p.code)).toContain(
      'dsl/recursive-struct',
    );
  });
});

describe('statements', () => {
  it('falls through the cases of a switch', () => {
    const body =
      'let r: LONG = 0; switch (a) { case 1: r += 1; case 2: r += 10; break; default: r = 7; case 4: r += 100; } return r;';
    expect([1n, 2n, 3n, 4n].map((a) => run(body, a))).toEqual([11n, 10n, 107n, 100n]);
  });

  it('leaves labelled blocks, also out of inner loops', () => {
    expect(run('let r: LONG = 0; Exit: { if (a > 3) break Exit; r = 1; } return r;', 5n)).toBe(0n);
    expect(
      run(
        'let r: LONG = 0; for (let i: LONG = 0; i < 5; i++) { Next: { for (let j: LONG = 0; j < 5; j++) { if (j === i) break Next; r++; } } }\n return r;',
      ),
    ).toBe(10n);
  });

  it('runs the body of do once, and that of while perhaps never', () => {
    expect(run('let r: LONG = 0; do { r++; } while (r < a); return r;', 0n)).toBe(1n);
    expect(run('let r: LONG = 0; while (r < a) { r++; } return r;', 0n)).toBe(0n);
  });

  it('keeps the order left to right', () => {
    expect(run('let x: LONG = a; return x + x++ * 10 + x;', 1n)).toBe(13n);
    expect(run('let x: LONG = a; const y = x; x = 5; return y;', 1n)).toBe(1n);
  });

  it('wraps on store and compares unsigned when either side is', () => {
    expect(run('let c: UCHAR = 255; c++; return c;')).toBe(0n);
    expect(run('let u: ULONG = 1; return a < u ? 1 : 0;', -1n)).toBe(0n);
  });
});

describe('routines', () => {
  it('names the role and fills up parameters the routine leaves out', () => {
    const func = funcOf(
      programOf(
        'const Cancel: DRIVER_CANCEL<never> = () => { };\nexport function F(Irp: PIRP): void { IoSetCancelRoutine(Irp, Cancel); }',
      ),
      'Cancel',
    );
    expect(func).toMatchObject({ role: 'DRIVER_CANCEL', params: 2, origin: 'driver' });
    expect(func.result).toBeUndefined();
  });

  it("calls through pointers, and through the kernel's macros inline", () => {
    const program = programOf(
      `${types} export function F(Device: PDEVICE_OBJECT<never>, Ext: PEXT, Irp: PIRP): void { const R = Irp.CancelRoutine; if (R !== null) R(Device, Irp); KeAcquireSpinLock(Ext.Lock); }`,
    );
    expect(funcOf(program, 'F').code.map((instr) => instr.op)).toContain('callptr');
    expect(funcOf(program, 'KeAcquireSpinLock').inline).toBe(true);
    expect(validateProgram(program)).toEqual([]);
  });

  it('marks what alloc_text names', () => {
    const program = programOf('alloc_text("PAGE", F);\nexport function F(): void { }\nexport function G(): void { }');
    expect([funcOf(program, 'F').paged, funcOf(program, 'G').paged]).toEqual([true, false]);
  });

  it('evaluates and drops what a model takes as ...rest', () => {
    const calls = instructions('export function F(Irp: PIRP): void { DbgPrint("%d", Irp.IoStatus.Status); }').filter(
      (i) => i.op === 'call' || i.op === 'load',
    );
    expect(calls.map((i) => (i.op === 'call' ? i.args.length : i.op))).toEqual(['load', 1]);
  });

  it('compiles of the library only what is used, of the driver everything', () => {
    const names = programOf('function Unused(): void { }\nexport function F(): void { }').funcs.map((func) => func.name);
    expect(names).toContain('Unused');
    expect(names).not.toContain('ExAllocatePool2');
  });
});

describe('constants', () => {
  const constantOf = (expression: string): number => {
    const func: Func = funcOf(
      programOf(`${types} const X = ${expression};\nexport function F(): ULONG { return X as ULONG; }`),
      'F',
    );
    const [first] = func.code;
    return first.op === 'const' ? first.value : Number.NaN;
  };

  it('folds control codes, sizes and status values', () => {
    expect(constantOf('CTL_CODE(0x22, 0x800, 3, 0)')).toBe(0x222003);
    expect(constantOf('sizeof<ENTRY>() + 1')).toBe(25);
    expect(constantOf('0xC0000120 as NTSTATUS')).toBe(0xc0000120 | 0);
  });

  it('keeps tables as globals', () => {
    const program = programOf('let Table: ARRAY<ULONG, 3> = [1, 0, 3];\nexport function F(i: ULONG): ULONG { return Table[i]; }');
    expect(program.globals.find((global) => global.name === 'Table')?.initial).toEqual([
      { offset: 0, value: 1 },
      { offset: 2, value: 3 },
    ]);
  });

  it('gives all spellings of a device name one number', () => {
    const text = ['\\\\\\\\.\\\\Toast', '\\\\??\\\\TOAST', '\\\\DosDevices\\\\toast', '\\\\Device\\\\Toast']
      .map((name) => `DbgPrint("${name}");`)
      .join(' ');
    const numbers = instructions(`export function F(): void { ${text} }`).flatMap((i) => (i.op === 'const' ? [i.value] : []));
    expect(new Set(numbers.slice(0, 3)).size).toBe(1);
    expect(numbers[3]).not.toBe(numbers[0]);
  });
});

describe('problems', () => {
  it('places them by UTF-16 offsets, whatever the line ends and with a byte order mark', () => {
    const text = '\r\n// a comment\r\nexport function F(): void { const X: ULONG = TRUE; }\r\n';
    for (const mark of ['', '\uFEFF']) {
      const [problem] = compileMini(text, 'driver', mark).problems;
      expect((mark + importAll + text).slice(problem.start, problem.end)).toBe('X');
      expect(problem.code).toBe('TS2322');
    }
  });

  it('refuses an address of an integer of another kind', () => {
    expect(
      compileMini(
        'function G(P: Ref<LONG>): void { P.Value = 1; }\nexport function F(): void { let X: UCHAR = 0; G(Ref(X)); }',
      ).problems.map((p) => p.code),
    ).toEqual(['dsl/ref-type']);
  });

  it('refuses results by value and globals that are not constant', () => {
    const { problems } = compileMini(
      'export function F(): LONG { return 1; }\nconst X: LONG = F();\nexport function G(P: PLARGE_INTEGER): LARGE_INTEGER { return P; }',
    );
    expect(problems.map((p) => p.code).sort()).toEqual(['dsl/constant-expected', 'dsl/struct-result']);
  });

  it('survives nesting that no parser survives', () => {
    const { program, problems } = compileMini(
      `export function F(): LONG { return ${'('.repeat(20_000)}1${')'.repeat(20_000)}; }`,
    );
    expect(program).toBeUndefined();
    expect(problems.map((p) => p.code)).toContain('dsl/too-deep');
  });
});
