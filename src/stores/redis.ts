import { assertKnownOptions } from '../construction';
import type { LockResult, LockStore } from '../lock-store';
import { assertTtlMs, DEFAULT_LOCK_TTL_MS } from '../ttl';
import { runnerOf, type RedisClient, type RunScript } from './redis-clients';
import { GET_LOCK, LOCK, UNLOCK, UNLOCK_AND_RELOCK, type Script } from './redis-scripts';

export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-clients';

/** The options of {@link RedisLockStore}. */
export interface RedisLockStoreOptions {
  /** What the key of each file begins with, before the file's ID. By default `wopi-lock:`. */
  readonly prefix?: string | undefined;
}

const OK: LockResult = Object.freeze({ ok: true });

/**
 * A {@link LockStore} in Redis 6.2 or later, or Valkey, for any number of processes on any number of machines.
 *
 * A file is one key, its lock the value, and Redis lets it expire. Each call is one script: one round trip, one atomic
 * step. The client stays yours: the store never connects, configures or closes it. When Redis cannot be reached or has
 * not answered, the call rejects, and the lock may or may not have changed; no call is ever done twice.
 *
 * @example
 * const store = new RedisLockStore(new Redis(url, { maxRetriesPerRequest: 0 })); // ioredis
 * const store = new RedisLockStore(await createClient({ url }).on('error', log).connect()); // node-redis
 */
export class RedisLockStore implements LockStore {
  readonly #run: RunScript;
  readonly #prefix: string;

  /**
   * @throws TypeError when `client` is not a client of `ioredis` or node-redis, or is one that may send a command twice:
   * an `ioredis` Redis without `maxRetriesPerRequest: 0`, a Cluster without `retryDelayOnFailover: 0`, a node-redis
   * Sentinel; and when `prefix` is not a string.
   */
  constructor(client: RedisClient, options: RedisLockStoreOptions = {}) {
    assertKnownOptions(options, ['prefix'], 'RedisLockStore');
    const { prefix = 'wopi-lock:' } = options;
    if (typeof prefix !== 'string') {
      throw new TypeError(
        `The option \`prefix\` of RedisLockStore must be a string, but it is of type ${typeof prefix}. ` +
          "Write `new RedisLockStore(client, { prefix: 'wopi-lock:' })`.",
      );
    }
    this.#run = runnerOf(client);
    this.#prefix = prefix;
  }

  /** The lock that the file holds, or `null` when it holds none. */
  async getLock(fileId: string): Promise<string | null> {
    const result = await this.#step(GET_LOCK, fileId, []);
    return result.ok ? null : result.currentLock;
  }

  /**
   * Takes a free file, or starts the time of the same lock anew.
   *
   * @param ttlMs - Milliseconds, 1 to 2,147,483,647; 30 minutes by default. Anything else rejects with a `TypeError`.
   */
  lock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    return this.#step(LOCK, fileId, [lockId], ttlMs);
  }

  /**
   * Starts the time of `lockId` anew.
   *
   * @param ttlMs - As for {@link RedisLockStore.lock}.
   */
  refreshLock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    return this.#step(UNLOCK_AND_RELOCK, fileId, [lockId, lockId], ttlMs);
  }

  /** Releases `lockId`. */
  unlock(fileId: string, lockId: string): Promise<LockResult> {
    return this.#step(UNLOCK, fileId, [lockId]);
  }

  /**
   * Puts `newLockId` in the place of `oldLockId`, with a time of its own.
   *
   * @param ttlMs - As for {@link RedisLockStore.lock}.
   */
  unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number = DEFAULT_LOCK_TTL_MS,
  ): Promise<LockResult> {
    return this.#step(UNLOCK_AND_RELOCK, fileId, [oldLockId, newLockId], ttlMs);
  }

  async #step(script: Script, fileId: string, lockIds: string[], ttlMs?: number): Promise<LockResult> {
    const args = lockIds.map(encode);
    if (ttlMs !== undefined) {
      assertTtlMs(ttlMs, 'ttlMs');
      args.push(String(ttlMs));
    }
    const reply = await this.#run(script, this.#prefix + encode(fileId), args);
    if (!Array.isArray(reply)) {
      throw new Error(`Redis' reply to RedisLockStore's script should be an array, but it is ${String(reply)}.`);
    }
    const [held] = reply as (string | Buffer | null)[]; // a Buffer from node-redis with a type mapping
    return held === undefined ? OK : { ok: false, currentLock: held === null ? null : decode(held.toString()) };
  }
}

const ODD = /[\ud800-\udfff\ufffd]/; // asked first, since it costs less than replacing nothing

// As UTF-8, every lone surrogate would become U+FFFD, and all of them the same ID. So each is written as U+FFFD and its
// code unit in hexadecimal; so is U+FFFD, to be no other's. All other text stands as it is.
function encode(id: string): string {
  return ODD.test(id)
    ? id.replace(/[\p{Surrogate}\ufffd]/gu, (unit) => `\ufffd${unit.charCodeAt(0).toString(16)}`)
    : id;
}

function decode(text: string): string {
  return ODD.test(text)
    ? text.replace(/\ufffd(....)/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    : text;
}
