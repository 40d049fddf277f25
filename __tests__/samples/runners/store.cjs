'use strict';

const { MemoryLockStore } = require('wopi-lock-router');

/** A get-then-set store, as most hosts have it: right as long as nobody else is there. */
class GetThenSetStore extends MemoryLockStore {
  async unlockAndRelock(fileId, oldLockId, newLockId, ttlMs) {
    const currentLock = await this.getLock(fileId);
    if (currentLock !== oldLockId) return { ok: false, currentLock };
    await this.unlock(fileId, currentLock);
    return this.lock(fileId, newLockId, ttlMs);
  }
}

module.exports = function createStore() {
  let time = 0;
  const Store = process.env.STORE === 'wrong' ? GetThenSetStore : MemoryLockStore;
  return { store: new Store({ now: () => time }), advance: (ms) => void (time += ms) };
};
