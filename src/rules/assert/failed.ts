/** assert/failed: an assertion of the driver or an expectation of the scenario does not hold. */
import { is } from '../conditions.ts';
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'assert/failed',
  severity: 'error',
  check: {
    id: 'assert/failed',
    subject: 'machine',
    states: ['any'],
    on: {
      'assert.failed': [{ when: is('scenario', 1), report: 'expect' }, { report: 'assert' }],
    },
    continues: false,
  },
  title: { en: 'Assertion failed', ja: 'アサーションの失敗' },
  description: {
    en: {
      what: 'NT_ASSERT or ASSERT in the driver is false, or an expect of the scenario is.',
      why: 'The driver relies on a condition that does not always hold; or it does not do what the scenario asks for.',
      fix: 'Follow the steps to the failure, and put right either the code or the condition.',
    },
    ja: {
      what: 'ドライバーの NT_ASSERT や ASSERT、またはシナリオの expect が成り立たない。',
      why: 'ドライバーが、常には成り立たない条件に頼っている。または、シナリオが求める動作をしていない。',
      fix: '失敗までの手順を追い、コードか条件のどちらかを直す。',
    },
  },
  messages: {
    assert: {
      en: 'This assertion does not hold here. The driver relies on something that is not always so. Put right the code or the condition.',
      ja: 'このアサーションはここで成り立ちません。ドライバーは常には成り立たないことに頼っています。コードか条件を直してください。',
    },
    expect: {
      en: 'This expectation of the scenario is not met: the driver does not do what the scenario asks for. Put right the driver or the expectation.',
      ja: 'シナリオのこの期待が満たされません。ドライバーがシナリオの求める動作をしていません。ドライバーか期待を直してください。',
    },
  },
  references: {
    pages: ['wdm/nf-wdm-nt_assert'],
  },
  ...twins(`
interface DEVICE_EXTENSION { Started: BOOLEAN }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
//#bad
  NT_ASSERT(DeviceObject.DeviceExtension.Started);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//#good
  NT_ASSERT(DeviceObject.DeviceExtension.Started);
//#end
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
//#bad
  Extension.Started = FALSE;
//#good
  Extension.Started = TRUE;
//#end
}
`),
};
