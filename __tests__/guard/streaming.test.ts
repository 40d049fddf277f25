import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';
import type { Request } from 'express';

import { MemoryLockStore } from '../../src';
import { FILE, host } from '../helpers/host';

const CHUNK = Buffer.alloc(64 * 1024, 'x');
const CHUNKS = 160;
const BODY = CHUNK.length * CHUNKS;

/** Sends so many PutFiles of 10 MB over one connection, each as fast as it is taken, and gives what came back. */
async function upload(port: number, lock: string, times = 1): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let received = '';
  socket.on('data', (text) => (received += text.toString()));
  for (let time = 1; time <= times; time++) {
    socket.write(
      `POST ${FILE}/contents HTTP/1.1\r\nHost: localhost\r\nX-WOPI-Override: PUT\r\n` +
        `X-WOPI-Lock: ${lock}\r\nContent-Length: ${BODY}\r\n\r\n`,
    );
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      if (!socket.write(CHUNK)) {
        await once(socket, 'drain');
      }
    }
    while (statuses(received).length < time) {
      await once(socket, 'data');
    }
  }
  socket.destroy();
  return received;
}

function statuses(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status));
}

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function uploadHost() {
  const arrivals: { read: boolean; bytes: number }[] = [];
  const counts: number[] = [];
  let peak = 0;
  const { port, store } = await host({
    store: new MemoryLockStore(),
    guard: {
      // Long enough for megabytes to come in, if anybody took them.
      authorize: () => pause(50, true),
    },
    behind: (app) =>
      app.post('/wopi/files/:fileId/contents', (req: Request, res) => {
        arrivals.push({ read: req.readableDidRead, bytes: req.readableLength });
        let count = 0;
        req.on('data', (chunk: Buffer) => {
          count += chunk.length;
          peak = Math.max(peak, memory());
        });
        req.on('end', () => {
          counts.push(count);
          res.end();
        });
      }),
  });
  await store.lock('report.docx', 'A', 60_000);
  return { port, arrivals, counts, peak: () => peak };
}

describe('a body of 10 MB', () => {
  test('reaches the host unread, whole, and with no more of it in memory than Node reads ahead', async () => {
    const { port, arrivals, counts, peak } = await uploadHost();
    const before = memory();
    const received = await Promise.all(Array.from({ length: 10 }, () => upload(port, 'A')));
    expect(received.flatMap(statuses)).toEqual(Array(10).fill(200));
    expect(counts).toEqual(Array(10).fill(BODY));
    expect(arrivals.map(({ read }) => read)).toEqual(Array(10).fill(false));
    expect(Math.max(...arrivals.map(({ bytes }) => bytes))).toBeLessThanOrEqual(256 * 1024);
    expect(peak() - before).toBeLessThan(BODY * 5);
  });

  test('of a refused write is not kept, and the connection is used again', async () => {
    const { port, arrivals } = await uploadHost();
    const before = memory();
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, memory())), 5).unref();
    const received = await upload(port, 'B', 10);
    clearInterval(timer);
    expect(statuses(received)).toEqual(Array(10).fill(409));
    expect(arrivals).toEqual([]);
    expect(peak - before).toBeLessThan(BODY * 5);
  });
});
