import { createHash } from 'node:crypto';

import { assertKnownOptions } from '../construction';
import type { LockResult, LockStore } from '../lock-store';
import { assertTtlMs, DEFAULT_LOCK_TTL_MS } from '../ttl';
import { escaped, quotedTable, unescaped } from './sql';

/** What {@link PostgresLockStore} uses of a `pg` Pool: one method, that runs a statement on any of its connections. */
export interface PostgresPool {
  query(statement: { name?: string; text: string; values?: unknown[] }): Promise<{
    rows: { lock_id: string }[];
    rowCount: number | null;
  }>;
}

/** The options of {@link PostgresLockStore}. */
export interface PostgresLockStoreOptions {
  /**
   * The table, by default `wopi_locks`; with its schema `app.locks`. Upper case stays upper case; a name that has a dot
   * or a quote in it is written as in SQL, `app."odd.name"`.
   */
  readonly table?: string | undefined;
}

interface Statement {
  readonly name: string;
  readonly text: string;
}

const OK: LockResult = Object.freeze({ ok: true });

/**
 * A {@link LockStore} in a table of PostgreSQL 12 or later: for many processes on many machines, and durable.
 *
 * Each operation is one prepared statement, in a transaction of its own, on the database's clock. Where a method says
 * nothing else, it rejects with what the pool rejects with.
 *
 * @example
 * const store = new PostgresLockStore(new Pool({ connectionString: process.env.DATABASE_URL }));
 * await store.createTable();
 * app.use('/wopi', wopiLockRouter(store));
 */
export class PostgresLockStore implements LockStore {
  readonly #pool: PostgresPool;
  readonly #table: string;
  readonly #statements: ReturnType<typeof statementsOn>;

  /**
   * @param pool - The `pg` Pool that the app has; the store neither configures nor ends it.
   * @throws TypeError when `pool` is no Pool, or `table` is no name of a table.
   */
  constructor(pool: PostgresPool, options: PostgresLockStoreOptions = {}) {
    assertPool(pool);
    assertKnownOptions(options, ['table'], 'PostgresLockStore');
    this.#pool = pool;
    this.#table = quotedTable(options.table ?? 'wopi_locks', 'PostgresLockStore', LONGEST_NAME);
    this.#statements = statementsOn(this.#table);
  }

  /** Creates the table unless it is there; any number of processes may call this at once. Its schema must exist. */
  async createTable(): Promise<void> {
    // "CREATE TABLE IF NOT EXISTS" looks first and creates then: of two at once, one can fail with a unique_violation in
    // the catalogue. The lock makes them take turns, and goes with the transaction, which the two statements share.
    await this.#pool.query({
      text: `SELECT pg_advisory_xact_lock(${TURN});
        CREATE TABLE IF NOT EXISTS ${this.#table} (
          file_key bytea PRIMARY KEY,
          lock_id text COLLATE "C" NOT NULL,
          expires_at timestamptz NOT NULL
        )`,
    });
  }

  /** Deletes the rows of locks that were released or have lapsed, and gives their number. Safe at any time. */
  async deleteExpired(): Promise<number> {
    return (await this.#run(this.#statements.deleteExpired, [])).rowCount ?? 0;
  }

  /** The lock that the file holds, or `null` when it holds none. */
  async getLock(fileId: string): Promise<string | null> {
    return this.#held(this.#statements.getLock, [escaped(fileId)]);
  }

  /**
   * Takes a free file, or starts the time of the same lock anew.
   *
   * @param ttlMs - Milliseconds, 1 to 2,147,483,647; 30 minutes by default. Anything else rejects with a `TypeError`.
   */
  async lock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    return this.#change(this.#statements.lock, lockId, [escaped(fileId), escaped(lockId), ttlMs]);
  }

  /**
   * Starts the time of `lockId` anew.
   *
   * @param ttlMs - As for {@link PostgresLockStore.lock}.
   */
  async refreshLock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    return this.#change(this.#statements.refreshLock, lockId, [escaped(fileId), escaped(lockId), ttlMs]);
  }

  /** Releases `lockId`. */
  async unlock(fileId: string, lockId: string): Promise<LockResult> {
    return this.#change(this.#statements.unlock, lockId, [escaped(fileId), escaped(lockId)]);
  }

  /**
   * Puts `newLockId` in the place of `oldLockId`, with a time of its own.
   *
   * @param ttlMs - As for {@link PostgresLockStore.lock}.
   */
  async unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number = DEFAULT_LOCK_TTL_MS,
  ): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    const values = [escaped(fileId), escaped(oldLockId), ttlMs, escaped(newLockId)];
    return this.#change(this.#statements.unlockAndRelock, oldLockId, values);
  }

  /** Each change gives the lock that it found, or left, on the file: the expected one exactly when the change was made. */
  async #change(statement: Statement, expected: string, values: unknown[]): Promise<LockResult> {
    const currentLock = await this.#held(statement, values);
    return currentLock === expected ? OK : { ok: false, currentLock };
  }

  async #held(statement: Statement, values: unknown[]): Promise<string | null> {
    const [row] = (await this.#run(statement, values)).rows;
    return row === undefined ? null : unescaped(row.lock_id);
  }

  async #run({ name, text }: Statement, values: unknown[]): ReturnType<PostgresPool['query']> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#pool.query({ name, text, values });
      } catch (error) {
        // Never at READ COMMITTED, PostgreSQL's default. Stricter levels undo a statement that met another one, and "must
        // be prepared to retry transactions due to serialization failures".
        if ((error as { code?: unknown } | null)?.code !== SERIALIZATION_FAILURE || tries === MOST_TRIES) {
          throw error;
        }
      }
    }
  }
}

