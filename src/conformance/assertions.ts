import assert = require('node:assert/strict');

import type { LockResult, LockStore } from '../lock-store';

export async function assertOk(call: Promise<LockResult>, what: string): Promise<void> {
  const result = await call;
  assert.ok(
    typeof result === 'object' && result !== null && result.ok,
    `${what} must be answered { ok: true }, but it was answered ${JSON.stringify(result)}`,
  );
}

export async function assertRefused(
  call: Promise<LockResult>,
  currentLock: string | null,
  what: string,
): Promise<void> {
  const result = await call;
  assert.ok(
    typeof result === 'object' && result !== null && !result.ok && result.currentLock === currentLock,
    `${what} must be answered { ok: false, currentLock: ${JSON.stringify(currentLock)} }, but it was answered ${JSON.stringify(result)}`,
  );
}

export async function assertHolds(store: LockStore, fileId: string, lock: string | null, when: string): Promise<void> {
  const held = await store.getLock(fileId);
  assert.ok(
    held === lock,
    `${when}, getLock must give ${JSON.stringify(lock)}, but it gave ${JSON.stringify(held) ?? 'undefined'}`,
  );
}
