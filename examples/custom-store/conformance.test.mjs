import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { lockStoreConformance } from 'wopi-lock-router/conformance';

import { FileLockStore } from './file-lock-store.mjs';

lockStoreConformance({
  describe,
  test,
  createStore: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'file-lock-store-'));
    let time = 0;
    const connect = () => new FileLockStore(folder, { now: () => time });
    return {
      store: connect(),
      connect,
      advance: (ms) => void (time += ms),
      dispose: () => rm(folder, { recursive: true }),
    };
  },
  createFailingStore: () => ({ store: new FileLockStore('/dev/null/no folder') }),
});
