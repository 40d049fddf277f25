import { describe, expect, test } from '@jest/globals';

import { MemoryLockStore, type LockStore } from '../../src';
import { client as clientOf, host, type Answer } from '../helpers/host';
import {
  EvictionByKeyStore,
  PlainObjectStore,
  SwapOnFreeFileStore,
  TableStore,
  UnlockThenLockStore,
  type Clock,
} from '../helpers/stores';

type Host = Awaited<ReturnType<typeof host>>;

const CLIENTS = 8;
const ROUNDS = 20;

/** What each mistake looks like from outside, as far as one process shows it. Each check counts what cannot be. */
const MISTAKES: {
  name: string;
  check: (host: Host, clock: Clock) => Promise<number>;
  wrong: (clock: Clock) => LockStore;
}[] = [
  {
    name: '1. UnlockAndRelock in two steps: the file is free, or another takes it, in between',
    wrong: (clock) => new UnlockThenLockStore(clock, { pause }),
    check: async ({ lock, getLock, unlockAndRelock }) => {
      await lock('A');
      const swaps = repeat(async () => {
        await unlockAndRelock('A', 'B');
        await unlockAndRelock('B', 'A');
      });
      const seenFree = atOnce(async () => (await getLock())['x-wopi-lock'] === '');
      const taken = atOnce(async () => (await lock('thief')).status === 200);
      return count(...(await seenFree), ...(await taken), ...(await swaps));
    },
  },
  {
    name: '2. UnlockAndRelock of a file that is not locked is answered 200',
    wrong: (clock) => new SwapOnFreeFileStore(clock),
    check: async ({ unlockAndRelock }) => count((await unlockAndRelock('A', 'B')).status === 200),
  },
  {
    name: '3. the lock of a 409 is read after the refusal: a swap is told the lock that it presented',
    wrong: (clock) => new TableStore(clock, { pause, lateIn: ['unlockAndRelock'] }),
    check: async ({ lock, unlockAndRelock }) => {
      await lock('A');
      const absurd = (answer: Answer, presented: string): boolean => answer['x-wopi-lock'] === presented;
      const there = atOnce(async () => absurd(await unlockAndRelock('A', 'B'), 'A'));
      const back = atOnce(async () => absurd(await unlockAndRelock('B', 'A'), 'B'));
      return count(...(await there), ...(await back));
    },
  },
  {
    name: '4. Unlock as check-then-act: the lock of a new owner is deleted',
    wrong: (clock) => new TableStore(clock, { pause, gapIn: ['unlock'] }),
    check: (client) =>
      countRounds(async () => {
        await client.lock('A');
        const taking = until(async () => (await client.lock('B')).status === 200);
        await Promise.all(Array.from({ length: CLIENTS }, () => client.unlock('A')));
        await taking;
        return (await client.unlock('B')).status !== 200;
      }),
  },
  {
    name: '4. RefreshLock as check-then-act: a lock that was released comes back',
    wrong: (clock) => new TableStore(clock, { pause, gapIn: ['refreshLock'] }),
    check: (client) =>
      countRounds(async () => {
        await client.lock('A');
        const refreshing = Array.from({ length: CLIENTS }, () => client.refreshLock('A'));
        await client.unlock('A');
        await Promise.all(refreshing);
        const left = (await client.getLock())['x-wopi-lock'];
        await client.unlock('A');
        return left !== '';
      }),
  },
  {
    name: '5. eviction of a lapsed lock by its key: deletes a lock that someone has just taken',
    wrong: (clock) => new EvictionByKeyStore(clock, { pause }),
    check: (client, clock) =>
      countRounds(async () => {
        await client.lock('A');
        clock.time += 60 * 60 * 1000;
        const reading = Array.from({ length: CLIENTS }, () => client.getLock());
        const taken = await client.lock('B');
        await Promise.all(reading);
        return taken.status !== 200 || (await client.unlock('B')).status !== 200;
      }),
  },
  {
    name: '6. two Locks at once on a free file are both answered 200',
    wrong: (clock) => new TableStore(clock, { pause, gapIn: ['lock'] }),
    check: (client) =>
      countRounds(async () => {
        const answers = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client.lock(`L${n}`)));
        const winners = answers.filter(({ status }) => status === 200);
        const winner = (await client.getLock())['x-wopi-lock'];
        const misled = answers.filter((answer) => answer.status !== 200 && answer['x-wopi-lock'] !== winner);
        await client.unlock(String(winner));
        return winners.length !== 1 || misled.length > 0;
      }),
  },
  {
    name: '8. `__proto__` as a file ID loses locks',
    wrong: (clock) => new PlainObjectStore(clock),
    check: async ({ port }) => {
      const { lock, getLock } = clientOf(port, '/wopi/files/__proto__');
      await lock('A');
      return count((await getLock())['x-wopi-lock'] !== 'A');
    },
  },
  ...(
    [
      ['case', 'A', 'a', (fileId) => fileId.toLowerCase()],
      ['trailing blanks', 'x%20', 'x', (fileId) => fileId.trimEnd()],
      ['Unicode forms', '%C3%A4', 'a%CC%88', (fileId) => fileId.normalize()],
    ] satisfies [string, string, string, (fileId: string) => string][]
  ).map(([what, one, other, fold]) => ({
    name: `8. file IDs that differ in ${what} are folded into one`,
    wrong: (clock: Clock) => new TableStore(clock, { fileKey: fold }),
    check: async ({ port }: Host) => {
      await clientOf(port, `/wopi/files/${one}`).lock('A');
      return count((await clientOf(port, `/wopi/files/${other}`).lock('B')).status !== 200);
    },
  })),
];

describe.each(MISTAKES)('$name', ({ check, wrong }) => {
  async function violations(store: (clock: Clock) => LockStore): Promise<number> {
    const clock: Clock = { time: 0 };
    return check(await host({ store: store(clock) }), clock);
  }

  test('is not ours', async () => {
    expect(await violations((clock) => new MemoryLockStore({ now: () => clock.time }))).toBe(0);
  });

  test('would be caught', async () => {
    expect(await violations(wrong)).toBeGreaterThan(0);
  });
});

async function repeat(step: () => Promise<void>): Promise<boolean[]> {
  for (let round = 0; round < ROUNDS; round++) {
    await step();
  }
  return [];
}

/** Many clients, each doing its step many times; what each step tells. */
async function atOnce(step: () => Promise<boolean>): Promise<boolean[]> {
  const clients = Array.from({ length: CLIENTS }, async () => {
    const told: boolean[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      told.push(await step());
    }
    return told;
  });
  return (await Promise.all(clients)).flat();
}

async function countRounds(round: () => Promise<boolean>): Promise<number> {
  let violated = 0;
  for (let number = 0; number < ROUNDS; number++) {
    violated += count(await round());
  }
  return violated;
}

async function until(step: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await step()) {
      return;
    }
  }
  throw new Error('It never came to be.');
}

function count(...violated: boolean[]): number {
  return violated.filter(Boolean).length;
}

/** As long as a database in the next room takes: other requests get in between. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1 + Math.random() * 4);
  });
}
