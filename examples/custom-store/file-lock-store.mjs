import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// A change that takes longer than this from reading to writing counts as failed. Versions are kept for longer.
const LONGEST_CHANGE_MS = 10_000;
const KEPT_FOR_MS = 10 * LONGEST_CHANGE_MS;

/**
 * A lock store for several processes that share a folder and its clock, and nothing else.
 *
 * Each file ID has a folder, and there the versions of its lock: 1, 2, 3, ... The highest is what the file holds. A change
 * reads version n and makes version n + 1, by a hard link, which the file system makes whole or not at all, and only
 * where there is none of that name. So of two changes that read the same version one succeeds, and the other begins anew.
 * That is the one atomic step; a refusal is what the version said that was the highest when the folder was read.
 *
 * @implements {import('wopi-lock-router').LockStore}
 */
export class FileLockStore {
  #folder;
  #now;

  /**
   * @param {string} folder
   * @param {{ now?: () => number }} [options] The clock of the locks, in milliseconds, the same for all processes.
   */
  constructor(folder, { now = Date.now } = {}) {
    this.#folder = folder;
    this.#now = now;
  }

  async getLock(fileId) {
    const { lockId } = await this.#read(await this.#folderOf(fileId));
    return lockId;
  }

  lock(fileId, lockId, ttlMs) {
    return this.#change(fileId, (held) => held === null || held === lockId, lockId, ttlMs);
  }

  refreshLock(fileId, lockId, ttlMs) {
    return this.#change(fileId, (held) => held === lockId, lockId, ttlMs);
  }

  unlock(fileId, lockId) {
    return this.#change(fileId, (held) => held === lockId, null, 0);
  }

  unlockAndRelock(fileId, oldLockId, newLockId, ttlMs) {
    return this.#change(fileId, (held) => held === oldLockId, newLockId, ttlMs);
  }

  async #change(fileId, accepts, lockId, ttlMs) {
    const folder = await this.#folderOf(fileId);
    for (;;) {
      const begun = performance.now();
      const { version, lockId: held } = await this.#read(folder);
      if (!accepts(held)) {
        return { ok: false, currentLock: held };
      }
      const made = await this.#make(folder, version + 1, { lockId, expiresAt: this.#now() + ttlMs });
      if (performance.now() - begun > LONGEST_CHANGE_MS) {
        throw new Error(`The disk took too long to change the lock of ${fileId}: whether it changed is not known.`);
      }
      if (made) {
        await this.#sweep(folder, version);
        return { ok: true };
      }
    }
  }

  /** A name that any file system takes, and that differs wherever the file IDs differ. */
  async #folderOf(fileId) {
    const folder = join(this.#folder, createHash('sha256').update(fileId, 'utf16le').digest('hex'));
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async #read(folder) {
    const version = Math.max(0, ...(await versionsIn(folder)));
    if (version === 0) {
      return { version, lockId: null };
    }
    const { lockId, expiresAt } = JSON.parse(await readFile(join(folder, String(version)), 'utf8'));
    return { version, lockId: expiresAt > this.#now() ? lockId : null };
  }

  /** Whether this call made the version. */
  async #make(folder, version, content) {
    const draft = join(folder, `draft-${randomUUID()}`);
    await writeFile(draft, JSON.stringify(content), { flush: true });
    try {
      await link(draft, join(folder, String(version)));
      return true;
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft);
    }
  }

  /** Removes versions that nobody can still be about to make. The age is the file system's, not the locks'. */
  async #sweep(folder, last) {
    for (const version of (await versionsIn(folder)).filter((number) => number < last)) {
      const path = join(folder, String(version));
      const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      if (age > KEPT_FOR_MS) {
        await unlink(path).catch(() => {}); // another process was faster
      }
    }
  }
}

async function versionsIn(folder) {
  return (await readdir(folder)).map(Number).filter(Number.isInteger);
}
