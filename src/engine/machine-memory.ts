/** The machine's memory: accesses with their checks, objects made and freed, events about them. */
import type { FuncId } from '../ir/program.ts';
import {
  DISPATCH_LEVEL,
  FRAME_CALLER,
  FRAME_HEADER,
  IRQL,
  MAX_TIMERS,
  OBJECT_HEADER,
  OBJECT_PRIVATE,
  PICKS,
  STATUS_ACCESS_VIOLATION,
  TIMERS,
} from './layout.ts';
import { PointMachine } from './machine-points.ts';
import { EngineError, FAULT, IRP_LEAKED, LEAKED, Mode, onIrp, PAGED, Status, TIMER_LEFT, TOUCH } from './machine-types.ts';
import { ObjectKind } from './objects.ts';

export abstract class MemoryMachine extends PointMachine {
  /** Before a context ends. */
  endPoint(): number {
    return this.stop(this.endVisible()) ? Status.yielded : Status.goOn;
  }

  /**
   * Whether the end of a context is a point of its own. It is behind accesses taken as local: others, who are alone once it has ended, must have
   * been seen to do what they do beside it.
   */
  private endVisible(): boolean {
    return this.visiblePoint() && (!this.reduceMovers || this.localSince);
  }

  /** Before a function with stack objects returns: a Status, goOn when it may. */
  leave(frame: number, locals: number): number {
    let point = this.scratch[frame + FRAME_CALLER] < 0 && this.endVisible();
    for (let i = 0; i < locals; i++) point ||= this.lifePoint(this.scratch[frame + FRAME_HEADER + i]);
    if (this.stop(point)) return Status.yielded;
    for (let i = 0; i < locals; i++) {
      const base = this.scratch[frame + FRAME_HEADER + i];
      this.noteLife(base, true);
      this.observer?.freed(base);
      this.objects.free(base);
    }
    return Status.goOn;
  }

  /** Checks, schedules and notes an access to `cells` cells at `address`, in a part of type `type` at `base`. */
  access(base: number, type: number, address: number, cells: number, mode: number): number {
    const object = this.objects.at(base);
    if (object === 0 || this.objects.isUnknown(object)) {
      if (this.pauses()) return Status.yielded;
      if (object !== 0) return this.lookInto();
      return this.fault(base === 0 ? FAULT.null : FAULT.type);
    }
    if (this.stop(this.accessPoint(object, address, cells, (mode & Mode.write) !== 0))) {
      if (!this.objects.hasGhosts(object)) this.standAt(address, cells, mode);
      return Status.yielded;
    }
    const wrongType = type >= 0 && !this.objects.hasPart(object, base, type);
    const gone = this.isGone(object);
    const outside = address + cells > object + this.objects.sizeOf(object);
    // Where the system itself copies, it is ready for what may happen.
    const user =
      this.objects.isUser(object) && this.fieldDriver() === 1 && ((mode & Mode.block) === 0 || this.isDriverTouch(object, mode));
    if ((wrongType || gone || outside || (user && !this.isUserReady())) && this.pausesAfterAll()) return Status.yielded;
    // Whose an IRP is, is a matter of other rules.
    const judged = this.passedFresh && !this.atomic && !this.onePiece && !this.objects.hasGhosts(object);
    if (judged && this.races(address, cells, mode)) return Status.cut;
    if (this.objects.hasGhosts(object) && this.isDriverTouch(object, mode)) {
      this.args[0] = mode & Mode.write;
      if (this.runRules(TOUCH, object)) return Status.cut;
    }
    // Bytes are of any type, as far as they go.
    if (wrongType) return this.fault(this.objects.isBytes(object) ? FAULT.bounds : FAULT.type);
    if (gone) {
      this.args[0] = mode & Mode.write;
      return this.faultFreed(object);
    }
    if (outside) return this.fault(FAULT.bounds);
    if (this.cells[this.at + IRQL] >= DISPATCH_LEVEL && this.objects.isPaged(object)) {
      this.args[0] = 0;
      if (this.runRules(PAGED, 0)) return Status.cut;
    }
    if (user && !this.isUserReady()) return this.userFaults();
    this.noteAccess(object, address, cells, (mode & Mode.write) !== 0);
    return Status.goOn;
  }

  /** Whether the code before an access to user memory has asked `userFault`, and it does not raise. */
  private isUserReady(): boolean {
    if (!this.isHandled()) return false;
    const asked = this.program.funcs[this.func - 1].code[this.pc - 2];
    return asked?.op === 'intrinsic' && asked.name === 'userFault';
  }

  /** An access to user memory for whose raising nothing is prepared. */
  private userFaults(): number {
    if (this.isHandled()) {
      return this.bound('A routine of the system is given user memory: what it does when an access raises is not followed.');
    }
    this.args[0] = STATUS_ACCESS_VIOLATION;
    return this.fault(FAULT.exception);
  }

