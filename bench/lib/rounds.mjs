/**
 * Runs two measurements in turn, A B B A A B B A, so that what else the machine does falls on both alike.
 *
 * @template T
 * @param {number} count
 * @param {() => Promise<T>} first
 * @param {() => Promise<T>} second
 * @returns {Promise<[T, T][]>} What both gave, round by round.
 */
export async function alternate(count, first, second) {
  const rounds = [];
  for (let round = 0; round < count; round++) {
    if (round % 2 === 0) {
      const a = await first();
      rounds.push([a, await second()]);
    } else {
      const b = await second();
      rounds.push([await first(), b]);
    }
  }
  return rounds;
}

/** @param {number[]} values */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return {
    min: sorted[0],
    median: (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2,
    max: sorted.at(-1),
  };
}
