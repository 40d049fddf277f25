import type { LockResult, LockStore } from '../lock-store';
import type { RecordedOperation } from './history';

interface Fault {
  readonly operation: RecordedOperation;
  readonly error: unknown;
}

/** Writes down what clients ask of a store, and what they are answered. Its clock counts these events. */
export class Recorder {
  readonly history: RecordedOperation[] = [];
  readonly faults: Fault[] = [];
  #events = 0;

  /** The store as one client uses it. A call that rejects resolves to `undefined`, and stays in the history as unknown. */
  client(client: number, store: LockStore): RecordedClient {
    const record =
      <Answer extends LockResult | string | null>(
        method: keyof LockStore,
        call: (fileId: string, lockId: string, newLockId: string) => Promise<Answer>,
      ) =>
      async (fileId: string, ...args: string[]): Promise<Answer | undefined> => {
        const start = this.#events++;
        try {
          const [lockId = '', newLockId = ''] = args;
          const result = await call(fileId, lockId, newLockId);
          this.history.push({ client, method, fileId, args, start, end: this.#events++, result });
          return result;
        } catch (error) {
          const operation = { client, method, fileId, args, start, end: this.#events++ };
          this.history.push(operation);
          this.faults.push({ operation, error });
          return undefined;
        }
      };
    return {
      getLock: record('getLock', (fileId) => store.getLock(fileId)),
      lock: record('lock', (fileId, lockId) => store.lock(fileId, lockId, TTL_MS)),
      refreshLock: record('refreshLock', (fileId, lockId) => store.refreshLock(fileId, lockId, TTL_MS)),
      unlock: record('unlock', (fileId, lockId) => store.unlock(fileId, lockId)),
      unlockAndRelock: record('unlockAndRelock', (fileId, oldLockId, newLockId) =>
        store.unlockAndRelock(fileId, oldLockId, newLockId, TTL_MS),
      ),
    };
  }
}

export interface RecordedClient {
  readonly getLock: (fileId: string) => Promise<string | null | undefined>;
  readonly lock: (fileId: string, lockId: string) => Promise<LockResult | undefined>;
  readonly refreshLock: (fileId: string, lockId: string) => Promise<LockResult | undefined>;
  readonly unlock: (fileId: string, lockId: string) => Promise<LockResult | undefined>;
  readonly unlockAndRelock: (fileId: string, oldLockId: string, newLockId: string) => Promise<LockResult | undefined>;
}

// "No lock lapses within a history."
const TTL_MS = 10 * 60 * 1000;