  /** The object becomes user memory. */
  userMemory(address: number): number {
    const object = this.objects.at(address);
    if (object === 0) return address === 0 ? Status.goOn : this.fault(FAULT.type);
    if (this.stop(this.lifePoint(object))) return Status.yielded;
    if (!this.objects.isLive(object)) {
      this.args[0] = 1;
      return this.faultFreed(object);
    }
    this.noteLife(object, true);
    this.objects.giveToUser(object);
    return Status.goOn;
  }

  isUserMemory(address: number): number {
    const object = this.objects.at(address);
    return object !== 0 && this.objects.isUser(object) ? 1 : 0;
  }

  /** Whether an access to come raises: either, where it is the driver's to user memory. */
  userFault(address: number, mode: number): number {
    const object = this.objects.at(address);
    const asks = object !== 0 && this.objects.isUser(object) && this.isDriverTouch(object, mode);
    if (asks || this.cells[this.at + PICKS] !== 0) return this.choose(2);
    this.ret = 0;
    return Status.goOn;
  }

  /** One of `count` answers, at a scheduling point. */
  protected abstract choose(count: number): number;

  /** The accesses of a copy: both sides are checked and scheduled as one. */
  accessTwo(to: number, from: number, cells: number, mode: number): number {
    const read = this.access(from, -1, from, cells, mode);
    if (read !== Status.goOn) return read;
    // Behind the first access the step does not stop again: the copy is one step, and either side may be what makes it visible.
    const object = this.objects.at(to);
    if (
      this.passedFresh === false &&
      object !== 0 &&
      this.accessPoint(object, to, cells, true) &&
      !this.onePiece &&
      !this.atomic
    ) {
      this.passes--;
      return Status.yielded;
    }
    const { passes } = this;
    this.fresh = true;
    const written = this.access(to, -1, to, cells, mode | Mode.write);
    this.passes = passes;
    return written;
  }

  /** The intrinsic `bounded`: its text is the reason. */
  boundedAt(func: FuncId, pc: number): void {
    const instr = this.program.funcs[func - 1].code[pc];
    this.bound(
      (instr.op === 'intrinsic' ? instr.text : undefined) ?? 'The model says that it does not follow this path to its end.',
    );
  }

  /** Stores a value that may be an address: what becomes reachable for others is shared from now on. */
  storeAddress(address: number, value: number): void {
    if (this.cells[this.objects.baseOf[address] - OBJECT_HEADER + OBJECT_PRIVATE] === 0) this.objects.publish(value);
    this.memory.set(address, value);
  }

  /** Copies `cells` cells whose accesses have been checked. */
  copyCells(to: number, from: number, cells: number): void {
    const values = this.cells.slice(from, from + cells);
    for (let i = 0; i < cells; i++) this.storeAddress(to + i, values[i]);
  }

  zeroCells(at: number, cells: number): void {
    for (let i = 0; i < cells; i++) this.memory.set(at + i, 0);
  }

  /** Makes a pool object; `fp` to `sp` of scratch hold the live registers. 0 when memory is full. */
  alloc(func: FuncId, pc: number, token: number, pool: number, zero: number): number {
    const base = this.objects.make(
      this.context,
      (func * 0x4000 + pc) * 2,
      token,
      ObjectKind.pool,
      this.context + 1,
      this.scratch,
      this.sp,
      this.fieldDriver() === 1 ? pool : pool & 1,
    );
    if (base === 0) this.bound('The scenario needs more memory than the checker has.');
    else {
      this.observer?.made(base);
      if (zero === 0) this.objects.unwrite(base);
    }
    return base;
  }

  free(address: number): number {
    if (address === 0) return this.faultAtPoint(FAULT.null);
    const object = this.objects.at(address);
    if (object !== address || !this.objects.isPool(object)) return this.faultAtPoint(FAULT.doubleFree);
    if (this.stop(this.lifePoint(object))) return Status.yielded;
    this.noteLife(object, true);
    if (!this.objects.isLive(object)) return this.pausesAfterAll() ? Status.yielded : this.fault(FAULT.doubleFree);
    this.observer?.freed(object);
    this.objects.free(object);
    // A lock that comes to lie there is another one.
    for (const cell of this.orders.cellsOfPairsIn(object, object + this.objects.sizeOf(object))) this.memory.set(cell, 0);
    return Status.goOn;
  }

  /** Ends the object that starts at `address` for drivers. */
  retire(address: number): number {
    const object = this.objects.at(address);
    if (object === 0 || object !== address) return this.faultAtPoint(address === 0 ? FAULT.null : FAULT.type);
    if (this.stop(this.lifePoint(object))) return Status.yielded;
    if (!this.objects.isLive(object)) {
      this.args[0] = Mode.write;
      return this.faultFreed(object);
    }
    this.noteLife(object, true);
    this.objects.retire(object);
    return Status.goOn;
  }

