import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until the answer is as it must become. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`It is still ${JSON.stringify(answer)}`);
    }
    await wait(10);
  }
}
