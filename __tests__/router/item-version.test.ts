import createError from 'http-errors';
import { describe, expect, test } from '@jest/globals';

import { conflict, held, host, ok } from '../helpers/host';

describe('itemVersion', () => {
  test('is X-WOPI-ItemVersion on the 200 of Lock and Unlock, and on no other answer', async () => {
    const client = await host({ itemVersion: async (fileId) => `v7 of ${fileId}` });
    const versioned = { ...ok, 'x-wopi-itemversion': 'v7 of report.docx' };
    expect(await client.unlock('A')).toEqual(conflict(''));
    expect(await client.lock('A')).toEqual(versioned);
    expect(await client.lock('A')).toEqual(versioned);
    expect(await client.lock('B')).toEqual(conflict('A'));
    expect(await client.refreshLock('A')).toEqual(ok);
    expect(await client.getLock()).toEqual(held('A'));
    expect(await client.unlockAndRelock('A', 'B')).toEqual(ok);
    expect(await client.unlock('B')).toEqual(versioned);
  });

  test('that gives undefined sends no header', async () => {
    const client = await host({ itemVersion: () => undefined });
    expect(await client.lock('A')).toEqual(ok);
  });

  test('is given the Express request', async () => {
    const client = await host({ itemVersion: (_fileId, req) => req.method });
    expect(await client.lock('A')).toEqual({ ...ok, 'x-wopi-itemversion': 'POST' });
  });

  // Whoever holds the lock before us may save until we have it: a version from before would hide that save.
  test('of a Lock is the version that the file has once the lock is held', async () => {
    let version = 1;
    const client = await host({ itemVersion: () => String(version) });
    const { store } = client;
    const lock = store.lock.bind(store);
    store.lock = async (...args) => {
      version = 2;
      return lock(...args);
    };
    expect(await client.lock('A')).toEqual({ ...ok, 'x-wopi-itemversion': '2' });
  });

  test('of an Unlock is the version that the file has while the lock is still held', async () => {
    let version = 1;
    const client = await host({ itemVersion: () => String(version) });
    await client.lock('A');
    const { store } = client;
    const unlock = store.unlock.bind(store);
    store.unlock = async (...args) => {
      const result = await unlock(...args);
      version = 2;
      return result;
    };
    expect(await client.unlock('A')).toEqual({ ...ok, 'x-wopi-itemversion': '1' });
  });
});

describe('a fault of itemVersion never leaves a lock changed behind an error', () => {
  test.each([
    ['throws', () => Promise.reject(new Error('down'))],
    [
      'throws at once',
      () => {
        throw new Error('down');
      },
    ],
    ['gives what cannot stand in a header', () => 'v1\r\nX-WOPI-Lock: B'],
    ['gives a number', () => 7 as unknown as string],
    ['gives null', () => null as unknown as string],
  ])('when it %s', async (_how, fail) => {
    let itemVersion: () => string | Promise<string> = fail;
    const client = await host({ itemVersion: () => itemVersion() });
    expect(await client.lock('A')).toEqual({ status: 500 });
    expect(client.errors).toMatchObject([
      { code: 'ERR_WOPI_ITEM_VERSION_FAILED', cause: { message: expect.any(String) } },
    ]);
    expect(await client.getLock()).toEqual(held(''));

    itemVersion = () => '1';
    await client.lock('A');
    itemVersion = fail;
    expect(await client.unlock('A')).toEqual({ status: 500 });
    expect(await client.getLock()).toEqual(held('A'));
  });

  test('when it throws an HTTP error, which is passed on', async () => {
    const client = await host({ itemVersion: () => Promise.reject(createError(404, 'Gone')) });
    expect(await client.lock('A')).toEqual({ status: 404 });
    expect(await client.getLock()).toEqual(held(''));
  });

  test('when it fails only once the lock is held: the Lock stands, without the header', async () => {
    let calls = 0;
    const client = await host({ itemVersion: () => (++calls === 2 ? Promise.reject(new Error('down')) : '1') });
    expect(await client.lock('A')).toEqual(ok);
    expect(client.errors).toEqual([]);
    expect(await client.getLock()).toEqual(held('A'));
  });
});
