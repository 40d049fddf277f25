import type { LockResult, LockStore } from '../../src';
import {
  EvictionByKeyStore,
  OK,
  PlainObjectStore,
  SwapOnFreeFileStore,
  TableStore,
  UnlockThenLockStore,
  type Clock,
  type Flaws,
  type Row,
} from './stores';

export interface Defect {
  readonly name: string;
  readonly store: (clock: Clock) => LockStore;
  /** Another client of the same data; by default the store itself. */
  readonly connect?: (clock: Clock) => LockStore;
  /** The tests that its name gives away: these fail, and no others. */
  readonly fails: readonly string[];
  /** It spoils what most tests stand on, so that others fail along with these. */
  readonly andMore?: true;
}

const CHANGES = ['lock', 'refreshLock', 'unlock', 'unlockAndRelock'] as const;

const STEP_OF = {
  lock: 'Lock is one atomic step',
  refreshLock: 'RefreshLock is one atomic step',
  unlock: 'Unlock is one atomic step',
  unlockAndRelock: 'UnlockAndRelock is one atomic step',
} as const;
const TOGETHER = 'all operations together are linearizable';
const EVICTION = 'whoever finds a lapsed lock leaves alone the one that is taken meanwhile';

const FOREVER = 10 ** 9;

// The shortest gap that there is: one turn of the queue of promises.
const pause = (): Promise<void> => Promise.resolve();

/** A right store with flaws in its steps. */
function flawed(flaws: Flaws): Defect['store'] {
  return (clock) => new TableStore(clock, { pause, ...flaws });
}

/** A right store, but for the methods given. */
function but(methods: (right: TableStore, clock: Clock) => { [Method in keyof LockStore]?: unknown }): Defect['store'] {
  return (clock) => {
    const right = new TableStore(clock);
    return Object.assign(Object.create(right) as LockStore, methods(right, clock) as Partial<LockStore>);
  };
}

/** A right store, whose refusals first do something. */
function refusing(
  act: (right: TableStore, fileId: string, presented: string, refusal: LockResult) => LockResult,
): Defect['store'] {
  return but((right) =>
    Object.fromEntries(
      CHANGES.map((method) => [
        method,
        async (fileId: string, presented: string, ...rest: [never, never]) => {
          const result = await right[method](fileId, presented, ...rest);
          return result.ok ? result : act(right, fileId, presented, result);
        },
      ]),
    ),
  );
}

/** A right store, whose answers are given in another way. */
function answering(give: (call: () => Promise<unknown>) => unknown): Defect['store'] {
  return but((right) =>
    Object.fromEntries(
      (['getLock', ...CHANGES] as const).map((method) => [
        method,
        (...args: [never, never, never, never]) => give(() => right[method](...args)),
      ]),
    ),
  );
}

