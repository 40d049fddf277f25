import { describe, expect, test } from '@jest/globals';

import { MemoryLockStore } from '../../src';
import { lockStoreConformance, type TestedStore } from '../../src/conformance';
import { DEFECTS, type Defect } from '../helpers/defects';
import { runSuite } from '../helpers/run-suite';
import { TableStore, type Clock } from '../helpers/stores';

function subject(store: Defect['store'], connect?: Defect['connect']): TestedStore {
  const clock: Clock = { time: 0 };
  const made = store(clock);
  return { store: made, connect: () => connect?.(clock) ?? made, advance: (ms) => void (clock.time += ms) };
}

const right = () => subject((clock) => new TableStore(clock));

describe('of a wrong store, exactly the tests named for its defect fail', () => {
  test.each(DEFECTS)('$name', async ({ store, connect, fails, andMore }) => {
    const { failed } = await runSuite({ createStore: () => subject(store, connect) });
    const names = [...failed.keys()];
    expect(names).toEqual(expect.arrayContaining([...fails]));
    expect(andMore ? [] : names.filter((name) => !fails.includes(name))).toEqual([]);
  });

  test('each test of the suite is named for one of them', async () => {
    const { passed } = await runSuite({ createStore: right });
    const named = new Set(DEFECTS.flatMap(({ fails }) => fails));
    expect(passed.filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('a fault', () => {
  const down = new Error('down');
  const failing = (answer: () => Promise<unknown>) => () => ({
    store: Object.fromEntries(
      ['getLock', 'lock', 'refreshLock', 'unlock', 'unlockAndRelock'].map((method) => [method, answer]),
    ) as never,
  });
  const FAULTS = [
    'getLock rejects when the backend is down',
    'lock rejects when the backend is down',
    'refreshLock rejects when the backend is down',
    'unlock rejects when the backend is down',
    'unlockAndRelock rejects when the backend is down',
  ];

  test.each([
    ['that rejects is right', () => Promise.reject(down), []],
    ['swallowed as a refusal is caught', async () => ({ ok: false, currentLock: null }), FAULTS],
    ['swallowed as a success is caught', async () => ({ ok: true }), FAULTS],
    ['swallowed as a free file is caught', async () => null, FAULTS],
  ])('%s', async (_name, answer, fails) => {
    const { failed } = await runSuite({ createStore: right, createFailingStore: failing(answer) });
    expect([...failed.keys()]).toEqual(fails);
  });
});

describe('a right store passes all', () => {
  test('with a clock that is moved', async () => {
    const { passed, failed } = await runSuite({ createStore: right });
    expect([...failed]).toEqual([]);
    expect(passed.length).toBeGreaterThan(50);
  });

  test('with a clock that runs, and waits of a moment', async () => {
    const begun = performance.now();
    const { failed } = await runSuite({ createStore: () => ({ store: new MemoryLockStore() }) });
    expect([...failed]).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('one turn of the queue between reading and writing is caught in every one of 200 runs', () => {
  test.each([
    ['lock', 'Lock is one atomic step'],
    ['refreshLock', 'RefreshLock is one atomic step'],
    ['unlock', 'Unlock is one atomic step'],
    ['unlockAndRelock', 'UnlockAndRelock is one atomic step'],
  ] as const)(
    '%s',
    async (method, name) => {
      const pause = (): Promise<void> => Promise.resolve();
      const tests = [name, 'all operations together are linearizable'];
      let caught = 0;
      for (let seed = 0; seed < 200; seed++) {
        const createStore = () => subject((clock) => new TableStore(clock, { pause, gapIn: [method] }));
        const { failed } = await runSuite({ createStore, seed }, (rule) => tests.includes(rule));
        caught += failed.size === tests.length ? 1 : 0;
      }
      expect(caught).toBe(200);
    },
    60_000,
  );
});

describe('a failing test says why', () => {
  const flawed = () =>
    subject((clock) => new TableStore(clock, { pause: () => Promise.resolve(), gapIn: ['unlockAndRelock'] }));
  const name = 'UnlockAndRelock is one atomic step';

  test('with a sentence, a timeline, and the seed that sends the same calls again', async () => {
    const options = { createStore: flawed, seed: 4711 };
    const { failed } = await runSuite(options, (rule) => rule === name);
    const { message } = failed.get(name)!;
    expect(message).toMatch(
      /^Client \d swapped A0 for B0\.\d, and client \d swapped A0 for B0\.\d: whichever came first/,
    );
    expect(message).toMatch(/^client \d {2} *\|- unlockAndRelock A0 -> B0\.\d: ok -+\|$/m);
    expect(message).toContain('Seed 4711: give it to lockStoreConformance as `seed: 4711`');
    expect((await runSuite(options, (rule) => rule === name)).failed.get(name)!.message).toBe(message);
  });

  test('with the error of a store that rejects what it should wait for', async () => {
    const deadlock = DEFECTS.find((defect) => defect.name === 'rejects when many come at once')!;
    const { failed } = await runSuite({ createStore: () => subject(deadlock.store) }, (rule) => rule === name);
    expect(failed.get(name)).toMatchObject({
      message: expect.stringMatching(
        /^\d+ of \d+ calls were rejected, though nothing was wrong but that many came at once/,
      ),
      cause: { message: 'deadlock detected' },
    });
  });
});

describe('what the suite is given', () => {
  test('is disposed of after each test, whatever came of it', async () => {
    let open = 0;
    const { failed } = await runSuite({
      createStore: () => {
        open += 1;
        return {
          ...subject((clock) => new TableStore(clock, { hasLapsed: () => false })),
          dispose: () => void (open -= 1),
        };
      },
    });
    expect(failed.size).toBeGreaterThan(0);
    expect(open).toBe(0);
  });

  test('has its seed in the name of the group, another one each time', () => {
    const groups = (): string[] => {
      const names: string[] = [];
      lockStoreConformance({ describe: (name) => names.push(name), test: () => {}, createStore: right });
      return names.filter((name) => /^atomicity \(seed \d+\)$/.test(name));
    };
    expect(groups()).toHaveLength(1);
    expect(groups()).not.toEqual(groups());
  });

  test.each([
    [{ describe: undefined }, /needs `describe` to be a function, but it is of type undefined/],
    [{ test: {} }, /needs `test` to be a function, but it is of type object/],
    [{ createStore: new MemoryLockStore() }, /needs `createStore` to be a function/],
    [{ createFailingStore: true }, /needs `createFailingStore` to be a function/],
    [{ seed: -1 }, /seed of lockStoreConformance must be a whole number from 0 to 4294967295, but it is -1/],
    [{ seed: 0.5 }, /whole number/],
  ])('is refused when it is %p', (mistake, message) => {
    const options = { describe: () => {}, test: () => {}, createStore: right, ...mistake };
    expect(() => lockStoreConformance(options as never)).toThrow(message);
  });
});
