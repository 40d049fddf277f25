import { startChild } from '../lib/child.mjs';
import { atMost, spreadCells, table } from '../lib/report.mjs';
import { alternate, spread } from '../lib/rounds.mjs';

const FULL = { rounds: 12, operations: 50_000, few: 1000, many: 1_000_000, repetitions: 3 };
const QUICK = { rounds: 4, operations: 20_000, few: 1000, many: 1_000_000, repetitions: 1 };

const SPEED_GOAL = 1.2;
const PAUSE_GOAL_MS = 10;
const PREPARE_TIMEOUT_MS = 180_000;

export const title = 'MemoryLockStore alone, with few and with many live locks';

export async function run({ quick, print }) {
  const bounds = quick ? QUICK : FULL;
  await speed(bounds, print);
  await pauses(bounds, print);
}

async function speed({ rounds, operations, few, many }, print) {
  print(
    `each line: ${rounds} alternating rounds of ${operations} operations; "held": getLock, lock, refreshLock and unlockAndRelock of\n` +
      'locks that are held, in equal parts; "released": unlock and lock in turn. The IDs are new strings each time, as off HTTP.\n' +
      `"the same": files at random among the ${few} that came last; "all": among all, so that each misses the CPU's caches.`,
  );
  const child = await startChild(new URL('./speed.mjs', import.meta.url));
  for (const live of [few, many]) {
    await child.ask('prepare', { live }, PREPARE_TIMEOUT_MS);
  }
  const rows = [];
  for (const { name, mix, filesOf, goal } of [
    { name: `store, held, the same ${few}`, mix: 'held', filesOf: () => few, goal: SPEED_GOAL },
    { name: `bare Map, the same ${few}`, mix: 'map', filesOf: () => few },
    { name: 'store, held, all', mix: 'held', filesOf: (live) => live, goal: SPEED_GOAL },
    { name: 'bare Map, all', mix: 'map', filesOf: (live) => live },
    { name: `store, released, the same ${few}`, mix: 'released', filesOf: () => few },
    { name: `bare Map, released, the same ${few}`, mix: 'mapReleased', filesOf: () => few },
  ]) {
    const measure = (live) => () => child.ask('measure', { mix, live, files: filesOf(live), operations });
    await alternate(2, measure(many), measure(few));
    const measured = await alternate(rounds, measure(many), measure(few));
    const ratio = spread(measured.map(([withMany, withFew]) => withMany / withFew));
    const nanoseconds = (side) => spread(measured.map((round) => round[side])).median.toFixed(0);
    rows.push([
      name,
      nanoseconds(1),
      nanoseconds(0),
      ...spreadCells(ratio),
      goal === undefined ? '' : atMost(goal, ratio.median),
    ]);
  }
  await child.stop();
  print(table(['ns per operation', `${few} live`, `${many} live`, 'min', 'median', 'max', 'goal'], rows));
}

async function pauses({ many, repetitions }, print) {
  print(
    `\nThe event loop's longest turn, in ms, while each turn takes 20 new locks, in ${repetitions} processes of its own each. On Linux the time in\n` +
      'which other processes had the CPU is left out; "by the clock" has it. "Without GC" still has what V8 does not report of its\n' +
      'marking. "Objects alone" are as many objects in an array: what V8 and this machine do by themselves.',
  );
  const measured = { store: [], objects: [], map: [] };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [subject, results] of Object.entries(measured)) {
      results.push(await inOwnProcess(subject, many));
    }
  }
  const row = (name, subject, phase, goal) => {
    const of = (field) => spread(measured[subject].map((result) => result[phase][field]));
    const medianOf = (field) => of(field).median.toFixed(1);
    return [
      name,
      ...spreadCells(of('onCpu'), 1),
      medianOf('withoutGc'),
      medianOf('gc'),
      medianOf('byTheClock'),
      goal === undefined ? '' : atMost(goal, of('onCpu').median, 1),
    ];
  };
  print(
    table(
      ['longest turn', 'min', 'median', 'max', 'without GC', 'GC alone', 'by the clock', 'goal'],
      [
        row(`store, ${many} lapse together`, 'store', 'lapsing', PAUSE_GOAL_MS),
        row('objects alone, replaced', 'objects', 'lapsing'),
        row(`store, ${many} come in`, 'store', 'coming', PAUSE_GOAL_MS),
        row('objects alone', 'objects', 'coming'),
        row('bare Map', 'map', 'coming'),
      ],
    ),
  );
}

async function inOwnProcess(subject, locks) {
  const child = await startChild(new URL('./pause.mjs', import.meta.url), { execArgv: ['--expose-gc'] });
  const result = await child.ask(subject, { locks }, PREPARE_TIMEOUT_MS);
  await child.stop();
  return result;
}
