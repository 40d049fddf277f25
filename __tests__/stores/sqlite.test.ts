import { statSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_LOCK_TTL_MS } from '../../src';
import { checkHistory, type RecordedOperation } from '../../src/conformance';
import { SqliteLockStore, type SqliteDatabase } from '../../src/stores/sqlite';
import { databaseFile, drivers, inProcess } from '../helpers/sqlite';

const OK = { ok: true };
const LONG = 600_000;

// better-sqlite3 makes its errors of the class that was loaded first in the process: under Jest that may be another test
// file's, and no Error to this one.
const errorOfSqlite = (message: string) => ({ message: expect.stringContaining(message) });

const refused = (currentLock: string | null) => ({ ok: false, currentLock });

describe.each(drivers)('SqliteLockStore on $name', (driver) => {
  let db: ReturnType<typeof databaseFile>;

  beforeEach(() => {
    db = databaseFile(driver);
  });

  afterEach(() => db.dispose());

  async function setUp(...pragmas: string[]): Promise<SqliteLockStore> {
    const database = db.open();
    database.exec(pragmas.map((pragma) => `PRAGMA ${pragma};`).join(''));
    const store = new SqliteLockStore(database);
    await store.createTable();
    return store;
  }

  describe('the table', () => {
    test('may be created by 20 processes at once, with locks in it', async () => {
      const processes = Array.from({ length: 20 }, () =>
        inProcess(driver, db.file, async ({ store, tell, told }) => {
          const go = told();
          await tell('ready');
          await go;
          await store.createTable();
          await store.createTable();
          await tell(await store.lock('file', 'A'));
        }),
      );
      await Promise.all(processes.map((one) => one.said(1)));
      processes.forEach(({ tell }) => tell('go'));
      for (const { messages, errors } of await Promise.all(processes.map(({ ended }) => ended))) {
        expect({ messages, errors }).toEqual({ messages: ['ready', OK], errors: '' });
      }
    }, 60_000);

    test.each([
      'locks',
      'main.locks',
      'Two words',
      'select',
      `it's`,
      'locks; DROP TABLE kept; --',
      '"main"."odd.name"',
      '"say ""locks"""',
      '\u00fc\u{1f4c4}',
    ])('may be named %s', async (table) => {
      const database = db.open();
      database.exec('CREATE TABLE kept (value)');
      const store = new SqliteLockStore(database, { table });
      await store.createTable();
      expect(await store.lock('file', 'A')).toEqual(OK);
      expect(await new SqliteLockStore(db.open(), { table }).getLock('file')).toBe('A');
      expect(database.prepare('SELECT * FROM kept').all()).toEqual([]);
    });

    test('shares nothing with another table of the same database', async () => {
      const database = db.open();
      const [one, two] = ['one', 'two'].map((table) => new SqliteLockStore(database, { table }));
      await one!.createTable();
      await two!.createTable();
      await one!.lock('file', 'A');
      expect(await two!.lock('file', 'B')).toEqual(OK);
      expect(await one!.getLock('file')).toBe('A');
    });

    test('that is missing is a fault, until it is there', async () => {
      const store = db.connect();
      await expect(store.lock('file', 'A')).rejects.toMatchObject(errorOfSqlite('no such table'));
      await expect(store.getLock('file')).rejects.toMatchObject(errorOfSqlite('no such table'));
      await store.createTable();
      expect(await store.lock('file', 'A')).toEqual(OK);
    });

    test('is rid of the locks that were released or have lapsed, and of no other', async () => {
      const store = await setUp();
      await store.lock('held', 'A');
      await store.lock('swapped', 'A');
      await store.unlockAndRelock('swapped', 'A', 'B');
      await store.lock('released', 'A');
      await store.unlock('released', 'A');
      await store.lock('lapsed', 'A', 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await store.deleteExpired()).toBe(2);
      expect(await store.deleteExpired()).toBe(0);
      expect(await store.getLock('held')).toBe('A');
      expect(await store.getLock('swapped')).toBe('B');
    });
  });

  test('a lock is held for 30 minutes, unless told otherwise', async () => {
    const store = await setUp();
    const before = Date.now();
    await store.lock('file', 'A');
    const [row] = db.open().prepare('SELECT expires_at FROM wopi_locks').all() as { expires_at: number }[];
    const began = row!.expires_at - DEFAULT_LOCK_TTL_MS;
    expect(began).toBeGreaterThanOrEqual(before);
    expect(began).toBeLessThanOrEqual(Date.now());
  });

  test.each(['UTF-8', 'UTF-16'])('IDs of any UTF-16 units are kept apart, and come back, in %s', async (encoding) => {
    const store = await setUp('synchronous = OFF', `encoding = '${encoding}'`);
    const special = fc.constantFrom(
      '\0',
      '\ud800',
      '\udc00',
      '\ufffd',
      '\ufffe',
      '\uffff',
      '\\',
      '%',
      '%0000',
      '1',
      'e',
    );
    const unit = fc.oneof(special, fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode.bind(String)));
    const ids = fc.uniqueArray(fc.string({ unit, minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ids, async (distinct) => {
        for (const id of distinct) {
          expect(await store.lock(id, id)).toEqual(OK);
        }
        for (const [index, id] of distinct.entries()) {
          expect(await store.getLock(id)).toBe(id);
          expect(await store.unlock(id, distinct.at(index - 1)!)).toEqual(refused(id));
          expect(await store.unlock(id, id)).toEqual(OK);
        }
      }),
    );
  });

  describe('each operation', () => {
    test('is one statement, whether it succeeds or is refused; each is prepared once', async () => {
      const database = db.open();
      const prepared: string[] = [];
      let runs = 0;
      const counting: SqliteDatabase = {
        exec: (sql) => database.exec(sql),
        prepare: (sql) => {
          prepared.push(sql);
          const statement = database.prepare(sql);
          return {
            all: (...parameters) => (runs++, statement.all(...parameters)),
            run: (...parameters) => (runs++, statement.run(...parameters)),
          };
        },
      };
      const store = new SqliteLockStore(counting);
      await store.createTable();
      expect(prepared).toEqual([]);
      const calls = [
        () => store.unlock('file', 'A'),
        () => store.lock('file', 'A'),
        () => store.lock('file', 'B'),
        () => store.getLock('file'),
        () => store.refreshLock('file', 'A'),
        () => store.refreshLock('file', 'B'),
        () => store.unlockAndRelock('file', 'A', 'B'),
        () => store.unlockAndRelock('file', 'A', 'B'),
        () => store.unlock('file', 'A'),
        () => store.unlock('file', 'B'),
        () => store.deleteExpired(),
      ];
      for (const [index, call] of calls.entries()) {
        await call();
        expect(runs).toBe(index + 1);
      }
      expect(prepared).toHaveLength(5);
      expect(new Set(prepared).size).toBe(5);
    });

    test('writes nothing when it is refused once more', async () => {
      const store = await setUp('journal_mode = WAL');
      await store.lock('file', 'A');
      const refusals = async () => [
        await store.lock('file', 'B'),
        await store.refreshLock('file', 'B'),
        await store.unlock('file', 'B'),
        await store.unlockAndRelock('file', 'B', 'C'),
      ];
      const written = () => statSync(`${db.file}-wal`).size;
      await refusals();
      const before = written();
      expect(await refusals()).toEqual(Array(4).fill(refused('A')));
      expect(written()).toBe(before);
      await store.refreshLock('file', 'A', LONG);
      expect(written()).toBeGreaterThan(before);
    });

    test('is part of a transaction that the app has on the same connection', async () => {
      const database = db.open();
      const store = new SqliteLockStore(database);
      await store.createTable();
      database.exec('BEGIN');
      expect(await store.lock('file', 'A')).toEqual(OK);
      expect(await store.lock('file', 'B')).toEqual(refused('A'));
      database.exec('ROLLBACK');
      expect(await store.getLock('file')).toBeNull();
    });

    test('answers alike where the app has all rows as arrays, or all integers as BigInts', async () => {
      const database = db.open();
      const arrays: SqliteDatabase = {
        exec: (sql) => database.exec(sql),
        prepare: (sql) => {
          const statement = database.prepare(sql);
          return {
            all: (...parameters) => statement.all(...parameters).map((row) => Object.values(row as object)),
            run: (...parameters) => ({ changes: BigInt(statement.run(...parameters).changes) }),
          };
        },
      };
      const store = new SqliteLockStore(arrays);
      await store.createTable();
      expect(await store.lock('file', 'A')).toEqual(OK);
      expect(await store.lock('file', 'B')).toEqual(refused('A'));
      expect(await store.getLock('file')).toBe('A');
      expect(await store.unlock('file', 'A')).toEqual(OK);
      expect(await store.deleteExpired()).toBe(1);
    });
  });

  const changes: [string, (store: SqliteLockStore) => Promise<unknown>][] = [
    ['lock that takes', (store) => store.lock('other', 'N')],
    ['lock that is refused', (store) => store.lock('file', 'B')],
    ['refreshLock', (store) => store.refreshLock('file', 'A', LONG)],
    ['unlockAndRelock', (store) => store.unlockAndRelock('file', 'A', 'B')],
    ['unlock', (store) => store.unlock('file', 'A')],
    ['deleteExpired', (store) => store.deleteExpired()],
  ];

  describe('a busy database', () => {
    test('is waited for: the answer is what the other process has left', async () => {
      const store = await setUp();
      const other = inProcess(driver, db.file, async ({ database, store: its, tell }) => {
        database.exec('BEGIN IMMEDIATE');
        await its.lock('file', 'C');
        await tell('has the write lock');
        await new Promise((resolve) => setTimeout(resolve, 200));
        database.exec('COMMIT');
      });
      await other.said(1);
      const began = performance.now();
      expect(await store.lock('file', 'A')).toEqual(refused('C'));
      expect(performance.now() - began).toBeGreaterThan(50);
    });

    test.each(changes)('is a fault after the timeout, not a refusal: %s', async (_, change) => {
      await (await setUp('journal_mode = WAL')).lock('file', 'A');
      const other = inProcess(driver, db.file, async ({ database, tell, told }) => {
        database.exec('BEGIN IMMEDIATE');
        await tell('has the write lock');
        await told();
      });
      await other.said(1);
      const store = db.connect(50);
      const began = performance.now();
      await expect(change(store)).rejects.toMatchObject(errorOfSqlite('database is locked'));
      expect(performance.now() - began).toBeGreaterThanOrEqual(45);
      expect(await store.getLock('file')).toBe('A');
      other.kill();
      await other.ended;
      expect(await store.unlock('file', 'A')).toEqual(OK);
    });
  });

  describe('a change that SQLite could not commit', () => {
    // Without a write-ahead log, a commit must wait for those that read, and gives up after the timeout.
    test.each(changes.filter(([name]) => name !== 'lock that is refused'))('is a fault: %s', async (_, change) => {
      const store = await setUp('journal_mode = DELETE');
      await store.lock('file', 'A');
      await store.lock('released', 'A');
      await store.unlock('released', 'A');
      const reader = db.open();
      reader.exec('BEGIN');
      reader.prepare('SELECT * FROM wopi_locks').all();
      await expect(change(db.connect(20))).rejects.toMatchObject(errorOfSqlite('database is locked'));
      reader.exec('COMMIT');
      expect(await store.getLock('file')).toBe('A');
      expect(await store.getLock('other')).toBeNull();
      expect(await store.deleteExpired()).toBe(1);
    });
  });

  test('synchronous = FULL: a lock that was acknowledged before a kill -9 is there after it', async () => {
    const store = await setUp('journal_mode = WAL');
    const other = inProcess(driver, db.file, async ({ database, store: its, tell }) => {
      database.exec('PRAGMA synchronous = FULL');
      for (let number = 0; ; number++) {
        await its.lock(`file ${number}`, 'A');
        await its.unlockAndRelock(`file ${number}`, 'A', 'B');
        await tell(number);
      }
    });
    await other.said(200);
    other.kill();
    const { messages } = await other.ended;
    for (const number of messages) {
      expect(await store.getLock(`file ${String(number)}`)).toBe('B');
    }
    expect(db.open().prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  }, 30_000);

  test.each(['WAL', 'DELETE'])(
    'four processes at once are linearizable, with journal_mode = %s',
    async (mode) => {
      await setUp(`journal_mode = ${mode}`);
      const processes = Array.from({ length: 4 }, () =>
        inProcess(driver, db.file, async ({ database, store, tell, told }) => {
          const ttlMs = 600_000;
          database.exec('PRAGMA synchronous = OFF');
          const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)]!;
          const go = told();
          await tell('ready');
          await go;
          const history: Omit<RecordedOperation, 'client'>[] = [];
          for (let number = 0; number < 1500; number++) {
            const fileId = pick(['one', 'two']);
            const [lock, next] = [pick(['A', 'B', 'C']), pick(['A', 'B', 'C'])];
            const [method, args, call] = pick([
              ['getLock', [], () => store.getLock(fileId)],
              ['lock', [lock], () => store.lock(fileId, lock, ttlMs)],
              ['refreshLock', [lock], () => store.refreshLock(fileId, lock, ttlMs)],
              ['unlock', [lock], () => store.unlock(fileId, lock)],
              ['unlockAndRelock', [lock, next], () => store.unlockAndRelock(fileId, lock, next, ttlMs)],
            ] as const);
            const start = Number(process.hrtime.bigint());
            const result = await call();
            history.push({ fileId, method, args, start, end: Number(process.hrtime.bigint()), result });
          }
          await tell(history);
        }),
      );
      await Promise.all(processes.map((one) => one.said(1)));
      processes.forEach(({ tell }) => tell('go'));
      await Promise.all(processes.map((one) => one.said(2)));
      const history = processes.flatMap(({ messages }, client) =>
        (messages[1] as Omit<RecordedOperation, 'client'>[]).map((operation) => ({ client, ...operation })),
      );
      expect(history).toHaveLength(6000);
      expect(overlapping(history)).toBeGreaterThan(100);
      expect(checkHistory(history)).toEqual({ linearizable: true });
    },
    60_000,
  );
});

