import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { MemoryLockStore } from 'wopi-lock-router';

/** Where the locks may live. What a store needs is loaded only when it is chosen. */
const STORES = {
  async memory() {
    return { store: new MemoryLockStore(), where: "in this process' memory" };
  },

  async sqlite({ SQLITE_FILE = join(tmpdir(), 'wopi-locks.sqlite') }) {
    const { SqliteLockStore } = await import('wopi-lock-router/sqlite');
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(SQLITE_FILE);
    await switchToWal(database);
    database.pragma('synchronous = FULL'); // every lock that was acknowledged survives a loss of power
    const store = new SqliteLockStore(database);
    await store.createTable();
    return { store, where: `in the SQLite database ${SQLITE_FILE}` };
  },

  async redis({ REDIS_URL = 'redis://127.0.0.1:6379' }) {
    const { RedisLockStore } = await import('wopi-lock-router/redis');
    const { Redis } = await import('ioredis');
    const client = new Redis(REDIS_URL, { maxRetriesPerRequest: 0, socketTimeout: 5000 });
    client.on('error', (error) => console.error(error.message));
    return { store: new RedisLockStore(client), where: 'in Redis' };
  },

  async postgres({ DATABASE_URL = 'postgres://127.0.0.1:5432' }) {
    const { PostgresLockStore } = await import('wopi-lock-router/postgres');
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    pool.on('error', (error) => console.error(error.message)); // a connection that broke while nobody used it
    const store = new PostgresLockStore(pool);
    await store.createTable();
    return { store, where: 'in PostgreSQL' };
  },
};

// SQLite does not wait for another process that switches the same new file at this moment, whatever the timeout.
async function switchToWal(database) {
  for (let tries = 1; ; tries++) {
    try {
      return database.pragma('journal_mode = WAL');
    } catch (error) {
      if (error.code !== 'SQLITE_BUSY' || tries === 100) throw error;
      await wait(10);
    }
  }
}

/** The store that STORE names, with what the other variables say of it. */
export function openStore({ STORE = 'memory', ...variables }) {
  if (!Object.hasOwn(STORES, STORE)) {
    throw new Error(`There is no STORE=${STORE}. Choose one of ${Object.keys(STORES).join(', ')}.`);
  }
  return STORES[STORE](variables);
}
