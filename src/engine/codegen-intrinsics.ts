/** The text generated for each intrinsic of src/ir/intrinsics.ts. */
import type { IntrinsicName } from '../ir/intrinsics.ts';
import type { Instr } from '../ir/program.ts';
import type { Emitter } from './codegen.ts';
import { UNWRITTEN } from './layout.ts';
import { Mode } from './machine.ts';
import { FAULT } from './machine-types.ts';
import { eventNumber } from './rules.ts';

type IntrinsicInstr = Extract<Instr, { op: 'intrinsic' }>;

/** Text for the intrinsic at instruction `at`. */
export function emitIntrinsic(instr: IntrinsicInstr, at: number, emitter: Emitter): string {
  const args = instr.args.map((reg) => `r${reg}`);
  const [a, b, c] = args;
  const set = (value: string): string => (instr.dst === undefined ? `${value};` : `r${instr.dst}=${value};`);
  const result = instr.dst === undefined ? '' : `r${instr.dst}=M.ret;`;
  const { guarded, who } = emitter;
  const write = who | Mode.write;
  const old = `t=R[${a}];if(t===${UNWRITTEN})return M.fault(${FAULT.uninitialised});`;
  const cells = (token: string): string => `M.objects.cellsOf(${token}|0)`;
  switch (instr.name as IntrinsicName) {
    case 'alloc': {
      const kept = emitter.live.after[at].filter((reg) => reg !== instr.dst);
      return `M.pc=${at};${emitter.pack(kept)}t=M.alloc(${emitter.func.id},${at},${a}|0,${b},${c});if(t===0)return 3;${set('t')}`;
    }
    case 'free':
      return guarded(`M.free(${a})`, at);
    case 'leaks':
      return `M.pc=${at};M.leaks();`;
    case 'retire':
      return guarded(`M.retire(${a})`, at);
    case 'exchange':
      return `${guarded(`M.access(${a},-1,${a},1,${write | Mode.interlocked})`, at)}if(M.isIgnored(R[${a}]))t=0;else{${old}}M.storeAddress(${a},${b}|0);${set('t')}`;
    case 'compareExchange':
      return `${guarded(`M.access(${a},-1,${a},1,${write | Mode.interlocked})`, at)}${old}if(t===(${c}|0))M.storeAddress(${a},${b}|0);${set('t')}`;
    case 'exchangeAdd':
      return `${guarded(`M.access(${a},-1,${a},1,${write | Mode.interlocked})`, at)}${old}M.set(${a},(t+${b})|0);${set('t')}`;
    case 'zero':
      return `${guarded(`M.access(${a},-1,${a},${cells(b)},${write | Mode.block})`, at)}M.zeroCells(${a},${cells(b)});`;
    case 'copy':
      return `${guarded(`M.accessTwo(${a},${b},${cells(c)},${who | Mode.block})`, at)}M.copyCells(${a},${b},${cells(c)});`;
    case 'lock':
      return guarded(`M.lock(${a},${b})`, at);
    case 'unlock':
      return guarded(`M.unlock(${a})`, at);
    case 'tryLock':
      return guarded(`M.tryLock(${a},${b})`, at) + result;
    case 'holds':
      return set(`M.holds(${a})`);
    case 'wait':
      return guarded(`M.wait(${a},${b},${c})`, at) + result;
    case 'waitSeveral':
      return guarded(`M.waitSeveral(${a},${b},${c})`, at) + result;
    case 'raise':
      return guarded(`M.raise(${a})`, at) + result;
    case 'lower':
      return guarded(`M.lower(${a})`, at);
    case 'irql':
      return set('M.irql()');
    case 'spawn':
      return guarded(`M.spawn(${args.join()})`, at);
    case 'currentThread':
      return set('M.currentThread()');
    case 'queueDpc':
      return guarded(`M.queueDpc(${a},${b})`, at);
    case 'dequeueDpc':
      return guarded(`M.dequeueDpc(${a})`, at) + result;
    case 'armTimer':
      return guarded(`M.armTimer(${a},${b})`, at);
    case 'disarmTimer':
      return guarded(`M.disarmTimer(${a})`, at) + result;
    case 'choose':
      return guarded(`M.choose(${a})`, at) + result;
    case 'raiseException':
      return guarded(`M.raiseException(${a})`, at);
    case 'exceptionPending':
      return set('M.exceptionPending()');
    case 'takeException':
      return set('M.takeException()');
    case 'userMemory':
      return guarded(`M.userMemory(${a})`, at);
    case 'isUserMemory':
      return set(`M.isUserMemory(${a})`);
    case 'userFault':
      return guarded(`M.userFault(${a},${who})`, at) + result;
    case 'event':
      return args.map((arg, i) => `E[${i}]=${arg};`).join('') + guarded(`M.event(${eventNumber(instr.text ?? '')})`, at);
    case 'observe':
      return guarded(`M.observe(${a})`, at);
    case 'atomicBegin':
      return guarded('M.atomicBegin()', at);
    case 'atomicEnd':
      return `M.pc=${at};M.atomicEnd();`;
    case 'interruptWait':
      return guarded(`M.interruptWait(${a},${b})`, at);
    case 'hardware':
      return guarded(`M.hardware(${a})`, at);
    case 'byteOffset':
      return set(`M.byteOffset(${a},${b})`);
    case 'objectSize':
      return set(`M.objectSize(${a},${b})`);
    case 'isTerminated':
      return set('M.isTerminated()');
    case 'isTimePending':
      return set('M.isTimePending()');
    case 'isDriverRoutine':
      return set(`M.isDriverRoutine(${a})`);
    case 'locksHeld':
      return set('M.locksHeld()');
    case 'cancelLockHeld':
      return set('M.cancelLockHeld()');
    case 'processor':
      return guarded('M.processor()', at) + result;
    case 'bounded':
      return `M.boundedAt(${emitter.func.id},${at});`;
    case 'invariant':
      return `M.pc=${at};M.invariant(${a});`;
    default:
      throw new Error(`no intrinsic is called ${instr.name}`);
  }
}