// "WOPI" in ASCII: a number that no other application's advisory locks are likely to have.
const TURN = 0x57_4f_50_49;

const SERIALIZATION_FAILURE = '40001';
// Each of them failed because another statement did not, so that this many are far more than any file has clients.
const MOST_TRIES = 1000;

// A digest: "index row size exceeds btree version 4 maximum 2704" is what PostgreSQL says to a long file ID.
const KEY = 'sha256($1)';

/**
 * At READ COMMITTED, a statement that has waited for a row goes on with the row as it is by then, while all else that it
 * reads is still as it was when the statement began. So a change is refused in one of two ways, each a single look:
 *
 * - as the statement began (`seen`), the file did not hold what the change needs. Then nothing is locked or written;
 * - it did, but no longer does when the row is this statement's own (`held`, or the row in DO UPDATE). No row at all means
 *   that `deleteExpired` has just taken it, which is a moment at which the file was free.
 *
 * The clock is read once for each look, after the wait: a lock may have lapsed meanwhile. It is not `now()`, which is
 * "the start time of the current transaction".
 */
function statementsOn(table: string) {
  const after = (now: string): string => `${now} + $3 * interval '1 millisecond'`;
  const change = (set: string): string => `
    WITH seen AS MATERIALIZED (
      SELECT lock_id FROM ${table} WHERE file_key = ${KEY} AND expires_at > clock_timestamp()
    ), own AS MATERIALIZED (
      SELECT t.lock_id, t.expires_at FROM ${table} AS t, seen WHERE t.file_key = ${KEY} AND seen.lock_id = $2 FOR UPDATE OF t
    ), held AS MATERIALIZED (
      SELECT lock_id, now FROM (SELECT lock_id, expires_at, clock_timestamp() AS now FROM own) AS own WHERE expires_at > now
    ), changed AS (
      UPDATE ${table} AS t SET ${set} FROM held WHERE t.file_key = ${KEY} AND held.lock_id = $2
    )
    SELECT lock_id FROM held UNION ALL SELECT lock_id FROM seen WHERE lock_id <> $2`;

  return {
    getLock: prepared('get', `SELECT lock_id FROM ${table} WHERE file_key = ${KEY} AND expires_at > clock_timestamp()`),
    lock: prepared(
      'lock',
      `
    WITH seen AS MATERIALIZED (
      SELECT lock_id FROM ${table} WHERE file_key = ${KEY} AND lock_id <> $2 AND expires_at > clock_timestamp()
    ), held AS (
      INSERT INTO ${table} AS t (file_key, lock_id, expires_at)
      SELECT ${KEY}, $2, ${after('clock_timestamp()')} WHERE NOT EXISTS (SELECT FROM seen)
      ON CONFLICT (file_key) DO UPDATE SET (lock_id, expires_at) = (
        SELECT CASE WHEN fits THEN $2 ELSE t.lock_id END, CASE WHEN fits THEN ${after('now')} ELSE t.expires_at END
        FROM (SELECT now, t.lock_id = $2 OR t.expires_at <= now AS fits FROM (SELECT clock_timestamp() AS now) AS clock) AS look
      )
      RETURNING lock_id
    )
    SELECT lock_id FROM held UNION ALL SELECT lock_id FROM seen`,
    ),
    refreshLock: prepared('refresh', change(`expires_at = ${after('held.now')}`)),
    // Not deleted, so that the next Lock changes the same row in place; and not `now`, which a clock set back would revive.
    unlock: prepared('unlock', change(`expires_at = '-infinity'`)),
    unlockAndRelock: prepared('relock', change(`lock_id = $4, expires_at = ${after('held.now')}`)),
    // A row that somebody is about to take is skipped, so that this waits for nobody, and can be part of no deadlock.
    deleteExpired: prepared(
      'delete',
      `
    WITH expired AS MATERIALIZED (
      SELECT file_key FROM ${table} WHERE expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
    )
    DELETE FROM ${table} AS t USING expired WHERE t.file_key = expired.file_key`,
    ),
  };
}

/** On each connection a name stands for one text, also where two stores, on two tables, share the pool. */
function prepared(operation: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex');
  return { name: `wopi_${operation}_${digest.slice(0, 32)}`, text };
}

const LONGEST_NAME = 63;

function assertPool(pool: unknown): asserts pool is PostgresPool {
  const fix = 'Write `new PostgresLockStore(new Pool({ connectionString }))`, with the Pool of `pg`.';
  if (typeof pool === 'function') {
    throw new TypeError(`PostgresLockStore was given a class or function, not an instance of a Pool. ${fix}`);
  }
  if (typeof pool !== 'object' || pool === null) {
    throw new TypeError(
      `PostgresLockStore needs a Pool as its first argument, but it was given ${pool === null ? 'null' : `a value of type ${typeof pool}`}. ${fix}`,
    );
  }
  if (typeof (pool as Partial<PostgresPool>).query !== 'function') {
    throw new TypeError(`PostgresLockStore was given an object that has no method query, so it is no Pool. ${fix}`);
  }
  if ('escapeIdentifier' in pool) {
    throw new TypeError(
      'PostgresLockStore was given a Client. That is one connection: when it breaks, it stays broken, and a transaction ' +
        `on it would take the locks along. ${fix}`,
    );
  }
}
