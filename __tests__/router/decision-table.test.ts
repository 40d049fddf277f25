import { describe, expect, test } from '@jest/globals';

import { DEFAULT_LOCK_TTL_MS, MemoryLockStore } from '../../src';
import { conflict, held, host, ok } from '../helpers/host';

type Client = Awaited<ReturnType<typeof host>>;

// Columns: what the file holds. A client that is not Y's presents X; `after` is what GetLock then tells.
const OPERATIONS: Record<string, (client: Client) => Promise<unknown>> = {
  'Lock X': (client) => client.lock('X'),
  'UnlockAndRelock X for N': (client) => client.unlockAndRelock('X', 'N'),
  'RefreshLock X': (client) => client.refreshLock('X'),
  'Unlock X': (client) => client.unlock('X'),
  GetLock: (client) => client.getLock(),
};

const TABLE: [operation: string, state: string, answer: unknown, after: string][] = [
  ['Lock X', 'none', ok, 'X'],
  ['Lock X', 'expired X', ok, 'X'],
  ['Lock X', 'expired Y', ok, 'X'],
  ['Lock X', 'X', ok, 'X'],
  ['Lock X', 'Y', conflict('Y'), 'Y'],
  ['UnlockAndRelock X for N', 'none', conflict(''), ''],
  ['UnlockAndRelock X for N', 'expired X', conflict(''), ''],
  ['UnlockAndRelock X for N', 'expired Y', conflict(''), ''],
  ['UnlockAndRelock X for N', 'X', ok, 'N'],
  ['UnlockAndRelock X for N', 'Y', conflict('Y'), 'Y'],
  ['UnlockAndRelock X for N', 'N', conflict('N'), 'N'],
  ['RefreshLock X', 'none', conflict(''), ''],
  ['RefreshLock X', 'expired X', conflict(''), ''],
  ['RefreshLock X', 'expired Y', conflict(''), ''],
  ['RefreshLock X', 'X', ok, 'X'],
  ['RefreshLock X', 'Y', conflict('Y'), 'Y'],
  ['Unlock X', 'none', conflict(''), ''],
  ['Unlock X', 'expired X', conflict(''), ''],
  ['Unlock X', 'expired Y', conflict(''), ''],
  ['Unlock X', 'X', ok, ''],
  ['Unlock X', 'Y', conflict('Y'), 'Y'],
  ['GetLock', 'none', held(''), ''],
  ['GetLock', 'expired X', held(''), ''],
  ['GetLock', 'X', held('X'), 'X'],
];

describe('the decision table', () => {
  test.each(TABLE)('%s on a file that holds %s', async (operation, state, answer, after) => {
    let time = 0;
    const client = await host({ store: new MemoryLockStore({ now: () => time }) });
    const lock = state.split(' ').at(-1)!;
    if (lock !== 'none') {
      await client.lock(lock);
    }
    if (state.startsWith('expired')) {
      time += DEFAULT_LOCK_TTL_MS;
    }

    expect(await OPERATIONS[operation]!(client)).toEqual(answer);
    expect(await client.getLock()).toEqual(held(after));
  });
});

describe('the time of a lock', () => {
  const MINUTE = 60_000;

  test.each<[string, (client: Client) => Promise<unknown>, string]>([
    ['Lock with the same ID', (client) => client.lock('X'), 'X'],
    ['RefreshLock', (client) => client.refreshLock('X'), 'X'],
    ['UnlockAndRelock', (client) => client.unlockAndRelock('X', 'N'), 'N'],
    ['UnlockAndRelock with the same ID twice', (client) => client.unlockAndRelock('X', 'X'), 'X'],
  ])('%s starts 30 minutes anew', async (_name, renew, lock) => {
    let time = 0;
    const client = await host({ store: new MemoryLockStore({ now: () => time }) });
    await client.lock('X');

    time = 20 * MINUTE;
    expect(await renew(client)).toEqual(ok);
    time = 50 * MINUTE - 1;
    expect(await client.getLock()).toEqual(held(lock));
    time = 50 * MINUTE;
    expect(await client.getLock()).toEqual(held(''));
  });

  test.each<[string, (client: Client) => Promise<unknown>]>([
    ['GetLock', (client) => client.getLock()],
    ['a refused Lock', (client) => client.lock('Y')],
    ['a refused RefreshLock', (client) => client.refreshLock('Y')],
    ['a refused Unlock', (client) => client.unlock('Y')],
    ['a refused UnlockAndRelock', (client) => client.unlockAndRelock('Y', 'N')],
  ])('%s leaves the time as it was', async (_name, ask) => {
    let time = 0;
    const client = await host({ store: new MemoryLockStore({ now: () => time }) });
    await client.lock('X');

    time = 20 * MINUTE;
    await ask(client);
    time = 30 * MINUTE;
    expect(await client.getLock()).toEqual(held(''));
  });

  test('lockTtlMs sets it', async () => {
    let time = 0;
    const client = await host({ store: new MemoryLockStore({ now: () => time }), lockTtlMs: 5000 });
    await client.lock('X');
    time = 4999;
    expect(await client.getLock()).toEqual(held('X'));
    time = 5000;
    expect(await client.getLock()).toEqual(held(''));
  });
});
