import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { lockStoreConformance } from 'wopi-lock-router/conformance';
import { SqliteLockStore } from 'wopi-lock-router/sqlite';

lockStoreConformance({
  describe,
  test,
  createStore: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wopi-node-sqlite-'));
    const databases = [];
    const connect = () => {
      const database = new DatabaseSync(join(folder, 'locks.sqlite'));
      database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000');
      databases.push(database);
      return new SqliteLockStore(database);
    };
    const store = connect();
    await store.createTable();
    return {
      store,
      connect,
      dispose: () => {
        for (const database of databases) database.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
