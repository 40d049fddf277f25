import { startChild } from '../lib/child.mjs';
import { atLeast, spreadCells, table } from '../lib/report.mjs';
import { spread } from '../lib/rounds.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { SUBJECTS } from './subjects.mjs';

const FULL = { generations: 2, rounds: 10, seconds: 0.06, warmUpSeconds: 0.1 };
const QUICK = { generations: 1, rounds: 3, seconds: 0.05, warmUpSeconds: 0.05 };

const COLD_START_SECONDS = 0.4;

const CONCURRENCIES = [64, 16, 1];

/** Each store against the calls that it makes of its client. */
export async function speedTable({ quick, print, locations }) {
  const { generations, ...bounds } = quick ? QUICK : FULL;
  print(
    `each line: ${generations} x ${bounds.rounds} alternating rounds of ${bounds.seconds} s, after ${bounds.warmUpSeconds} s of warming up, in a process of its own\n` +
      'each time; store / bare, the same calls on the same client, as a proxy of the client has recorded them of the store.\n' +
      'Each of the concurrent callers has files of its own. Redis without persistence; PostgreSQL with its default settings,\n' +
      "pg's Pool with its default of 10 connections.",
  );
  const rows = [];
  for (const [subject, { label, engine, goal }] of Object.entries(SUBJECTS)) {
    if (goal !== undefined && locations[engine] !== undefined) {
      const measured = await measureSubject(subject, locations[engine], generations, bounds);
      rows.push(...measured.map(({ cell, rounds }) => [label, ...cell, ...resultCells(rounds, goal)]));
    }
  }
  print(table(['throughput', 'op', 'conc.', 'min', 'median', 'max', 'per CPU s', 'op/s', 'bare op/s', 'goal'], rows));
  print(
    "per CPU s: the median of the ratio of operations per second of CPU time that the store's process used; what the engine and\n" +
      'other processes do is not in it, so that it is mostly the stricter ratio, and the steadier one on a machine that others use.',
  );
}

async function measureSubject(subject, location, generations, bounds) {
  const cells = Object.keys(SCENARIOS).flatMap((scenario) =>
    CONCURRENCIES.map((concurrency) => ({ cell: [scenario, `${concurrency}`], scenario, concurrency, rounds: [] })),
  );
  // What the compiler makes of the same code differs from process to process.
  for (let generation = 0; generation < generations; generation++) {
    const child = await startChild(new URL('./speed.mjs', import.meta.url), { args: [subject, location] });
    await child.ask('measure', { ...cells[0], ...bounds, warmUpSeconds: COLD_START_SECONDS });
    for (const { scenario, concurrency, rounds } of cells) {
      rounds.push(...(await child.ask('measure', { scenario, concurrency, ...bounds })));
    }
    await child.stop();
  }
  return cells;
}

function resultCells(rounds, goal) {
  const ratioOf = (field) => spread(rounds.map(([ours, bare]) => ours[field] / bare[field]));
  const ratio = ratioOf('perSecond');
  const median = (side) => spread(rounds.map((round) => round[side].perSecond)).median.toFixed(0);
  return [
    ...spreadCells(ratio),
    ratioOf('perCpuSecond').median.toFixed(2),
    median(0),
    median(1),
    atLeast(goal, ratio.median),
  ];
}
