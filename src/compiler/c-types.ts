/** C types of the headers in the language's spelling. */

/** A C type in the language's spelling. */
export interface MappedType {
  readonly text: string;
  /** Names of the library in it. */
  readonly uses: readonly string[];
  readonly pointer: boolean;
  readonly number: boolean;
  /** A struct by value. */
  readonly struct?: string;
  /** What an out-parameter of this type is given, if that can be said. */
  readonly given?: 'boolean' | 'number' | 'pointer' | 'quad' | 'iosb';
  /** The type behind the pointer. */
  readonly target?: string;
  /** A struct whose contents drivers do not look at: text, attributes. */
  readonly inert: boolean;
  /** An IRP or an object to wait for or to lock: whoever takes it does something with it that decides what comes next. */
  readonly consumed: boolean;
}

const integers: ReadonlySet<string> = new Set([
  'CHAR',
  'CCHAR',
  'UCHAR',
  'SHORT',
  'CSHORT',
  'USHORT',
  'WCHAR',
  'LONG',
  'INT',
  'ULONG',
  'UINT',
  'ULONG32',
  'DWORD',
  'LONGLONG',
  'LONG64',
  'ULONGLONG',
  'ULONG64',
  'LONG_PTR',
  'ULONG_PTR',
  'ACCESS_MASK',
  'DEVICE_TYPE',
  'KAFFINITY',
  'KPRIORITY',
  'KIRQL',
  'KPROCESSOR_MODE',
  'POOL_TYPE',
]); // prettier-ignore
/** Integers that the library has no name for. */
const renamed: Readonly<Record<string, string>> = {
  SIZE_T: 'ULONGLONG',
  REGHANDLE: 'ULONGLONG',
  SECURITY_INFORMATION: 'ULONG',
  VBN: 'LONGLONG',
  LBN: 'LONGLONG',
  LSN: 'LONGLONG',
  'unsigned int': 'ULONG',
  int: 'LONG',
  LOGICAL: 'ULONG',
  PFN_NUMBER: 'ULONG_PTR',
  PFN_COUNT: 'ULONG',
  TIME: 'LONGLONG',
  UINT32: 'ULONG',
  UINT64: 'ULONGLONG',
  PHYSICAL_ADDRESS: 'LARGE_INTEGER',
  CLFS_LSN: 'ULONGLONG',
  LUID: 'LONGLONG',
  ULONG_PTR64: 'ULONGLONG',
  EXECUTION_STATE: 'ULONG',
  NOTIFICATION_TYPE: 'LONG',
}; // prettier-ignore
export const strings: ReadonlySet<string> = new Set([
  'PWSTR',
  'PCWSTR',
  'PCSTR',
  'PSTR',
  'PWCH',
  'PCWCH',
  'PCHAR',
  'PCCH',
  'PCH',
  'PSZ',
  'PCSZ',
  'LPCWSTR',
  'LPCSTR',
]);
/** Types by value whose names only look like those of pointers. */
const valuesInP = /^(PHYSICAL_ADDRESS|POWER_|POOL_|PNP_|PROCESSINFOCLASS|PROCESS_|PRIVILEGE|PARTITION|PAGE_PRIORITY|PSS_)/;
const inert: ReadonlySet<string> = new Set(['UNICODE_STRING', 'OBJECT_ATTRIBUTES', 'GUID', 'CLIENT_ID']);
const consumed: ReadonlySet<string> = new Set([
  'IRP',
  'KSPIN_LOCK',
  'KEVENT',
  'KSEMAPHORE',
  'KMUTEX',
  'FAST_MUTEX',
  'KGUARDED_MUTEX',
  'KTIMER',
  'KDPC',
  'LIST_ENTRY',
  'SINGLE_LIST_ENTRY',
  'KDEVICE_QUEUE',
  'KDEVICE_QUEUE_ENTRY',
  'IO_CSQ',
  'IO_REMOVE_LOCK',
  'KLOCK_QUEUE_HANDLE',
  'ERESOURCE',
  'EX_RUNDOWN_REF',
  'IO_WORKITEM',
  'WORK_QUEUE_ITEM',
  'SLIST_HEADER',
  'SLIST_ENTRY',
  'KINTERRUPT',
  'MDL',
]); // prettier-ignore

