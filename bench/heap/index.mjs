import { startChild } from '../lib/child.mjs';
import { post } from '../lib/post.mjs';
import { atMost, table } from '../lib/report.mjs';
import { FILE_ID_LENGTH, LOCK_ID_LENGTH, lockIdOf, TOKEN_LENGTH } from './ids.mjs';

const FULL = { locks: 1_000_000 };
const QUICK = { locks: 100_000 };

const SUBJECTS = ['express4-router', 'express5-router'];
const WARM_UP = 2000;
const GOAL_BYTES = 300;
const TIME_LIMIT_MS = 10 * 60 * 1000;

export const title = 'Heap of MemoryLockStore in an Express app, per lock that came in over HTTP';

export async function run({ quick, print }) {
  const { locks } = quick ? QUICK : FULL;
  print(
    `${locks} locks; file IDs of ${FILE_ID_LENGTH} characters, lock IDs of ${LOCK_ID_LENGTH}, ` +
      `access tokens of ${TOKEN_LENGTH} in the query; used heap after garbage collection`,
  );
  const rows = await Promise.all(SUBJECTS.map((subject) => measure(subject, locks)));
  print(table(['server', 'heap bytes per lock', 'outside the heap', 'req/s', 'goal'], rows));
}

async function measure(subject, locks) {
  const server = await startChild(new URL('../http/server.mjs', import.meta.url), {
    args: [subject],
    execArgv: ['--expose-gc'],
  });
  const loader = await startChild(new URL('./load.mjs', import.meta.url));
  const port = await server.ask('port');
  const take = (count) => loader.ask('takeLocks', { port, count }, TIME_LIMIT_MS);

  await take(WARM_UP);
  const before = await server.ask('heapBytes');
  const startedAt = performance.now();
  const samples = await take(locks);
  const elapsed = (performance.now() - startedAt) / 1000;
  const after = await server.ask('heapBytes');
  await assertHeld(port, samples);
  await Promise.all([server.stop(), loader.stop()]);

  const perLock = (field) => (after[field] - before[field]) / locks;
  return [
    subject,
    perLock('heapUsed').toFixed(0),
    perLock('external').toFixed(0),
    (locks / elapsed).toFixed(0),
    atMost(GOAL_BYTES, perLock('heapUsed'), 0),
  ];
}

async function assertHeld(port, fileIds) {
  for (const fileId of fileIds) {
    const url = `http://127.0.0.1:${port}/wopi/files/${fileId}`;
    const { status, headers } = await post(url, { 'X-WOPI-Override': 'GET_LOCK' });
    if (status !== 200 || headers['x-wopi-lock'] !== lockIdOf(fileId)) {
      throw new Error(`${fileId} should be locked, but GetLock answered ${status} with "${headers['x-wopi-lock']}"`);
    }
  }
}
