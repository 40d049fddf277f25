import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg, { Pool, type PoolClient } from 'pg';

import { DEFAULT_LOCK_TTL_MS, type LockResult } from '../../src';
import { checkHistory } from '../../src/conformance';
import { Random } from '../../src/conformance/random';
import { Recorder, type RecordedClient } from '../../src/conformance/recorder';
import { PostgresLockStore, type PostgresPool } from '../../src/stores/postgres';
import { describeWithPostgres, startedPostgres } from '../helpers/postgres-server';

const OK: LockResult = { ok: true };
const LONG = 600_000;

const refused = (currentLock: string | null): LockResult => ({ ok: false, currentLock });

describeWithPostgres('PostgresLockStore, in a server', () => {
  const server = startedPostgres();
  let tables = 0;

  /** A new table, with a pool, a store on it, and a second store that works inside a transaction that the test holds. */
  async function setUp(settings = '') {
    const table = `t${tables++}`;
    const pool = server().pool({ max: 32, options: settings });
    const store = new PostgresLockStore(pool, { table });
    await store.createTable();

    const waiting = async (): Promise<number> => {
      const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`;
      return (await pool.query<{ waiting: number }>(text, [`%"${table}"%`])).rows[0]!.waiting;
    };
    /** Makes the calls while a transaction has done `first` and is not over, and ends that when all of them wait. */
    async function during<Answer>(
      first: (meanwhile: PostgresLockStore, client: PoolClient) => Promise<unknown>,
      calls: readonly (() => Promise<Answer>)[],
      last: (client: PoolClient) => Promise<unknown> = (client) => client.query('COMMIT'),
    ): Promise<Answer[]> {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await first(new PostgresLockStore({ query: (statement) => client.query(statement) }, { table }), client);
        const answers = Promise.all(calls.map((call) => call()));
        while ((await waiting()) < calls.length) {
          await wait(5);
        }
        await last(client);
        return await answers;
      } finally {
        client.release();
      }
    }
    return { table, pool, store, during };
  }

  describe('a change that waited for another one is told what the file holds then', () => {
    test('a swap, a refresh, an unlock or a lock of a lock that was swapped away', async () => {
      const { store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      const answers = await during(
        (meanwhile) => meanwhile.unlockAndRelock('file', 'A', 'C', LONG),
        [
          ...Array.from({ length: 8 }, (_, client) => () => store.unlockAndRelock('file', 'A', `B${client}`, LONG)),
          () => store.refreshLock('file', 'A', LONG),
          () => store.unlock('file', 'A'),
          () => store.lock('file', 'A', LONG),
        ],
      );
      expect(answers).toEqual(Array(11).fill(refused('C')));
      expect(await store.getLock('file')).toBe('C');
    });

    test('a swap whose new lock somebody else has put there', async () => {
      const { store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      const swap = () => store.unlockAndRelock('file', 'A', 'B', LONG);
      expect(await during((meanwhile) => meanwhile.unlockAndRelock('file', 'A', 'B', LONG), [swap])).toEqual([
        refused('B'),
      ]);
    });

    test('a change of a lock that was released', async () => {
      const { store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      const answers = await during(
        (meanwhile) => meanwhile.unlock('file', 'A'),
        [
          () => store.refreshLock('file', 'A', LONG),
          () => store.unlock('file', 'A'),
          () => store.unlockAndRelock('file', 'A', 'B', LONG),
        ],
      );
      expect(answers).toEqual(Array(3).fill(refused(null)));
      expect(await store.getLock('file')).toBeNull();
    });

    test.each([
      ['never locked', async () => {}],
      [
        'unlocked',
        async (store: PostgresLockStore) => {
          await store.lock('file', 'X', LONG);
          await store.unlock('file', 'X');
        },
      ],
    ])('one that takes a file that was %s', async (_, before) => {
      const { store, during } = await setUp();
      await before(store);
      const take = [() => store.lock('file', 'B', LONG), () => store.lock('file', 'C', LONG)];
      expect(await during((meanwhile) => meanwhile.lock('file', 'C', LONG), take)).toEqual([refused('C'), OK]);
    });

    test('one whose row is deleted: the file was free then', async () => {
      const { table, store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      const answers = await during(
        (_, client) => client.query(`DELETE FROM ${table}`),
        [() => store.refreshLock('file', 'A', LONG), () => store.unlockAndRelock('file', 'A', 'B', LONG)],
      );
      expect(answers).toEqual([refused(null), refused(null)]);
      expect(await store.getLock('file')).toBeNull();
    });

    test('one whose row is deleted and made anew takes nothing of the new lock', async () => {
      const { table, store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      const answers = await during(
        async (meanwhile, client) => {
          await client.query(`DELETE FROM ${table}`);
          await meanwhile.lock('file', 'A', LONG);
        },
        [() => store.unlock('file', 'A')],
      );
      expect(answers).toEqual([refused(null)]);
      expect(await store.getLock('file')).toBe('A');
    });

    test('nothing of it, when the other is rolled back', async () => {
      const { store, during } = await setUp();
      const undo = (client: PoolClient) => client.query('ROLLBACK');
      const take = [() => store.lock('file', 'B', LONG)];
      expect(await during((meanwhile) => meanwhile.lock('file', 'C', LONG), take, undo)).toEqual([OK]);
      const swap = [() => store.unlockAndRelock('file', 'B', 'D', LONG)];
      expect(await during((meanwhile) => meanwhile.unlock('file', 'B'), swap, undo)).toEqual([OK]);
      expect(await store.getLock('file')).toBe('D');
    });
  });

  describe('a change that waited goes by the time when its wait was over', () => {
    const holdRow = (table: string) => (_: unknown, client: PoolClient) =>
      client.query(`SELECT FROM ${table} FOR UPDATE`);

    test('a lock that lapsed meanwhile has lapsed', async () => {
      const { table, store, during } = await setUp();
      for (const [call, answer] of [
        [() => store.refreshLock('file', 'A', LONG), refused(null)],
        [() => store.unlock('file', 'A'), refused(null)],
        [() => store.unlockAndRelock('file', 'A', 'B', LONG), refused(null)],
        [() => store.lock('file', 'A', LONG), OK],
      ] as const) {
        await store.lock('file', 'A', 150);
        const lapse = async (client: PoolClient) => {
          await wait(160);
          await client.query('COMMIT');
        };
        expect(await during(holdRow(table), [call], lapse)).toEqual([answer]);
      }
      expect(await store.getLock('file')).toBe('A');
    });

    test('a new time begins then', async () => {
      const { table, pool, store, during } = await setUp();
      await store.lock('file', 'A', LONG);
      for (const call of [
        () => store.lock('file', 'A', LONG),
        () => store.refreshLock('file', 'A', LONG),
        () => store.unlockAndRelock('file', 'A', 'A', LONG),
      ]) {
        let over: unknown;
        await during(holdRow(table), [call], async (client) => {
          over = (await client.query<{ now: string }>('SELECT clock_timestamp()::text AS now')).rows[0]!.now;
          await client.query('COMMIT');
        });
        const text = `SELECT expires_at - $1 >= interval '${LONG} ms' AS full FROM ${table}`;
        expect((await pool.query(text, [over])).rows).toEqual([{ full: true }]);
      }
    });
  });

  test('a refusal waits for nobody, and writes nothing', async () => {
    const { table, pool, store, during } = await setUp();
    await store.lock('file', 'A', LONG);
    const row = async () => (await pool.query(`SELECT ctid, xmin, xmax FROM ${table}`)).rows;
    const before = await row();
    const refusals = () =>
      Promise.all([
        store.lock('file', 'B', LONG),
        store.refreshLock('file', 'B', LONG),
        store.unlock('file', 'B'),
        store.unlockAndRelock('file', 'B', 'C', LONG),
      ]);
    expect(await refusals()).toEqual(Array(4).fill(refused('A')));
    expect(await row()).toEqual(before);
    await during(async (_, client) => {
      await client.query(`SELECT FROM ${table} FOR UPDATE`);
      expect(await refusals()).toEqual(Array(4).fill(refused('A')));
    }, []);
  });

  describe.each(['read committed', 'repeatable read', 'serializable'])('at the isolation level %s', (level) => {
    const settings = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;

    test('thousands of operations, while expired rows are deleted, are linearizable, and none fails', async () => {
      const { pool, store } = await setUp(settings);
      const { rows } = await pool.query('SHOW transaction_isolation');
      expect(rows).toEqual([{ transaction_isolation: level }]);
      const recorder = new Recorder();
      const done = new AbortController();
      const housekeeping = (async () => {
        while (!done.signal.aborted) {
          await store.deleteExpired();
        }
      })();
      await Promise.all(
        Array.from({ length: 8 }, (_, number) => editor(recorder.client(number, store), new Random(number), 500)),
      );
      done.abort();
      await housekeeping;
      expect(recorder.faults).toEqual([]);
      expect(recorder.history).toHaveLength(8 * 500);
      expect(checkHistory(recorder.history)).toEqual({ linearizable: true });
    }, 30_000);

    test('twenty connections create the same table at once', async () => {
      const table = `created_${tables++}`;
      const pools = Array.from({ length: 20 }, () => server().pool({ options: settings }));
      await Promise.all(pools.map((pool) => pool.query('SELECT 1')));
      const creations = pools.map((pool) => new PostgresLockStore(pool, { table }).createTable());
      expect(await Promise.all(creations)).toHaveLength(20);
      await Promise.all(pools.map((pool) => pool.end()));
    });
  });

  test('createTable leaves the locks of a table that is there', async () => {
    const { store } = await setUp();
    await store.lock('file', 'A');
    await store.createTable();
    expect(await store.getLock('file')).toBe('A');
  });

  test('deleteExpired deletes what was released or has lapsed, and nothing else', async () => {
    const { table, pool, store } = await setUp();
    await store.lock('held', 'A', LONG);
    await store.lock('released', 'A', LONG);
    await store.unlock('released', 'A');
    await store.lock('lapsed', 'A', 1);
    await wait(5);
    expect(await store.deleteExpired()).toBe(2);
    expect(await store.deleteExpired()).toBe(0);
    expect((await pool.query(`SELECT lock_id FROM ${table}`)).rows).toEqual([{ lock_id: 'A' }]);
    expect(await store.getLock('held')).toBe('A');
  });

  test('deleteExpired leaves a row that is being taken, and does not wait for it', async () => {
    const { store, during } = await setUp();
    await store.lock('file', 'A', LONG);
    await store.unlock('file', 'A');
    await during(async (meanwhile) => {
      await meanwhile.lock('file', 'B', LONG);
      expect(await store.deleteExpired()).toBe(0);
    }, []);
    expect(await store.getLock('file')).toBe('B');
  });

  test('a lock is held for 30 minutes by default', async () => {
    const { table, pool, store } = await setUp();
    await store.lock('one', 'A');
    await store.lock('two', 'A', 1000);
    await store.refreshLock('two', 'A');
    await store.lock('three', 'A', 1000);
    await store.unlockAndRelock('three', 'A', 'B');
    const text = `SELECT round(extract(epoch FROM expires_at - now()) / 10)::int AS left FROM ${table}`;
    expect((await pool.query(text)).rows).toEqual(
      ['one', 'two', 'three'].map(() => ({ left: DEFAULT_LOCK_TTL_MS / 10_000 })),
    );
  });

  describe('the table', () => {
    test.each([
      ['MixedCase', '"MixedCase"'],
      ['app.locks', 'app.locks'],
      ['app."odd.name"', 'app."odd.name"'],
      ['"say ""locks"""', '"say ""locks"""'],
      ['select', '"select"'],
      ['Sperren für Büros', '"Sperren für Büros"'],
      ['x; DROP TABLE victims; --', '"x; DROP TABLE victims; --"'],
      ["'); DROP TABLE victims; --", `"'); DROP TABLE victims; --"`],
    ])('may be %s', async (table, inSql) => {
      const pool = server().pool();
      await pool.query('CREATE SCHEMA IF NOT EXISTS app; CREATE TABLE IF NOT EXISTS victims ()');
      const store = new PostgresLockStore(pool, { table });
      await store.createTable();
      expect(await store.lock('file', 'A')).toEqual(OK);
      expect((await pool.query(`SELECT lock_id FROM ${inSql}`)).rows).toEqual([{ lock_id: 'A' }]);
      expect((await pool.query('SELECT FROM victims')).rowCount).toBe(0);
      await pool.end();
    });

    test('may be one of several that share a pool', async () => {
      const pool = server().pool({ max: 1 });
      const [one, other] = ['one', 'other'].map((table) => new PostgresLockStore(pool, { table }));
      for (const store of [one!, other!]) {
        await store.createTable();
        expect(await store.lock('file', 'A')).toEqual(OK);
      }
      expect(await one!.unlock('file', 'A')).toEqual(OK);
      expect(await other!.getLock('file')).toBe('A');
    });
  });

  test('each operation is one round trip: one named statement', async () => {
    const { table, pool } = await setUp();
    const names: unknown[] = [];
    const counting: PostgresPool = {
      query(statement) {
        names.push(statement.name);
        return pool.query(statement);
      },
    };
    const store = new PostgresLockStore(counting, { table });
    for (const call of [
      () => store.getLock('file'),
      () => store.lock('file', 'A'),
      () => store.lock('file', 'B'),
      () => store.refreshLock('file', 'A'),
      () => store.refreshLock('file', 'B'),
      () => store.unlockAndRelock('file', 'B', 'C'),
      () => store.unlockAndRelock('file', 'A', 'C'),
      () => store.unlock('file', 'A'),
      () => store.unlock('file', 'C'),
      () => store.deleteExpired(),
    ]) {
      names.length = 0;
      await call();
      expect(names).toEqual([expect.stringMatching(/^wopi_(get|lock|refresh|relock|unlock|delete)_[0-9a-f]{32}$/)]);
    }
  });

  test.each(['UTF8', 'LATIN1', 'SQL_ASCII'])(
    'any string is an ID, and only itself, in a database of encoding %s',
    async (encoding) => {
      const database = `in_${encoding.toLowerCase()}`;
      const maker = server().pool();
      await maker.query(`CREATE DATABASE ${database} ENCODING '${encoding}' TEMPLATE template0`);
      const pool = server().pool({ connectionString: server().url.replace(/postgres$/, database) });
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('a', 'A', ' ', '\\', '%', '0', '\0', '\u00ff', '\ud800', '\udc00') }),
      );
      const store = new PostgresLockStore(pool);
      await store.createTable();
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(text, { minLength: 2, maxLength: 5 }), async (ids) => {
          await pool.query('TRUNCATE wopi_locks');
          for (const id of ids) {
            expect(await store.lock(id, id)).toEqual(OK);
          }
          for (const id of ids) {
            expect(await store.getLock(id)).toBe(id);
            expect(await store.unlockAndRelock(id, `${id}\0`, 'N')).toEqual(refused(id));
            expect(await store.unlockAndRelock(id, id, `${id}2`)).toEqual(OK);
            expect(await store.getLock(id)).toBe(`${id}2`);
          }
        }),
        { numRuns: 10 },
      );
      await pool.end();
      await maker.end();
    },
    20_000,
  );

  test('an operator finds the row of a file by its name', async () => {
    const { table, pool, store } = await setUp();
    await store.lock('report.docx', '{"S":"abc"}');
    const { rows } = await pool.query(`SELECT lock_id FROM ${table} WHERE file_key = sha256('report.docx')`);
    expect(rows).toEqual([{ lock_id: '{"S":"abc"}' }]);
  });

  test.each([0, -1, 1.5, NaN, 2_147_483_648, '1000', null])('a time of %p rejects', async (ttlMs) => {
    const { store } = await setUp();
    const time = ttlMs as number;
    await expect(store.lock('file', 'A', time)).rejects.toThrow(/ttlMs must be a whole number of milliseconds/);
    await expect(store.refreshLock('file', 'A', time)).rejects.toThrow(TypeError);
    await expect(store.unlockAndRelock('file', 'A', 'B', time)).rejects.toThrow(TypeError);
    expect(await store.getLock('file')).toBeNull();
  });

  test('without its table, each call rejects with what PostgreSQL says', async () => {
    const store = new PostgresLockStore(server().pool(), { table: 'not_created' });
    await expect(store.lock('file', 'A')).rejects.toThrow('relation "not_created" does not exist');
    await expect(store.getLock('file')).rejects.toThrow('relation "not_created" does not exist');
  });

  test('every lock that was acknowledged survives kill -9 of the server, and the pool finds it again', async () => {
    const { store } = await setUp();
    const files = Array.from({ length: 50 }, (_, file) => `file ${file}`);
    await Promise.all(files.map((file) => store.lock(file, 'A')));
    await server().kill();
    await expect(store.getLock('file 0')).rejects.toThrow(/ECONN|terminated/);
    await server().restart();
    for (const file of files) {
      expect(await store.lock(file, 'B')).toEqual(refused('A'));
    }
  }, 30_000);
});

describe('PostgresLockStore refuses at construction', () => {
  const pool: PostgresPool = new Pool();
  const build = (given: unknown, options?: unknown) => () => new PostgresLockStore(given as Pool, options as object);

  test.each<[string, () => unknown, RegExp]>([
    ['no pool', build(undefined), /needs a Pool as its first argument.*undefined.*new Pool\(\{ connectionString \}\)/],
    ['null', build(null), /was given null/],
    ['a connection string', build('postgres://me:secret@host/db'), /type string.*new Pool\(\{ connectionString \}\)/],
    ['a class', build(Pool), /class or function, not an instance/],
    ['the module', build({ Pool }), /no method query/],
    ['the settings of a pool', build({ connectionString: 'postgres://host/db' }), /no method query/],
    ['a Client', build(new pg.Client()), /was given a Client. That is one connection/],
    ['a table in the place of the options', build(pool, 'locks'), /must be an object, such as `\{ table \}`/],
    ['options that are no object', build(pool, 5), /must be an object/],
    ['an option of another name', build(pool, { tabel: 'locks' }), /no option `tabel`\. Its options are table/],
    ['a table that is no string', build(pool, { table: 5 }), /of type number/],
    ['a table without a name', build(pool, { table: '' }), /must be the name of a table/],
    ['a name of three parts', build(pool, { table: 'db.app.locks' }), /at most one dot/],
    ['an empty part', build(pool, { table: 'app.' }), /'app.locks'/],
    ['a stray quote', build(pool, { table: 'x"; DROP TABLE victims; --' }), /must be the name of a table/],
    ['a quote that is not closed', build(pool, { table: '"locks' }), /must be the name of a table/],
    ['NUL in the name', build(pool, { table: 'a\0b' }), /must be the name of a table/],
    ['half a character in the name', build(pool, { table: 'a\ud800' }), /must be the name of a table/],
    ['a name that PostgreSQL would cut', build(pool, { table: `app.${'\u00e4'.repeat(32)}` }), /more than 63 bytes/],
  ])('%s', (_mistake, construct, message) => {
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
    expect(construct).not.toThrow(/secret/);
  });

  test('but not an option that is undefined', () => {
    expect(build(pool, { table: undefined })).not.toThrow();
  });
});

/** Does what it likes on two files, steered by what it was told. */
async function editor(client: RecordedClient, random: Random, operations: number): Promise<void> {
  let told = 'A';
  for (let count = 0; count < operations; count++) {
    const file = random.pick(['one', 'two']);
    const next = random.pick(['A', 'B', 'C']);
    const result = await random.pick([
      () => client.getLock(file),
      () => client.lock(file, next),
      () => client.lock(file, told),
      () => client.refreshLock(file, told),
      () => client.unlock(file, told),
      () => client.unlockAndRelock(file, told, next),
    ])();
    const current = typeof result === 'object' ? (result?.ok === false ? result.currentLock : next) : result;
    told = current ?? told;
  }
}
