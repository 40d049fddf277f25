import { describe, test } from '@jest/globals';

import { lockStoreConformance } from '../../src/conformance';
import { SqliteLockStore } from '../../src/stores/sqlite';
import { databaseFile, drivers } from '../helpers/sqlite';

describe.each(drivers)('SqliteLockStore on $name', (driver) => {
  lockStoreConformance({
    describe,
    test,
    createStore: async () => {
      const { connect, dispose } = databaseFile(driver);
      const store = connect();
      await store.createTable();
      return { store, connect, dispose };
    },
    createFailingStore: () => {
      const database = driver.open(':memory:');
      database.close();
      return { store: new SqliteLockStore(database) };
    },
  });
});
