import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { lockStoreConformance } from '../../src/conformance';
import { RedisLockStore } from '../../src/stores/redis';
import { LIBRARIES, testedStore, untilAnswered } from '../helpers/redis-clients';
import { describeWithRedis, RedisCluster, RedisProxy } from '../helpers/redis-server';

const FILES = Array.from({ length: 30 }, (_, index) => `file ${index}`);
const OK = { ok: true };

describeWithRedis('RedisLockStore on a real Redis Cluster of three nodes', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 30_000);

  describe.each(Object.entries(LIBRARIES))('%s', (_, library) => {
    lockStoreConformance({
      describe,
      test,
      createStore: () => testedStore(() => library.connectCluster(cluster.nodes)),
    });

    describe('an operation', () => {
      let store: RedisLockStore;
      let close: () => void;
      let proxies: RedisProxy[];

      beforeEach(async () => {
        proxies = await Promise.all(cluster.servers.map((server) => RedisProxy.start(server)));
        const ports = cluster.servers.map(({ port }, index) => [port, proxies[index]!.port] as const);
        const connected = await library.connectCluster(cluster.nodes, new Map(ports));
        close = connected.close;
        store = new RedisLockStore(connected.client, { prefix: `${Math.random()}:` });
        await Promise.all(FILES.map((file) => store.lock(file, 'A')));
      });
      afterEach(async () => {
        close();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      });

      test('goes to the node that has the key, in one round trip', async () => {
        const before = proxies.map(({ requests }) => requests);
        for (const file of FILES) {
          expect(await store.unlockAndRelock(file, 'A', 'B')).toEqual(OK);
        }
        const sent = proxies.map(({ requests }, node) => requests - before[node]!);
        expect(sent.reduce((sum, count) => sum + count)).toBe(FILES.length);
        expect(Math.min(...sent)).toBeGreaterThan(0);
      });

      test('whose answer is lost rejects, and is not sent to any node again', async () => {
        for (const file of FILES.slice(0, 6)) {
          // Of the connections that were cut before, each is there again.
          await Promise.all(FILES.map((any) => untilAnswered(() => store.getLock(any))));
          for (const proxy of proxies) {
            proxy.loseAnswer();
          }
          await expect(store.unlockAndRelock(file, 'A', 'B')).rejects.toThrow(/[Cc]onnection is closed|Socket closed/);
          for (const proxy of proxies) {
            proxy.loseAnswer(false);
          }
          expect(await untilAnswered(() => store.unlockAndRelock(file, 'B', 'C'))).toEqual(OK);
        }
      });

      test('is refused or done, never neither, while the scripts are flushed', async () => {
        for (const file of FILES) {
          await Promise.all(cluster.servers.map((server) => server.command('SCRIPT', 'FLUSH')));
          expect(await store.unlock(file, 'B')).toEqual({ ok: false, currentLock: 'A' });
          expect(await store.unlock(file, 'A')).toEqual(OK);
        }
      });
    });
  });
});
