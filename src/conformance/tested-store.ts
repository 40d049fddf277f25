import type { LockStore } from '../lock-store';

/** What `createStore` gives for each test: an empty store, and what the suite may do with it. */
export interface TestedStore {
  readonly store: LockStore;
  /** Another client of the same data, as another process would have. Without it, one store stands for all clients. */
  readonly connect?: () => LockStore | Promise<LockStore>;
  /**
   * Moves the store's clock, which otherwise stands still, by so many milliseconds. Leave it out where the clock runs:
   * the suite then uses short times, and waits for them.
   */
  readonly advance?: (ms: number) => void | Promise<void>;
  /** Called at the end of the test, whatever came of it. */
  readonly dispose?: () => void | Promise<void>;
}

/** What a rule is tried on. */
export interface Subject {
  /** The store that the rule is about. */
  readonly store: LockStore;
  /** Another client of the same data, through which a rule prepares and looks: a store may not answer from memory. */
  readonly other: LockStore;
  /** A further client of the same data. */
  readonly connect: () => Promise<LockStore>;
  /** A second, unrelated store. */
  readonly another: () => Promise<LockStore>;
  readonly time: TestTime;
}

/** Times that a test can afford: of a clock that is moved, or short ones to wait for. */
interface TestTime {
  /** A time to live that no test outlasts. */
  readonly long: number;
  /** A time to live that a test can let pass. */
  readonly short: number;
  /** Lets more than `short` pass. */
  readonly passShort: () => Promise<void>;
  /** Lets `short` pass: exactly, and with a look one millisecond before it is over, where the clock is moved. */
  readonly passExactlyShort: (oneBefore: () => Promise<void>) => Promise<void>;
}

const LONG = 10 * 60 * 1000;
const SHORT_TO_WAIT_FOR = 100;
// Clocks of two kinds (a database's and a timer's) may differ by some milliseconds over a short time.
const SLACK = 50;

export type CreateStore = () => TestedStore | Promise<TestedStore>;

/** Opens a store, gives it to the rule, and disposes of all that was opened. */
export async function withSubject(createStore: CreateStore, rule: (subject: Subject) => Promise<void>): Promise<void> {
  const opened: TestedStore[] = [];
  const open = async (): Promise<TestedStore> => {
    const tested = await createStore();
    opened.push(tested);
    return tested;
  };
  try {
    const { store, connect, advance } = await open();
    const connected = async (): Promise<LockStore> => (connect === undefined ? store : connect());
    await rule({
      store,
      other: await connected(),
      connect: connected,
      another: async () => (await open()).store,
      time: advance === undefined ? timeToWaitFor : timeToMove(advance),
    });
  } finally {
    for (const { dispose } of opened) {
      await dispose?.();
    }
  }
}

const timeToWaitFor: TestTime = {
  long: LONG,
  short: SHORT_TO_WAIT_FOR,
  passShort: wait,
  passExactlyShort: wait,
};

function wait(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, SHORT_TO_WAIT_FOR + SLACK);
  });
}

function timeToMove(advance: NonNullable<TestedStore['advance']>): TestTime {
  const short = LONG / 2;
  return {
    long: LONG,
    short,
    passShort: async () => advance(short + SLACK),
    passExactlyShort: async (oneBefore) => {
      await advance(short - 1);
      await oneBefore();
      await advance(1);
    },
  };
}
