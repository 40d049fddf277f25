import { atOnce, contend, ROUNDS, type Round } from '../contention';
import type { RecordedClient } from '../recorder';
import type { Subject } from '../tested-store';
import type { Rules } from './rule';

/**
 * Each call is one atomic step, and its answer comes from that step. Each of the four changes is put under contention by
 * itself, so that the name of the failing test says where to look, and then all of them together.
 */
export function atomicityRules(seed: number): Rules {
  return {
    'Lock is one atomic step': (subject) => contend(subject, seed, locks),
    'RefreshLock is one atomic step': (subject) => contend(subject, seed, refreshes),
    'Unlock is one atomic step': (subject) => contend(subject, seed, unlocks),
    'UnlockAndRelock is one atomic step': (subject) => contend(subject, seed, swaps),
    'whoever finds a lapsed lock leaves alone the one that is taken meanwhile': (subject) => evictions(subject, seed),
    'all operations together are linearizable': (subject) => contend(subject, seed, everything),
  };
}

/** All take the file; who has it releases it. So a refusal that looks up the holder too late finds none. */
async function locks({ file, number, random, clients }: Round): Promise<void> {
  await atOnce(
    random,
    clients.map((client, index) => async () => {
      const lock = `L${number}.${index}`;
      for (let times = 0; times < 2; times++) {
        if ((await client.lock(file, lock))?.ok) {
          await client.unlock(file, lock);
        }
      }
    }),
  );
}

/** All refresh a lock that one client releases, and then takes again, or puts another in its place. */
async function refreshes({ file, number, random, mover, clients }: Round): Promise<void> {
  const [lock, next] = [`A${number}`, random.pick([`A${number}`, `B${number}`])];
  await mover.lock(file, lock);
  await atOnce(random, [
    ...clients.map((client) => async () => {
      await client.refreshLock(file, lock);
      await client.refreshLock(file, lock);
    }),
    async () => {
      await mover.unlock(file, lock);
      await mover.lock(file, next);
      await mover.getLock(file);
    },
  ]);
  await mover.unlock(file, next);
}

/** All release a lock; once it is gone, one client takes it again, or takes the file with another. */
async function unlocks({ file, number, random, mover, clients }: Round): Promise<void> {
  const [lock, next] = [`A${number}`, random.pick([`A${number}`, `B${number}`])];
  await mover.lock(file, lock);
  await atOnce(random, [
    ...clients.map((client) => async () => {
      await client.unlock(file, lock);
      await client.unlock(file, lock);
    }),
    async () => {
      for (let looks = 0; looks < 10 && (await mover.getLock(file)) !== null; looks++);
      await mover.lock(file, next);
      await mover.getLock(file);
    },
  ]);
  await mover.unlock(file, next);
}

/** All swap one lock for their own, and back; one watches, and tries to take the file, which is never free. */
async function swaps({ file, number, random, mover, clients }: Round): Promise<void> {
  const lock = `A${number}`;
  await mover.lock(file, lock);
  await atOnce(random, [
    ...clients.map((client, index) => async () => {
      const own = `B${number}.${index}`;
      for (let times = 0; times < 2; times++) {
        if ((await client.unlockAndRelock(file, lock, own))?.ok) {
          await client.unlockAndRelock(file, own, lock);
        }
      }
    }),
    async () => {
      for (let times = 0; times < 3; times++) {
        await mover.getLock(file);
        await mover.lock(file, `T${number}`);
      }
    },
  ]);
  await mover.unlock(file, lock);
}

/** All come upon a lock that has lapsed, each in its own way, while one client takes the file. */
async function evictions(subject: Subject, seed: number): Promise<void> {
  const { other, time } = subject;
  const lapsed = `X`;
  const fileOf = (number: number): string => `file ${number}`;
  await Promise.all(Array.from({ length: ROUNDS }, (_, number) => other.lock(fileOf(number), lapsed, time.short)));
  await time.passShort();
  const round = async ({ file, random, mover, clients }: Round): Promise<void> => {
    const ways: ((client: RecordedClient) => Promise<unknown>)[] = [
      (client) => client.getLock(file),
      (client) => client.refreshLock(file, lapsed),
      (client) => client.unlock(file, lapsed),
      (client) => client.unlockAndRelock(file, lapsed, 'N'),
    ];
    await atOnce(random, [
      ...clients.map((client) => () => random.pick(ways)(client)),
      async () => {
        await mover.lock(file, 'Y');
        await mover.getLock(file);
      },
    ]);
    await mover.getLock(file);
  };
  await contend(subject, seed, round, fileOf);
}

/** All do what they like, steered by what they were told, as editors are. */
async function everything({ number, random, mover, clients }: Round): Promise<void> {
  await atOnce(
    random,
    [mover, ...clients].map((client, index) => async () => {
      const file = random.pick(['one', 'two']);
      const shared = `M${number}`;
      let told = shared;
      for (let times = 0; times < 4; times++) {
        // Locks that come back are what a late look mistakes for the lock that was there.
        const next = random.pick([shared, `${shared}.${index}.${times}`]);
        told = (await anything(client, file, told, next, random.below(6))) ?? told;
      }
    }),
  );
}

/** Does one of the operations; the lock that the client was told of, if it was told of one. */
async function anything(
  client: RecordedClient,
  file: string,
  told: string,
  next: string,
  what: number,
): Promise<string | null | undefined> {
  if (what === 0) {
    return client.getLock(file);
  }
  const result = await [
    () => client.lock(file, next),
    () => client.lock(file, told),
    () => client.refreshLock(file, told),
    () => client.unlock(file, told),
    () => client.unlockAndRelock(file, told, next),
  ][what - 1]!();
  return result === undefined || result.ok ? next : result.currentLock;
}
