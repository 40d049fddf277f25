import assert = require('node:assert/strict');

import type { LockStore } from '../../lock-store';
import type { Subject } from '../tested-store';
import type { Rules } from './rule';

/** A fault is never a refusal, and never a success: of a store whose backend is down, every call rejects. */
export const faultRules: Rules = {
  'getLock rejects when the backend is down': rejects((store) => store.getLock('file')),
  'lock rejects when the backend is down': rejects((store, ttlMs) => store.lock('file', 'A', ttlMs)),
  'refreshLock rejects when the backend is down': rejects((store, ttlMs) => store.refreshLock('file', 'A', ttlMs)),
  'unlock rejects when the backend is down': rejects((store) => store.unlock('file', 'A')),
  'unlockAndRelock rejects when the backend is down': rejects((store, ttlMs) =>
    store.unlockAndRelock('file', 'A', 'B', ttlMs),
  ),
};

function rejects(call: (store: LockStore, ttlMs: number) => Promise<unknown>) {
  return async ({ store, time }: Subject): Promise<void> => {
    let answer: unknown;
    try {
      answer = await call(store, time.long);
    } catch {
      return;
    }
    assert.fail(`the backend is down, but the call was answered ${JSON.stringify(answer)}`);
  };
}
