/** Assertions, debugger output, bug checks, and strings. */
import { PCSTR, PCWSTR, PUNICODE_STRING, ULONG, ULONG_PTR } from './types.ts';
import { machineEvent } from './machine.ts';

// DbgPrintEx's components and levels
export const DPFLTR_IHVDRIVER_ID: ULONG = 77;
export const DPFLTR_ERROR_LEVEL: ULONG = 0;
export const DPFLTR_WARNING_LEVEL: ULONG = 1;
export const DPFLTR_TRACE_LEVEL: ULONG = 2;
export const DPFLTR_INFO_LEVEL: ULONG = 3;

type PRINTABLE = number | boolean | string | object | null;

/**
 * At the start of paged code: APC_LEVEL at most.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-paged_code
 * @forceinline
 */
export function PAGED_CODE(): void {
  machineEvent('code.paged');
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-nt_assert
 * @forceinline
 */
export function NT_ASSERT(Expression: PRINTABLE): void {
  if (!Expression) machineEvent('assert.failed', 0);
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-assert
 * @forceinline
 */
export function ASSERT(Expression: PRINTABLE): void {
  if (!Expression) machineEvent('assert.failed', 0);
}

/**
 * An ASSERT with a text of its own.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-assertmsg
 * @forceinline
 */
export function ASSERTMSG(Message: PCSTR, Expression: PRINTABLE): void {
  if (!Expression) machineEvent('assert.failed', 0);
}

/**
 * A driver that calls it has found something broken.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kebugcheckex
 */
export function KeBugCheckEx(
  BugCheckCode: ULONG, BugCheckParameter1: ULONG_PTR, BugCheckParameter2: ULONG_PTR, BugCheckParameter3: ULONG_PTR, BugCheckParameter4: ULONG_PTR,
): void {
  machineEvent('assert.failed', 0);
}

/**
 * No debugger is attached.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-dbgbreakpoint
 */
export function DbgBreakPoint(): void {
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-dbgprint */
export function DbgPrint(Format: PCSTR, ...Arguments: PRINTABLE[]): ULONG {
  return 0;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-dbgprintex */
export function DbgPrintEx(ComponentId: ULONG, Level: ULONG, Format: PCSTR, ...Arguments: PRINTABLE[]): ULONG {
  return 0;
}

/**
 * C's doubled parentheses are written as one pair.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kdprint
 */
export function KdPrint(Format: PCSTR, ...Arguments: PRINTABLE[]): void {
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kdprintex */
export function KdPrintEx(ComponentId: ULONG, Level: ULONG, Format: PCSTR, ...Arguments: PRINTABLE[]): void {
}

/**
 * Strings have no characters here, and their lengths no meaning: each is said to have sixteen.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlinitunicodestring
 */
export function RtlInitUnicodeString(DestinationString: PUNICODE_STRING, SourceString: PCWSTR): void {
  DestinationString.Buffer = SourceString;
  DestinationString.Length = 32;
  DestinationString.MaximumLength = 34;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlcopyunicodestring */
export function RtlCopyUnicodeString(DestinationString: PUNICODE_STRING, SourceString: PUNICODE_STRING | null): void {
  machineEvent('call.irql', 0, 15);
  DestinationString.Length = SourceString === null ? 0 : SourceString.Length;
  if (SourceString !== null) DestinationString.Buffer = SourceString.Buffer;
}

/**
 * The parameter's value is not looked at.
 * @forceinline
 */
export function UNREFERENCED_PARAMETER(P: PRINTABLE): void {
}
