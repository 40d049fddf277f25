import { startChild } from '../lib/child.mjs';
import { spreadCells, table } from '../lib/report.mjs';
import { alternate, spread } from '../lib/rounds.mjs';
import { SUBJECTS } from './subjects.mjs';

const FULL = { rounds: 8, seconds: 0.25, warmUpSeconds: 1 };
const QUICK = { rounds: 2, seconds: 0.15, warmUpSeconds: 0.4 };

const CONNECTIONS = 16;

/** The whole router on each store, against the router on the store that forgets everything with its process. */
export async function routerTable({ quick, print, locations }) {
  const bounds = quick ? QUICK : FULL;
  print(
    `\nThe router in an Express 5 app, on each store / on MemoryLockStore: Lock with one lock ID, over and over, of files at random\n` +
      `among 1000, by autocannon, ${CONNECTIONS} connections; ${bounds.rounds} alternating rounds of ${bounds.seconds} s after ${bounds.warmUpSeconds} s of warming up. The server, the\n` +
      "engine and the load share this machine's CPUs, so that the engine's work counts as the store's.",
  );
  const loader = await startChild(new URL('./router-load.mjs', import.meta.url));
  const memory = await startServer('memory', '', loader, bounds);
  const rows = [];
  for (const [subject, { label, engine }] of Object.entries(SUBJECTS)) {
    if (locations[engine] !== undefined) {
      const server = await startServer(subject, locations[engine], loader, bounds);
      rows.push([label, ...resultCells(await alternate(bounds.rounds, server.measure, memory.measure))]);
      await server.stop();
    }
  }
  await Promise.all([memory.stop(), loader.stop()]);
  print(table(['Lock, over HTTP', 'min', 'median', 'max', 'req/s', 'req/s in memory'], rows));
}

async function startServer(subject, location, loader, { seconds, warmUpSeconds }) {
  const child = await startChild(new URL('./router-server.mjs', import.meta.url), { args: [subject, location] });
  const url = `http://127.0.0.1:${await child.ask('port')}`;
  const load = (duration) => loader.ask('load', { url, connections: CONNECTIONS, seconds: duration });
  await load(warmUpSeconds);
  return { measure: () => load(seconds), stop: child.stop };
}

function resultCells(rounds) {
  const median = (side) => spread(rounds.map((round) => round[side])).median.toFixed(0);
  return [...spreadCells(spread(rounds.map(([ours, inMemory]) => ours / inMemory))), median(0), median(1)];
}
