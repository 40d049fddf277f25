import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';

import type { LockResult } from '../../src';
import { checkHistory, type RecordedOperation } from '../../src/conformance';
import { RedisLockStore, type RedisClient } from '../../src/stores/redis';
import { LIBRARIES, untilAnswered } from '../helpers/redis-clients';
import { describeWithRedis, RedisProxy, RedisServer } from '../helpers/redis-server';

const OK: LockResult = { ok: true };
const NODES = [{ host: '127.0.0.1', port: 1 }];
const LAZY = { lazyConnect: true, maxRetriesPerRequest: 0 };

describe('a client is taken', () => {
  test.each<[string, () => RedisClient]>([
    ['of ioredis that retries nothing', () => new Redis(LAZY)],
    ['of ioredis with a time-out for what was sent', () => new Redis({ ...LAZY, socketTimeout: 1_000 })],
    [
      'of ioredis with a time-out for commands, and no queue',
      () => new Redis({ ...LAZY, commandTimeout: 1_000, enableOfflineQueue: false }),
    ],
    ['of ioredis, a Cluster that retries nothing', () => new Cluster(NODES, { ...LAZY, retryDelayOnFailover: 0 })],
    ['of node-redis', () => createClient()],
    ['of node-redis, a cluster', () => createCluster({ rootNodes: [] })],
    ['of node-redis, a pool', () => createClientPool()],
    ['of node-redis, with a type mapping', () => createClient().withTypeMapping({ 36: Buffer })],
  ])('%s', (_, create) => {
    expect(new RedisLockStore(create())).toBeInstanceOf(RedisLockStore);
  });
});

