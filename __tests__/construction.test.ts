import { describe, expect, test } from '@jest/globals';

import { MemoryLockStore, wopiLockRouter, type LockStore, type WopiLockRouterOptions } from '../src';

const build = (store: unknown, options?: unknown) => () =>
  wopiLockRouter(store as LockStore, options as WopiLockRouterOptions);

describe('wopiLockRouter refuses at construction', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no store', build(undefined), /needs a lock store as its first argument.*undefined.*new MemoryLockStore\(\)/],
    ['null', build(null), /was given null/],
    ['options in the place of the store', build('redis://'), /was given string/],
    ['a class', build(MemoryLockStore), /Write `wopiLockRouter\(new MemoryLockStore\(\)\)`/],
    ['an anonymous factory', build(() => new MemoryLockStore()), /not an instance of it/],
    ['a Map', build(new Map()), /no method getLock, lock, refreshLock, unlock, unlockAndRelock/],
    [
      'a store without a swap',
      build(Object.assign(new MemoryLockStore(), { unlockAndRelock: undefined })),
      /has no method unlockAndRelock\. A lock store implements all of/,
    ],
    ['options that are no object', build(new MemoryLockStore(), 5), /options of wopiLockRouter must be an object/],
    ['null options', build(new MemoryLockStore(), null), /they are null/],
    [
      'an option of another name',
      build(new MemoryLockStore(), { authorise: () => false }),
      /no option `authorise`\. Its options are authorize, itemVersion, lockTtlMs, emptyLockHeader/,
    ],
    ['authorize that is no function', build(new MemoryLockStore(), { authorize: true }), /`authorize`.*a function/],
    [
      'itemVersion that is no function',
      build(new MemoryLockStore(), { itemVersion: '1' }),
      /`itemVersion`.*a function/,
    ],
    ['an empty header that reads as a lock', build(new MemoryLockStore(), { emptyLockHeader: '-' }), /'' or ' '/],
    ...[0, -1, 0.5, NaN, Infinity, '1800000', null, 2 ** 31].map<[string, () => unknown, RegExp]>((lockTtlMs) => [
      `a time of ${String(lockTtlMs)}`,
      build(new MemoryLockStore(), { lockTtlMs }),
      /`lockTtlMs` of wopiLockRouter must be a whole number of milliseconds from 1 to 2147483647/,
    ]),
  ])('%s', (_mistake, construct, message) => {
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });
});

test('options that are undefined are left out', () => {
  const nothing = { authorize: undefined, itemVersion: undefined, lockTtlMs: undefined, emptyLockHeader: undefined };
  expect(build(new MemoryLockStore(), nothing)).not.toThrow();
  expect(build(new MemoryLockStore(), undefined)).not.toThrow();
});

test('methods may be inherited or own', () => {
  class Mine extends MemoryLockStore {}
  expect(build(new Mine())).not.toThrow();
});
