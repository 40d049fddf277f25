import { MemoryLockStore, type LockResult, type LockStore } from '../../src';

export interface Clock {
  time: number;
}

export interface Row {
  lockId: string;
  expiresAt: number;
}

export type Change = 'lock' | 'refreshLock' | 'unlock' | 'unlockAndRelock';

export const OK: LockResult = { ok: true };

/** A right store, but for the methods given. */
export function broken(
  methods: Partial<Record<keyof LockStore, (fileId: string, lockId: string) => unknown>>,
): LockStore {
  return Object.assign(new MemoryLockStore(), methods as object);
}

/** What a {@link TableStore} does otherwise than it should. */
export interface Flaws {
  /** Where it waits between reading and writing, as over any network. */
  readonly gapIn?: readonly Change[];
  /** Where it looks up the holder after it has refused. */
  readonly lateIn?: readonly Change[];
  /** How long it waits there: by default the shortest that there is. */
  readonly pause?: () => Promise<void>;
  readonly fileKey?: (fileId: string) => string;
  readonly sameLock?: (held: string, presented: string) => boolean;
  readonly hasLapsed?: (row: Row, now: number) => boolean;
}

/**
 * A table of locks, read and written by steps that can be spoilt one by one: without flaws it is a right store. It shares
 * no code with the stores under test.
 */
export class TableStore implements LockStore {
  constructor(
    protected readonly clock: Clock = { time: 0 },
    protected readonly flaws: Flaws = {},
    readonly rows: Map<string, Row> = new Map(),
  ) {}

  async getLock(fileId: string): Promise<string | null> {
    return this.held(fileId);
  }

  async lock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult> {
    const held = this.held(fileId);
    return held === null || this.isSame(held, lockId)
      ? this.change('lock', () => this.put(fileId, lockId, ttlMs))
      : this.refuse('lock', fileId, lockId);
  }

  async refreshLock(fileId: string, lockId: string, ttlMs: number): Promise<LockResult> {
    return this.holds(fileId, lockId)
      ? this.change('refreshLock', () => this.put(fileId, lockId, ttlMs))
      : this.refuse('refreshLock', fileId, lockId);
  }

  async unlock(fileId: string, lockId: string): Promise<LockResult> {
    return this.holds(fileId, lockId)
      ? this.change('unlock', () => this.remove(fileId))
      : this.refuse('unlock', fileId, lockId);
  }

  async unlockAndRelock(fileId: string, oldLockId: string, newLockId: string, ttlMs: number): Promise<LockResult> {
    return this.holds(fileId, oldLockId)
      ? this.change('unlockAndRelock', () => this.put(fileId, newLockId, ttlMs))
      : this.refuse('unlockAndRelock', fileId, oldLockId);
  }

  held(fileId: string): string | null {
    const row = this.rows.get(this.key(fileId));
    return row === undefined || this.hasLapsed(row) ? null : row.lockId;
  }

  holds(fileId: string, lockId: string): boolean {
    const held = this.held(fileId);
    return held !== null && this.isSame(held, lockId);
  }

  put(fileId: string, lockId: string, ttlMs: number): void {
    this.rows.set(this.key(fileId), { lockId, expiresAt: this.clock.time + ttlMs });
  }

  remove(fileId: string): void {
    this.rows.delete(this.key(fileId));
  }

  protected key(fileId: string): string {
    return this.flaws.fileKey?.(fileId) ?? fileId;
  }

  protected async pause(): Promise<void> {
    await this.flaws.pause?.();
  }

  protected async refuse(method: Change, fileId: string, _presented: string): Promise<LockResult> {
    if (this.flaws.lateIn?.includes(method)) {
      await this.pause();
    }
    return { ok: false, currentLock: this.held(fileId) };
  }

  private async change(method: Change, write: () => void): Promise<LockResult> {
    if (this.flaws.gapIn?.includes(method)) {
      await this.pause();
    }
    write();
    return OK;
  }

  private isSame(held: string, presented: string): boolean {
    return this.flaws.sameLock?.(held, presented) ?? held === presented;
  }

  private hasLapsed(row: Row): boolean {
    return this.flaws.hasLapsed?.(row, this.clock.time) ?? row.expiresAt <= this.clock.time;
  }
}

/** UnlockAndRelock as an unlock and then a lock. */
export class UnlockThenLockStore extends TableStore {
  override async unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number,
  ): Promise<LockResult> {
    const unlocked = await this.unlock(fileId, oldLockId);
    await this.pause();
    return unlocked.ok ? this.lock(fileId, newLockId, ttlMs) : unlocked;
  }
}

/** UnlockAndRelock takes a free file, as Lock does. */
export class SwapOnFreeFileStore extends TableStore {
  override async unlockAndRelock(
    fileId: string,
    oldLockId: string,
    newLockId: string,
    ttlMs: number,
  ): Promise<LockResult> {
    return this.held(fileId) === null
      ? this.lock(fileId, newLockId, ttlMs)
      : super.unlockAndRelock(fileId, oldLockId, newLockId, ttlMs);
  }
}

/** A reader that finds a lapsed lock removes whatever the file holds by the time it gets there. */
export class EvictionByKeyStore extends TableStore {
  override async getLock(fileId: string): Promise<string | null> {
    const row = this.rows.get(fileId);
    if (row !== undefined && row.expiresAt <= this.clock.time) {
      await this.pause();
      this.rows.delete(fileId);
    }
    return super.getLock(fileId);
  }
}

/** Its table is a plain object, which has some names already, and swallows one of them. */
export class PlainObjectStore extends TableStore {
  private readonly table: Record<string, string> = {};

  override held(fileId: string): string | null {
    const row = this.table[fileId];
    if (typeof row !== 'string') {
      return row ?? null;
    }
    const { lockId, expiresAt } = JSON.parse(row) as Row;
    return expiresAt <= this.clock.time ? null : lockId;
  }

  override put(fileId: string, lockId: string, ttlMs: number): void {
    this.table[fileId] = JSON.stringify({ lockId, expiresAt: this.clock.time + ttlMs } satisfies Row);
  }

  override remove(fileId: string): void {
    delete this.table[fileId];
  }
}