  /** Code of a pageable section is entered, or gone on with behind a call. Whether the path ends. */
  pagedCode(): boolean {
    if (this.cells[this.at + IRQL] < DISPATCH_LEVEL) return false;
    this.args[0] = 1;
    return this.runRules(PAGED, 0);
  }

  /** An event for each object that is the driver's to free, and for each armed timer. */
  leaks(): void {
    for (let i = 0; i < MAX_TIMERS; i++) {
      this.goneObject = this.cells[TIMERS + 2 * i];
      if (this.goneObject !== 0) this.runRules(TIMER_LEFT, 0);
    }
    for (const object of this.objects.owed()) {
      this.goneObject = object;
      const irp = this.objects.hasGhosts(object);
      this.runRules(irp ? IRP_LEAKED : LEAKED, irp ? object : 0);
    }
  }

  /** The event numbered `number` with `eventArgs` as the instruction has them. */
  event(number: number): number {
    const compiled = this.rules.events[number];
    if (compiled === undefined && this.observer === undefined) return Status.goOn;
    const { args, eventArgs } = this;
    let object = 0;
    if (onIrp[number]) {
      const irp = eventArgs[0];
      object = this.objects.at(irp);
      if (object !== 0 && this.objects.isUnknown(object)) return this.lookInto();
      if (object !== irp || object === 0 || !this.objects.hasGhosts(object))
        return this.faultAtPoint(irp === 0 ? FAULT.null : FAULT.type);
      if (compiled !== undefined && this.stop(this.lifePoint(object))) return Status.yielded;
      if (compiled !== undefined) this.noteLife(object, compiled.writesIrp);
      for (let i = 1; i < eventArgs.length; i++) args[i - 1] = eventArgs[i];
    } else {
      if (compiled !== undefined && this.stop((compiled.usesMachine || !this.fusion) && this.visiblePoint()))
        return Status.yielded;
      args.set(eventArgs);
    }
    return this.runRules(number, object) ? Status.cut : Status.goOn;
  }

  /** Whoever observes sees in which state the IRP at that address is: a read of that. */
  observe(irp: number): number {
    const { irpCells: at, onObserve } = this;
    const object = this.objects.at(irp);
    if (at === undefined || onObserve === undefined || object === 0 || object !== irp || !this.objects.hasGhosts(object))
      return Status.goOn;
    const read = [irp + at.routine, irp + at.cancel];
    if (this.stop(read.some((cell) => this.accessPoint(object, cell, 1, false)))) return Status.yielded;
    for (const cell of read) this.noteAccess(object, cell, 1, false);
    onObserve(irp);
    return Status.goOn;
  }

  /** Whether the cell that many behind `address` lies outside of its object; of what is no object the access itself is told. */
  isBeyond(address: number, cells: number): boolean {
    const object = this.objects.at(address);
    return object !== 0 && !this.objects.isUnknown(object) && address + cells >= object + this.objects.sizeOf(object);
  }

  faultBounds(): number {
    return this.fault(FAULT.bounds);
  }

  faultDivide(): number {
    return this.fault(FAULT.divide);
  }

  faultOverflow(): number {
    return this.fault(FAULT.overflow);
  }

  invariant(condition: number): void {
    if (condition === 0)
      throw new EngineError(`an invariant of the model does not hold in ${this.nameOf(this.func)} at ${this.pc}`);
  }

  /** Too many backward jumps since the step began: whether to stop here. */
  cutLoop(): boolean {
    return !this.onePiece;
  }

  /** The checks of an access for a cell that an intrinsic works on. */
  protected checkCell(address: number): number {
    const object = this.objects.at(address);
    if (object === 0) return this.fault(FAULT.type);
    if (this.objects.isUnknown(object)) return this.lookInto();
    if (this.isGone(object)) {
      this.args[0] = 1;
      return this.faultFreed(object);
    }
    this.noteLife(object, false);
    return Status.goOn;
  }

  /** Whether an access to an IRP counts as the driver's: its own, an inline routine's, and to one that is gone anything done for it. */
  private isDriverTouch(object: number, mode: number): boolean {
    if ((mode & Mode.driver) !== 0) return true;
    if ((mode & Mode.inline) !== 0 && this.calledFromDriver()) return true;
    return this.objects.isRetired(object) && this.fieldDriver() === 1;
  }

  /** Whether the object is freed memory for who runs. */
  protected isGone(object: number): boolean {
    return !this.objects.isLive(object) || (this.objects.isRetired(object) && this.fieldDriver() === 1);
  }

  protected faultFreed(object: number): number {
    // It might have come while the object lived.
    this.noteLife(object, false);
    this.goneObject = object;
    return this.fault(FAULT.freed);
  }
}
