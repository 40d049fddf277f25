import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const ENGINE_GOAL = 0.95;
const SQLITE_GOAL = 0.9;

/**
 * The stores to measure: on which engine, at which goal, and how to open a client at the engine's `location` and a store
 * on a client. Nothing is loaded before it is opened.
 */
export const SUBJECTS = {
  ioredis: { label: 'Redis, ioredis', engine: 'redis', goal: ENGINE_GOAL, open: openIoredis },
  'node-redis': { label: 'Redis, node-redis', engine: 'redis', goal: ENGINE_GOAL, open: openNodeRedis },
  'ioredis-always': { label: 'Redis, ioredis, appendfsync always', engine: 'redisAlways', open: openIoredis },
  postgres: { label: 'PostgreSQL, pg', engine: 'postgres', goal: ENGINE_GOAL, open: openPostgres },
  'sqlite-normal': {
    label: 'SQLite, WAL, synchronous=NORMAL',
    engine: 'sqlite',
    goal: SQLITE_GOAL,
    open: (folder) => openSqlite(folder, 'NORMAL'),
  },
  'sqlite-full': {
    label: 'SQLite, WAL, synchronous=FULL',
    engine: 'sqlite',
    goal: SQLITE_GOAL,
    open: (folder) => openSqlite(folder, 'FULL'),
  },
  memory: { label: 'MemoryLockStore', open: openMemory },
};

async function openIoredis(url) {
  const { Redis } = require('ioredis');
  return { client: new Redis(url, { maxRetriesPerRequest: 0 }), storeOn: redisStoreOn };
}

async function openNodeRedis(url) {
  const { createClient } = require('redis');
  return { client: await createClient({ url }).connect(), storeOn: redisStoreOn };
}

function redisStoreOn(client) {
  const { RedisLockStore } = require('../../dist/stores/redis.js');
  return new RedisLockStore(client);
}

async function openPostgres(connectionString) {
  const { Pool } = require('pg');
  const { PostgresLockStore } = require('../../dist/stores/postgres.js');
  const client = new Pool({ connectionString });
  await new PostgresLockStore(client).createTable();
  return { client, storeOn: (pool) => new PostgresLockStore(pool) };
}

async function openSqlite(folder, synchronous) {
  const Database = require('better-sqlite3');
  const { SqliteLockStore } = require('../../dist/stores/sqlite.js');
  const client = new Database(`${folder}/${synchronous}.db`);
  client.pragma('journal_mode = WAL');
  client.pragma(`synchronous = ${synchronous}`);
  await new SqliteLockStore(client).createTable();
  return { client, storeOn: (database) => new SqliteLockStore(database) };
}

async function openMemory() {
  const { MemoryLockStore } = require('../../dist/index.js');
  return { client: undefined, storeOn: () => new MemoryLockStore() };
}
