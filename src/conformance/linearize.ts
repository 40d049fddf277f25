import type { RecordedOperation } from './history';
import { after, isInert, step, type Held } from './model';
import { PendingList } from './pending-list';

/** Something that may have happened at any moments from `start` to `end`, any number of times, or never. */
export type Possibility = Pick<RecordedOperation, 'method' | 'args' | 'start' | 'end'>;

/** What happened next, and what the file then held. A possibility is not used up: its move names no operation. */
interface Move {
  readonly held: Held;
  readonly known?: number;
  readonly unknown?: number;
  /** It fits and can change nothing: an order in which it comes later is as good with it here, so no other need be tried. */
  readonly forced?: true;
}

interface Frame {
  readonly moves: readonly Move[];
  /** How many of the moves were tried. The last of them is the one made. */
  tried: number;
}

/**
 * Whether there is an order of the operations on one file in which a right store gives all of their answers, and in
 * which each stands at some moment between its start and its end. Operations without a result may have happened at any
 * moment after their start, or never.
 *
 * This is Wing and Gong's search, with Lowe's memory of what was reached before: take an operation that none must come
 * before, see whether its answer fits what the file holds, go on, and go back where none fits.
 */
export function isLinearizable(
  operations: readonly RecordedOperation[],
  possibilities: readonly Possibility[] = [],
): boolean {
  const search = new Search(operations, possibilities);
  const frames: Frame[] = [{ moves: search.moves(null), tried: 0 }];
  while (!search.isDone) {
    const frame = frames.at(-1);
    if (frame === undefined) {
      return false;
    }
    const move = frame.moves[frame.tried++];
    if (move === undefined) {
      frames.pop();
      const made = frames.at(-1);
      if (made !== undefined) {
        search.undo(made.moves[made.tried - 1]!);
      }
      continue;
    }
    search.make(move);
    if (move.forced || search.isNew(move.held)) {
      frames.push({ moves: search.moves(move.held), tried: 0 });
    } else {
      search.undo(move);
    }
  }
  return true;
}

class Search {
  readonly #known: readonly RecordedOperation[];
  readonly #unknown: readonly { readonly operation: RecordedOperation; readonly kind: string }[];
  readonly #possibilities: readonly Possibility[];
  readonly #pending: PendingList;
  readonly #happened = new Set<number>();
  readonly #reached = new Map<string, readonly ReadonlySet<number>[]>();

  constructor(operations: readonly RecordedOperation[], possibilities: readonly Possibility[]) {
    const sorted = operations.toSorted((one, other) => one.start - other.start);
    this.#known = sorted.filter(({ result }) => result !== undefined);
    this.#unknown = sorted
      .filter(({ result }) => result === undefined)
      .map((operation) => ({ operation, kind: JSON.stringify([operation.method, operation.args]) }));
    this.#possibilities = possibilities;
    this.#pending = new PendingList(this.#known.length);
  }

  get isDone(): boolean {
    return this.#pending.first === undefined;
  }

  make({ known, unknown }: Move): void {
    if (known !== undefined) {
      this.#pending.remove(known);
    } else if (unknown !== undefined) {
      this.#happened.add(unknown);
    }
  }

  undo({ known, unknown }: Move): void {
    if (known !== undefined) {
      this.#pending.restore(known);
    } else if (unknown !== undefined) {
      this.#happened.delete(unknown);
    }
  }

  moves(held: Held): Move[] {
    const moves: Move[] = [];
    let firstEnd = Infinity;
    for (let index = this.#pending.first; index !== undefined; index = this.#pending.after(index)) {
      const operation = this.#known[index]!;
      if (operation.start > firstEnd) {
        break;
      }
      firstEnd = Math.min(firstEnd, operation.end);
      const next = after(operation, held);
      if (next !== undefined && isInert(operation)) {
        return [{ held, known: index, forced: true }];
      }
      if (next !== undefined) {
        moves.push({ held: next, known: index });
      }
    }
    return [...moves, ...this.#unknownMoves(held, firstEnd), ...this.#possibleMoves(held, firstEnd)];
  }

  /**
   * Whether the search has not yet come to this lock with these known operations done, and with no more of the unknown
   * ones used up than now: where it failed with more of them left, it fails again.
   */
  isNew(held: Held): boolean {
    const key = JSON.stringify([held, this.#pending.key()]);
    const before = this.#reached.get(key) ?? [];
    if (before.some((happened) => [...happened].every((unknown) => this.#happened.has(unknown)))) {
      return false;
    }
    this.#reached.set(key, [...before, new Set(this.#happened)]);
    return true;
  }

  #unknownMoves(held: Held, firstEnd: number): Move[] {
    const moves: Move[] = [];
    const seen = new Set<string>();
    for (const [unknown, { operation, kind }] of this.#unknown.entries()) {
      if (operation.start > firstEnd) {
        break;
      }
      // Of several that are alike, the one that started first can do whatever the others can.
      if (!this.#happened.has(unknown) && !seen.has(kind)) {
        seen.add(kind);
        const { next } = step(operation, held);
        if (next !== held) {
          moves.push({ held: next, unknown });
        }
      }
    }
    return moves;
  }

  #possibleMoves(held: Held, firstEnd: number): Move[] {
    const last = this.#pending.lastRemoved;
    const latestStart = last === undefined ? -Infinity : this.#known[last]!.start;
    return this.#possibilities
      .filter(({ start, end }) => start <= firstEnd && end >= latestStart)
      .map((possibility) => ({ held: step(possibility, held).next }))
      .filter(({ held: next }) => next !== held);
  }
}
