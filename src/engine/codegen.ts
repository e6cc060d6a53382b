/**
 * One JavaScript function an IR function. The text holds only integers and our own names. Registers are JavaScript locals within a run;
 * at scheduling points and calls the live ones are packed into the frame behind its header and stack objects.
 *
 * A frame's `pc` is the instruction to execute next, or `call instruction + code length` for a frame that waits for its callee.
 */
import { usedBy } from '../ir/flow.ts';
import type { ArithmeticKind, BinaryOperator, CellKind, Func, Instr, Origin, Program, Reg } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';
import { emitIntrinsic } from './codegen-intrinsics.ts';
import { FRAME_CALLER, FRAME_HEADER, FRAME_PC, MAX_JUMPS, UNWRITTEN, UNWRITTEN_WIDE } from './layout.ts';
import type { Liveness } from './liveness.ts';
import { liveness, perhapsUnwritten } from './liveness.ts';
import type { Machine } from './machine.ts';
import { Mode, Status, signature } from './machine.ts';
import { FAULT } from './machine-types.ts';
import { wideBits } from './wide.ts';

/** Runs the frame at `frame`; gives a Status. */
export type GeneratedFunction = (frame: number) => number;

/** What emitting an instruction needs to know of its function. */
export interface Emitter {
  readonly func: Func;
  readonly live: Liveness;
  /** Access bits that say on whose behalf this function touches memory. */
  readonly who: number;
  /** Text that runs a machine method giving a Status and leaves, packed, when it does not go on. */
  guarded(call: string, at: number): string;
  /** Text that packs registers into the frame and sets where the scratch stack ends. */
  pack(regs: readonly Reg[]): string;
}

/** What statements of these origins do is told by the events they raise. */
export const unwatched: readonly Origin[] = ['kernel', 'environment', 'device'];

/** Makes a function's code for a machine, of its parts. */
type Maker = (...parts: readonly unknown[]) => GeneratedFunction;

/** The functions of each program as they were compiled for a machine before, by their ids: those that are shown to an observer, and the others. */
const makers = new WeakMap<Program, { readonly shown: Maker[]; readonly plain: Maker[] }>();

function makersOf(program: Program): { readonly shown: Maker[]; readonly plain: Maker[] } {
  const known = makers.get(program) ?? { shown: [], plain: [] };
  makers.set(program, known);
  return known;
}

/**
 * Compiles `func` for `machine`; with `watched`, statements are shown to the machine's observer. Machines of one program share what the JavaScript engine has
 * made of its functions: a driver has many small scenarios, and would begin with cold code in each.
 */
export function compileFunction(machine: Machine, func: Func, watched: boolean): GeneratedFunction {
  const isShown = watched && !unwatched.includes(func.origin);
  const { shown, plain } = makersOf(machine.program);
  const kept = isShown ? shown : plain;
  const make = kept[func.id] ?? (new Function('M', 'R', 'S', 'V', 'A', 'E', 'W', 'G', functionText(func, isShown)) as Maker);
  kept[func.id] = make;
  return make(
    machine,
    machine.cells,
    machine.scratch,
    machine.reached[func.id - 1],
    machine.callArgs,
    machine.eventArgs,
    wideBits,
    machine.globalCells,
  );
}

