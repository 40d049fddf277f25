import { randomUUID } from 'node:crypto';

import { answer } from '../lib/answer.mjs';
import { hammer } from '../lib/hammer.mjs';

const FILES = 1000;
const REQUESTS_PER_CONNECTION = 500;
const HEADERS = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'bench-lock-'.padEnd(100, 'x') };

const fileIds = Array.from({ length: FILES }, () => randomUUID());

answer({ load });

/** Locks files at random, all with one lock ID. */
async function load(options) {
  const setupClient = (client) => client.setRequests(Array.from({ length: REQUESTS_PER_CONNECTION }, anyLock));
  return (await hammer({ ...options, setupClient })).perSecond;
}

function anyLock() {
  const fileId = fileIds[Math.floor(Math.random() * FILES)];
  return { method: 'POST', path: `/wopi/files/${fileId}`, headers: HEADERS };
}
