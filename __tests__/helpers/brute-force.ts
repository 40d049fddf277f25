import type { RecordedOperation } from '../../src/conformance';

/**
 * Whether a history of one file is linearizable, by trying every order: slow, and with nothing in common with the search
 * that it judges, not even the lock model.
 */
export function isLinearizableByBruteForce(
  operations: readonly RecordedOperation[],
  held: string | null = null,
): boolean {
  if (operations.every(({ result }) => result === undefined)) {
    return true;
  }
  return operations.some((operation, index) => {
    const others = operations.toSpliced(index, 1);
    if (others.some((other) => other.result !== undefined && other.end < operation.start)) {
      return false;
    }
    const outcome = outcomeOf(operation, held);
    const fits = operation.result === undefined || JSON.stringify(operation.result) === JSON.stringify(outcome.result);
    return fits && isLinearizableByBruteForce(others, outcome.held);
  });
}

function outcomeOf({ method, args: [one, two] }: RecordedOperation, held: string | null) {
  const refusal = { result: { ok: false, currentLock: held }, held };
  switch (method) {
    case 'getLock':
      return { result: held, held };
    case 'lock':
      return held === null || held === one ? { result: { ok: true }, held: one! } : refusal;
    case 'refreshLock':
      return held === one ? { result: { ok: true }, held } : refusal;
    case 'unlock':
      return held === one ? { result: { ok: true }, held: null } : refusal;
    case 'unlockAndRelock':
      return held === one ? { result: { ok: true }, held: two! } : refusal;
  }
}