describe('mistakes are named', () => {
  const cluster = (options: object): Cluster => new Cluster(NODES, { lazyConnect: true, ...options });

  test.each<[string, () => unknown, RegExp]>([
    ['a URL', () => 'redis://127.0.0.1', /given a string.*new RedisLockStore\(new Redis\(url/],
    ['nothing', () => undefined, /given a undefined|given undefined/],
    ['null', () => null, /given null/],
    ['a class', () => Redis, /given Redis itself, not a client/],
    ['a factory', () => createClient, /itself, not a client/],
    ['a promise of a client', () => Promise.resolve(), /It is a promise: write `await`/],
    ['another object', () => ({ get: () => null }), /neither one of ioredis/],
    ['ioredis as it is by default', () => new Redis({ lazyConnect: true }), /maxRetriesPerRequest: 0/],
    [
      'ioredis that resends nothing, but leaves its callers waiting',
      () => new Redis({ lazyConnect: true, autoResendUnfulfilledCommands: false }),
      /maxRetriesPerRequest: 0/,
    ],
    ['ioredis with a time-out for queued commands', () => new Redis({ ...LAZY, commandTimeout: 1 }), /socketTimeout/],
    ['an ioredis Cluster as it is by default', () => cluster({}), /retryDelayOnFailover: 0/],
    [
      'an ioredis Cluster whose nodes retry',
      () => cluster({ retryDelayOnFailover: 0, clusterNodeRetryStrategy: () => 1 }),
      /Leave out `clusterNodeRetryStrategy`/,
    ],
    [
      'an ioredis Cluster with a time-out for queued commands',
      () => cluster({ retryDelayOnFailover: 0, redisOptions: { commandTimeout: 1 } }),
      /socketTimeout/,
    ],
    [
      'a node-redis Sentinel',
      () => createSentinel({ name: 'main', sentinelRootNodes: NODES }),
      /Sentinel client of node-redis sends a command once more/,
    ],
  ])('%s', (_, client, message) => {
    const create = (): unknown => new RedisLockStore(client() as never);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });

  test('options that are none', () => {
    const client = new Redis(LAZY);
    expect(() => new RedisLockStore(client, { prefix: 5 as never })).toThrow(/`prefix` .* must be a string/);
    expect(() => new RedisLockStore(client, { keyPrefix: 'x' } as never)).toThrow(/no option `keyPrefix`/);
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2_147_483_648, '1000', null])('a time of %p rejects', async (ttlMs) => {
    const store = new RedisLockStore(new Redis(LAZY));
    await expect(store.lock('file', 'A', ttlMs as number)).rejects.toThrow(/ttlMs must be a whole number/);
    await expect(store.refreshLock('file', 'A', ttlMs as number)).rejects.toThrow(TypeError);
    await expect(store.unlockAndRelock('file', 'A', 'B', ttlMs as number)).rejects.toThrow(TypeError);
  });
});

describeWithRedis('RedisLockStore, through faults', () => {
  describe.each(Object.entries(LIBRARIES))('%s', (_, library) => {
    const opened: (() => void)[] = [];
    let server: RedisServer;

    const connect = async (url: string): Promise<RedisLockStore> => {
      const { client, close } = await library.connect(url);
      opened.push(close);
      return new RedisLockStore(client);
    };

    beforeEach(async () => {
      server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
    });
    afterEach(async () => {
      opened.splice(0).forEach((close) => {
        close();
      });
      await server.stop();
    });

    test('an operation is one round trip, done or refused', async () => {
      const proxy = await RedisProxy.start(server);
      const store = await connect(proxy.url);
      await everyOperation(store); // Redis learns the scripts
      const { requests, answers } = proxy;
      const operations = await everyOperation(store);
      expect(proxy.requests - requests).toBe(operations);
      expect(proxy.answers - answers).toBe(operations);
      await proxy.stop();
    });

    test('a key is the prefix and the file ID, its value the lock, and Redis counts its time', async () => {
      const store = await connect(server.url);
      await store.lock('r\u00e9port {1}.docx', 'A');
      expect(await server.command('GET', 'wopi-lock:r\u00e9port {1}.docx')).toBe('A');
      const ttl = Number(await server.command('PTTL', 'wopi-lock:r\u00e9port {1}.docx'));
      expect(ttl).toBeGreaterThan(29 * 60 * 1000);
      expect(ttl).toBeLessThanOrEqual(30 * 60 * 1000);
    });

    test('any string is an ID, lone surrogates and an empty one too, and only itself', async () => {
      const store = await connect(server.url);
      const ids = ['', '\ud800', '\udc00', '\ud83d', '\ufffd', '\ufffdd800', '\ufffdfffd', '\u{1f4c4}', '\u00fc', 'OK'];
      for (const id of ids) {
        expect(await store.lock(id, id)).toEqual(OK);
      }
      for (const id of ids) {
        expect(await store.getLock(id)).toBe(id);
        for (const other of ids.filter((one) => one !== id)) {
          expect(await store.unlock(id, other)).toEqual({ ok: false, currentLock: id });
        }
      }
    });

    test('scripts that Redis forgot are sent again', async () => {
      const store = await connect(server.url);
      for (let round = 0; round < 3; round++) {
        expect(await server.command('SCRIPT', 'FLUSH')).toBe('OK');
        await everyOperation(store);
      }
    });

    test('a read-only replica throws, where it might refuse by a lock that is no more', async () => {
      const store = await connect(server.url);
      await store.lock('file', 'A');
      await server.command('REPLICAOF', '127.0.0.1', '1');
      const calls = [
        store.getLock('file'),
        store.lock('file', 'B'),
        store.refreshLock('file', 'B'),
        store.unlock('file', 'B'),
        store.unlockAndRelock('file', 'B', 'C'),
        store.unlock('free', 'B'),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected' });
        expect(String((call as PromiseRejectedResult).reason)).toMatch(/READONLY|read only replica/);
      }
    });

    test('a full Redis takes no lock, and releases those that it has', async () => {
      const store = await connect(server.url);
      await store.lock('file', 'A');
      await server.command('CONFIG', 'SET', 'maxmemory', '1');
      await expect(store.lock('other', 'A')).rejects.toThrow(/OOM/);
      await expect(store.unlockAndRelock('file', 'A', 'B')).rejects.toThrow(/OOM/);
      expect(await store.lock('file', 'B')).toEqual({ ok: false, currentLock: 'A' });
      expect(await store.unlock('file', 'A')).toEqual(OK);
    });

    test('a key that is not a lock throws', async () => {
      const store = await connect(server.url);
      await server.command('RPUSH', 'wopi-lock:file', 'A');
      await expect(store.lock('file', 'A')).rejects.toThrow(/WRONGTYPE/);
      await expect(store.getLock('file')).rejects.toThrow(/WRONGTYPE/);
    });

    describe('when the answer is lost, it rejects, and is not done twice:', () => {
      test.each<[string, string | null, (store: RedisLockStore) => Promise<LockResult>, string | null]>([
        ['UnlockAndRelock', 'A', (store) => store.unlockAndRelock('file', 'A', 'B'), 'B'],
        ['Unlock', 'A', (store) => store.unlock('file', 'A'), null],
        ['Lock', null, (store) => store.lock('file', 'A'), 'A'],
      ])('%s', async (_name, before, call, after) => {
        const direct = await connect(server.url);
        if (before !== null) {
          await direct.lock('file', before);
        }
        const proxy = await RedisProxy.start(server);
        const store = await connect(proxy.url);
        await store.getLock('file');
        await call(await connect(server.url)).then(() => call(direct)); // Redis knows the script
        await server.command('DEL', 'wopi-lock:file');
        if (before !== null) {
          await direct.lock('file', before);
        }

        proxy.loseAnswer();
        await expect(call(store)).rejects.toThrow(/max retries|Socket closed/);
        expect(await direct.getLock('file')).toBe(after);
        await server.command('DEL', 'wopi-lock:file'); // what was sent again would now be seen
        await untilAnswered(() => store.getLock('another'));
        expect(await direct.getLock('file')).toBeNull();
        await proxy.stop();
      });
    });

    test('a Redis that hung and was killed has done nothing, and serves again when it is back', async () => {
      const store = await connect(server.url);
      await store.lock('file', 'A');
      server.suspend();
      const call = store.unlock('file', 'A');
      const [outcome] = await Promise.all([Promise.allSettled([call]), server.kill()]);
      expect(outcome).toMatchObject([{ status: 'rejected' }]);
      await server.restart();
      expect(await untilAnswered(() => store.getLock('file'))).toBe('A');
    });

    test('ten kills of Redis under load: no answer is false, no lock is lost, and it serves again by itself', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => connect(server.url)));
      const load = new Load(stores);
      for (let kill = 0; kill < 10; kill++) {
        await load.more(300);
        await server.kill();
        await server.restart();
      }
      await load.more(300);
      const history = await load.end();
      const unknown = history.filter((operation) => !('result' in operation)).length;
      const verdict = checkHistory(history);
      console.log(`${history.length} operations, 10 kills, ${unknown} unknown: ${JSON.stringify(verdict)}`);
      expect(verdict).toEqual({ linearizable: true });
      expect(history.length - unknown).toBeGreaterThan(3_000);
      expect(unknown).toBeGreaterThan(0);
    }, 60_000);
  });
});