function functionText(func: Func, watched: boolean): string {
  const { code, registers } = func;
  const live = liveness(func);
  const first = FRAME_HEADER + func.locals.length;
  const resumes = new Set<number>([0]);
  const leaders = new Set<number>([0]);

  const places = (regs: readonly Reg[]): { reg: Reg; at: number }[] => {
    let at = first;
    return regs.map((reg) => {
      const place = { reg, at };
      at += isWide(registers[reg].kind) ? 2 : 1;
      return place;
    });
  };
  const size = (regs: readonly Reg[]): number => regs.reduce((n, reg) => n + (isWide(registers[reg].kind) ? 2 : 1), first);
  const pack = (regs: readonly Reg[]): string =>
    `${places(regs)
      .map(
        ({ reg, at }) =>
          `S[fp+${at}]=r${reg};${isWide(registers[reg].kind) ? `S[fp+${at + 1}]=Math.floor(r${reg}/4294967296);` : ''}`,
      )
      .join('')}M.sp=fp+${size(regs)};`;
  const unpack = (regs: readonly Reg[]): string =>
    places(regs)
      .map(
        ({ reg, at }) =>
          `r${reg}=${isWide(registers[reg].kind) ? `S[fp+${at + 1}]*4294967296+(S[fp+${at}]>>>0)` : `S[fp+${at}]`};`,
      )
      .join('');
  const yieldAt = (at: number): string => {
    resumes.add(at);
    leaders.add(at);
    return `${pack(live.before[at])}S[fp+${FRAME_PC}]=${at};return 1;`;
  };
  const guarded = (call: string, at: number): string => `M.pc=${at};st=${call};if(st!==0){if(st===1){${yieldAt(at)}}return st;}`;
  const who = func.origin === 'driver' ? Mode.driver : func.inline ? Mode.inline : 0;
  const emitter: Emitter = { func, live, who, guarded, pack };
  const jump = (from: number, to: number): string => {
    leaders.add(to);
    const cut = to <= from ? `if(++M.jumps>${MAX_JUMPS}&&M.cutLoop()){${yieldAt(to)}}` : '';
    return `${cut}pc=${to};continue;`;
  };
  const called = (at: number): readonly Reg[] =>
    live.after[at].filter((reg) => !('dst' in code[at]) || reg !== (code[at] as { dst?: Reg }).dst);

  const paged = (at: number): string => `M.pc=${at};if(M.pagedCode())return ${Status.cut};`;

  const bodies = code.map((instr, at): string => {
    switch (instr.op) {
      case 'jump':
        return jump(at, instr.target);
      case 'branch':
        return `if(r${instr.cond}!==0){${jump(at, instr.then)}}else{${jump(at, instr.otherwise)}}`;
      case 'call':
      case 'callptr': {
        leaders.add(at + 1);
        const args = instr.args.map((reg, i) => `A[${i}]=r${reg};`).join('');
        const check =
          instr.op === 'call'
            ? ''
            : `M.pc=${at};if(!M.callable(r${instr.callee},"${signature(instr.args.map((reg) => registers[reg].kind))}"))return 3;`;
        const target = instr.op === 'call' ? `${instr.func}` : `r${instr.callee}`;
        const frame = `fp+${size(called(at))}`;
        return `M.pc=${at};${check}${pack(called(at))}S[fp+${FRAME_PC}]=${at + code.length};${args}if(M.push(${target},${frame},fp)<0)return 3;M.fp=${frame};return 0;`;
      }
      case 'return': {
        const leave =
          func.locals.length === 0
            ? `if(S[fp+${FRAME_CALLER}]<0){${guarded('M.endPoint()', at)}}`
            : guarded(`M.leave(fp,${func.locals.length})`, at);
        return `M.pc=${at};${leave}${instr.src === undefined ? '' : `M.ret=r${instr.src};`}return M.back(fp);`;
      }
      case 'intrinsic':
        return emitIntrinsic(instr, at, emitter);
      default:
        return emitPlain(instr, at, emitter);
    }
  });

  const unwritten = perhapsUnwritten(func);
  const looks = (at: number): string =>
    unwritten.size === 0 || code[at].op === 'move'
      ? ''
      : usedBy(code[at])
          .filter((reg) => unwritten.has(reg))
          .map(
            (reg) =>
              `M.pc=${at};if(r${reg}===${isWide(registers[reg].kind) ? UNWRITTEN_WIDE : UNWRITTEN})return M.fault(${FAULT.uninitialised});`,
          )
          .join('');

  const sections = bodies.map((plain, at) => {
    const body = looks(at) + plain;
    const seen = watched ? `M.observer.statement(M.context,${func.id},${at});` : '';
    // What leaves the function or jumps is noted before, what may have to stop first is noted after.
    const last = ['jump', 'branch', 'call', 'callptr', 'return'].includes(code[at].op);
    return `${leaders.has(at) ? `case ${at}:` : ''}${func.paged && at === 0 ? paged(0) : ''}${last ? `V[${at}]=1;${seen}${body}` : `${body}V[${at}]=1;${seen}`}`;
  });
  const resumeCases = [
    ...[...resumes].map((at) => `case ${at}:${unpack(live.before[at] ?? [])}break;`),
    ...code.flatMap((instr, at) =>
      instr.op === 'call' || instr.op === 'callptr'
        ? [
            `case ${at + code.length}:${unpack(called(at))}${instr.dst === undefined ? '' : `r${instr.dst}=M.ret;`}${func.paged ? paged(at) : ''}pc=${at + 1};break;`,
          ]
        : [],
    ),
  ];
  const declared = registers
    .map((_, reg) => `r${reg}=0`)
    .concat('st=0', 't=0', 'u=0', `pc=S[fp+${FRAME_PC}]`)
    .join(',');
  return `"use strict";return function(fp){let ${declared};switch(pc){${resumeCases.join('')}}for(;;)switch(pc){${sections.join('\n')}default:throw new Error("fell off function ${func.id}");}}`;
}

