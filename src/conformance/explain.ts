import type { RecordedOperation } from './history';
import { accepts, type Held } from './model';
import { timeline } from './timeline';
import { shown, who } from './words';

/** What is impossible about the smallest part of a file's history that no order explains: a sentence, and a picture. */
export function explain(part: readonly RecordedOperation[], whole: readonly RecordedOperation[]): string {
  return `${sentence(part, whole)}\n\nFile ${shown(part[0]!.fileId)}, time to the right:\n\n${timeline(part)}\n`;
}

function sentence(part: readonly RecordedOperation[], whole: readonly RecordedOperation[]): string {
  const absurd = part.find(refusesWhatFits);
  if (absurd !== undefined) {
    return (
      `${capital(did(absurd))}: a file in that state would have accepted the call, ` +
      'so the answer was not read in the step that refused.'
    );
  }
  const ordered = part.toSorted((one, other) => one.end - other.end);
  const last = ordered.at(-1)!;
  const others = ordered.slice(0, -1);
  const [other] = others;
  if (other === undefined) {
    return `${capital(did(last))}, but ${whyNever(last, whole)}.`;
  }
  if (others.length > 1) {
    return `${capital(did(last))}, which is possible in no order with the other answers: ${others.map(did).join('; ')}.`;
  }
  return other.end < last.start
    ? `${capital(did(last))}, but ${hadBeen(other)} before ${who(last)} began, and nothing since then explains it.`
    : `${capital(did(other))}, and ${did(last)}: whichever came first, the other is impossible after it.`;
}

/** A refusal that names a lock, or the lack of one, with which the call should have succeeded. */
function refusesWhatFits(operation: RecordedOperation): boolean {
  const { result } = operation;
  return typeof result === 'object' && result !== null && !result.ok && accepts(operation, result.currentLock);
}

/** Why the file cannot have held what this one answer, alone, says that it held. */
function whyNever(operation: RecordedOperation, whole: readonly RecordedOperation[]): string {
  const found = foundBy(operation);
  const takers = whole.filter(({ method, args }) => (method === 'lock' ? args[0] : args[1]) === found);
  if (found === null) {
    return 'the file was never unlocked in that time';
  }
  return takers.some(({ start }) => start <= operation.end)
    ? `the file cannot have held ${shown(found)} at that time`
    : `nobody had asked for ${shown(found)} by then`;
}

/** What the file must have held for this answer. */
function foundBy({ method, args, result }: RecordedOperation): Held {
  if (typeof result !== 'object' || result === null) {
    return result ?? null;
  }
  if (!result.ok) {
    return result.currentLock;
  }
  return method === 'lock' ? null : args[0]!;
}

/** "client 2 was told that the file held A" */
function did(operation: RecordedOperation): string {
  const { method, args, result } = operation;
  const [lockId = '', newLockId = ''] = args.map(shown);
  const seen =
    foundBy(operation) === null ? 'that the file was not locked' : `that the file held ${shown(foundBy(operation)!)}`;
  if (method === 'getLock') {
    return `${who(operation)} was told ${seen}`;
  }
  if (typeof result === 'object' && result !== null && !result.ok) {
    return `${who(operation)} was refused ${method} ${args.map(shown).join(' -> ')} and told ${seen}`;
  }
  switch (method) {
    case 'lock':
      return `${who(operation)} took ${lockId}`;
    case 'refreshLock':
      return `${who(operation)} refreshed ${lockId}`;
    case 'unlock':
      return `${who(operation)} released ${lockId}`;
    case 'unlockAndRelock':
      return `${who(operation)} swapped ${lockId} for ${newLockId}`;
  }
}

/** "A had been swapped for B by client 1" */
function hadBeen(operation: RecordedOperation): string {
  const { method, args, result } = operation;
  const [lockId = '', newLockId = ''] = args.map(shown);
  if (typeof result !== 'object' || result === null || !result.ok) {
    return did(operation);
  }
  switch (method) {
    case 'unlock':
      return `${lockId} had been released by ${who(operation)}`;
    case 'unlockAndRelock':
      return `${lockId} had been swapped for ${newLockId} by ${who(operation)}`;
    default:
      return `the file had been locked with ${lockId} by ${who(operation)}`;
  }
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