/** Calls each method, done and refused, and says how many calls that were. */
async function everyOperation(store: RedisLockStore): Promise<number> {
  const refused: LockResult = { ok: false, currentLock: 'B' };
  const free: LockResult = { ok: false, currentLock: null };
  const outcomes: [() => Promise<unknown>, unknown][] = [
    [() => store.lock('file', 'A'), OK],
    [() => store.lock('file', 'A'), OK],
    [() => store.unlockAndRelock('file', 'A', 'B'), OK],
    [() => store.refreshLock('file', 'B'), OK],
    [() => store.lock('file', 'A'), refused],
    [() => store.refreshLock('file', 'A'), refused],
    [() => store.unlock('file', 'A'), refused],
    [() => store.unlockAndRelock('file', 'A', 'C'), refused],
    [() => store.getLock('file'), 'B'],
    [() => store.unlock('file', 'B'), OK],
    [() => store.unlock('file', 'B'), free],
    [() => store.refreshLock('file', 'B'), free],
    [() => store.unlockAndRelock('file', 'B', 'C'), free],
    [() => store.getLock('file'), null],
  ];
  for (const [call, outcome] of outcomes) {
    expect(await call()).toEqual(outcome);
  }
  return outcomes.length;
}

/** Clients that lock, swap and unlock the same few files until they are told to end, and the history of it. */
class Load {
  readonly #history: RecordedOperation[] = [];
  readonly #clients: Promise<void>[];
  #ending = false;

  constructor(stores: readonly RedisLockStore[]) {
    this.#clients = stores.map((store, client) => this.#drive(store, client));
  }

  /** Waits for so many more answers. */
  async more(answers: number): Promise<void> {
    const enough = this.#answers() + answers;
    while (this.#answers() < enough) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(): Promise<readonly RecordedOperation[]> {
    this.#ending = true;
    await Promise.all(this.#clients);
    return this.#history;
  }

  #answers(): number {
    return this.#history.filter((operation) => 'result' in operation).length;
  }

  async #drive(store: RedisLockStore, client: number): Promise<void> {
    for (let round = 0; !this.#ending; round++) {
      // A file for every hundred answers or so: few unknown outcomes meet on one file.
      const fileId = `file ${Math.floor(this.#answers() / 100)}`;
      const [mine, next] = [`${client}/${round % 3}`, `${client}/${(round + 1) % 3}`];
      await this.#record(client, 'lock', fileId, [mine], () => store.lock(fileId, mine));
      await this.#record(client, 'unlockAndRelock', fileId, [mine, next], () =>
        store.unlockAndRelock(fileId, mine, next),
      );
      await this.#record(client, 'getLock', fileId, [], () => store.getLock(fileId));
      await this.#record(client, 'unlock', fileId, [next], () => store.unlock(fileId, next));
    }
  }

  async #record(
    client: number,
    method: RecordedOperation['method'],
    fileId: string,
    args: readonly string[],
    call: () => Promise<LockResult | string | null>,
  ): Promise<void> {
    const start = performance.now();
    try {
      const result = await call();
      this.#history.push({ client, method, fileId, args, start, end: performance.now(), result });
    } catch {
      this.#history.push({ client, method, fileId, args, start, end: performance.now() });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
