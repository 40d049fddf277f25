import assert = require('node:assert/strict');

import { checkHistory } from './check-history';
import { Random } from './random';
import { Recorder, type RecordedClient } from './recorder';
import type { Subject } from './tested-store';

const CLIENTS = 8;
const MOST_ROUNDS = 40;
// What a slow store may take: test runners give a test two seconds or more.
const MOST_TIME_MS = 1000;

/** What happens in one round, on a file that is free at its beginning, and must be free again at its end. */
export interface Round {
  readonly file: string;
  /** Different in each round, so that a lock tells which round it is of. */
  readonly number: number;
  readonly random: Random;
  /** One of the clients; the others are in `clients`. */
  readonly mover: RecordedClient;
  readonly clients: readonly RecordedClient[];
}

/**
 * Sends many clients at the store at once, round after round, and has the history of it all judged.
 *
 * @param fileOf - The file of each round: by default one and the same.
 */
export async function contend(
  subject: Subject,
  seed: number,
  round: (round: Round) => Promise<void>,
  fileOf: (number: number) => string = () => 'file',
): Promise<void> {
  const recorder = new Recorder();
  const random = new Random(seed);
  const stores = [subject.store, subject.other];
  while (stores.length < CLIENTS) {
    stores.push(await subject.connect());
  }
  const [mover, ...clients] = stores.map((store, index) => recorder.client(index + 1, store));
  const begun = performance.now();
  for (let number = 0; number < MOST_ROUNDS && performance.now() - begun < MOST_TIME_MS; number++) {
    await round({ file: fileOf(number), number, random, mover: mover!, clients });
  }
  judge(recorder, seed);
}

export const ROUNDS = MOST_ROUNDS;

/** Starts all of it at once, in an order of chance, some of it a moment later. */
export async function atOnce(random: Random, work: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(
    random.shuffled(work).map(async (start) => {
      for (let moments = random.below(4); moments > 0; moments--) {
        await Promise.resolve();
      }
      await start();
    }),
  );
}

function judge({ history, faults }: Recorder, seed: number): void {
  const again = `Seed ${seed}: give it to lockStoreConformance as \`seed: ${seed}\` to send the same calls again.`;
  const verdict = checkHistory(history);
  if (!verdict.linearizable) {
    assert.fail(`${verdict.explanation}\n${again}`);
  }
  const [fault] = faults;
  if (fault !== undefined) {
    const { client, method } = fault.operation;
    throw new Error(
      `${faults.length} of ${history.length} calls were rejected, though nothing was wrong but that many came at once. ` +
        `The first was client ${client}'s ${method}. ${again}`,
      { cause: fault.error },
    );
  }
}
