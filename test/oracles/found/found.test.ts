/** The smallest programs on which engine and oracles once disagreed. */
import { expect, test } from 'vitest';
import { compare } from '../agreement.ts';
import { miniRules, type ProgramSpec } from '../programs.ts';

/** A number of a program that takes this rule alone, see `compare`. */
function alone(id: string): number {
  const number = [0, 1]
    .map((round) => round * miniRules.length + miniRules.findIndex((rule) => rule.id === id))
    .find((number) => number % 8 !== 7);
  if (number === undefined) throw new Error(`no number takes ${id} alone`);
  return number;
}

const nothing = { processors: 1, waits: false, dpc: [], cancel: [], worker: [] } as const;

test.each<[string, ProgramSpec]>([
  [
    'what another does wrong between the taking of an address and its freeing, which is none of pool',
    {
      ...nothing,
      processors: 2,
      detached: true,
      threads: [
        [
          { do: 'try', body: [{ do: 'throw', deep: false }], handler: [{ do: 'clear-cancel', irp: 0 }] },
          { do: 'take-and-free' },
          { do: 'throw', deep: true },
        ],
        [{ do: 'take-and-free' }],
      ],
    },
  ],
  [
    'a wait that blocks beside it',
    {
      ...nothing,
      processors: 2,
      threads: [
        [
          { do: 'try', body: [{ do: 'throw', deep: false }], handler: [] },
          {
            do: 'lock',
            lock: 0,
            raise: true,
            release: true,
            body: [{ do: 'hand-over-atomic' }, { do: 'timed-wait', event: 1, micros: 20 }],
          },
        ],
        [{ do: 'take-and-free' }],
      ],
    },
  ],
  [
    'a lock taken below DISPATCH_LEVEL, and a raised context that spins for it on the only processor',
    {
      ...nothing,
      threads: [
        [{ do: 'lock', lock: 1, raise: true, release: true, body: [] }],
        [{ do: 'lock', lock: 1, raise: false, release: true, body: [] }],
      ],
    },
  ],
  [
    'the same in the other order of threads',
    {
      ...nothing,
      threads: [
        [{ do: 'lock', lock: 0, raise: false, release: true, body: [] }],
        [{ do: 'lock', lock: 0, raise: true, release: true, body: [] }],
      ],
    },
  ],
  [
    'what a context has done by then that is kept from running by who spins for its lock',
    {
      ...nothing,
      threads: [
        [{ do: 'lock', lock: 1, raise: false, release: true, body: [{ do: 'free-irp', irp: 0 }] }],
        [{ do: 'lock', lock: 1, raise: true, release: true, body: [] }],
      ],
    },
  ],
  [
    'a breach behind the breach of a rule that goes on',
    {
      ...nothing,
      threads: [
        [
          { do: 'complete', irp: 1 },
          { do: 'touch', irp: 1 },
          { do: 'complete', irp: 1 },
        ],
      ],
    },
  ],
  [
    'an IRP abandoned in an endless cycle behind a breach of a rule that goes on',
    {
      ...nothing,
      threads: [[{ do: 'spin-while-zero', cell: 0, bound: 0 }], [{ do: 'twice', body: [{ do: 'complete-once', irp: 0 }] }]],
    },
  ],
  [
    'a context that is new and would spin, where all stands still',
    {
      ...nothing,
      processors: 2,
      waits: true,
      threads: [
        [{ do: 'lock', lock: 0, raise: true, release: false, body: [{ do: 'publish-stack' }] }],
        [
          { do: 'spawn', kind: 1 },
          { do: 'wait', event: 1 },
        ],
      ],
      worker: [{ do: 'lock', lock: 0, raise: false, release: true, body: [{ do: 'signal', event: 0 }] }],
    },
  ],
  [
    'a stuck hook that faults',
    {
      ...nothing,
      threads: [
        [
          { do: 'free-irp', irp: 0 },
          { do: 'wait', event: 1 },
        ],
      ],
    },
  ],
  [
    'a wait for an object that is freed',
    {
      ...nothing,
      processors: 2,
      waits: true,
      threads: [[{ do: 'free-irp', irp: 0 }]],
    },
  ],
  [
    'a breach that ends the path straight behind a lock',
    {
      ...nothing,
      threads: [
        [
          {
            do: 'lock',
            lock: 1,
            raise: false,
            release: false,
            body: [{ do: 'lock', lock: 1, raise: false, release: true, body: [] }],
          },
        ],
        [{ do: 'lock', lock: 1, raise: true, release: true, body: [] }],
      ],
    },
  ],
  [
    'stack storage freed by hand after its function returned',
    {
      ...nothing,
      processors: 2,
      threads: [[{ do: 'publish-stack' }], [{ do: 'free-published' }]],
    },
  ],
  [
    'an object in a frame that others know of ends as its function returns, and may be freed by them before',
    {
      ...nothing,
      detached: true,
      threads: [[{ do: 'hand-over' }, { do: 'free-handed-over' }], [{ do: 'publish-stack' }]],
    },
  ],
  [
    'an access that finds the object freed might have come while it lived, and what follows is seen then only',
    {
      ...nothing,
      processors: 2,
      threads: [
        [{ do: 'try-lock', lock: 0, body: [{ do: 'free-handed-over' }, { do: 'add', cell: 1 }] }],
        [
          {
            do: 'lock',
            lock: 0,
            raise: false,
            release: true,
            body: [{ do: 'try', body: [{ do: 'throw', deep: false }], handler: [] }],
          },
          { do: 'try', body: [{ do: 'throw', deep: true }], handler: [] },
        ],
      ],
    },
  ],
  [
    'the first thing that two threads do is a write that the other one is lost to',
    {
      ...nothing,
      processors: 2,
      threads: [
        [{ do: 'try', body: [{ do: 'throw', deep: true }], handler: [] }],
        [{ do: 'try', body: [{ do: 'throw', deep: true }], handler: [] }],
      ],
    },
  ],
  [
    'a write to a freed IRP behind a read of it, and a rule that tells them apart',
    {
      ...nothing,
      threads: [
        [{ do: 'touch', irp: 0 }],
        [
          { do: 'free-irp', irp: 0 },
          { do: 'try', body: [{ do: 'throw', deep: false }], handler: [{ do: 'complete', irp: 0 }] },
        ],
      ],
    },
  ],
])('%s', (_, spec) => {
  // The number decides which rules are also taken alone.
  for (const number of [0, 6, alone('memory/data-race'), alone('completion/touched-after')]) {
    expect(compare(spec, number, { maxStates: 5000, maxSteps: 5000 })).toMatchObject({ tooLarge: false, disagreements: [] });
  }
});
