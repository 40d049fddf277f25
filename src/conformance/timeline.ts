import type { RecordedOperation } from './history';
import { shownCall, who } from './words';

/**
 * The operations as text: a line for each client, time to the right, on each bar the call and its answer. Bars that
 * overlap were under way at once; how wide they are means nothing.
 */
export function timeline(operations: readonly RecordedOperation[]): string {
  const columns = columnsOf(operations);
  const lanes = lanesOf(operations);
  const widest = Math.max(...lanes.map(([first]) => who(first!).length));
  return lanes
    .map((lane) => {
      let line = `${who(lane[0]!).padEnd(widest)}  `;
      for (const operation of lane) {
        const { from, to } = columns.get(operation)!;
        const bar = `|-${` ${shownCall(operation)} `.padEnd(to - from - 3, '-')}${operation.result === undefined ? '>' : '|'}`;
        line = line.padEnd(widest + 2 + from) + bar;
      }
      return line;
    })
    .join('\n');
}

interface Columns {
  from: number;
  to: number;
}

/** Where each bar begins and ends: in the order of time, each bar wide enough for its text. */
function columnsOf(operations: readonly RecordedOperation[]): Map<RecordedOperation, Columns> {
  const moments = operations
    .flatMap((operation) => [
      { operation, time: operation.start, isEnd: false },
      { operation, time: operation.end, isEnd: true },
    ])
    .toSorted((one, other) => one.time - other.time || Number(one.isEnd) - Number(other.isEnd));
  const columns = new Map<RecordedOperation, Columns>();
  let last = -1;
  for (const { operation, isEnd } of moments) {
    const begun = columns.get(operation);
    if (isEnd && begun !== undefined) {
      begun.to = Math.max(last + 1, begun.from + `|- ${shownCall(operation)} -|`.length);
      last = begun.to;
    } else {
      last += 1;
      columns.set(operation, { from: last, to: last });
    }
  }
  return columns;
}

/** The operations of each client in the order of time, those of a client that had several under way on several lanes. */
function lanesOf(operations: readonly RecordedOperation[]): RecordedOperation[][] {
  const lanes: RecordedOperation[][] = [];
  for (const operation of operations.toSorted((one, other) => one.start - other.start)) {
    const free = lanes.find((lane) => lane[0]!.client === operation.client && lane.at(-1)!.end <= operation.start);
    if (free === undefined) {
      lanes.push([operation]);
    } else {
      free.push(operation);
    }
  }
  return lanes.toSorted((one, other) => compare(one[0]!.client, other[0]!.client));
}

function compare(one: string | number, other: string | number): number {
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}
