import { describe, expect, it } from 'vitest';
import { bugCheck, complianceRule, ddiBounds, ddiFacts, documentationUrl } from '../../src/facts/index.ts';
import { constantOf, fieldsOf, signatureOf, statusValue } from '../../src/facts/signatures.ts';

describe('ddiBounds', () => {
  it.each([
    ['IoCompleteRequest', { minimum: 0, maximum: 2, conditional: false, page: 'wdm/nf-wdm-iocompleterequest' }],
    ['IofCompleteRequest', { minimum: 0, maximum: 2, conditional: false, page: 'wdm/nf-wdm-iocompleterequest' }],
    ['KeReleaseSpinLock', { minimum: 2, maximum: 2, conditional: false, page: 'wdm/nf-wdm-kereleasespinlock' }],
    // Exactly DISPATCH_LEVEL by its page, which holds for StartIo device queues only.
    ['IoSetCancelRoutine', { minimum: 0, maximum: 2, conditional: true, page: 'wdm/nf-wdm-iosetcancelroutine' }],
    ['KeWaitForSingleObject', { minimum: 0, maximum: 2, conditional: true, page: 'wdm/nf-wdm-kewaitforsingleobject' }],
  ])('%s', (name, bounds) => {
    expect(ddiBounds(name)).toEqual(bounds);
  });

  it.each(['RtlInitUnicodeString', 'NoSuchRoutine', ''])('gives none for %j', (name) => {
    expect(ddiBounds(name)).toBeUndefined();
  });
});

it('tells the cases of a routine apart', () => {
  expect(ddiFacts('KeWaitForSingleObject')?.cases).toEqual([
    { condition: 'timeout NULL or nonzero; nonarbitrary thread', bounds: { minimum: 0, maximum: 1 } },
    { condition: 'timeout points to zero', bounds: { minimum: 0, maximum: 2 } },
  ]);
});

it.each([
  ['wdm/nf-wdm-iocancelirp', 'en', 'https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocancelirp'],
  ['kernel/canceling-irps', 'en', 'https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps'],
  ['kernel/canceling-irps', 'ja', 'https://learn.microsoft.com/ja-jp/windows-hardware/drivers/kernel/canceling-irps'],
] as const)('the address of %s in %s', (page, language, url) => {
  expect(documentationUrl(page, language)).toBe(url);
});

it('knows compliance rules, of WDM first, and bug checks', () => {
  expect(complianceRule('SpinLock')?.framework).toBe('WDM');
  expect(bugCheck('0xC9/0x06')?.meaning).toContain('STATUS_PENDING');
});

describe('signatures', () => {
  it('have parameters with directions and types', () => {
    expect(signatureOf('ZwOpenKey')).toEqual({
      name: 'ZwOpenKey',
      result: 'NTSTATUS',
      nullable: false,
      statuses: ['STATUS_ACCESS_DENIED', 'STATUS_INVALID_HANDLE', 'STATUS_SUCCESS'],
      parameters: [
        { name: 'KeyHandle', direction: 'out', optional: false, type: 'PHANDLE' },
        { name: 'DesiredAccess', direction: 'in', optional: false, type: 'ACCESS_MASK' },
        { name: 'ObjectAttributes', direction: 'in', optional: false, type: 'POBJECT_ATTRIBUTES' },
      ],
      macro: false,
    });
  });

  it('are found by other names of a routine, and say what is not known', () => {
    expect(signatureOf('IofCompleteRequest')?.name).toBe('IoCompleteRequest');
    expect(signatureOf('KeIsExecutingDpc')?.parameters).toBeUndefined();
    expect(signatureOf('IoGetDmaAdapter')).toMatchObject({ nullable: true, result: 'PDMA_ADAPTER' });
    expect(signatureOf('DRIVER_CANCEL')).toBeUndefined();
  });
});

it('knows values and members of the headers', () => {
  expect(statusValue('STATUS_ACCESS_DENIED')).toBe('0xC0000022');
  expect(constantOf('IOCTL_SERIAL_SET_BAUD_RATE')).toEqual({ type: 'ULONG', value: '0x1B0004' });
  expect(fieldsOf('RTL_BITMAP')).toEqual([
    { name: 'SizeOfBitMap', type: 'ULONG' },
    { name: 'Buffer', type: 'PULONG' },
  ]);
  expect(fieldsOf('NO_SUCH_TYPE')).toBeUndefined();
});
