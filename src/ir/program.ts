/**
 * The intermediate representation: what the compiler makes of driver, kernel model and scenario files, and all that
 * the engine and the analysis know of them. Plain data; it imports nothing.
 *
 * Machine model in short. Memory is one array of 32-bit cells; an address is a cell index, 0 is null. A register
 * belongs to one activation of one function. Every access to memory is an instruction of its own and so a step of
 * its own; everything else (arithmetic, jumps, calls, returns) is local to the context that does it.
 */

/** How one value is stored. A 64-bit kind takes two cells (low word first), every other kind one. */
export type CellKind = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'bool' | 'ptr' | 'fn';

/**
 * Register values. `i64`/`u64`: a JavaScript integer within 53 bits (what leaves them raises `fault.overflow`).
 * Every other kind: an int32 in canonical form - u8/u16 zero-extended, i8/i16 sign-extended, u32 as the *signed* int32 of
 * the same bits, bool 0 or 1, ptr an address, fn a function id (0 is null).
 */
export type ValueKind = CellKind;

export type TypeId = number;
/** Function ids start at 1, so that 0 can be the null function pointer. */
export type FuncId = number;
export type GlobalId = number;
export type FileId = number;
export type Reg = number;

/** A type that memory can hold. Offsets and sizes are in cells unless they say bytes. */
export type Type = ScalarType | StructType | ArrayType;

export interface ScalarType {
  readonly kind: 'scalar';
  readonly id: TypeId;
  readonly name: string;
  readonly cell: CellKind;
  readonly cells: number;
  readonly bytes: number;
}

export interface StructType {
  readonly kind: 'struct';
  readonly id: TypeId;
  readonly name: string;
  readonly cells: number;
  /** Size on x64 as a C compiler would lay it out; what `sizeof<T>()` gives. */
  readonly bytes: number;
  readonly fields: readonly Field[];
  /** Set on the type whose objects rules follow (`IRP`): the engine keeps ghost cells behind each such object. */
  readonly subject?: 'irp';
}

/** A member; members of a union overlap. `byteOffset` is the C offset. */
export interface Field {
  readonly name: string;
  readonly type: TypeId;
  readonly offset: number;
  readonly byteOffset: number;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly id: TypeId;
  readonly name: string;
  readonly element: TypeId;
  readonly count: number;
  readonly cells: number;
  readonly bytes: number;
}

/**
 * Who wrote a file, which decides whose deeds its routines' deeds are: `driver` is judged; `kernel` (src/wdm) and `device`
 * act for their caller; `environment` (the simulated user mode and lower drivers) and `scenario` are not judged.
 */
export type Origin = 'driver' | 'kernel' | 'device' | 'environment' | 'scenario';

export interface SourceFile {
  readonly id: FileId;
  /** As the user named it, with forward slashes; kernel files as `irpsight/wdm/cancel.ts`. */
  readonly path: string;
  readonly origin: Origin;
  readonly text: string;
}

/** A place in the source: UTF-16 offsets, `end` exclusive. */
export interface Place {
  readonly file: FileId;
  readonly start: number;
  readonly end: number;
}

export interface LocalObject {
  readonly name: string;
  readonly type: TypeId;
}

export interface Func {
  readonly id: FuncId;
  readonly name: string;
  readonly file: FileId;
  readonly origin: Origin;
  /** The role type of a routine the kernel calls (`DRIVER_DISPATCH`), or the name of the driver's own pointer type. */
  readonly role?: string;
  /**
   * A kernel function that is a macro or FORCEINLINE in the WDK headers (JSDoc `@forceinline`): its memory accesses count as
   * its caller's own, which matters to "touched after" rules.
   */
  readonly inline: boolean;
  /** In a pageable section (`alloc_text("PAGE", ...)`). */
  readonly paged: boolean;
  /** The first `params` registers are the parameters. */
  readonly params: number;
  readonly registers: readonly RegisterInfo[];
  /** Storage with an address: made when the function is entered, gone when it returns. */
  readonly locals: readonly LocalObject[];
  readonly result?: ValueKind;
  readonly code: readonly Instr[];
  /** `places[i]` is where `code[i]` comes from. */
  readonly places: readonly Place[];
  /** The whole declaration. */
  readonly place: Place;
  /** Ascending ranges of instructions around which this function has a handler: an exception raised there, or in what is called there, does not leave it. */
  readonly handled?: readonly InstrRange[];
}

/** Instructions from `start` to before `end`. */
export interface InstrRange {
  readonly start: number;
  readonly end: number;
}

