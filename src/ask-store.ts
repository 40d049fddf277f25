import { describeValue, faultsAs } from './errors';
import type { WopiLockOperation, WopiLockRequest } from './lock-request';
import type { LockResult, LockStore } from './lock-store';

/** The file's lock. Whatever the store gives that is neither a string nor `null` is a fault: it must not read as "free". */
export function currentLock(store: LockStore, fileId: string): Promise<string | null> {
  return faultsAs('ERR_WOPI_STORE_FAILED', async () => {
    const lock: unknown = await store.getLock(fileId);
    if (typeof lock === 'string' || lock === null) {
      return lock;
    }
    throw new TypeError(`getLock must give a string or null, but this store's gave ${describeValue(lock)}.`);
  });
}

/** What the store makes of a request to change a lock. An answer that is no LockResult is a fault, not a refusal. */
export function changeLock(
  store: LockStore,
  operation: Exclude<WopiLockOperation, 'GetLock'>,
  request: WopiLockRequest,
  ttlMs: number,
): Promise<LockResult> {
  return faultsAs('ERR_WOPI_STORE_FAILED', async () => {
    const result: unknown = await change(store, operation, request, ttlMs);
    if (isLockResult(result)) {
      return result;
    }
    throw new TypeError(
      `A lock store must answer { ok: true } or { ok: false, currentLock }, ` +
        `but this one answered ${operation} with ${describeValue(result)}.`,
    );
  });
}

function change(
  store: LockStore,
  operation: Exclude<WopiLockOperation, 'GetLock'>,
  { fileId, lockId, oldLockId }: WopiLockRequest,
  ttlMs: number,
): Promise<LockResult> {
  switch (operation) {
    case 'Lock':
      return store.lock(fileId, lockId!, ttlMs);
    case 'RefreshLock':
      return store.refreshLock(fileId, lockId!, ttlMs);
    case 'Unlock':
      return store.unlock(fileId, lockId!);
    case 'UnlockAndRelock':
      return store.unlockAndRelock(fileId, oldLockId!, lockId!, ttlMs);
  }
}

function isLockResult(value: unknown): value is LockResult {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}
