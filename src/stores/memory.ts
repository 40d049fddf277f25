import type { LockResult, LockStore } from '../lock-store';
import { assertTtlMs, DEFAULT_LOCK_TTL_MS } from '../ttl';

/** The options of {@link MemoryLockStore}. */
export interface MemoryLockStoreOptions {
  /**
   * The clock, in milliseconds; only differences count. By default `performance.now()`, which does not jump when the
   * machine's time is set. Pass your own to let a lock lapse in a test without waiting.
   */
  readonly now?: (() => number) | undefined;
}

interface Lock {
  lockId: string;
  expiresAt: number;
}

type Shard = Map<string, Lock>;

// A Map is copied as a whole when it grows or shrinks. Over this many Maps, no request waits for more than a small copy.
const SHARDS = 256;

// For each lock that comes, this many steps are taken in search of lapsed ones: more than one, so that lapsed locks go
// faster than new ones come.
const SWEPT_PER_NEW_LOCK = 2;

const OK: LockResult = Object.freeze({ ok: true });

/**
 * A {@link LockStore} in this process' memory: for one process, and for tests.
 *
 * Every method does its work before it returns its promise, so that JavaScript's run-to-completion makes it one atomic
 * step. Locks lapse by the clock; there is no timer, and locks that nobody released make room as new ones come.
 *
 * @example
 * let time = 0;
 * const store = new MemoryLockStore({ now: () => time });
 * await store.lock('report.docx', 'A');
 * time += 30 * 60 * 1000;
 * await store.getLock('report.docx'); // null
 */
export class MemoryLockStore implements LockStore {
  readonly #now: () => number;
  readonly #shards: readonly Shard[] = Array.from({ length: SHARDS }, () => new Map());
  readonly #sweep = sweep(this.#shards);

  /** @throws TypeError when `now` is not a function. */
  constructor(options: MemoryLockStoreOptions = {}) {
    const { now = () => performance.now() } = options;
    if (typeof now !== 'function') {
      throw new TypeError(
        `MemoryLockStore's option \`now\` must be a function that returns milliseconds, but it is of type ${typeof now}. ` +
          'Write `new MemoryLockStore({ now: () => time })`.',
      );
    }
    this.#now = now;
  }

  /** The lock that the file holds, or `null` when it holds none. */
  async getLock(fileId: string): Promise<string | null> {
    return held(this.#shardOf(fileId), fileId, this.#now())?.lockId ?? null;
  }

  /**
   * Takes a free file, or starts the time of the same lock anew.
   *
   * @param ttlMs - Milliseconds, 1 to 2,147,483,647; 30 minutes by default. Anything else rejects with a `TypeError`.
   */
  async lock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    const shard = this.#shardOf(fileId);
    const now = this.#now();
    const lock = held(shard, fileId, now);
    if (lock === undefined) {
      for (let swept = 0; swept < SWEPT_PER_NEW_LOCK; swept++) {
        this.#sweep.next(now);
      }
      shard.set(detached(fileId), { lockId: detached(lockId), expiresAt: now + ttlMs });
      return OK;
    }
    if (lock.lockId !== lockId) {
      return refused(lock);
    }
    lock.expiresAt = now + ttlMs;
    return OK;
  }

  /**
   * Starts the time of `lockId` anew.
   *
   * @param ttlMs - As for {@link MemoryLockStore.lock}.
   */
  async refreshLock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    return this.#replace(fileId, lockId, lockId, ttlMs);
  }

  /** Releases `lockId`. */
  async unlock(fileId: string, lockId: string): Promise<LockResult> {
    const shard = this.#shardOf(fileId);
    const lock = held(shard, fileId, this.#now());
    if (lock?.lockId !== lockId) {
      return refused(lock);
    }
    shard.delete(fileId);
    return OK;
  }

  /**
   * Puts `newLockId` in the place of `oldLockId`, with a time of its own.
   *
   * @param ttlMs - As for {@link MemoryLockStore.lock}.
   */
  async unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number = DEFAULT_LOCK_TTL_MS,
  ): Promise<LockResult> {
    return this.#replace(fileId, oldLockId, newLockId, ttlMs);
  }

  #replace(fileId: string, oldLockId: string, newLockId: string, ttlMs: number): LockResult {
    assertTtlMs(ttlMs, 'ttlMs');
    const now = this.#now();
    const lock = held(this.#shardOf(fileId), fileId, now);
    if (lock?.lockId !== oldLockId) {
      return refused(lock);
    }
    lock.lockId = newLockId === oldLockId ? oldLockId : detached(newLockId);
    lock.expiresAt = now + ttlMs;
    return OK;
  }

  #shardOf(fileId: string): Shard {
    return this.#shards[hash(fileId) % SHARDS]!;
  }
}

function held(shard: Shard, fileId: string, now: number): Lock | undefined {
  const lock = shard.get(fileId);
  return lock !== undefined && lock.expiresAt > now ? lock : undefined;
}

function refused(lock: Lock | undefined): LockResult {
  return { ok: false, currentLock: lock?.lockId ?? null };
}

/** Goes round all locks for ever; each step looks at one of them, or at the end of a shard. */
function* sweep(shards: readonly Shard[]): Generator<void, never, number> {
  let now = yield;
  for (;;) {
    for (const shard of shards) {
      for (const [fileId, lock] of shard) {
        if (lock.expiresAt <= now) {
          shard.delete(fileId);
        }
        now = yield;
      }
      now = yield;
    }
  }
}

function hash(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    value = (Math.imul(value, 31) + text.charCodeAt(index)) | 0;
  }
  return value >>> 0;
}

/**
 * A copy with memory of its own. V8 cuts a file ID out of its URL without copying, and the cut would keep the whole URL
 * in memory, access token and all, for as long as the lock is held.
 */
function detached(text: string): string {
  const copy = Buffer.from(text).toString();
  return copy === text ? copy : text; // a lone surrogate has no UTF-8 form
}
