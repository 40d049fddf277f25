import { randomUUID } from 'node:crypto';

import autocannon from 'autocannon';

import { answer } from '../lib/answer.mjs';

const FILES = 1000;
const REQUESTS_PER_CONNECTION = 500;
const HEADERS = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'bench-lock-'.padEnd(100, 'x') };

const fileIds = Array.from({ length: FILES }, () => randomUUID());

answer({ load });

/** Locks files at random, all with one lock ID; anything but a 200 is an error. Connecting is not in the result. */
async function load({ url, connections, seconds }) {
  let count = 0;
  let firstAt = 0;
  let lastAt = 0;
  let unexpected = 0;
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: 20,
    setupClient: (client) => client.setRequests(Array.from({ length: REQUESTS_PER_CONNECTION }, anyLock)),
  });
  run.on('response', (_client, status) => {
    lastAt = performance.now();
    firstAt ||= lastAt;
    count++;
    unexpected += status === 200 ? 0 : 1;
  });
  const { errors } = await run;
  if (unexpected > 0 || errors > 0 || count < 2) {
    throw new Error(`${url}: ${count} answers, ${unexpected} of them not 200, and ${errors} errors`);
  }
  return ((count - 1) / (lastAt - firstAt)) * 1000;
}

function anyLock() {
  const fileId = fileIds[Math.floor(Math.random() * FILES)];
  return { method: 'POST', path: `/wopi/files/${fileId}`, headers: HEADERS };
}
