/** interrupt/not-quieted: a service routine returns and its device still asserts the line. */
import { twins } from '../example.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: 'interrupt/not-quieted',
  severity: 'error',
  check: {
    id: 'interrupt/not-quieted',
    subject: 'machine',
    states: ['any'],
    on: {
      'interrupt.unquieted': [
        { when: { left: 'claimed', is: '==', right: 0 }, report: 'disowned' },
        { when: { left: 'claimed', is: '==', right: 1 }, report: 'storm' },
        { report: 'foreign' },
      ],
    },
    continues: false,
    supersedes: ['lock/deadlock'],
  },
  title: { en: 'Interrupt not quieted', ja: '割り込みが取り下げられていない' },
  description: {
    en: {
      what: 'A service routine returns while its device still asserts a level-sensitive interrupt line: it said that the interrupt is not its own, or claimed it again and again without making the device take it back. Or it claims an interrupt of another device on the same line.',
      why: 'The processor takes the interrupt again at once, for ever. Nothing below that IRQL runs on it any more, and the machine hangs.',
      fix: 'Find out from the registers of the device whether it interrupts. If so, write or read what makes it let the line go, as its data sheet says, before the service routine returns TRUE.',
    },
    ja: {
      what: 'レベルトリガーの割り込み線をデバイスがアサートしたままの状態で割り込みサービスルーチンが戻る。自分の割り込みではないと答えたか、デバイスに取り下げさせないまま何度も TRUE を返している。あるいは、同じ線を共有する他のデバイスの割り込みを自分のものと答えている。',
      why: 'プロセッサは同じ割り込みを直ちに受け取り直し、それが永久に続く。その IRQL より低い処理は実行されず、マシンが停止したように見える。',
      fix: 'デバイスのレジスターから割り込みの有無を判断し、自分のものであれば、TRUE を返す前に、データシートに従って割り込みを取り下げるレジスターの読み書きを行う。',
    },
  },
  messages: {
    disowned: {
      en: 'The service routine says that the interrupt is not its own, but its device asserts the line. The processor takes the interrupt again for ever. Test the right register, and quiet the device.',
      ja: 'サービスルーチンは自分の割り込みではないと答えていますが、デバイスは線をアサートしています。同じ割り込みが永久に続きます。正しいレジスターを調べ、デバイスの割り込みを取り下げてください。',
    },
    storm: {
      en: 'The service routine claims the interrupt again and again, and its device goes on asserting the line. The processor does nothing else any more. Quiet the device before returning TRUE.',
      ja: 'サービスルーチンは割り込みを何度も受け付けていますが、デバイスは線をアサートし続けています。プロセッサは他に何もできません。TRUE を返す前にデバイスの割り込みを取り下げてください。',
    },
    foreign: {
      en: 'The service routine claims an interrupt, but its device did not assert the line: another device that shares it did. That one is not served. Return FALSE unless a register of the device says that it interrupts.',
      ja: 'サービスルーチンは割り込みを自分のものと答えていますが、線をアサートしたのは線を共有する別のデバイスです。そのデバイスは処理されません。デバイスのレジスターが割り込みを示さない限り FALSE を返してください。',
    },
  },
  references: {
    pages: ['kernel/writing-an-isr', 'wdm/nc-wdm-kservice_routine'],
    bugChecks: ['0x133'],
  },
  ...twins(`
import * as Wave from 'irpsight/devices/wave';

interface WAVE_REGISTERS { Control: ULONG; Status: ULONG }
type PWAVE_REGISTERS = WAVE_REGISTERS;
const INTERRUPT_ENABLE: ULONG = 0x02;
const RUN: ULONG = 0x01;
const RESET: ULONG = 0x04;
const VECTOR: ULONG = 0x3b;

interface DEVICE_EXTENSION { Registers: PWAVE_REGISTERS | null; Interrupt: PKINTERRUPT | null }

const Isr: KSERVICE_ROUTINE<PDEVICE_EXTENSION> = (Interrupt, Extension) => {
  const Status = READ_REGISTER_ULONG(Ref(Extension.Registers!.Status));
  if ((Status & 0x07) === 0) {
    return FALSE;
  }
//#good
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Status), Status);
//#end
  return TRUE;
//#bad
//^^^^^^^^^^^^
//#end
};

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  WRITE_REGISTER_ULONG(Ref(DeviceObject.DeviceExtension.Registers!.Control), RUN | INTERRUPT_ENABLE);
  return Complete(Irp, STATUS_SUCCESS);
};

function Start(Extension: PDEVICE_EXTENSION): void {
  let Where!: PHYSICAL_ADDRESS;
  Where.QuadPart = 0xfeb00000;
  Extension.Registers = MmMapIoSpace(Where, sizeof<WAVE_REGISTERS>(), MmNonCached);
  IoConnectInterrupt(Ref(Extension.Interrupt), Isr, Extension, null, VECTOR, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, TRUE, 1, FALSE);
}

function Stop(Extension: PDEVICE_EXTENSION): void {
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Control), RESET);
  IoDisconnectInterrupt(Extension.Interrupt!);
  MmUnmapIoSpace(Extension.Registers!, sizeof<WAVE_REGISTERS>());
}
`),
};
