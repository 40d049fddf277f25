import assert = require('node:assert/strict');

import { LOCK_STORE_METHODS } from '../../construction';
import type { LockStore } from '../../lock-store';
import { assertHolds, assertOk } from '../assertions';
import type { Rules } from './rule';

/** `createStore` is tested before the store: on a wrong one, no other test means what it says. */
export const factoryRules: Rules = {
  'createStore gives a store with all five methods': async ({ store, other }) => {
    for (const method of LOCK_STORE_METHODS) {
      assert.equal(typeof store[method], 'function', `the store has no method ${method}`);
      assert.equal(typeof other[method], 'function', `the store that connect gives has no method ${method}`);
    }
  },

  'createStore gives an empty store': async ({ store }) => {
    await assertHolds(store, 'file', null, 'On a new store');
  },

  'createStore gives a store that shares nothing with another': async ({ store, another, time }) => {
    const unrelated = await another();
    await assertOk(store.lock('file', 'A', time.long), 'Lock of a free file');
    await assertHolds(unrelated, 'file', null, 'When the same file was locked in another store');
    await assertOk(unrelated.lock('file', 'B', time.long), 'Lock of a file that is free in this store');
    await assertHolds(store, 'file', 'A', 'When the same file was locked in another store');
  },

  'connect gives another client of the same data': async ({ store, other, connect, time }) => {
    await assertOk(store.lock('file', 'A', time.long), 'Lock of a free file');
    await assertHolds(other, 'file', 'A', 'After another client has locked the file');
    await assertHolds(await connect(), 'file', 'A', 'On a client that connected after the file was locked');
  },

  'every method returns a promise': async ({ store, time }) => {
    await settled(store, { ttlMs: time.long }, (method, returned) => {
      assert.ok(
        typeof returned === 'object' && returned !== null && 'then' in returned,
        `${method} must return a promise, but it returned ${String(returned)}`,
      );
    });
  },

  'every method rejects rather than throws, also when it is given what no router gives': async ({ store }) => {
    for (const odd of [undefined, null, NaN, {}]) {
      await settled(store, { fileId: odd, lockId: odd, ttlMs: odd });
      await settled(store, { ttlMs: odd });
    }
  },
};

/** Calls every method, has a look at what it returns, and waits for that, whatever comes of it. */
async function settled(
  store: LockStore,
  { fileId = 'file', lockId = 'A', ttlMs }: { fileId?: unknown; lockId?: unknown; ttlMs: unknown },
  look: (method: string, returned: unknown) => void = () => {},
): Promise<void> {
  const calls: [keyof LockStore, unknown[]][] = [
    ['getLock', [fileId]],
    ['lock', [fileId, lockId, ttlMs]],
    ['refreshLock', [fileId, lockId, ttlMs]],
    ['unlockAndRelock', [fileId, lockId, lockId, ttlMs]],
    ['unlock', [fileId, lockId]],
  ];
  for (const [method, args] of calls) {
    let returned: unknown;
    try {
      returned = (store[method] as (...all: unknown[]) => unknown).apply(store, args);
    } catch (error) {
      assert.fail(`${method} must reject, but it threw ${String(error)}`);
    }
    look(method, returned);
    await Promise.resolve(returned).catch(() => undefined);
  }
}