function partOf(lockId: string): string {
  return /"S":"(\w+)"/.exec(lockId)?.[1] ?? lockId;
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'UnlockAndRelock in two steps',
    store: (clock) => new UnlockThenLockStore(clock, { pause }),
    fails: [STEP_OF.unlockAndRelock, TOGETHER],
  },
  {
    name: 'UnlockAndRelock takes a free file',
    store: (clock) => new SwapOnFreeFileStore(clock),
    fails: [
      'UnlockAndRelock is refused by a free file, and does not take it',
      'UnlockAndRelock of an old lock that nobody could have taken is refused',
      'UnlockAndRelock of a lapsed lock is refused, and does not take the file',
      EVICTION,
      TOGETHER,
    ],
  },
  ...CHANGES.flatMap((method) => [
    {
      name: `${method} reads in one step and writes in another`,
      store: flawed({ gapIn: [method] }),
      fails: [STEP_OF[method], TOGETHER],
    },
    {
      name: `${method} looks up the holder after it has refused`,
      store: flawed({ lateIn: [method] }),
      fails: [STEP_OF[method], TOGETHER],
    },
  ]),
  {
    name: 'a lapsed lock evicted by its key',
    store: (clock) => new EvictionByKeyStore(clock, { pause }),
    fails: [EVICTION],
  },
  {
    name: 'a plain object for a table',
    store: (clock) => new PlainObjectStore(clock),
    fails: ['names that JavaScript has a meaning for are file IDs and lock IDs like any other'],
  },
  {
    name: 'file IDs without case',
    store: flawed({ fileKey: (fileId) => fileId.toLowerCase() }),
    fails: [
      'file IDs that differ in case are two files',
      'file IDs that differ in how an accent is composed are two files',
    ],
  },
  {
    name: 'file IDs without trailing blanks',
    store: flawed({ fileKey: (fileId) => fileId.trimEnd() }),
    fails: ['file IDs that differ in trailing blanks are two files'],
  },
  {
    name: 'file IDs without outer blanks',
    store: flawed({ fileKey: (fileId) => fileId.trim() }),
    fails: [
      'file IDs that differ in trailing blanks are two files',
      'file IDs that differ in leading or inner blanks are two files',
    ],
  },
  {
    name: 'file IDs in one Unicode form',
    store: flawed({ fileKey: (fileId) => fileId.normalize('NFC') }),
    fails: ['file IDs that differ in how an accent is composed are two files'],
  },
  {
    name: 'file IDs without accents',
    store: flawed({ fileKey: (fileId) => fileId.normalize('NFD').replace(/\p{M}/gu, '') }),
    fails: [
      'file IDs that differ in how an accent is composed are two files',
      'file IDs that differ in an accent, or a letter like another are two files',
    ],
  },
  {
    name: 'file IDs cut at 255 characters',
    store: flawed({ fileKey: (fileId) => fileId.slice(0, 255) }),
    fails: ['file IDs that differ in their last character alone, after a thousand that are the same are two files'],
  },
  {
    name: 'file IDs percent-decoded once more',
    store: flawed({
      fileKey: (fileId) => fileId.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
    }),
    fails: ['file IDs that differ in quotes, percent signs and other marks are two files'],
  },
  {
    name: 'file IDs as numbers where they look like one',
    store: flawed({ fileKey: (fileId) => (/^[\d.e]+$/.test(fileId) ? String(Number(fileId)) : fileId) }),
    fails: [
      'file IDs that differ in quotes, percent signs and other marks are two files',
      'file IDs that differ as numbers written in two ways are two files',
    ],
  },
  {
    name: 'lock IDs without case',
    store: flawed({ sameLock: (one, other) => one.toLowerCase() === other.toLowerCase() }),
    fails: ['lock IDs that differ in case are two locks'],
  },
  {
    name: 'lock IDs without trailing blanks',
    store: flawed({ sameLock: (one, other) => one.trimEnd() === other.trimEnd() }),
    fails: ['lock IDs that differ in trailing blanks are two locks'],
  },
  {
    name: 'lock IDs without outer blanks',
    store: flawed({ sameLock: (one, other) => one.trim() === other.trim() }),
    fails: [
      'lock IDs that differ in trailing blanks are two locks',
      'lock IDs that differ in leading or inner blanks are two locks',
    ],
  },
  {
    name: 'lock IDs by a part of the JSON inside',
    store: flawed({ sameLock: (one, other) => partOf(one) === partOf(other) }),
    fails: ['lock IDs that differ in a part of the JSON inside them are two locks'],
  },
  {
    name: 'lock IDs cut at 255 characters',
    store: flawed({ sameLock: (one, other) => one.slice(0, 255) === other.slice(0, 255) }),
    fails: ['lock IDs that differ in their last character alone, after a thousand that are the same are two locks'],
  },
  {
    name: 'lock IDs as numbers where they look like one',
    store: flawed({ sameLock: (one, other) => one === other || Number(one) === Number(other) }),
    fails: ['lock IDs that differ as numbers written in two ways are two locks'],
  },
  {
    name: 'a lock held a millisecond too long',
    store: flawed({ hasLapsed: ({ expiresAt }, now) => expiresAt < now }),
    fails: ['a lock is held until its time is over, and not a moment longer'],
  },
  {
    name: 'a lock that lapses a millisecond too soon',
    store: flawed({ hasLapsed: ({ expiresAt }, now) => expiresAt <= now + 1 }),
    fails: ['a lock is held until its time is over, and not a moment longer'],
  },
  {
    name: 'locks that never lapse',
    store: flawed({ hasLapsed: () => false }),
    fails: [
      'a lock is held until its time is over, and not a moment longer',
      'Lock of a held lock starts its time anew',
      'RefreshLock starts the time anew',
      'UnlockAndRelock gives the new lock a full time of its own',
      'UnlockAndRelock of a lock for itself starts the time anew',
      'Lock takes a file whose lock has lapsed',
      'RefreshLock of a lapsed lock is refused, and does not revive it',
      'Unlock of a lapsed lock is refused',
      'UnlockAndRelock of a lapsed lock is refused, and does not take the file',
      'a client whose lock has lapsed can do nothing to the lock of the next',
      'a refusal leaves the time as it was',
      EVICTION,
    ],
  },
  {
    name: 'times taken for seconds',
    store: but((right) => ({
      lock: (fileId: string, lockId: string, ttlMs: number) => right.lock(fileId, lockId, ttlMs * 1000),
    })),
    fails: [
      'a lock is held until its time is over, and not a moment longer',
      'Lock of a held lock starts its time anew',
      'Lock takes a file whose lock has lapsed',
      'RefreshLock of a lapsed lock is refused, and does not revive it',
      'Unlock of a lapsed lock is refused',
      'UnlockAndRelock of a lapsed lock is refused, and does not take the file',
      'a client whose lock has lapsed can do nothing to the lock of the next',
      'a refusal leaves the time as it was',
      EVICTION,
    ],
  },
  {
    name: 'Lock of a held lock keeps the old time',
    store: but((right) => ({
      lock: async (fileId: string, lockId: string, ttlMs: number) =>
        right.holds(fileId, lockId) ? OK : right.lock(fileId, lockId, ttlMs),
    })),
    fails: ['Lock of a held lock starts its time anew'],
  },
  {
    name: 'Lock of a held lock is refused',
    store: but((right) => ({
      lock: async (fileId: string, lockId: string, ttlMs: number) =>
        right.holds(fileId, lockId) ? { ok: false, currentLock: lockId } : right.lock(fileId, lockId, ttlMs),
    })),
    fails: ['Lock of the lock that the file holds succeeds', 'Lock of a held lock starts its time anew', TOGETHER],
  },
  {
    name: 'Lock takes what another holds',
    store: but((right) => ({
      lock: async (fileId: string, lockId: string, ttlMs: number) => {
        right.put(fileId, lockId, ttlMs);
        return OK;
      },
    })),
    fails: [
      'lock IDs that differ in a part of the JSON inside them are two locks',
      'Lock is refused by another lock, and told which',
      'a client whose lock has lapsed can do nothing to the lock of the next',
      'a refusal leaves the time as it was',
      'lock IDs that differ in case are two locks',
      'lock IDs that differ in trailing blanks are two locks',
      'lock IDs that differ in leading or inner blanks are two locks',
      'lock IDs that differ in quotes, percent signs and other marks are two locks',
      'lock IDs that differ as numbers written in two ways are two locks',
      'lock IDs that differ in their last character alone, after a thousand that are the same are two locks',
      'lock IDs of 1024 characters, of every printable ASCII character, come back whole',
      STEP_OF.lock,
      STEP_OF.unlockAndRelock,
      TOGETHER,
    ],
  },
  {
    name: 'RefreshLock takes a free file',
    store: but((right) => ({
      refreshLock: (fileId: string, lockId: string, ttlMs: number) => right.lock(fileId, lockId, ttlMs),
    })),
    fails: [
      'RefreshLock is refused by a free file, and does not take it',
      'RefreshLock of a lapsed lock is refused, and does not revive it',
      STEP_OF.refreshLock,
      EVICTION,
      TOGETHER,
    ],
  },
  {
    name: 'RefreshLock revives a lapsed lock',
    store: but((right) => ({
      refreshLock: (fileId: string, lockId: string, ttlMs: number) =>
        right.rows.get(fileId)?.lockId === lockId
          ? right.lock(fileId, lockId, ttlMs)
          : right.refreshLock(fileId, lockId, ttlMs),
    })),
    fails: ['RefreshLock of a lapsed lock is refused, and does not revive it', EVICTION],
  },
  {
    name: 'RefreshLock keeps the old time',
    store: but((right) => ({
      refreshLock: async (fileId: string, lockId: string, ttlMs: number) =>
        right.holds(fileId, lockId) ? OK : right.refreshLock(fileId, lockId, ttlMs),
    })),
    fails: ['RefreshLock starts the time anew'],
  },
  {
    name: 'UnlockAndRelock keeps the old time',
    store: but((right, clock) => ({
      unlockAndRelock: (fileId: string, oldLockId: string, newLockId: string) =>
        right.unlockAndRelock(fileId, oldLockId, newLockId, (right.rows.get(fileId)?.expiresAt ?? 0) - clock.time),
    })),
    fails: [
      'UnlockAndRelock gives the new lock a full time of its own',
      'UnlockAndRelock of a lock for itself starts the time anew',
    ],
  },
  {
    name: 'UnlockAndRelock that has already happened is answered ok',
    store: but((right) => ({
      unlockAndRelock: async (fileId: string, oldLockId: string, newLockId: string, ttlMs: number) =>
        right.holds(fileId, newLockId) ? OK : right.unlockAndRelock(fileId, oldLockId, newLockId, ttlMs),
    })),
    fails: [
      'UnlockAndRelock that has already happened is refused, and told the new lock',
      'UnlockAndRelock of a lock for itself starts the time anew',
      'a refusal leaves the time as it was',
      TOGETHER,
    ],
  },
  {
    name: 'an empty old lock stands for no lock',
    store: but((right) => ({
      unlockAndRelock: (fileId: string, oldLockId: string, newLockId: string, ttlMs: number) =>
        oldLockId === ''
          ? right.lock(fileId, newLockId, ttlMs)
          : right.unlockAndRelock(fileId, oldLockId, newLockId, ttlMs),
    })),
    fails: ['UnlockAndRelock of an old lock that nobody could have taken is refused'],
  },
  {
    name: 'Unlock of whatever lock',
    store: but((right) => ({ unlock: (fileId: string) => right.unlock(fileId, right.held(fileId) ?? '') })),
    fails: [
      'lock IDs that differ in a part of the JSON inside them are two locks',
      'Unlock is refused by another lock, and told which',
      'UnlockAndRelock swaps the lock that the file holds for the new one',
      'a client whose lock has lapsed can do nothing to the lock of the next',
      'a refusal leaves the time as it was',
      'lock IDs that differ in case are two locks',
      'lock IDs that differ in trailing blanks are two locks',
      'lock IDs that differ in leading or inner blanks are two locks',
      'lock IDs that differ in quotes, percent signs and other marks are two locks',
      'lock IDs that differ as numbers written in two ways are two locks',
      'lock IDs that differ in their last character alone, after a thousand that are the same are two locks',
      STEP_OF.unlock,
      EVICTION,
      TOGETHER,
    ],
  },
  {
    name: 'Unlock of a free file is answered ok',
    store: but((right) => ({
      unlock: async (fileId: string, lockId: string) =>
        right.held(fileId) === null ? OK : right.unlock(fileId, lockId),
    })),
    fails: [
      'Unlock is refused by a free file',
      'what one file holds is nothing to another',
      'Unlock of a lapsed lock is refused',
      STEP_OF.unlock,
      EVICTION,
      TOGETHER,
    ],
  },
  {
    name: 'Unlock of a lapsed lock is answered ok',
    store: but((right) => ({
      unlock: async (fileId: string, lockId: string) => {
        const wasThere = right.rows.get(fileId)?.lockId === lockId;
        const result = await right.unlock(fileId, lockId);
        return wasThere ? (right.remove(fileId), OK) : result;
      },
    })),
    fails: ['Unlock of a lapsed lock is refused', STEP_OF.lock, STEP_OF.unlock, EVICTION, TOGETHER],
  },
  {
    name: 'the end of a released lock ends the next one too',
    store: but((right, clock) => {
      const ends: [fileId: string, at: number][] = [];
      const sweep = (fileId: string) => {
        if (ends.some(([file, at]) => file === fileId && at <= clock.time)) {
          right.remove(fileId);
        }
      };
      return {
        lock: (fileId: string, lockId: string, ttlMs: number) => {
          ends.push([fileId, clock.time + ttlMs]);
          return right.lock(fileId, lockId, ttlMs);
        },
        getLock: (fileId: string) => {
          sweep(fileId);
          return right.getLock(fileId);
        },
      };
    }),
    fails: [
      'Lock of a held lock starts its time anew',
      'RefreshLock starts the time anew',
      'UnlockAndRelock gives the new lock a full time of its own',
      'UnlockAndRelock of a lock for itself starts the time anew',
      'Lock takes a file whose lock has lapsed',
      'Lock takes a lapsed lock once more',
      'a client whose lock has lapsed can do nothing to the lock of the next',
      'a lock that was released takes nothing with it when its time is over',
      EVICTION,
    ],
  },
  {
    name: 'refusals that start the time anew',
    store: refusing((right, fileId, _presented, refusal) => {
      const held = right.held(fileId);
      if (held !== null) {
        right.put(fileId, held, FOREVER);
      }
      return refusal;
    }),
    fails: ['a refusal leaves the time as it was'],
  },
  {
    name: 'refusals that take the file',
    store: refusing((right, fileId, presented, refusal) => {
      right.put(fileId, presented, FOREVER);
      return refusal;
    }),
    fails: [
      'RefreshLock is refused by a free file, and does not take it',
      'UnlockAndRelock is refused by a free file, and does not take it',
      'Lock is refused by another lock, and told which',
    ],
    andMore: true,
  },
  {
    name: 'refusals that name the lock presented',
    store: refusing((_right, _fileId, presented) => ({ ok: false, currentLock: presented })),
    fails: [
      'Lock is refused by another lock, and told which',
      'UnlockAndRelock that has already happened is refused, and told the new lock',
      TOGETHER,
    ],
    andMore: true,
  },
  {
    name: 'refusals that name no lock',
    store: refusing(() => ({ ok: false, currentLock: null })),
    fails: [
      'Lock is refused by another lock, and told which',
      'RefreshLock is refused by another lock, and told which',
      'Unlock is refused by another lock, and told which',
      'UnlockAndRelock is refused by another lock, and told which',
    ],
    andMore: true,
  },
  {
    name: 'refusals with a reason that is no string',
    store: refusing((_right, _fileId, _presented, refusal) => ({ ...refusal, reason: 7 as unknown as string })),
    fails: ['the reason of a refusal, where there is one, is a string'],
  },
  {
    name: 'an empty string for no lock',
    store: but((right) => ({ getLock: async (fileId: string) => right.held(fileId) ?? '' })),
    fails: ['GetLock gives null for a free file'],
    andMore: true,
  },
  {
    name: 'undefined for no lock',
    store: but((right) => ({ getLock: async (fileId: string) => right.held(fileId) ?? undefined })),
    fails: ['GetLock gives null for a free file'],
    andMore: true,
  },
  {
    name: 'one lock for all files',
    store: flawed({ fileKey: () => 'the file' }),
    fails: ['what one file holds is nothing to another'],
    andMore: true,
  },
  {
    name: 'one table for all stores',
    store: (
      (rows: Map<string, Row>) => (clock: Clock) =>
        new TableStore(clock, {}, rows)
    )(new Map()),
    fails: ['createStore gives a store that shares nothing with another'],
    andMore: true,
  },
  {
    name: 'clients that share no data',
    store: (clock) => new TableStore(clock),
    connect: (clock) => new TableStore(clock),
    fails: ['connect gives another client of the same data'],
    andMore: true,
  },
  {
    name: 'true and false for answers',
    store: answering(async (call) => {
      const answer = await call();
      return typeof answer === 'object' && answer !== null ? (answer as LockResult).ok : answer;
    }),
    fails: [
      'Lock takes a free file',
      'RefreshLock of the lock that the file holds succeeds',
      'Unlock releases the lock that the file holds',
      'UnlockAndRelock swaps the lock that the file holds for the new one',
    ],
    andMore: true,
  },
  {
    name: 'answers without a promise',
    store: but((right) => ({ getLock: (fileId: string) => right.held(fileId) })),
    fails: ['every method returns a promise'],
  },
  {
    name: 'throws where it should reject',
    store: but((right) => ({
      lock: (fileId: string, lockId: string, ttlMs: number) => {
        if (!(ttlMs > 0)) {
          throw new RangeError('No such time');
        }
        return right.lock(fileId, lockId, ttlMs);
      },
    })),
    fails: ['every method rejects rather than throws, also when it is given what no router gives'],
  },
  {
    name: 'rejects when many come at once',
    store: (clock) => {
      let under = 0;
      return answering(async (call) => {
        under += 1;
        try {
          await pause();
          if (under > 4) {
            throw new Error('deadlock detected');
          }
          return await call();
        } finally {
          under -= 1;
        }
      })(clock);
    },
    fails: [STEP_OF.lock, STEP_OF.refreshLock, STEP_OF.unlock, STEP_OF.unlockAndRelock, EVICTION, TOGETHER],
  },
  {
    name: 'a store without UnlockAndRelock',
    store: but(() => ({ unlockAndRelock: undefined })),
    fails: ['createStore gives a store with all five methods'],
    andMore: true,
  },
  {
    name: 'a store that is not empty',
    store: (clock) => new TableStore(clock, {}, new Map([['file', { lockId: 'Z', expiresAt: FOREVER }]])),
    fails: ['createStore gives an empty store'],
    andMore: true,
  },
  {
    name: 'getLock that knows of no lock',
    store: but(() => ({ getLock: async () => null })),
    fails: ['GetLock gives the lock that the file holds'],
    andMore: true,
  },
  {
    name: 'UnlockAndRelock of a lock for itself is refused',
    store: but((right) => ({
      unlockAndRelock: async (fileId: string, oldLockId: string, newLockId: string, ttlMs: number) =>
        oldLockId === newLockId && right.holds(fileId, oldLockId)
          ? { ok: false, currentLock: oldLockId }
          : right.unlockAndRelock(fileId, oldLockId, newLockId, ttlMs),
    })),
    fails: [
      'UnlockAndRelock of a lock for itself succeeds',
      'UnlockAndRelock of a lock for itself starts the time anew',
      TOGETHER,
    ],
  },
  {
    name: 'file IDs by a part of the JSON inside',
    store: flawed({ fileKey: partOf }),
    fails: ['file IDs that differ in a part of the JSON inside them are two files'],
  },
  {
    name: 'file IDs of more than a thousand characters are rejected',
    store: flawed({
      fileKey: (fileId) => {
        if (fileId.length > 1000) {
          throw new RangeError('value too long for type character varying(1000)');
        }
        return fileId;
      },
    }),
    fails: [
      'file IDs that differ in their last character alone, after a thousand that are the same are two files',
      'file IDs of 1024 characters are files like any other',
    ],
  },
];
