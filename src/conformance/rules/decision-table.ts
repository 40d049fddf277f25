import assert = require('node:assert/strict');

import type { LockStore } from '../../lock-store';
import { assertHolds, assertOk, assertRefused } from '../assertions';
import type { Subject } from '../tested-store';
import type { Rules } from './rule';

/** Every cell of WOPI's decision table: what each operation makes of a file that is free, or holds X, or holds Y. */
export const decisionTableRules: Rules = {
  'Lock takes a free file': async ({ store, other, time }) => {
    await assertOk(store.lock('file', 'X', time.long), 'Lock of a free file');
    await assertHolds(other, 'file', 'X', 'After Lock');
  },

  'Lock of the lock that the file holds succeeds': async (subject) => {
    await holding('X', subject);
    await assertOk(subject.store.lock('file', 'X', subject.time.long), 'Lock of the lock that the file holds');
    await assertHolds(subject.other, 'file', 'X', 'After Lock');
  },

  'Lock is refused by another lock, and told which': async (subject) => {
    await holding('Y', subject);
    await assertRefused(
      subject.store.lock('file', 'X', subject.time.long),
      'Y',
      'Lock of a file that holds another lock',
    );
    await assertHolds(subject.other, 'file', 'Y', 'After a refused Lock');
  },

  'RefreshLock of the lock that the file holds succeeds': async (subject) => {
    await holding('X', subject);
    await assertOk(
      subject.store.refreshLock('file', 'X', subject.time.long),
      'RefreshLock of the lock that the file holds',
    );
    await assertHolds(subject.other, 'file', 'X', 'After RefreshLock');
  },

  'RefreshLock is refused by a free file, and does not take it': async ({ store, other, time }) => {
    await assertRefused(store.refreshLock('file', 'X', time.long), null, 'RefreshLock of a free file');
    await assertHolds(other, 'file', null, 'After a refused RefreshLock');
  },

  'RefreshLock is refused by another lock, and told which': async (subject) => {
    await holding('Y', subject);
    await assertRefused(
      subject.store.refreshLock('file', 'X', subject.time.long),
      'Y',
      'RefreshLock of a file that holds another lock',
    );
    await assertHolds(subject.other, 'file', 'Y', 'After a refused RefreshLock');
  },

  'Unlock releases the lock that the file holds': async (subject) => {
    await holding('X', subject);
    await assertOk(subject.store.unlock('file', 'X'), 'Unlock of the lock that the file holds');
    await assertHolds(subject.other, 'file', null, 'After Unlock');
    await assertOk(subject.other.lock('file', 'Y', subject.time.long), 'Lock of a file that was unlocked');
  },

  'Unlock is refused by a free file': async ({ store, other }) => {
    await assertRefused(store.unlock('file', 'X'), null, 'Unlock of a free file');
    await assertHolds(other, 'file', null, 'After a refused Unlock');
  },

  'Unlock is refused by another lock, and told which': async (subject) => {
    await holding('Y', subject);
    await assertRefused(subject.store.unlock('file', 'X'), 'Y', 'Unlock of a file that holds another lock');
    await assertHolds(subject.other, 'file', 'Y', 'After a refused Unlock');
  },

  'UnlockAndRelock swaps the lock that the file holds for the new one': async (subject) => {
    await holding('X', subject);
    await assertOk(swap(subject, 'X', 'N'), 'UnlockAndRelock of the lock that the file holds');
    await assertHolds(subject.other, 'file', 'N', 'After UnlockAndRelock');
    await assertRefused(subject.other.unlock('file', 'X'), 'N', 'Unlock of the lock that was swapped away');
  },

  'UnlockAndRelock of a lock for itself succeeds': async (subject) => {
    await holding('X', subject);
    await assertOk(swap(subject, 'X', 'X'), 'UnlockAndRelock of a lock for itself');
    await assertHolds(subject.other, 'file', 'X', 'After UnlockAndRelock');
  },

  'UnlockAndRelock is refused by a free file, and does not take it': async (subject) => {
    await assertRefused(swap(subject, 'X', 'N'), null, 'UnlockAndRelock of a free file');
    await assertHolds(subject.other, 'file', null, 'After a refused UnlockAndRelock');
  },

  'UnlockAndRelock is refused by another lock, and told which': async (subject) => {
    await holding('Y', subject);
    await assertRefused(swap(subject, 'X', 'N'), 'Y', 'UnlockAndRelock of a file that holds another lock');
    await assertHolds(subject.other, 'file', 'Y', 'After a refused UnlockAndRelock');
  },

  'UnlockAndRelock that has already happened is refused, and told the new lock': async (subject) => {
    await holding('N', subject);
    await assertRefused(swap(subject, 'X', 'N'), 'N', 'UnlockAndRelock of a file that holds the new lock already');
    await assertHolds(subject.other, 'file', 'N', 'After a refused UnlockAndRelock');
  },

  'UnlockAndRelock of an old lock that nobody could have taken is refused': async (subject) => {
    for (const old of ['', 'x'.repeat(1025), '\u00fc']) {
      await assertRefused(swap(subject, old, 'N'), null, 'UnlockAndRelock of a free file');
    }
    await holding('Y', subject);
    for (const old of ['', 'x'.repeat(1025), '\u00fc']) {
      await assertRefused(swap(subject, old, 'N'), 'Y', 'UnlockAndRelock of a file that holds another lock');
    }
    await assertHolds(subject.other, 'file', 'Y', 'After a refused UnlockAndRelock');
  },

  'GetLock gives null for a free file': async ({ store }) => {
    await assertHolds(store, 'file', null, 'When the file was never locked');
  },

  'GetLock gives the lock that the file holds': async (subject) => {
    await holding('X', subject);
    await assertHolds(subject.store, 'file', 'X', 'When the file is locked');
  },

  'the reason of a refusal, where there is one, is a string': async (subject) => {
    await holding('Y', subject);
    const { store, time } = subject;
    for (const refusal of [
      await store.lock('file', 'X', time.long),
      await store.refreshLock('file', 'X', time.long),
      await store.unlock('file', 'X'),
      await swap(subject, 'X', 'N'),
    ]) {
      const reason = 'reason' in refusal ? refusal.reason : undefined;
      assert.ok(reason === undefined || typeof reason === 'string', `the reason is ${JSON.stringify(reason)}`);
    }
  },

  'what one file holds is nothing to another': async ({ store, other, time }) => {
    await assertOk(store.lock('one', 'X', time.long), 'Lock of a free file');
    await assertHolds(other, 'two', null, 'When another file was locked');
    await assertRefused(store.unlock('two', 'X'), null, 'Unlock of a file that is free, with the lock of another');
    await assertOk(store.lock('two', 'X', time.long), 'Lock of a free file, with the lock of another');
    await assertOk(
      store.unlockAndRelock('two', 'X', 'N', time.long),
      'UnlockAndRelock of the lock that the file holds',
    );
    await assertHolds(other, 'one', 'X', 'When the same lock was swapped on another file');
    await assertOk(store.unlock('one', 'X'), 'Unlock of the lock that the file holds');
    await assertHolds(other, 'two', 'N', 'When another file was unlocked');
  },
};

async function holding(lock: string, { other, time }: Subject): Promise<void> {
  await assertOk(other.lock('file', lock, time.long), 'Lock of a free file');
}

function swap({ store, time }: Subject, oldLock: string, newLock: string): ReturnType<LockStore['unlockAndRelock']> {
  return store.unlockAndRelock('file', oldLock, newLock, time.long);
}