/** How many operations began while one of another client's was under way. */
function overlapping(history: readonly RecordedOperation[]): number {
  let over = 0;
  return history
    .toSorted((one, other) => one.start - other.start)
    .filter(({ start, end }) => {
      const overlaps = start < over;
      over = Math.max(over, end);
      return overlaps;
    }).length;
}

describe('a mistake at construction is named, with its fix', () => {
  const database: SqliteDatabase = {
    exec: () => undefined,
    prepare: () => ({ all: () => [], run: () => ({ changes: 0 }) }),
  };
  test.each<[string, unknown, string]>([
    ['a class', Map, 'was given a class or function, not an instance'],
    ['a path', 'locks.db', 'was given a value of type string. Write `new SqliteLockStore(new Database('],
    ['nothing', undefined, 'was given a value of type undefined'],
    ['null', null, 'was given null'],
    ['a promise', Promise.resolve(database), 'was given a promise. Write `new SqliteLockStore(await'],
    ['another object', new Map(), 'no method exec or prepare'],
  ])('%s in place of a database', (_, given, message) => {
    const construct = () => new SqliteLockStore(given as SqliteDatabase);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });

  test.each<[unknown, string]>([
    ['locks', 'must be an object, such as `{ table }`'],
    [null, 'must be an object'],
    [{ tabel: 'locks' }, 'no option `tabel`'],
    [{ table: '' }, 'must be the name of a table'],
    [{ table: 'a.b.c' }, 'at most one dot'],
    [{ table: '.locks' }, 'but it is ".locks"'],
    [{ table: 'a"b' }, 'must be the name of a table'],
    [{ table: '"open' }, 'must be the name of a table'],
    [{ table: 'a\0b' }, 'must be the name of a table'],
    [{ table: 7 }, 'but it is of type number'],
  ])('options %j', (options, message) => {
    const construct = () => new SqliteLockStore(database, options as object);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });
});
