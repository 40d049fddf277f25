import type { LockResult } from '../../lock-store';
import { assertHolds, assertOk, assertRefused } from '../assertions';
import type { Subject } from '../tested-store';
import type { Rules } from './rule';

/** "An expired lock is exactly none", to every operation, and for the client that held it too. */
export const timeRules: Rules = {
  'a lock is held until its time is over, and not a moment longer': async ({ store, other, time }) => {
    await assertOk(store.lock('long', 'X', time.long), 'Lock of a free file');
    await assertOk(store.lock('short', 'X', time.short), 'Lock of a free file');
    await time.passExactlyShort(() => assertHolds(other, 'short', 'X', 'One millisecond before the time is over'));
    await assertHolds(other, 'short', null, 'When the time is over');
    await assertHolds(other, 'long', 'X', 'Before the time is over');
  },

  'Lock of a held lock starts its time anew': (subject) =>
    startsAnew(subject, 'X', (file, ttlMs) => subject.store.lock(file, 'X', ttlMs)),

  'RefreshLock starts the time anew': (subject) =>
    startsAnew(subject, 'X', (file, ttlMs) => subject.store.refreshLock(file, 'X', ttlMs)),

  'UnlockAndRelock gives the new lock a full time of its own': (subject) =>
    startsAnew(subject, 'N', (file, ttlMs) => subject.store.unlockAndRelock(file, 'X', 'N', ttlMs)),

  'UnlockAndRelock of a lock for itself starts the time anew': (subject) =>
    startsAnew(subject, 'X', (file, ttlMs) => subject.store.unlockAndRelock(file, 'X', 'X', ttlMs)),

  'Lock takes a file whose lock has lapsed': async (subject) => {
    await lapsed('X', subject);
    await assertOk(subject.store.lock('file', 'Y', subject.time.long), 'Lock of a file whose lock has lapsed');
    await assertHolds(subject.other, 'file', 'Y', 'After Lock');
  },

  'Lock takes a lapsed lock once more': async (subject) => {
    await lapsed('X', subject);
    await assertOk(subject.store.lock('file', 'X', subject.time.long), 'Lock of a file whose lock has lapsed');
    await assertHolds(subject.other, 'file', 'X', 'After Lock');
  },

  'RefreshLock of a lapsed lock is refused, and does not revive it': async (subject) => {
    await lapsed('X', subject);
    await assertRefused(
      subject.store.refreshLock('file', 'X', subject.time.long),
      null,
      'RefreshLock of a lapsed lock',
    );
    await assertHolds(subject.other, 'file', null, 'After a refused RefreshLock');
  },

  'Unlock of a lapsed lock is refused': async (subject) => {
    await lapsed('X', subject);
    await assertRefused(subject.store.unlock('file', 'X'), null, 'Unlock of a lapsed lock');
  },

  'UnlockAndRelock of a lapsed lock is refused, and does not take the file': async (subject) => {
    await lapsed('X', subject);
    const swap = subject.store.unlockAndRelock('file', 'X', 'N', subject.time.long);
    await assertRefused(swap, null, 'UnlockAndRelock of a lapsed lock');
    await assertHolds(subject.other, 'file', null, 'After a refused UnlockAndRelock');
  },

  'a client whose lock has lapsed can do nothing to the lock of the next': async (subject) => {
    const { store, other, time } = subject;
    await lapsed('X', subject);
    await assertOk(other.lock('file', 'Y', time.long), 'Lock of a file whose lock has lapsed');
    await assertRefused(store.refreshLock('file', 'X', time.long), 'Y', 'RefreshLock of a lapsed lock');
    await assertRefused(store.unlock('file', 'X'), 'Y', 'Unlock of a lapsed lock');
    await assertRefused(store.unlockAndRelock('file', 'X', 'N', time.long), 'Y', 'UnlockAndRelock of a lapsed lock');
    await assertRefused(store.lock('file', 'X', time.long), 'Y', 'Lock of a file that another has taken');
    await assertHolds(other, 'file', 'Y', 'After the refusals');
  },

  'a lock that was released takes nothing with it when its time is over': async ({ store, other, time }) => {
    await assertOk(store.lock('file', 'X', time.short), 'Lock of a free file');
    await assertOk(store.unlock('file', 'X'), 'Unlock of the lock that the file holds');
    await assertOk(store.lock('file', 'Y', time.long), 'Lock of a file that was unlocked');
    await time.passShort();
    await assertHolds(other, 'file', 'Y', 'When the time of a lock before it is over');
    await assertHolds(store, 'file', 'Y', 'When it is asked for once more');
  },

  'a refusal leaves the time as it was': async ({ store, other, time }) => {
    const { long } = time;
    await assertOk(store.lock('file', 'X', time.short), 'Lock of a free file');
    await assertRefused(other.lock('file', 'Y', long), 'X', 'Lock of a file that holds another lock');
    await assertRefused(other.refreshLock('file', 'Y', long), 'X', 'RefreshLock of a file that holds another lock');
    await assertRefused(other.unlock('file', 'Y'), 'X', 'Unlock of a file that holds another lock');
    await assertRefused(other.unlockAndRelock('file', 'Y', 'X', long), 'X', 'UnlockAndRelock of another lock');
    await assertHolds(other, 'file', 'X', 'After the refusals');
    await time.passShort();
    await assertHolds(other, 'file', null, 'When the time is over');
  },
};

async function startsAnew(
  { other, time }: Subject,
  lock: string,
  renew: (file: string, ttlMs: number) => Promise<LockResult>,
): Promise<void> {
  await assertOk(other.lock('to long', 'X', time.short), 'Lock of a free file');
  await assertOk(other.lock('to short', 'X', time.long), 'Lock of a free file');
  await assertOk(renew('to long', time.long), 'The call for the lock that the file holds');
  await assertOk(renew('to short', time.short), 'The call for the lock that the file holds');
  await time.passShort();
  await assertHolds(other, 'to long', lock, 'When only the old time is over');
  await assertHolds(other, 'to short', null, 'When the new time is over');
}

async function lapsed(lock: string, { other, time }: Subject): Promise<void> {
  await assertOk(other.lock('file', lock, time.short), 'Lock of a free file');
  await time.passShort();
}
