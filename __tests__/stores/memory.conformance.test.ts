import { describe, test } from '@jest/globals';

import { MemoryLockStore } from '../../src';
import { lockStoreConformance } from '../../src/conformance';

lockStoreConformance({
  describe,
  test,
  createStore: () => {
    let time = 0;
    const store = new MemoryLockStore({ now: () => time });
    return { store, advance: (ms) => void (time += ms) };
  },
});
