import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { answer } from '../lib/answer.mjs';
import { alternate } from '../lib/rounds.mjs';
import { recorder } from './recorder.mjs';
import { prepareFile, SCENARIOS } from './scenarios.mjs';
import { SUBJECTS } from './subjects.mjs';

// So many that no file is refreshed twice within a millisecond, which would change nothing and cost SQLite no write.
const FILES = 128;
const MAX_OPERATIONS = 1_000_000;

const [subject, location] = process.argv.slice(2);
const { client, storeOn } = await SUBJECTS[subject].open(location);
const store = storeOn(client);
const recorded = recorder(client);
const recordingStore = storeOn(recorded.client);

const fileIds = Array.from({ length: FILES }, () => randomUUID());
await Promise.all(fileIds.map((fileId) => prepareFile(store, fileId)));
const callsOf = new Map();
for (const scenario of Object.keys(SCENARIOS)) {
  const files = [];
  for (const fileId of fileIds) {
    files.push(await callsOnFile(SCENARIOS[scenario], fileId));
  }
  callsOf.set(scenario, files);
}

answer({ measure });

/** The throughput of the store and bare, round by round, with so many callers on files of their own. */
async function measure({ scenario, concurrency, rounds, seconds, warmUpSeconds }) {
  const callers = Array.from({ length: concurrency }, (_, caller) => ({
    files: callsOf.get(scenario).filter((_file, index) => index % concurrency === caller),
    next: 0,
  }));
  const byStore = (duration) => throughput(callers, 'byStore', duration);
  const bare = (duration) => throughput(callers, 'bare', duration);
  await byStore(warmUpSeconds);
  await bare(warmUpSeconds);
  return alternate(
    rounds,
    () => byStore(seconds),
    () => bare(seconds),
  );
}

/** The same calls twice, by the store, and bare as the store has sent them; and how to tell a right last answer. */
async function callsOnFile({ ok, callsOn }, fileId) {
  const calls = callsOn(store, fileId);
  recorded.calls.length = 0;
  for (const call of callsOn(recordingStore, fileId)) {
    await call();
  }
  if (recorded.calls.length !== calls.length) {
    throw new Error(`${subject}: ${calls.length} operations were ${recorded.calls.length} calls of the client`);
  }
  const expected = rowsOf(await recorded.calls.at(-1).reply);
  return {
    byStore: { calls, isRight: (result) => result.ok === ok },
    bare: {
      calls: recorded.calls.map(({ repeat }) => repeat),
      isRight: (reply) => isDeepStrictEqual(rowsOf(reply), expected),
    },
  };
}

function rowsOf(reply) {
  return reply.rows ?? reply; // a Result of pg, or else the reply is nothing but its rows
}

async function throughput(callers, side, seconds) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let count = 0;
  const lastAnswers = await Promise.all(
    callers.map(async (caller) => {
      let last;
      do {
        const { calls, isRight } = caller.files[caller.next++ % caller.files.length][side];
        last = { isRight };
        for (const call of calls) {
          last.answer = await call();
          count++;
        }
      } while (performance.now() < endsAt && count < MAX_OPERATIONS);
      return last;
    }),
  );
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const wrong = lastAnswers.find((last) => !last.isRight(last.answer));
  if (wrong !== undefined) {
    throw new Error(`${subject}, ${side}: answered ${JSON.stringify(wrong.answer)}`);
  }
  return { perSecond: count / elapsed, perCpuSecond: (count / (cpu.user + cpu.system)) * 1e6 };
}
