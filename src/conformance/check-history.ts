import { explain } from './explain';
import { assertHistory, type RecordedOperation } from './history';
import { isLinearizable } from './linearize';
import { smallestPart } from './smallest-part';

/** The verdict on a history. */
export type HistoryVerdict =
  | { readonly linearizable: true }
  | {
      readonly linearizable: false;
      /** The first file whose answers contradict each other. */
      readonly fileId: string;
      /** The smallest part of its history that no order explains, in the order of their starts. */
      readonly operations: readonly RecordedOperation[];
      /** A sentence that says what is impossible, and a timeline of the operations, to be read in a fixed-width font. */
      readonly explanation: string;
    };

/**
 * Decides whether a history of calls to a {@link LockStore} is linearizable: whether each call can have been one atomic
 * step at some moment between its start and its end, whose answer came from that very step.
 *
 * Every file begins unlocked, and no lock lapses within a history. Operations without a result may have happened or not:
 * where there are hundreds of these, give every attempt a lock ID of its own, or the search may take very long.
 *
 * @throws TypeError when an operation cannot have been recorded as it stands.
 *
 * @example
 * const verdict = checkHistory(history);
 * if (!verdict.linearizable) throw new Error(verdict.explanation);
 */
export function checkHistory(history: readonly RecordedOperation[]): HistoryVerdict {
  assertHistory(history);
  for (const [fileId, operations] of byFile(history)) {
    if (!isLinearizable(operations)) {
      const part = smallestPart(operations).toSorted((one, other) => one.start - other.start);
      return { linearizable: false, fileId, operations: part, explanation: explain(part, operations) };
    }
  }
  return { linearizable: true };
}

function byFile(history: readonly RecordedOperation[]): Map<string, RecordedOperation[]> {
  const files = new Map<string, RecordedOperation[]>();
  for (const operation of history) {
    const operations = files.get(operation.fileId);
    if (operations === undefined) {
      files.set(operation.fileId, [operation]);
    } else {
      operations.push(operation);
    }
  }
  return files;
}
