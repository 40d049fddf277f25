import { beforeAll, describe, test } from '@jest/globals';

import { lockStoreConformance } from '../../src/conformance';
import { testedStore, LIBRARIES } from '../helpers/redis-clients';
import { describeWithRedis, RedisServer } from '../helpers/redis-server';

describeWithRedis('RedisLockStore on a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });

  describe.each(Object.entries(LIBRARIES))('%s', (_, library) => {
    lockStoreConformance({
      describe,
      test,
      createStore: () => testedStore(() => library.connect(server.url)),
      createFailingStore: () => testedStore(() => library.connect('redis://127.0.0.1:1')), // where nobody listens
    });
  });
});
