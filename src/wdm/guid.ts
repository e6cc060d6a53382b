/** GUIDs: what interfaces, events and data blocks are known by. */
import { ARRAY, BOOLEAN, FALSE, LONG, TRUE, UCHAR, ULONG, USHORT } from './types.ts';

/** https://learn.microsoft.com/windows/win32/api/guiddef/ns-guiddef-guid */
export interface GUID { Data1: ULONG; Data2: USHORT; Data3: USHORT; Data4: ARRAY<UCHAR, 8> }
export type PGUID = GUID;
export type LPGUID = GUID;

/**
 * Memory of their own; C++'s `==`.
 * https://learn.microsoft.com/windows/win32/api/guiddef/nf-guiddef-isequalguid
 * @forceinline
 */
export function IsEqualGUID(rguid1: PGUID, rguid2: PGUID): BOOLEAN {
  if (rguid1.Data1 !== rguid2.Data1 || rguid1.Data2 !== rguid2.Data2 || rguid1.Data3 !== rguid2.Data3) return FALSE;
  for (let Index: LONG = 0; Index < 8; Index++) {
    if (rguid1.Data4[Index] !== rguid2.Data4[Index]) return FALSE;
  }
  return TRUE;
}
