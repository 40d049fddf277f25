/**
 * How long a lock is held unless it is refreshed: 30 minutes, in milliseconds.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/lock
 */
export const DEFAULT_LOCK_TTL_MS = 30 * 60 * 1000;

// What a signed 32-bit number holds, 24.8 days: a time that every engine can add to its clock.
const MAX_LOCK_TTL_MS = 2_147_483_647;

export function assertTtlMs(ttlMs: unknown, name: string): asserts ttlMs is number {
  if (!(typeof ttlMs === 'number' && Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= MAX_LOCK_TTL_MS)) {
    throw new TypeError(
      `${name} must be a whole number of milliseconds from 1 to ${MAX_LOCK_TTL_MS}, but it is ${String(ttlMs)}. ` +
        `WOPI's own is ${DEFAULT_LOCK_TTL_MS}: 30 minutes.`,
    );
  }
}
