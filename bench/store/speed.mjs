import { createRequire } from 'node:module';

import { answer } from '../lib/answer.mjs';
import { cpuWaitClock } from '../lib/cpu-wait.mjs';
import { FileIds, lockIdOf } from './ids.mjs';

const { MemoryLockStore } = createRequire(import.meta.url)('../../dist/index.js');

// Small enough that making the next calls' strings does not push the locks out of the CPU's caches.
const BATCH = 200;

const prepared = new Map();
const waitedForCpu = cpuWaitClock();

answer({ prepare, measure });

/** Fills a store and a bare Map with so many live locks. */
async function prepare({ live }) {
  const ids = new FileIds(live);
  const store = new MemoryLockStore();
  const map = new Map();
  for (let index = 0; index < live; index++) {
    await store.lock(ids.at(index), lockIdOf(index, 0));
    map.set(ids.at(index), { lockId: lockIdOf(index, 0), expiresAt: 1 });
  }
  prepared.set(live, { store, map, ids, versions: new Uint8Array(live) });
}

const MIXES = {
  held: { nextCalls: callsOnHeldLock, call: callStore },
  released: { nextCalls: releaseAndLock, call: callStore },
  map: { nextCalls: lookUp, call: callMap },
  mapReleased: { nextCalls: releaseAndLock, call: callMap },
};

/** Nanoseconds per operation with `live` locks, on the `files` of them that came last, at random. */
async function measure({ mix, live, files, operations }) {
  const { nextCalls, call } = MIXES[mix];
  const locks = prepared.get(live);
  let milliseconds = 0;
  for (let done = 0; done < operations; done += BATCH) {
    const calls = [];
    while (calls.length < BATCH) {
      calls.push(...nextCalls(live - 1 - Math.floor(Math.random() * files), locks));
    }
    const answers = [];
    const waited = waitedForCpu();
    const start = performance.now();
    for (const next of calls) {
      answers.push(call(locks, next));
    }
    milliseconds += performance.now() - start - (waitedForCpu() - waited);
    await assertAllSucceeded(calls, answers);
  }
  return (milliseconds * 1e6) / operations;
}

/** In equal parts, whatever succeeds and leaves the file locked. */
function callsOnHeldLock(file, { ids, versions }) {
  const methods = ['getLock', 'lock', 'refreshLock', 'unlockAndRelock'];
  const method = methods[Math.floor(Math.random() * methods.length)];
  const version = versions[file];
  if (method === 'unlockAndRelock') {
    versions[file] = 1 - version;
  }
  return [{ method, fileId: ids.at(file), lockId: lockIdOf(file, version), newLockId: lockIdOf(file, 1 - version) }];
}

function lookUp(file, { ids }) {
  return [{ method: 'look up', fileId: ids.at(file) }];
}

function releaseAndLock(file, { ids, versions }) {
  return ['unlock', 'lock'].map((method) => ({ method, fileId: ids.at(file), lockId: lockIdOf(file, versions[file]) }));
}

function callStore({ store }, { method, fileId, lockId, newLockId }) {
  switch (method) {
    case 'getLock':
      return store.getLock(fileId);
    case 'lock':
      return store.lock(fileId, lockId);
    case 'refreshLock':
      return store.refreshLock(fileId, lockId);
    case 'unlock':
      return store.unlock(fileId, lockId);
    default:
      return store.unlockAndRelock(fileId, lockId, newLockId);
  }
}

/** The least that each of these can do: find the lock and write to it, or take it out, or put it in. */
function callMap({ map }, { method, fileId, lockId }) {
  switch (method) {
    case 'unlock':
      return { ok: map.delete(fileId) };
    case 'lock':
      map.set(fileId, { lockId, expiresAt: 1 });
      return { ok: true };
    default:
      map.get(fileId).expiresAt++;
      return { ok: true };
  }
}

async function assertAllSucceeded(calls, answers) {
  for (const [index, answered] of (await Promise.all(answers)).entries()) {
    const { method, lockId } = calls[index];
    if (method === 'getLock' ? answered !== lockId : !answered.ok) {
      throw new Error(`${method} answered ${JSON.stringify(answered)}`);
    }
  }
}
