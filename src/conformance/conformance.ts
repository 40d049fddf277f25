import { atomicityRules } from './rules/atomicity';
import { decisionTableRules } from './rules/decision-table';
import { factoryRules } from './rules/factory';
import { faultRules } from './rules/faults';
import { identityRules } from './rules/identity';
import type { Rules } from './rules/rule';
import { timeRules } from './rules/time';
import { withSubject, type CreateStore } from './tested-store';

/** What {@link lockStoreConformance} needs: the runner's own functions, and the store to test. */
export interface LockStoreConformanceOptions {
  /** The runner's own: Jest's, Vitest's, Mocha's or `node:test`'s `describe`. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's own: `test`, or `it`. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  /** Gives an empty store, and what the suite may do with it. Called for each test, and twice for some. */
  readonly createStore: CreateStore;
  /**
   * Gives a store whose backend is down, such as a client of a port where nobody listens: each of its calls must then
   * reject. Without it, the suite does not test what the store makes of a fault.
   */
  readonly createFailingStore?: CreateStore;
  /**
   * What chance begins with in the tests of atomicity: a whole number from 0 to 4,294,967,295. By default another one
   * each time; it is in the name of their group, and in the message of a test that fails.
   */
  readonly seed?: number;
}

/**
 * Declares the tests that every {@link LockStore} must pass, with the functions of the test runner that calls it, and
 * asserts with `node:assert`.
 *
 * First `createStore` itself is tested, then each rule of the contract, in a test whose name is the rule. Whether a
 * change is atomic is judged from the history of many clients at once, by {@link checkHistory}.
 *
 * @throws TypeError when an option is not what it should be.
 *
 * @example
 * import { lockStoreConformance } from 'wopi-lock-router/conformance';
 *
 * lockStoreConformance({
 *   describe,
 *   test,
 *   createStore: async () => ({ store: new MyLockStore(await emptyDatabase()) }),
 * });
 */
export function lockStoreConformance(options: LockStoreConformanceOptions): void {
  const { describe, test, createStore, createFailingStore, seed = Math.floor(Math.random() * 2 ** 32) } = options;
  for (const [name, value] of Object.entries({ describe, test, createStore, createFailingStore })) {
    if (typeof value !== 'function' && !(name === 'createFailingStore' && value === undefined)) {
      throw new TypeError(
        `lockStoreConformance needs \`${name}\` to be a function, but it is of type ${typeof value}. ` +
          'Write `lockStoreConformance({ describe, test, createStore: async () => ({ store }) })`.',
      );
    }
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new TypeError(
      `The seed of lockStoreConformance must be a whole number from 0 to 4294967295, but it is ${seed}.`,
    );
  }

  const group = (name: string, rules: Rules, create = createStore): void => {
    describe(name, () => {
      for (const [rule, tried] of Object.entries(rules)) {
        test(rule, () => withSubject(create, tried));
      }
    });
  };

  group('createStore', factoryRules);
  group('the decision table', decisionTableRules);
  group('time', timeRules);
  group('identity, byte for byte', identityRules);
  if (createFailingStore !== undefined) {
    group('faults', faultRules, createFailingStore);
  }
  group(`atomicity (seed ${seed})`, atomicityRules(seed));
}