/** Instructions that neither jump nor call. */
function emitPlain(instr: Instr, at: number, emitter: Emitter): string {
  const { registers } = emitter.func;
  switch (instr.op) {
    case 'const':
      return `r${instr.dst}=${isWide(registers[instr.dst].kind) ? Math.trunc(instr.value) : instr.value | 0};`;
    case 'move':
      return `r${instr.dst}=r${instr.src};`;
    case 'func':
      return `r${instr.dst}=${instr.func};`;
    case 'global':
      return `r${instr.dst}=G[${instr.global}];`;
    case 'local':
      return `r${instr.dst}=S[fp+${FRAME_HEADER + instr.index}];`;
    case 'offset':
      // The address of a member of a null pointer is as null as the pointer: the access faults.
      return `r${instr.dst}=r${instr.base}===0?0:(r${instr.base}+${instr.offset})|0;`;
    case 'element':
      return `M.pc=${at};t=r${instr.index};if(t<0||t>=${instr.count}||M.isBeyond(r${instr.base},t*${instr.stride}))return M.faultBounds();r${instr.dst}=r${instr.base}===0?0:(r${instr.base}+t*${instr.stride})|0;`;
    case 'load': {
      const check = access(`r${instr.base}`, instr.offset, instr.type, instr.kind, emitter.who, at, emitter);
      return `${check}${loaded(instr.dst, `t`, instr.kind, movesOn(emitter.func, at, instr.dst))}`;
    }
    case 'store': {
      const src = `r${instr.src}`;
      const mode = emitter.who | Mode.write | (emitter.who !== 0 && updates(emitter.func, at) ? Mode.update : 0);
      const noted = emitter.who === 0 ? '' : `M.value=${src}|0;`;
      const check = noted + access(`r${instr.base}`, instr.offset, instr.type, instr.kind, mode, at, emitter);
      if (isWide(instr.kind)) return `${check}M.storeAddress(t,${src}|0);M.set(t+1,Math.floor(${src}/4294967296)|0);`;
      if (instr.kind === 'ptr') return `${check}M.storeAddress(t,${src});`;
      // A union may hold the cell as an integer and as an address.
      if (instr.kind === 'i32' || instr.kind === 'u32') return `${check}M.storeAddress(t,${src}|0);`;
      return `${check}M.set(t,${src}|0);`;
    }
    case 'unary':
      if (instr.operator === '!') return `r${instr.dst}=r${instr.src}===0?1:0;`;
      if (!isWide(instr.kind)) return `r${instr.dst}=(${instr.operator}r${instr.src})|0;`;
      return instr.operator === '-'
        ? ranged(instr.dst, `0-r${instr.src}`, instr.kind, at)
        : ranged(instr.dst, `-1-r${instr.src}`, instr.kind, at);
    case 'binary':
      return binary(instr.dst, instr.operator, instr.kind, `r${instr.left}`, `r${instr.right}`, at);
    case 'convert':
      return convert(instr.dst, `r${instr.src}`, instr.from, instr.to, at);
    default:
      throw new Error(`no plain instruction: ${instr.op}`);
  }
}

/** Whether the store writes what its own statement has computed from the cell, as `Count++` does: then the cell was loaded in it before. */
function updates({ code, places }: Func, at: number): boolean {
  const store = code[at];
  if (store.op !== 'store') return false;
  for (let i = at - 1; i >= 0; i--) {
    const load = code[i];
    if (places[i].file !== places[at].file || places[i].end < places[at].start) return false;
    if (load.op === 'load' && load.base === store.base && load.offset === store.offset && load.type === store.type) {
      return places[i].start >= places[at].start && places[i].end <= places[at].end;
    }
  }
  return false;
}

/** Checks an access and leaves the cell's address in t. */
function access(base: string, offset: number, type: number, kind: CellKind, mode: number, at: number, emitter: Emitter): string {
  const address = offset === 0 ? base : `${base}+${offset}`;
  return `${emitter.guarded(`M.access(${base},${type},${address},${isWide(kind) ? 2 : 1},${mode})`, at)}t=${address};`;
}

/**
 * Whether what is loaded is at once stored elsewhere: a copy is no use of it, as whoever copies a struct copies members that nobody has
 * written, and takes along that they were not.
 */
