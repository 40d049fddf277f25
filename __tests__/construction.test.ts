import { describe, expect, test } from '@jest/globals';

import {
  MemoryLockStore,
  wopiLockGuard,
  wopiLockRouter,
  type LockStore,
  type WopiLockGuardOptions,
  type WopiLockRouterOptions,
} from '../src';

const build = (store: unknown, options?: unknown) => () =>
  wopiLockRouter(store as LockStore, options as WopiLockRouterOptions);

const guard = (store: unknown, options?: unknown) => () =>
  wopiLockGuard(store as LockStore, options as WopiLockGuardOptions);

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

describe('wopiLockGuard refuses at construction', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no store', guard(undefined), /wopiLockGuard needs a lock store as its first argument.*undefined/],
    ['a class', guard(MemoryLockStore), /Write `wopiLockGuard\(new MemoryLockStore\(\)\)`/],
    ['a store without getLock', guard({ lock: () => {} }), /The store given to wopiLockGuard has no method/],
    ['options that are no object', guard(new MemoryLockStore(), 5), /options of wopiLockGuard must be an object/],
    [
      'an option of the router',
      guard(new MemoryLockStore(), { lockTtlMs: 1 }),
      /no option `lockTtlMs`\. Its options are fileSize, relativeTarget, allowUnlockedPutFile, authorize, emptyLockHeader/,
    ],
    ['fileSize that is no function', guard(new MemoryLockStore(), { fileSize: 0 }), /`fileSize`.*a function/],
    ['relativeTarget that is null', guard(new MemoryLockStore(), { relativeTarget: null }), /`relativeTarget`.*null/],
    ['authorize that is no function', guard(new MemoryLockStore(), { authorize: true }), /`authorize`.*a function/],
    [
      'a policy that is text',
      guard(new MemoryLockStore(), { allowUnlockedPutFile: 'false' }),
      /`allowUnlockedPutFile` of wopiLockGuard must be true or false, but it is of type string/,
    ],
    ['a policy of null', guard(new MemoryLockStore(), { allowUnlockedPutFile: null }), /true or false.*null/],
    ['an empty header that reads as a lock', guard(new MemoryLockStore(), { emptyLockHeader: '-' }), /'' or ' '/],
  ])('%s', (_mistake, construct, message) => {
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });
});

test('options that are undefined are left out', () => {
  const nothing = { authorize: undefined, itemVersion: undefined, lockTtlMs: undefined, emptyLockHeader: undefined };
  expect(build(new MemoryLockStore(), nothing)).not.toThrow();
  expect(build(new MemoryLockStore(), undefined)).not.toThrow();
  const ofGuard = { fileSize: undefined, relativeTarget: undefined, allowUnlockedPutFile: undefined };
  expect(guard(new MemoryLockStore(), { ...ofGuard, authorize: undefined, emptyLockHeader: undefined })).not.toThrow();
  expect(guard(new MemoryLockStore())).not.toThrow();
});

test('methods may be inherited or own', () => {
  class Mine extends MemoryLockStore {}
  expect(build(new Mine())).not.toThrow();
});
