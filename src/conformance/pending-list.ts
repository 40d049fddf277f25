/**
 * The numbers from 0 to `length - 1` that were not removed, in order. Removing and restoring take constant time, as long
 * as what was removed last is restored first.
 */
export class PendingList {
  readonly #end: number;
  // Numbers are shifted by one: 0 stands before the first, and `#end` behind the last.
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #lastRemoved: number[] = [];

  constructor(length: number) {
    this.#end = length + 1;
    this.#next = Int32Array.from({ length: length + 2 }, (_, index) => index + 1);
    this.#previous = Int32Array.from({ length: length + 2 }, (_, index) => index - 1);
  }

  get first(): number | undefined {
    return this.after(-1);
  }

  after(number: number): number | undefined {
    const next = this.#next[number + 1]!;
    return next === this.#end ? undefined : next - 1;
  }

  /** The highest number that was removed. */
  get lastRemoved(): number | undefined {
    return this.#lastRemoved.at(-1);
  }

  remove(number: number): void {
    const at = number + 1;
    this.#next[this.#previous[at]!] = this.#next[at]!;
    this.#previous[this.#next[at]!] = this.#previous[at]!;
    this.#lastRemoved.push(Math.max(number, this.lastRemoved ?? number));
  }

  restore(number: number): void {
    const at = number + 1;
    this.#next[this.#previous[at]!] = at;
    this.#previous[this.#next[at]!] = at;
    this.#lastRemoved.pop();
  }

  /** The same for the same numbers, and for no others: those that are left below the highest removed one, and that one. */
  key(): string {
    const last = this.lastRemoved ?? -1;
    const left: number[] = [];
    for (let number = this.first; number !== undefined && number < last; number = this.after(number)) {
      left.push(number);
    }
    return `${last}:${left.join()}`;
  }
}
