import { createRequire } from 'node:module';

import { atMost, spreadCells, table } from '../lib/report.mjs';
import { spread } from '../lib/rounds.mjs';
import { randomHistory } from './random-history.mjs';

const { checkHistory } = createRequire(import.meta.url)('../../dist/conformance/index.js');

const GOAL_SECONDS = 1;
const CASES = [
  { operations: 10_000, files: 100, clients: 16 },
  { operations: 500, files: 1, clients: 8 },
];

export const title = 'checkHistory, on histories of a right store, and on the same with one answer spoilt';

export async function run({ quick, print }) {
  const repetitions = quick ? 5 : 50;
  print(`each line: ${repetitions} random histories; seconds to decide one, and, where it is wrong, to explain it`);
  const rows = [];
  for (const { operations, files, clients } of CASES) {
    for (const spoilt of [false, true]) {
      const seconds = spread(
        Array.from({ length: repetitions }, () =>
          timeOf(randomHistory({ operations, files, clients, spoilt }), !spoilt),
        ),
      );
      const name = `${operations} operations, ${files} file(s), ${clients} clients${spoilt ? ', one answer spoilt' : ''}`;
      rows.push([name, ...spreadCells(seconds, 3), atMost(GOAL_SECONDS, seconds.max, 3)]);
    }
  }
  print(table(['history', 'min', 'median', 'max', 'goal'], rows));
}

function timeOf(history, right) {
  const startedAt = performance.now();
  const { linearizable } = checkHistory(history);
  const seconds = (performance.now() - startedAt) / 1000;
  if (linearizable !== right) {
    throw new Error(`A history that is ${right ? 'right' : 'wrong'} was judged otherwise`);
  }
  return seconds;
}
