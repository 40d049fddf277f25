import type { LockResult, LockStore } from '../lock-store';

/** One call of a store's method: who asked what, when, and what the store answered. */
export interface RecordedOperation {
  /** Who called. A client may have several calls under way. */
  readonly client: string | number;
  readonly method: keyof LockStore;
  readonly fileId: string;
  /** The lock IDs in the method's order: none for `getLock`, two for `unlockAndRelock`; no file ID, no time. */
  readonly args: readonly string[];
  /** When the call was made, on any monotonic clock that is the same for all operations. */
  readonly start: number;
  /** When its answer came, or it was known that none would. */
  readonly end: number;
  /** What the promise resolved to. Absent: it rejected, and the operation may or may not have taken effect. */
  readonly result?: LockResult | string | null;
}

const ARGS: { readonly [Method in keyof LockStore]: number } = {
  getLock: 0,
  lock: 1,
  refreshLock: 1,
  unlock: 1,
  unlockAndRelock: 2,
};

/** @throws TypeError where an operation cannot have been recorded like this; the message names it. */
export function assertHistory(history: readonly RecordedOperation[]): void {
  if (!Array.isArray(history)) {
    throw new TypeError('checkHistory needs an array of recorded operations.');
  }
  history.forEach((operation, index) => {
    const mistake = mistakeIn(operation);
    if (mistake !== undefined) {
      throw new TypeError(`Operation ${index} of the history ${mistake}.`);
    }
  });
}

function mistakeIn({ method, fileId, args, start, end, result }: RecordedOperation): string | undefined {
  if (!Object.hasOwn(ARGS, method)) {
    return `has the method ${method}, but the methods are ${Object.keys(ARGS).join(', ')}`;
  }
  if (typeof fileId !== 'string') {
    return 'has no string as its fileId';
  }
  if (!Array.isArray(args) || args.length !== ARGS[method] || !args.every((arg) => typeof arg === 'string')) {
    return `must have ${ARGS[method]} lock ID(s) as its args, since it is a ${method}`;
  }
  if (!(typeof start === 'number' && typeof end === 'number' && start <= end)) {
    return `must have numbers as its start and end, and end no sooner than it starts, but they are ${start} and ${end}`;
  }
  if (result === undefined || (method === 'getLock' ? isLock(result) : isResult(result))) {
    return undefined;
  }
  return method === 'getLock'
    ? 'is a getLock, so its result must be a string or null'
    : `is a ${method}, so its result must be { ok: true } or { ok: false, currentLock }`;
}

function isLock(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isResult(value: LockResult | string | null): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof value.ok === 'boolean' &&
    (value.ok || isLock(value.currentLock))
  );
}
