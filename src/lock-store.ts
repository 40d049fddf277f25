/**
 * What a store answers to a call that would change a lock.
 *
 * `ok: true`: the lock was changed as asked. `ok: false`: nothing was changed, because of what the file held, and
 * `currentLock` is that: the lock ID at the very moment of the refusal, or `null` when the file was not locked.
 * `reason` is an optional short text in plain ASCII, sent as `X-WOPI-LockFailureReason`; some clients show it to people.
 */
export type LockResult =
  { readonly ok: true } | { readonly ok: false; readonly currentLock: string | null; readonly reason?: string };

/**
 * Where locks live: at most one lock per file, each with the time at which it lapses.
 *
 * Rules for authors:
 *
 * 1. **Each call is one atomic step, and its answer comes from that step.** `currentLock` is what the file held when the
 *    call was refused, never what a second look found before or after it. Calls from all processes that share the data
 *    must be linearizable.
 * 2. **A refusal is a value; a fault throws.** When the backend is down or slow, reject: the client is then told 500.
 *    Never answer a fault with `ok: true` or `ok: false`.
 * 3. **A lapsed lock is no lock**, to every method, also for the client that held it. A lock taken for `ttlMs` is held
 *    until that many milliseconds have passed, and has lapsed from that instant on. Use the engine's clock where several
 *    processes share the data.
 * 4. **IDs are opaque**: compare them whole and byte for byte, with no case folding, trimming, collation or Unicode
 *    normalisation. Lock IDs come from the router as 1 to 1,024 printable ASCII characters, file IDs as 1 to 1,024
 *    characters of any kind but control characters. `oldLockId` may be any string: what was never taken does not match.
 * 5. **Every method returns a promise**, and rejects rather than throws.
 *
 * The router always passes `ttlMs`: a whole number of milliseconds, 1 to 2,147,483,647.
 */
export interface LockStore {
  /** The lock that the file holds, or `null` when it holds none. */
  getLock(fileId: string): Promise<string | null>;

  /** Takes a free file, or starts the time of the same lock anew. Refuses when the file holds another lock. */
  lock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult>;

  /** Starts the time of `lockId` anew. Refuses when the file holds another lock, or none. */
  refreshLock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult>;

  /** Releases `lockId`. Refuses when the file holds another lock, or none. */
  unlock(fileId: string, lockId: string): Promise<LockResult>;

  /**
   * Puts `newLockId` in the place of `oldLockId`, with a full `ttlMs`, so that the file is never unlocked in between.
   * Refuses when the file holds another lock than `oldLockId`, or none.
   */
  unlockAndRelock(fileId: string, oldLockId: string, newLockId: string, ttlMs: number): Promise<LockResult>;
}
