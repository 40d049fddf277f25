import { assertKnownOptions } from '../construction';
import type { LockResult, LockStore } from '../lock-store';
import { assertTtlMs, DEFAULT_LOCK_TTL_MS } from '../ttl';
import { escaped, quotedTable, unescaped } from './sql';

/** What {@link SqliteLockStore} uses of a `better-sqlite3` Database, or of a `node:sqlite` DatabaseSync. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): {
    all(...parameters: (string | number)[]): unknown[];
    run(...parameters: (string | number)[]): { readonly changes: number | bigint };
  };
}

/** The options of {@link SqliteLockStore}. */
export interface SqliteLockStoreOptions {
  /**
   * The table, by default `wopi_locks`; of an attached database `archive.locks`. A name that has a dot or a quote in it is
   * written as in SQL, `main."odd.name"`.
   */
  readonly table?: string | undefined;
}

type Statement = ReturnType<SqliteDatabase['prepare']>;
type Statements = ReturnType<typeof statementsOn>;

const OK: LockResult = Object.freeze({ ok: true });

/**
 * A {@link LockStore} in an SQLite database: for the processes of one machine, and for locks that outlive them.
 *
 * Every operation is one statement, which SQLite runs as one atomic step. Locks lapse by the machine's clock, which is
 * SQLite's own. Every method rejects with the driver's error when SQLite fails, or stays busy beyond the connection's
 * timeout.
 *
 * @example
 * const store = new SqliteLockStore(new Database('locks.db'));
 * await store.createTable();
 * app.use('/wopi', wopiLockRouter(store));
 */
export class SqliteLockStore implements LockStore {
  readonly #database: SqliteDatabase;
  readonly #sql: Statements;
  readonly #prepared: { [Name in keyof Statements]?: Statement } = {};

  /**
   * @param database - The connection that the app has; the store neither configures nor closes it.
   * @throws TypeError when `database` is no database object, or `table` is no name of a table.
   */
  constructor(database: SqliteDatabase, options: SqliteLockStoreOptions = {}) {
    assertDatabase(database);
    assertKnownOptions(options, ['table'], 'SqliteLockStore');
    this.#database = database;
    this.#sql = statementsOn(quotedTable(options.table ?? 'wopi_locks', 'SqliteLockStore'));
  }

  /** Makes the table, unless it is there: to be called at every start, also by many processes at once. */
  async createTable(): Promise<void> {
    this.#database.exec(this.#sql.createTable);
  }

  /** Removes the rows of locks that have lapsed or were released, and gives their number. It looks at every row. */
  async deleteExpired(): Promise<number> {
    return Number(this.#statement('deleteExpired').run().changes);
  }

  /** The lock that the file holds, or `null` when it holds none. */
  async getLock(fileId: string): Promise<string | null> {
    return this.#held('getLock', escaped(fileId));
  }

  /**
   * Takes a free file, or starts the time of the same lock anew.
   *
   * @param ttlMs - Milliseconds, 1 to 2,147,483,647; 30 minutes by default. Anything else rejects with a `TypeError`.
   */
  async lock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    const held = this.#held('lock', escaped(fileId), escaped(lockId), ttlMs);
    return held === null ? OK : answer(lockId, held);
  }

  /**
   * Starts the time of `lockId` anew.
   *
   * @param ttlMs - As for {@link SqliteLockStore.lock}.
   */
  async refreshLock(fileId: string, lockId: string, ttlMs: number = DEFAULT_LOCK_TTL_MS): Promise<LockResult> {
    return this.unlockAndRelock(fileId, lockId, lockId, ttlMs);
  }

  /** Releases `lockId`. */
  async unlock(fileId: string, lockId: string): Promise<LockResult> {
    return answer(lockId, this.#held('unlock', escaped(lockId), escaped(fileId)));
  }

  /**
   * Puts `newLockId` in the place of `oldLockId`, with a time of its own.
   *
   * @param ttlMs - As for {@link SqliteLockStore.lock}.
   */
  async unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number = DEFAULT_LOCK_TTL_MS,
  ): Promise<LockResult> {
    assertTtlMs(ttlMs, 'ttlMs');
    const old = escaped(oldLockId);
    return answer(oldLockId, this.#held('replace', old, escaped(newLockId), old, ttlMs, escaped(fileId)));
  }

  /** Runs a statement whose one value is the lock that the file held as the statement found it. */
  #held(name: keyof Statements, ...parameters: (string | number)[]): string | null {
    // Not `get`: it stops at the first row, both drivers then commit by a reset whose error they drop, and a change that
    // was rolled back would be answered as a success.
    const [row] = this.#statement(name).all(...parameters);
    if (row === undefined) {
      return null;
    }
    // An object, or an array where the app has `returnArrays`.
    const [held] = Object.values(row as Record<string, string | null>);
    return held === null ? null : unescaped(held!);
  }

