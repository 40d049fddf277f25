import { createRequire } from 'node:module';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { answer } from '../lib/answer.mjs';
import { cpuWaitClock } from '../lib/cpu-wait.mjs';
import { FileIds, lockIdOf } from './ids.mjs';

const { MemoryLockStore } = createRequire(import.meta.url)('../../dist/index.js');

const PER_TURN = 20;
const SLOW_TURN_MS = 0.5;
const TTL_MS = 1000;

const collections = [];
new PerformanceObserver((list) => collections.push(...list.getEntries())).observe({ entryTypes: ['gc'] });

const waitedForCpu = cpuWaitClock();

answer({ store: pausesOfStore, map: pausesOfMap, objects: pausesOfObjects });

/** Takes so many locks, lets them all lapse at one moment, and takes as many again. */
async function pausesOfStore({ locks }) {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  const come = (fileId, lockId) => store.lock(fileId, lockId, TTL_MS);
  const coming = await longestTurns(locks, come);
  const heapOfAll = usedHeap();
  time = TTL_MS;
  const lapsing = await longestTurns(locks, come);
  if (usedHeap() > heapOfAll * 1.5) {
    throw new Error('The lapsed locks are still in memory');
  }
  return { coming, lapsing };
}

/** The same of a bare Map, which is copied as a whole when it grows. */
async function pausesOfMap({ locks }) {
  const map = new Map();
  const coming = await longestTurns(locks, async (fileId, lockId) => {
    map.set(fileId, { lockId, expiresAt: TTL_MS });
    return { ok: true };
  });
  return { coming };
}

/** The same of nothing but objects of the same kind: what V8 and the machine do by themselves. */
async function pausesOfObjects({ locks }) {
  const objects = Array.from({ length: locks }, () => null);
  const come = async (fileId, lockId, index) => {
    objects[index] = { fileId, lockId, expiresAt: index + 0.5 };
    return { ok: true };
  };
  return { coming: await longestTurns(locks, come), lapsing: await longestTurns(locks, come) };
}

/** Milliseconds of the longest turns of the event loop while each turn takes 20 locks. */
async function longestTurns(locks, take) {
  const ids = new FileIds(locks);
  const slowTurns = [];
  collections.length = 0;
  let start = performance.now();
  let waitedAtStart = waitedForCpu();
  for (let taken = 0; taken < locks; taken += PER_TURN) {
    for (let index = taken; index < taken + PER_TURN; index++) {
      const { ok } = await take(ids.at(index), lockIdOf(index, 0), index);
      if (!ok) {
        throw new Error('A free file was refused');
      }
    }
    await nextTurn();
    const end = performance.now();
    const waited = waitedForCpu();
    if (end - start > SLOW_TURN_MS) {
      slowTurns.push({ start, end, waited: waited - waitedAtStart });
    }
    waitedAtStart = waited;
    start = performance.now();
  }
  await sleep(50); // the observer hears of collections later
  const longest = (lengthOf) => Math.max(0, ...slowTurns.map(lengthOf));
  const byTheClock = ({ start: from, end }) => end - from;
  const onCpu = (turn) => byTheClock(turn) - turn.waited;
  return {
    byTheClock: longest(byTheClock),
    onCpu: longest(onCpu),
    // Some of the collection may itself have waited for a CPU: what it took is not subtracted twice.
    withoutGc: longest((turn) => Math.min(onCpu(turn), byTheClock(turn) - collecting(turn))),
    gc: longest(collecting),
  };
}

/** How many milliseconds of a turn went to garbage collection. */
function collecting(turn) {
  return collections.reduce((sum, { startTime, duration }) => {
    const overlap = Math.min(turn.end, startTime + duration) - Math.max(turn.start, startTime);
    return sum + Math.max(0, overlap);
  }, 0);
}

function usedHeap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
