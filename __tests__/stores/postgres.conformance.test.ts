import { describe, test } from '@jest/globals';
import { Pool } from 'pg';

import { lockStoreConformance } from '../../src/conformance';
import { PostgresLockStore } from '../../src/stores/postgres';
import { describeWithPostgres, startedPostgres } from '../helpers/postgres-server';

describeWithPostgres('PostgresLockStore', () => {
  const server = startedPostgres();
  let stores = 0;

  lockStoreConformance({
    describe,
    test,
    createStore: async () => {
      const table = `locks_${stores++}`;
      const pools: Pool[] = [];
      const connect = (): PostgresLockStore => {
        pools.push(server().pool());
        return new PostgresLockStore(pools.at(-1)!, { table });
      };
      const store = connect();
      await store.createTable();
      return { store, connect, dispose: async () => void (await Promise.all(pools.map((pool) => pool.end()))) };
    },
    createFailingStore: () => ({ store: new PostgresLockStore(new Pool({ host: '127.0.0.1', port: 1 })) }),
  });
});
