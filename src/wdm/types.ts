/** The basic types of wdm.h and the four spellings that stand for C's operators: Ref, sizeof, CONTAINING_RECORD and Union. */

/*
 * Integers. Any number may be assigned to them; the optional property, which no value has, tells width and sign:
 * i or u, and the bits.
 */
export type CHAR = number & { readonly i8?: never };
export type CCHAR = CHAR;
export type UCHAR = number & { readonly u8?: never };
export type SHORT = number & { readonly i16?: never };
export type CSHORT = SHORT;
export type USHORT = number & { readonly u16?: never };
export type WCHAR = USHORT;
export type LONG = number & { readonly i32?: never };
export type INT = LONG;
export type ULONG = number & { readonly u32?: never };
export type UINT = ULONG;
export type ULONG32 = ULONG;
export type DWORD = ULONG;
export type LONGLONG = number & { readonly i64?: never };
export type LONG64 = LONGLONG;
export type ULONGLONG = number & { readonly u64?: never };
export type ULONG64 = ULONGLONG;
export type LONG_PTR = LONGLONG;
/** May also hold an address; `as` to and from a pointer type is allowed. */
export type ULONG_PTR = ULONGLONG;
export type ACCESS_MASK = ULONG;
export type DEVICE_TYPE = ULONG;
export type KAFFINITY = ULONG_PTR;

/** NTSTATUS: a number needs `as`. https://learn.microsoft.com/windows-hardware/drivers/kernel/using-ntstatus-values */
export type NTSTATUS = LONG & { readonly brand: 'NTSTATUS' };
/** An interrupt request level. https://learn.microsoft.com/windows-hardware/drivers/kernel/managing-hardware-priorities */
export type KIRQL = UCHAR & { readonly brand: 'KIRQL' };
export type KPRIORITY = LONG;

export type BOOLEAN = boolean;
/** Declared wide, so that tsc narrows nothing when a field is compared with them. */
export const TRUE: BOOLEAN = true as BOOLEAN;
export const FALSE: BOOLEAN = false as BOOLEAN;

/** C's `void *`. */
export type PVOID = object | null;
/** A handle: a pointer that only the system follows. */
export type HANDLE = (object & { readonly brand: 'HANDLE' }) | null;
export type PUCHAR = Ref<UCHAR>;
export type PWSTR = string;
export type PCWSTR = string;
export type PCSTR = string;
/** A pool tag: four characters or their number. */
export type POOL_TAG = string | ULONG;

/** C's `T *` for scalars and pointers; `.Value` is `*p`, `[i]` the element that lies as many behind it. */
export interface Ref<T> { Value: T; [Index: number]: T }
/** C's `&Variable`. */
export declare function Ref<T>(Variable: T): Ref<T>;
export type PLONG = Ref<LONG>;
export type PULONG = Ref<ULONG>;
export type PUSHORT = Ref<USHORT>;
export type PKIRQL = Ref<KIRQL>;
export type PHANDLE = Ref<HANDLE>;

/** A size in bytes that remembers which type it is the size of. */
export type SIZE_T<T = UCHAR> = ULONG & { readonly of?: T };
/** The size of T on x64 as a C compiler lays it out. */
export declare function sizeof<T>(): SIZE_T<T>;

/**
 * C's `#pragma alloc_text`, at the top level of a file and below the routines: a section whose name starts with PAGE is pageable.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/when-should-code-and-data-be-pageable-
 */
export declare function alloc_text(Section: string, ...Routines: object[]): void;

/** C's `T x[N]`. The index is checked when run. */
export interface ARRAY<T, N extends number> { [Index: number]: T; readonly Count?: N }

/** The members share one offset. */
export type Union<Members> = Members;

type Descend = [never, 0, 1, 2, 3];
/** The dotted names of T's embedded members, three deep. */
type PathOf<T, Depth extends number = 4> = Depth extends 0
  ? never
  : T extends (...Arguments: never[]) => unknown
    ? never
    : { [Name in keyof T & string]: T[Name] extends object ? Name | `${Name}.${PathOf<T[Name], Descend[Depth] & number>}` : never }[keyof T & string];

/**
 * The record of type T whose member `Field` is at `Address`.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntdef/nf-ntdef-containing_record
 */
export declare function CONTAINING_RECORD<T>(Address: PVOID, Field: PathOf<T>): T;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/ntdef/ns-ntdef-list_entry */
export interface LIST_ENTRY { Flink: PLIST_ENTRY; Blink: PLIST_ENTRY }
export type PLIST_ENTRY = LIST_ENTRY;
export interface SINGLE_LIST_ENTRY { Next: PSINGLE_LIST_ENTRY | null }
export type PSINGLE_LIST_ENTRY = SINGLE_LIST_ENTRY;

/**
 * Times are in units of 100 ns, negative ones relative to now.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wudfwdm/ns-wudfwdm-_large_integer
 */
export interface LARGE_INTEGER_PARTS { LowPart: ULONG; HighPart: LONG }
export type LARGE_INTEGER = Union<{ QuadPart: LONGLONG; LowPart: ULONG; u: LARGE_INTEGER_PARTS }>;
export type PLARGE_INTEGER = LARGE_INTEGER;

/** A counted string. Text itself is not modelled: Buffer tells one literal from another. */
export interface UNICODE_STRING { Length: USHORT; MaximumLength: USHORT; Buffer: PWSTR }
export type PUNICODE_STRING = UNICODE_STRING;
export type PCUNICODE_STRING = UNICODE_STRING;
