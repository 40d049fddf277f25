import { once } from 'node:events';
import { createServer } from 'node:http';

import { answer } from '../lib/answer.mjs';
import { SUBJECTS } from './subjects.mjs';

const [subject, operation] = process.argv.slice(2);

const server = createServer(await SUBJECTS[subject](operation)).listen(0, '127.0.0.1');
await once(server, 'listening');

answer({
  port: () => server.address().port,
  cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  /** Needs --expose-gc. */
  heapBytes() {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return { heapUsed, external };
  },
});
