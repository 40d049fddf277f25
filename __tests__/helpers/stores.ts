import { MemoryLockStore, type LockResult, type LockStore } from '../../src';

/** A right store, but for the methods given. */
export function broken(
  methods: Partial<Record<keyof LockStore, (fileId: string, lockId: string) => unknown>>,
): LockStore {
  return Object.assign(new MemoryLockStore(), methods as object);
}

const OK: LockResult = { ok: true };

/**
 * A store over a table that is read in one step and written in another, with a short wait between them, as over any network. Each method is right when nobody else is there; the stores below add one mistake of other hosts each.
 */
export class TwoStepStore implements LockStore {
  protected readonly table = new Map<string, { lockId: string; expiresAt: number }>();

  constructor(protected readonly now: () => number = () => 0) {}

  protected async read(fileId: string): Promise<string | null> {
    await elsewhere();
    const row = this.table.get(fileId);
    return row !== undefined && row.expiresAt > this.now() ? row.lockId : null;
  }

  protected async write(fileId: string, lockId: string, ttlMs: number): Promise<LockResult> {
    await elsewhere();
    this.table.set(fileId, { lockId, expiresAt: this.now() + ttlMs });
    return OK;
  }

  async getLock(fileId: string): Promise<string | null> {
    return this.read(fileId);
  }

  async lock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult> {
    const currentLock = await this.read(fileId);
    return currentLock === null || currentLock === lockId
      ? this.write(fileId, lockId, ttlMs)
      : { ok: false, currentLock };
  }

  async refreshLock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult> {
    return this.unlockAndRelock(fileId, lockId, lockId, ttlMs);
  }

  async unlock(fileId: string, lockId: string): Promise<LockResult> {
    const currentLock = await this.read(fileId);
    if (currentLock !== lockId) {
      return { ok: false, currentLock };
    }
    await elsewhere();
    this.table.delete(fileId);
    return OK;
  }

  async unlockAndRelock(fileId: string, oldLockId: string, newLockId: string, ttlMs: number): Promise<LockResult> {
    const currentLock = await this.read(fileId);
    return currentLock === oldLockId ? this.write(fileId, newLockId, ttlMs) : { ok: false, currentLock };
  }
}

/** UnlockAndRelock as an unlock and then a lock. */
export class UnlockThenLockStore extends MemoryLockStore {
  override async unlockAndRelock(fileId: string, oldLockId: string, newLockId: string): Promise<LockResult> {
    const unlocked = await this.unlock(fileId, oldLockId);
    await elsewhere();
    return unlocked.ok ? this.lock(fileId, newLockId) : unlocked;
  }
}

/** UnlockAndRelock that takes a free file, as Lock does. */
export class SwapOnFreeFileStore extends MemoryLockStore {
  override async unlockAndRelock(fileId: string, oldLockId: string, newLockId: string): Promise<LockResult> {
    const swapped = await super.unlockAndRelock(fileId, oldLockId, newLockId);
    return swapped.ok || swapped.currentLock !== null ? swapped : this.lock(fileId, newLockId);
  }
}

/** Every refusal looks up the holder after it has refused. */
export class HolderLookedUpLaterStore extends MemoryLockStore {
  override async unlockAndRelock(fileId: string, oldLockId: string, newLockId: string): Promise<LockResult> {
    const swapped = await super.unlockAndRelock(fileId, oldLockId, newLockId);
    if (swapped.ok) {
      return swapped;
    }
    await elsewhere();
    return { ok: false, currentLock: await this.getLock(fileId) };
  }
}

/** A reader that finds a lapsed lock removes whatever the file holds by the time it gets there. */
export class EvictionByKeyStore extends TwoStepStore {
  override async getLock(fileId: string): Promise<string | null> {
    const lapsed = (this.table.get(fileId)?.expiresAt ?? Infinity) <= this.now();
    await elsewhere();
    if (lapsed) {
      this.table.delete(fileId);
    }
    return this.read(fileId);
  }
}

/** File IDs through `key` before they are looked up: `__proto__` swallowed, case or blanks folded. */
export function keyedBy(key: (fileId: string) => string): LockStore {
  const store = new MemoryLockStore();
  return broken({
    getLock: (fileId) => store.getLock(key(fileId)),
    lock: (fileId, lockId) => store.lock(key(fileId), lockId),
  });
}

/** As long as a database in the next room takes: other requests get in between. */
function elsewhere(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1 + Math.random() * 4);
  });
}
