import type { RecordedOperation } from './history';
import type { Held } from './model';

const LONGEST = 24;

/** A lock ID as people are shown it: long ones without their middle, and odd characters escaped. */
export function shown(lockId: string): string {
  const plain = /^[!-~]+$/.test(lockId) ? lockId : JSON.stringify(lockId);
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST / 2)}...${plain.slice(3 - LONGEST / 2)}`;
}

function shownHeld(held: Held): string {
  return held === null ? 'no lock' : shown(held);
}

/** A call and its answer, as on a bar of the timeline: `unlockAndRelock A -> B: refused, holds C`. */
export function shownCall({ method, args, result }: RecordedOperation): string {
  return `${[method, args.map(shown).join(' -> ')].filter(Boolean).join(' ')}: ${shownAnswer(result)}`;
}

function shownAnswer(result: RecordedOperation['result']): string {
  if (result === undefined) {
    return 'no answer';
  }
  if (typeof result !== 'object' || result === null) {
    return shownHeld(result);
  }
  return result.ok ? 'ok' : `refused, holds ${shownHeld(result.currentLock)}`;
}

export function who({ client }: RecordedOperation): string {
  return `client ${client}`;
}
