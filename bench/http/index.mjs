import { isDeepStrictEqual } from 'node:util';

import { startChild } from '../lib/child.mjs';
import { post } from '../lib/post.mjs';
import { atLeast, spreadCells, table } from '../lib/report.mjs';
import { alternate, spread } from '../lib/rounds.mjs';
import { FILE_ID, LOCK_ID, REQUEST_HEADERS } from './subjects.mjs';

const FULL = { generations: 3, rounds: 6, seconds: 0.2, warmUpSeconds: 1 };
const QUICK = { generations: 1, rounds: 3, seconds: 0.15, warmUpSeconds: 0.4 };

const CONNECTIONS = [64, 1];

const OPERATIONS = Object.keys(REQUEST_HEADERS);

const COMPARISONS = [
  { name: 'Express 4: router / bare route', subjects: ['express4-router', 'express4-bare'], mount: '/wopi', goal: 1 },
  { name: 'Express 5: router / bare route', subjects: ['express5-router', 'express5-bare'], mount: '/wopi', goal: 1 },
  {
    name: 'no app, Router of Express 4 / raw node:http',
    subjects: ['node-router-of-express4', 'node-bare'],
    mount: '',
    goal: 0.6,
  },
  {
    name: 'no app, Router of Express 5 / raw node:http',
    subjects: ['node-router-of-express5', 'node-bare'],
    mount: '',
    goal: 0.6,
  },
  {
    name: 'Express 5: bare route / itself: the noise',
    subjects: ['express5-bare', 'express5-bare'],
    mount: '/wopi',
    operations: ['GetLock'],
  },
];

export const title = 'The router over HTTP, as a ratio to the bare thing that gives the same answer';

export async function run({ quick, print }) {
  const bounds = quick ? QUICK : FULL;
  print(
    `each line: ${bounds.rounds} alternating rounds of ${bounds.seconds} s with each of ${bounds.generations} pairs of server processes, ` +
      `by autocannon, after ${bounds.warmUpSeconds} s of warming up;\n` +
      `file ID of ${FILE_ID.length} characters, lock ID of ${LOCK_ID.length}, no query`,
  );
  const loader = await startChild(new URL('./load.mjs', import.meta.url));
  const rows = [];
  for (const comparison of COMPARISONS) {
    for (const operation of comparison.operations ?? OPERATIONS) {
      rows.push(...(await compare(comparison, operation, loader, bounds)));
    }
  }
  await loader.stop();
  print(
    table(
      [
        'throughput',
        'op',
        'conn.',
        'min',
        'median',
        'max',
        'per CPU s',
        'req/s',
        'bare req/s',
        'CPU',
        'bare CPU',
        'goal',
      ],
      rows,
    ),
  );
  print(
    'per CPU s: the median of the ratio of requests per second of CPU time that the server used; CPU: how busy the servers were\n' +
      '(far below 1, it was the load or the latency that was measured, and "per CPU s" is the stricter ratio).',
  );
}

async function compare({ name, subjects, mount, goal }, operation, loader, bounds) {
  const roundsOf = new Map(CONNECTIONS.map((connections) => [connections, []]));
  // What the compiler makes of the same code differs from process to process.
  for (let generation = 0; generation < bounds.generations; generation++) {
    const servers = await Promise.all(subjects.map((subject) => startServer(subject, operation, mount)));
    await assertSameAnswer(servers, operation);
    const measure = (server, connections, seconds) =>
      measureLoad(server, loader, { headers: REQUEST_HEADERS[operation], connections, seconds });
    for (const server of servers) {
      await measure(server, CONNECTIONS[0], bounds.warmUpSeconds);
    }
    for (const [connections, rounds] of roundsOf) {
      const [ours, bare] = servers.map((server) => () => measure(server, connections, bounds.seconds));
      rounds.push(...(await alternate(bounds.rounds, ours, bare)));
    }
    await Promise.all(servers.map((server) => server.stop()));
  }
  return [...roundsOf].map(([connections, rounds]) => [
    name,
    operation,
    `${connections}`,
    ...resultCells(rounds, goal),
  ]);
}

async function startServer(subject, operation, mount) {
  const child = await startChild(new URL('./server.mjs', import.meta.url), { args: [subject, operation] });
  const url = `http://127.0.0.1:${await child.ask('port')}${mount}/files/${FILE_ID}`;
  return { ...child, subject, url };
}

async function measureLoad(server, loader, { headers, connections, seconds }) {
  const cpuBefore = await server.ask('cpuSeconds');
  const startedAt = performance.now();
  const { requests, perSecond } = await loader.ask('load', { url: server.url, headers, connections, seconds });
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpu = (await server.ask('cpuSeconds')) - cpuBefore;
  return { perSecond, perCpuSecond: requests / cpu, busy: cpu / elapsed };
}

function resultCells(rounds, goal) {
  const ratio = spread(rounds.map(([ours, bare]) => ours.perSecond / bare.perSecond));
  const cpuRatio = spread(rounds.map(([ours, bare]) => ours.perCpuSecond / bare.perCpuSecond));
  const median = (side, field) => spread(rounds.map((round) => round[side][field])).median;
  return [
    ...spreadCells(ratio),
    cpuRatio.median.toFixed(2),
    median(0, 'perSecond').toFixed(0),
    median(1, 'perSecond').toFixed(0),
    median(0, 'busy').toFixed(2),
    median(1, 'busy').toFixed(2),
    goal === undefined ? '' : atLeast(goal, ratio.median),
  ];
}

async function assertSameAnswer(servers, operation) {
  const [ours, bare] = await Promise.all(servers.map(({ url }) => answerOf(url, operation)));
  if (ours.status !== 200 || !isDeepStrictEqual(ours, bare)) {
    throw new Error(
      `${servers[0].subject} answered ${operation} with ${JSON.stringify(ours)}, ` +
        `but ${servers[1].subject} with ${JSON.stringify(bare)}`,
    );
  }
}

/** Status, body, and all headers as they stood on the wire, but for the value of Date. */
async function answerOf(url, operation) {
  const { status, rawHeaders, body } = await post(url, REQUEST_HEADERS[operation]);
  return { status, body, rawHeaders: rawHeaders.map((text, index) => (rawHeaders[index - 1] === 'Date' ? '' : text)) };
}
