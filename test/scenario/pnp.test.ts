import { describe, expect, it } from 'vitest';
import { filter, run } from './kit.ts';

function scenario(lower: string, threads: string, expectation: string): string {
  return `
let File!: HANDLE | null;
let First!: OVERLAPPED;
let Status!: NTSTATUS;
let Later!: NTSTATUS;
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Lower: ${lower},
  Setup() { File = CreateFile("\\\\\\\\.\\\\Any"); },
  Threads: { ${threads} },
  Expect() { expect(${expectation}); },
};`;
}

const inline = '{ Complete: "inline", Status: [STATUS_SUCCESS] }';

/** Verified with the condition, an error with its opposite. */
function always(lower: string, threads: string, condition: string): void {
  const holds = run(filter(), scenario(lower, threads, condition));
  expect({ verdict: holds.verdict, rules: holds.rules, bounds: holds.outcome.bounds }).toEqual({
    verdict: 'verified',
    rules: [],
    bounds: [],
  });
  expect(run(filter(), scenario(lower, threads, `!(${condition})`)).rules).toEqual(['assert/failed']);
}

describe('the PnP manager', () => {
  it('does not remove a device while a handle is open, and does when it is closed', () => {
    always(
      inline,
      'Remover() { Status = RemoveDevice(); CloseHandle(File); Later = RemoveDevice(); }',
      'Status === STATUS_DEVICE_BUSY && Later === STATUS_SUCCESS',
    );
  });

  it('pulls a device out under an open handle; requests fail, and nothing opens it again', () => {
    always(inline, 'Remover() { SurpriseRemove(); Status = ReadFile(File, 4, First); }', 'Status === STATUS_NO_SUCH_DEVICE');
  });

  it('sends IRP_MN_REMOVE_DEVICE after IRP_MJ_CLOSE', () => {
    const threads = 'Remover() { SurpriseRemove(); }';
    expect(run(filter('NT_ASSERT(Closes === 1);'), scenario(inline, threads, 'TRUE')).verdict).toBe('verified');
    expect(run(filter('NT_ASSERT(Closes === 0);'), scenario(inline, threads, 'TRUE')).rules).toEqual(['assert/failed']);
  });

  it('starts what it has stopped', () => {
    always(
      inline,
      'PnpManager() { StopDevice(); Status = StartDevice(); Later = StartDevice(); }',
      'Status === STATUS_SUCCESS && Later === STATUS_NO_SUCH_DEVICE',
    );
  });
});

describe('the lower driver', () => {
  it('answers inline with its status', () => {
    always(
      '{ Complete: "inline", Status: [STATUS_UNSUCCESSFUL] }',
      'Reader() { Status = ReadFile(File, 4, First); }',
      'Status === STATUS_UNSUCCESSFUL',
    );
  });

  it('pends and answers later, or before its answer is seen', () => {
    always(
      '{ Complete: "later", Status: [STATUS_SUCCESS] }',
      'Reader() { Status = ReadFile(File, 4, First); GetOverlappedResult(File, First, TRUE); }',
      'Status === STATUS_PENDING && First.Internal === STATUS_SUCCESS',
    );
  });

  it('answers with each of several statuses', () => {
    const lower = '{ Complete: "inline", Status: [STATUS_SUCCESS, STATUS_UNSUCCESSFUL] }';
    const threads = 'Reader() { Status = ReadFile(File, 4, First); }';
    for (const status of ['STATUS_SUCCESS', 'STATUS_UNSUCCESSFUL']) {
      expect(run(filter(), scenario(lower, threads, `Status !== ${status}`)).rules).toEqual(['assert/failed']);
    }
    expect(run(filter(), scenario(lower, threads, 'Status === STATUS_SUCCESS || Status === STATUS_UNSUCCESSFUL')).verdict).toBe(
      'verified',
    );
  });

  it('that never answers can be cancelled when the scenario says so', () => {
    always(
      '{ Complete: "never", Status: [STATUS_SUCCESS], Cancelable: TRUE }',
      'Reader() { ReadFile(File, 4, First); }',
      'First.Internal === STATUS_CANCELLED',
    );
  });

  it('that cannot be cancelled is reset when the threads are gone', () => {
    always(
      '{ Complete: "never", Status: [STATUS_SUCCESS] }',
      'Reader() { ReadFile(File, 4, First); Status = First.Internal; }',
      'Status === STATUS_PENDING && First.Internal === STATUS_SUCCESS',
    );
  });

  it('a cancel races its answer without harm', () => {
    const threads = 'Reader() { ReadFile(File, 4, First); }, Canceller() { CancelIoEx(File, First); }';
    const lower =
      '{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE, Major: [{ Function: IRP_MJ_READ, Complete: "later", Status: STATUS_SUCCESS }] }';
    expect(
      run(filter(), scenario(lower, threads, 'First.Internal === STATUS_SUCCESS || First.Internal === STATUS_CANCELLED')).verdict,
    ).toBe('verified');
  });
});