/** The nearest type of the language; an argument of any type where it has none. */
export function cType(written: string | undefined, exports: ReadonlySet<string>): MappedType {
  const plain = { uses: [] as string[], pointer: false, number: false, inert: false, consumed: false };
  const any: MappedType = { ...plain, text: 'KI_ANY', uses: ['KI_ANY'], pointer: true };
  if (written === undefined) return any;
  const readOnly = written.startsWith('const ');
  const name = written.replace(/^const /, '').replace(/^_/, '');
  const has = (one: string): boolean => exports.has(one);
  const number = (one: string): string | undefined => {
    const known = renamed[one] ?? one;
    return integers.has(known) && has(known) ? known : undefined;
  };
  const integer = number(name);
  if (integer !== undefined) return { ...plain, text: integer, uses: [integer], number: true };
  if (name === 'NTSTATUS' || name === 'BOOLEAN') return { ...plain, text: name, uses: [name], number: name === 'NTSTATUS' };
  if (name === 'HANDLE') return { ...plain, text: 'HANDLE | null', uses: ['HANDLE'], pointer: true };
  if (strings.has(name)) return { ...any, inert: /^P?C|^LPC/.test(name) || name === 'PCWSTR' };
  if (/ROUTINE$|CALLBACK$|_FUNCTION$|NOTIFICATION$|^PKSTART|^PDRIVER_(?!OBJECT)/.test(name))
    return { ...plain, text: 'KI_ROUTINE', uses: ['KI_ROUTINE'], pointer: true };
  if (['PVOID', 'VOID*', 'PCVOID', 'LPVOID'].includes(name))
    return { ...plain, text: 'PVOID', uses: ['PVOID'], pointer: true, inert: readOnly || name === 'PCVOID' };
  const byValue = valuesInP.test(name) || (has(name) && /^P[A-Z]/.test(name) && !has(name.slice(1)) && !has(`K${name.slice(3)}`));
  const target = byValue ? undefined : /^(?:PR?K(?=EVENT|MUTEX|SEMAPHORE|DPC|DEVICE_QUEUE$)|P)([A-Z]\w*)$/.exec(name)?.[1];
  const behind = name.endsWith('*')
    ? name.slice(0, -1)
    : target === undefined
      ? undefined
      : /^PRK/.test(name)
        ? `K${target}`
        : target;
  if (behind === undefined) {
    const value = renamed[name] ?? name;
    if (value === 'LARGE_INTEGER' && has(value)) return { ...plain, text: value, uses: [value], struct: value };
    if (has(name)) return { ...plain, text: name, uses: [name], number: true };
    // What is neither a pointer nor known is an enumeration or a small integer.
    return name === 'va_list' ? any : { ...plain, text: 'LONG', uses: ['LONG'], number: true };
  }
  return pointerTo(behind.replace(/^_/, ''), name);

  function pointerTo(to: string, alias: string): MappedType {
    if (to === 'LARGE_INTEGER' || to === 'PHYSICAL_ADDRESS') {
      return { ...plain, text: 'PLARGE_INTEGER', uses: ['PLARGE_INTEGER'], pointer: true, given: 'quad' };
    }
    if (to === 'IO_STATUS_BLOCK')
      return { ...plain, text: 'PIO_STATUS_BLOCK', uses: ['PIO_STATUS_BLOCK'], pointer: true, given: 'iosb' };
    if (to === 'UCHAR' || to === 'CHAR') return { ...any, inert: readOnly };
    const value = number(to);
    if (value !== undefined)
      return { ...plain, text: `Ref<${value}>`, uses: ['Ref', value], pointer: true, given: 'number', target: value };
    if (to === 'BOOLEAN') return { ...plain, text: 'Ref<BOOLEAN>', uses: ['Ref', 'BOOLEAN'], pointer: true, given: 'boolean' };
    if (to === 'NTSTATUS')
      return { ...plain, text: 'Ref<NTSTATUS>', uses: ['Ref', 'NTSTATUS'], pointer: true, given: 'number', target: 'NTSTATUS' };
    if (to === 'HANDLE')
      return { ...plain, text: 'Ref<HANDLE | null>', uses: ['Ref', 'HANDLE'], pointer: true, given: 'pointer', target: 'HANDLE' };
    if (to === 'PVOID' || /\*$/.test(to) || /^P[A-Z]/.test(to)) {
      const inner = has(to) ? to : /\*$/.test(to) && has(`P${to.slice(0, -1)}`) ? `P${to.slice(0, -1)}` : 'PVOID';
      // The address of a variable of any pointer type is a Ref<PVOID>.
      const text = inner === 'PVOID' ? 'PVOID' : `${inner} | null`;
      return { ...plain, text: `Ref<${text}>`, uses: ['Ref', inner], pointer: true, given: 'pointer', target: inner };
    }
    const struct = has(alias) && /^P/.test(alias) ? alias : has(`P${to}`) ? `P${to}` : undefined;
    if (struct === undefined)
      return { ...plain, text: 'PVOID', uses: ['PVOID'], pointer: true, inert: readOnly, consumed: consumed.has(to) };
    return {
      ...plain,
      text: struct,
      uses: [struct],
      pointer: true,
      inert: readOnly || inert.has(to),
      ...(inert.has(to) && !readOnly ? { target: to } : {}),
      consumed: consumed.has(to) && !readOnly,
    };
  }
}