export interface RegisterInfo {
  readonly kind: ValueKind;
  /** The source name, for debugger and printer; absent for temporaries. */
  readonly name?: string;
  /** For a pointer, the struct it is declared to point to; display only. */
  readonly pointee?: TypeId;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The kinds arithmetic is done in, after C's conversions. `ptr` only for == and != (also for `fn`). */
export type ArithmeticKind = 'i32' | 'u32' | 'i64' | 'u64' | 'ptr';

/** The count of an `element` of what a pointer to one element is taken for: as many as there are. */
export const ANY_COUNT = 0x7fffffff;

/**
 * One instruction. Jump targets are indices into the function's code. `type` on an access is the type that must live at
 * `base` (checked when run); the accessed cell is `base + offset`.
 */
export type Instr =
  | { readonly op: 'const'; readonly dst: Reg; readonly value: number }
  | { readonly op: 'move'; readonly dst: Reg; readonly src: Reg }
  | {
      readonly op: 'binary';
      readonly dst: Reg;
      readonly operator: BinaryOperator;
      readonly kind: ArithmeticKind;
      readonly left: Reg;
      readonly right: Reg;
    }
  | {
      readonly op: 'unary';
      readonly dst: Reg;
      readonly operator: '-' | '~' | '!';
      readonly kind: ArithmeticKind;
      readonly src: Reg;
    }
  | { readonly op: 'convert'; readonly dst: Reg; readonly src: Reg; readonly from: ValueKind; readonly to: ValueKind }
  /** Address of an embedded member; no access, no check. A negative offset is CONTAINING_RECORD. */
  | { readonly op: 'offset'; readonly dst: Reg; readonly base: Reg; readonly offset: number }
  /** Address of an array element; the index is checked against `count` and against the object that `base` lies in (`fault.bounds`). */
  | {
      readonly op: 'element';
      readonly dst: Reg;
      readonly base: Reg;
      readonly index: Reg;
      readonly stride: number;
      /** ANY_COUNT where only the object says. */
      readonly count: number;
    }
  | {
      readonly op: 'load';
      readonly dst: Reg;
      readonly base: Reg;
      readonly type: TypeId;
      readonly offset: number;
      readonly kind: CellKind;
    }
  | {
      readonly op: 'store';
      readonly src: Reg;
      readonly base: Reg;
      readonly type: TypeId;
      readonly offset: number;
      readonly kind: CellKind;
    }
  | { readonly op: 'local'; readonly dst: Reg; readonly index: number }
  | { readonly op: 'global'; readonly dst: Reg; readonly global: GlobalId }
  | { readonly op: 'func'; readonly dst: Reg; readonly func: FuncId }
  | { readonly op: 'jump'; readonly target: number }
  | { readonly op: 'branch'; readonly cond: Reg; readonly then: number; readonly otherwise: number }
  | { readonly op: 'call'; readonly dst?: Reg; readonly func: FuncId; readonly args: readonly Reg[] }
  /** A call through a function pointer; null raises `fault.null`, a wrong number or kind of parameters `fault.type`. */
  | { readonly op: 'callptr'; readonly dst?: Reg; readonly callee: Reg; readonly args: readonly Reg[] }
  | { readonly op: 'intrinsic'; readonly dst?: Reg; readonly name: string; readonly args: readonly Reg[]; readonly text?: string }
  | { readonly op: 'return'; readonly src?: Reg };

export interface Global {
  readonly id: GlobalId;
  readonly name: string;
  readonly file: FileId;
  readonly type: TypeId;
  /** Constant initial cells, by cell offset; all other cells start as zero. */
  readonly initial: readonly { readonly offset: number; readonly value: number }[];
}

/** A scenario compiled: data for the harness (`src/scenario/dsl/harness.ts`), which runs it. */
export interface Scenario {
  readonly name: string;
  readonly file: FileId;
  readonly place: Place;
  readonly processors: number;
  readonly maxPreemptions?: number;
  /** Values for the harness' globals: routines as function ids, numbers as they are. */
  readonly settings: readonly { readonly global: GlobalId; readonly offset: number; readonly value: number }[];
  /** Names of the threads in order; lanes of the timeline. */
  readonly threads: readonly string[];
}

export interface Program {
  readonly types: readonly Type[];
  readonly globals: readonly Global[];
  /** `funcs[id - 1]` has that id. */
  readonly funcs: readonly Func[];
  readonly files: readonly SourceFile[];
  readonly scenarios: readonly Scenario[];
  /** Functions of kernel model and harness that the machine itself calls, found by their names. */
  readonly hooks: Hooks;
}

export interface Hooks {
  /** `HarnessMain(): void`, the first context. */
  readonly main: FuncId;
  /** `KiTimerExpired(Timer: PKTIMER): void`, run in one piece when a timer fires. */
  readonly timerExpired: FuncId;
  /** `KiExecuteDpc(Dpc: PKDPC): void`, the body of every DPC context. */
  readonly executeDpc: FuncId;
  /** `HarnessStuck(): void`, run in one piece in an end state with unfinished contexts: emits `irp.abandoned`. */
  readonly stuck: FuncId;
  /** `HarnessFinal(): void`, run in one piece in a final state: emits what is wrong with what the driver has left behind. */
  readonly final?: FuncId;
}
