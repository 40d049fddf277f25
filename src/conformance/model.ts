import type { LockResult } from '../lock-store';
import type { RecordedOperation } from './history';

/** What a file holds: a lock ID, or `null`. Every file begins unlocked, and no lock lapses. */
export type Held = string | null;

export interface Step {
  readonly result: LockResult | Held;
  readonly next: Held;
}

/** Whether a right store does what is asked of a file that holds `held`. */
export function accepts({ method, args }: Pick<RecordedOperation, 'method' | 'args'>, held: Held): boolean {
  return method === 'getLock' || held === args[0] || (method === 'lock' && held === null);
}

/** What a right store does with a file that holds `held`: WOPI's decision table, without time. */
export function step({ method, args }: Pick<RecordedOperation, 'method' | 'args'>, held: Held): Step {
  if (method === 'getLock') {
    return { result: held, next: held };
  }
  const [lockId = '', newLockId] = args;
  if (!accepts({ method, args }, held)) {
    return { result: { ok: false, currentLock: held }, next: held };
  }
  return { result: { ok: true }, next: method === 'unlock' ? null : (newLockId ?? lockId) };
}

/**
 * What the file holds after the operation, if it held `held` before: `undefined` where the answer that was recorded is
 * not what a right store gives. An unknown answer is always right.
 */
export function after(operation: RecordedOperation, held: Held): Held | undefined {
  const { result, next } = step(operation, held);
  return operation.result === undefined || isSame(operation.result, result) ? next : undefined;
}

function isSame(recorded: LockResult | Held, right: LockResult | Held): boolean {
  if (typeof recorded !== 'object' || recorded === null || typeof right !== 'object' || right === null) {
    return recorded === right;
  }
  return recorded.ok ? right.ok : !right.ok && recorded.currentLock === right.currentLock;
}

/** Whether the operation, answered as it was, changed nothing, whatever the file held. */
export function isInert({ method, args, result }: RecordedOperation): boolean {
  const refused = typeof result === 'object' && result !== null && !result.ok;
  return (
    method === 'getLock' || method === 'refreshLock' || refused || (method === 'unlockAndRelock' && args[0] === args[1])
  );
}