function movesOn({ code }: Func, at: number, dst: Reg): boolean {
  const behind = code[at + 1];
  const next = behind?.op === 'intrinsic' && behind.name === 'observe' ? code[at + 2] : behind;
  return next?.op === 'store' && next.src === dst && next.base !== dst;
}

function loaded(dst: Reg, address: string, kind: CellKind, copied: boolean): string {
  const cell = `R[${address}]`;
  // The high cell alone tells of a 64-bit value, which then is a number of its own that a store turns into such cells again.
  const unwritten = `R[${address}${isWide(kind) ? '+1' : ''}]===${UNWRITTEN}`;
  if (copied)
    return `if(${unwritten})r${dst}=${isWide(kind) ? UNWRITTEN_WIDE : UNWRITTEN};else{${converted(dst, address, cell, kind)}}`;
  return `if(${unwritten})return M.fault(${FAULT.uninitialised});${converted(dst, address, cell, kind)}`;
}

function converted(dst: Reg, address: string, cell: string, kind: CellKind): string {
  switch (kind) {
    case 'i8':
      return `r${dst}=${cell}<<24>>24;`;
    case 'u8':
      return `r${dst}=${cell}&255;`;
    case 'i16':
      return `r${dst}=${cell}<<16>>16;`;
    case 'u16':
      return `r${dst}=${cell}&65535;`;
    case 'bool':
      return `r${dst}=${cell}!==0?1:0;`;
    case 'i64':
    case 'u64':
      return `u=R[${address}+1]*4294967296+(${cell}>>>0);if(u>9007199254740991||u<${kind === 'u64' ? 0 : -9007199254740991})return M.faultOverflow();r${dst}=u;`;
    default:
      return `r${dst}=${cell};`;
  }
}

/** dst = value when it stays within 53 bits (and is not negative where the kind is unsigned), else the fault. */
function ranged(dst: Reg, value: string, kind: string, at: number): string {
  const least = kind === 'u64' ? '0' : '-9007199254740991';
  return `M.pc=${at};t=${value};if(!(t<=9007199254740991&&t>=${least}))return M.faultOverflow();r${dst}=t;`;
}

function binary(dst: Reg, operator: BinaryOperator, kind: ArithmeticKind, left: string, right: string, at: number): string {
  if (operator === '==' || operator === '!=') return `r${dst}=${left}${operator}=${right}?1:0;`;
  if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
    return kind === 'u32' || kind === 'ptr'
      ? `r${dst}=(${left}>>>0)${operator}(${right}>>>0)?1:0;`
      : `r${dst}=${left}${operator}${right}?1:0;`;
  }
  const divides = operator === '/' || operator === '%' ? `M.pc=${at};if(${right}===0)return M.faultDivide();` : '';
  if (isWide(kind)) {
    switch (operator) {
      case '+':
      case '-':
      case '*':
        return ranged(dst, `${left}${operator}${right}`, kind, at);
      case '/':
        return `${divides}${ranged(dst, `(${left}-${left}%${right})/${right}`, kind, at)}`;
      case '%':
        return `${divides}${ranged(dst, `${left}%${right}`, kind, at)}`;
      default:
        return ranged(dst, `W("${operator}",${left},${right},${kind === 'u64' ? 1 : 0})`, kind, at);
    }
  }
  const unsigned = kind === 'u32';
  switch (operator) {
    case '*':
      return `r${dst}=Math.imul(${left},${right});`;
    case '/':
    case '%':
      return unsigned
        ? `${divides}r${dst}=((${left}>>>0)${operator}(${right}>>>0))|0;`
        : `${divides}r${dst}=(${left}${operator}${right})|0;`;
    case '>>':
      return `r${dst}=(${left}${unsigned ? '>>>' : '>>'}${right})|0;`;
    default:
      return `r${dst}=(${left}${operator}${right})|0;`;
  }
}

function convert(dst: Reg, src: string, from: string, to: string, at: number): string {
  switch (to) {
    case 'i8':
      return `r${dst}=${src}<<24>>24;`;
    case 'u8':
      return `r${dst}=${src}&255;`;
    case 'i16':
      return `r${dst}=${src}<<16>>16;`;
    case 'u16':
      return `r${dst}=${src}&65535;`;
    case 'bool':
      return `r${dst}=${src}!==0?1:0;`;
    case 'i64':
    case 'u64':
      return ranged(dst, from === 'u32' ? `${src}>>>0` : src, to, at);
    default:
      return `r${dst}=${src}|0;`;
  }
}
