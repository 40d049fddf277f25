import type { RecordedOperation } from './history';
import { isLinearizable, type Possibility } from './linearize';

/**
 * The smallest part of one file's history that no order explains, whatever became of the rest: when any one of its
 * answers is disregarded, the others can be explained.
 */
export function smallestPart(operations: readonly RecordedOperation[]): RecordedOperation[] {
  const beginning = shortestBeginning(operations);
  const unknown = beginning.filter(({ result }) => result === undefined);
  let part = beginning.filter(({ result }) => result !== undefined);
  let rest = unknown;
  if (isLinearizable(part, possibilitiesOf(rest))) {
    // Some of them would have to happen more often than they can.
    return beginning;
  }
  for (let size = Math.ceil(part.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < part.length;) {
      const fewer = part.toSpliced(from, size);
      const more = [...rest, ...part.slice(from, from + size)];
      if (isLinearizable(fewer, possibilitiesOf(more))) {
        from += size;
      } else {
        part = fewer;
        rest = more;
      }
    }
  }
  return part;
}

/** What was known when the first answer came that no order explains. What was under way then had no answer yet. */
function shortestBeginning(operations: readonly RecordedOperation[]): RecordedOperation[] {
  const byEnd = operations.filter(({ result }) => result !== undefined).toSorted((one, other) => one.end - other.end);
  const until = (end: number): RecordedOperation[] =>
    operations
      .filter(({ start }) => start <= end)
      .map((operation) => (operation.end <= end ? operation : withoutResult(operation)));
  let explained = 0;
  let unexplained = byEnd.length;
  while (unexplained - explained > 1) {
    const middle = Math.floor((explained + unexplained) / 2);
    if (isLinearizable(until(byEnd[middle - 1]!.end))) {
      explained = middle;
    } else {
      unexplained = middle;
    }
  }
  return until(byEnd[unexplained - 1]!.end);
}

function withoutResult({ result: _result, ...operation }: RecordedOperation): RecordedOperation {
  return operation;
}

/** What may have happened to the file when nothing is known of these operations but that they were tried. */
function possibilitiesOf(operations: readonly RecordedOperation[]): Possibility[] {
  const kinds = new Map<string, Possibility>();
  for (const { method, args, start, end, result } of operations) {
    const kind = JSON.stringify([method, args]);
    const until = result === undefined ? Infinity : end;
    const known = kinds.get(kind) ?? { start, end: until };
    kinds.set(kind, { method, args, start: Math.min(known.start, start), end: Math.max(known.end, until) });
  }
  return [...kinds.values()];
}
