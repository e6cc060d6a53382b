/** The set of visited states: three hash lanes a state, in typed arrays with open addressing. */

/** The states seen so far, by hash. */
export class StateTable {
  /** Number of states. */
  count = 0;
  private lanes = new Uint32Array(3 << 12);
  private slots = new Int32Array(1 << 13);
  private readonly mask: number;

  /** `bits`: width each lane is cut to. */
  constructor(bits: number) {
    this.mask = bits >= 32 ? 0xffffffff : 2 ** bits - 1;
  }

  /** The number of a state that is new, or minus 1 minus the number of the one that is there already. */
  add(laneA: number, laneB: number, laneC: number): number {
    const a = (laneA & this.mask) >>> 0;
    const b = (laneB & this.mask) >>> 0;
    const c = (laneC & this.mask) >>> 0;
    const { lanes, slots } = this;
    const last = slots.length - 1;
    let slot = (a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b)) & last;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      const at = (entry - 1) * 3;
      if (lanes[at] === a && lanes[at + 1] === b && lanes[at + 2] === c) return -entry;
      slot = (slot + 1) & last;
    }
    const state = this.count++;
    slots[slot] = state + 1;
    if (3 * state + 3 > lanes.length) this.growLanes();
    this.lanes.set([a, b, c], 3 * state);
    if (this.count * 2 > slots.length) this.growSlots();
    return state;
  }

  private growLanes(): void {
    const lanes = new Uint32Array(this.lanes.length * 2);
    lanes.set(this.lanes);
    this.lanes = lanes;
  }

  private growSlots(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const last = slots.length - 1;
    for (let state = 0; state < this.count; state++) {
      const a = this.lanes[3 * state];
      let slot = (a ^ Math.imul(this.lanes[3 * state + 1], 0x9e3779b1) ^ Math.imul(this.lanes[3 * state + 2], 0x85ebca6b)) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = state + 1;
    }
    this.slots = slots;
  }
}

/** A list of int32 that grows. */
export class IntList {
  length = 0;
  data = new Int32Array(1 << 10);

  push(value: number): void {
    if (this.length === this.data.length) {
      const data = new Int32Array(this.data.length * 2);
      data.set(this.data);
      this.data = data;
    }
    this.data[this.length++] = value;
  }
}
