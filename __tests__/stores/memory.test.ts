import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_LOCK_TTL_MS, MemoryLockStore, type LockResult } from '../../src';

const run = promisify(execFile);
const OK: LockResult = { ok: true };

/** Runs a script against the built store, in a process of its own. */
async function script(code: string): Promise<string> {
  const dist = join(__dirname, '../../dist/index.js');
  const prelude = `const { MemoryLockStore } = require(${JSON.stringify(dist)});`;
  return (await run(process.execPath, ['--expose-gc', '-e', prelude + code])).stdout.trim();
}

test('a unit test needs no times: 30 minutes by default', async () => {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  expect(await store.lock('file', 'A')).toEqual(OK);
  time = DEFAULT_LOCK_TTL_MS - 1;
  expect(await store.unlockAndRelock('file', 'A', 'B')).toEqual(OK);
  time += DEFAULT_LOCK_TTL_MS - 1;
  expect(await store.refreshLock('file', 'B')).toEqual(OK);
  time += DEFAULT_LOCK_TTL_MS - 1;
  expect(await store.getLock('file')).toBe('B');
  time += 1;
  expect(await store.getLock('file')).toBeNull();
});

test('a lapsed lock is gone for the client that held it too', async () => {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  await store.lock('file', 'A', 10);
  time = 10;
  const refusal: LockResult = { ok: false, currentLock: null };
  expect(await store.refreshLock('file', 'A', 10)).toEqual(refusal);
  expect(await store.unlock('file', 'A')).toEqual(refusal);
  expect(await store.unlockAndRelock('file', 'A', 'B', 10)).toEqual(refusal);
  expect(await store.lock('file', 'B', 10)).toEqual(OK);
  expect(await store.refreshLock('file', 'A', 10)).toEqual({ ok: false, currentLock: 'B' });
});

test('two stores share nothing', async () => {
  const [one, other] = [new MemoryLockStore(), new MemoryLockStore()];
  await one.lock('file', 'A');
  expect(await other.getLock('file')).toBeNull();
});

test('any string is an ID, lone surrogates too, and only itself', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'A', ' ', '\ud800', '\udc00') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(text, { minLength: 2, maxLength: 8 }), async (ids) => {
      const store = new MemoryLockStore();
      for (const id of ids) {
        expect(await store.lock(id, id)).toEqual(OK);
      }
      for (const id of ids) {
        expect(await store.getLock(id)).toBe(id);
        expect(await store.unlockAndRelock(id, id, `${id}2`)).toEqual(OK);
        expect(await store.getLock(id)).toBe(`${id}2`);
      }
    }),
  );
});

test('agrees with a model of one lock per file, at any times, whatever lapses between', async () => {
  const id = fc.constantFrom('A', 'B', 'C');
  const command = fc.record({
    method: fc.constantFrom('getLock', 'lock', 'refreshLock', 'unlock', 'unlockAndRelock'),
    file: fc.constantFrom('1', '2'),
    lockId: id,
    newLockId: id,
    ttl: fc.integer({ min: 1, max: 20 }),
    wait: fc.integer({ min: 0, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      let time = 0;
      const store = new MemoryLockStore({ now: () => time });
      const model = new Map<string, { lockId: string; until: number }>();
      for (const { method, file, lockId, newLockId, ttl, wait } of commands) {
        time += wait;
        const row = model.get(file);
        const current = row !== undefined && time < row.until ? row.lockId : null;
        const fits = current === lockId || (method === 'lock' && current === null);
        const expected = method === 'getLock' ? current : fits ? OK : { ok: false, currentLock: current };
        const args = method === 'unlockAndRelock' ? [lockId, newLockId, ttl] : [lockId, ttl];
        const call = store[method] as (...args: unknown[]) => Promise<unknown>;
        expect(await call.call(store, file, ...args)).toEqual(expected);
        if (fits && method === 'unlock') {
          model.delete(file);
        } else if (fits && method !== 'getLock') {
          model.set(file, { lockId: method === 'unlockAndRelock' ? newLockId : lockId, until: time + ttl });
        }
      }
    }),
  );
});

test('each call is done before it returns its promise, so no other can come between', async () => {
  const store = new MemoryLockStore();
  const answers = [
    store.lock('file', 'A'),
    store.lock('file', 'B'),
    store.unlockAndRelock('file', 'A', 'B'),
    store.unlockAndRelock('file', 'A', 'C'),
    store.unlock('file', 'B'),
    store.getLock('file'),
  ];
  expect(await Promise.all(answers)).toEqual([
    OK,
    { ok: false, currentLock: 'A' },
    OK,
    { ok: false, currentLock: 'B' },
    OK,
    null,
  ]);
});

describe('mistakes are named', () => {
  test.each([0, -1, 1.5, NaN, Infinity, 2_147_483_648, '1000', null])('a time of %p rejects', async (ttlMs) => {
    const store = new MemoryLockStore();
    await store.lock('file', 'A');
    const time = ttlMs as number;
    await expect(store.lock('file', 'A', time)).rejects.toThrow(TypeError);
    await expect(store.refreshLock('file', 'A', time)).rejects.toThrow(/ttlMs must be a whole number of milliseconds/);
    await expect(store.unlockAndRelock('file', 'A', 'B', time)).rejects.toThrow(TypeError);
    expect(await store.getLock('file')).toBe('A');
  });

  test.each([5, null, 'now', {}])('a clock that is %p is refused at construction', (now) => {
    expect(() => new MemoryLockStore({ now: now as never })).toThrow(
      /`now` must be a function that returns milliseconds/,
    );
  });
});

test('keeps no process alive', async () => {
  expect(await script(`new MemoryLockStore().lock('file', 'A').then(() => console.log('taken'))`)).toBe('taken');
});

test('locks that nobody released do not add up: a hundred rounds take the memory of few', async () => {
  const heap = await script(`
    let time = 0;
    const store = new MemoryLockStore({ now: () => time });
    const sizes = [];
    (async () => {
      for (let round = 0; round < 100; round++) {
        for (let file = 0; file < 1000; file++) await store.lock(round + '/' + file + 'x'.repeat(500), 'A');
        time += 30 * 60 * 1000;
        gc();
        sizes.push(process.memoryUsage().heapUsed);
      }
      console.log(Math.round((sizes[99] - sizes[9]) / 1000 / 500));
    })();
  `);
  // In names of 500 characters: 90 rounds of 1,000 more would be 90, and a tenth of that is already a leak.
  expect(Number(heap)).toBeLessThan(2);
});

test('keeps no URL alive: a file ID cut out of one has memory of its own', async () => {
  const perLock = await script(`
    const store = new MemoryLockStore();
    (async () => {
      gc();
      const before = process.memoryUsage().heapUsed;
      for (let file = 0; file < 2000; file++) {
        const url = Buffer.from('/files/' + String(file).padStart(36, '-') + '?access_token=' + 'x'.repeat(20000)).toString();
        await store.lock(url.slice(7, 43), url.slice(-100));
      }
      gc();
      console.log((process.memoryUsage().heapUsed - before) / 2000);
    })();
  `);
  expect(Number(perLock)).toBeLessThan(1000);
});