  // Only now, since the table need not be there at construction.
  #statement(name: keyof Statements): Statement {
    return (this.#prepared[name] ??= this.#database.prepare(this.#sql[name]));
  }
}

function answer(expected: string, held: string | null): LockResult {
  return held === expected ? OK : { ok: false, currentLock: held };
}

// "'now' [...] always returns exactly the same value for multiple invocations within the same sqlite3_step()", and a
// statement that writes has waited for its turn by then.
const NOW = `round(unixepoch('subsec') * 1000)`;

const HELD = `CASE WHEN expires_at > ${NOW} THEN lock_id END`;

/**
 * The statements, each of which both changes the row, or not, and tells the lock that it found there.
 *
 * RETURNING sees a row as it is after the change, so the change notes in `found_lock_id` what was there before. A refusal
 * that is repeated leaves the row byte for byte as it was, and then SQLite writes no page and syncs no file. A released
 * lock stays as a row that lapsed in 1970: to delete the row would leave a refusal with nothing to return.
 *
 * BEGIN IMMEDIATE, a SELECT, a change and COMMIT would be one step as well, but four statements, which fail within a
 * transaction of the app's own.
 */
function statementsOn(table: string) {
  return {
    // One B-tree, so that an operation writes one page.
    createTable: `CREATE TABLE IF NOT EXISTS ${table} (
      file_id TEXT NOT NULL PRIMARY KEY,
      lock_id TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      found_lock_id TEXT
    ) WITHOUT ROWID`,

    getLock: `SELECT lock_id FROM ${table} WHERE file_id = ? AND expires_at > ${NOW}`,

    lock: `INSERT INTO ${table} (file_id, lock_id, expires_at) VALUES (?, ?, ${NOW} + ?)
      ON CONFLICT (file_id) DO UPDATE SET
        found_lock_id = ${HELD},
        lock_id = CASE WHEN ${HELD} <> excluded.lock_id THEN lock_id ELSE excluded.lock_id END,
        expires_at = CASE WHEN ${HELD} <> excluded.lock_id THEN expires_at ELSE excluded.expires_at END
      RETURNING found_lock_id`,

    replace: `UPDATE ${table} SET
        found_lock_id = ${HELD},
        lock_id = CASE WHEN ${HELD} = ? THEN ? ELSE lock_id END,
        expires_at = CASE WHEN ${HELD} = ? THEN ${NOW} + ? ELSE expires_at END
      WHERE file_id = ? RETURNING found_lock_id`,

    unlock: `UPDATE ${table} SET
        found_lock_id = ${HELD},
        expires_at = CASE WHEN ${HELD} = ? THEN 0 ELSE expires_at END
      WHERE file_id = ? RETURNING found_lock_id`,

    deleteExpired: `DELETE FROM ${table} WHERE expires_at <= ${NOW}`,
  };
}

function assertDatabase(database: unknown): asserts database is SqliteDatabase {
  const fix =
    "Write `new SqliteLockStore(new Database('locks.db'))`, with better-sqlite3's Database or node:sqlite's DatabaseSync.";
  if (typeof database === 'function') {
    throw new TypeError(`SqliteLockStore was given a class or function, not an instance of a database. ${fix}`);
  }
  if (typeof database !== 'object' || database === null) {
    throw new TypeError(
      'SqliteLockStore needs an open database as its first argument, ' +
        `but it was given ${database === null ? 'null' : `a value of type ${typeof database}`}. ${fix}`,
    );
  }
  if ('then' in database) {
    throw new TypeError(`SqliteLockStore was given a promise. Write \`new SqliteLockStore(await ...)\`.`);
  }
  const { exec, prepare } = database as Partial<SqliteDatabase>;
  if (typeof exec !== 'function' || typeof prepare !== 'function') {
    throw new TypeError(
      `SqliteLockStore was given an object that has no method exec or prepare, so it is no database. ${fix}`,
    );
  }
}
