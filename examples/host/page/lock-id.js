import { element } from './dom.js';

const LONGEST = 40;

/** A lock ID to be read whole. A long one is elided in the middle, and opens to the whole of it. */
export function lockIdElement(lockId) {
  if (lockId.length <= LONGEST) {
    return element('code', {}, lockId);
  }
  return element(
    'details',
    { class: 'long-id' },
    element(
      'summary',
      {},
      element('code', {}, elided(lockId)),
      ' ',
      element('span', {}, `${lockId.length} characters`),
    ),
    element('code', {}, lockId),
  );
}

/** A lock ID within a sentence. */
export function lockIdInSentence(lockId) {
  return element('code', {}, elided(lockId));
}

function elided(lockId) {
  return lockId.length <= LONGEST ? lockId : `${lockId.slice(0, 14)}…${lockId.slice(-6)}`;
}
