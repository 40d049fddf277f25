import { duration } from './clock.js';
import { lockIdInSentence as id } from './lock-id.js';

/** What an answer means, in plain words: its tone, and the parts of a sentence. */
export function inWords({ name, action, answer, sent, lockTtlMs, holder }) {
  const { status, lock } = answer;
  if (status === 200) {
    return { tone: 'done', parts: DONE[action]({ name, answer, sent, lockTtlMs, holder }) };
  }
  if (status === 409) {
    const state = [...heldOrFree(lock, holder), why(action, lock, sent)];
    return { tone: 'refused', parts: [`${name}’s ${action} was refused: `, ...state, '.'] };
  }
  return { tone: 'failed', parts: [`${name}’s ${action} failed (${status}): ${FAILED[status] ?? otherwise(status)}`] };
}

const DONE = {
  Lock: ({ name, sent }) => [`${name} holds the file under `, id(sent.lock), '.'],
  Refresh: ({ name, sent, lockTtlMs }) => [`${name}’s `, id(sent.lock), ` begins anew: ${duration(lockTtlMs)}.`],
  Swap: ({ name, sent }) => [`${name} swapped `, id(sent.oldLock), ' for ', id(sent.lock), ', in one step.'],
  Unlock: ({ name, sent }) => [`${name} released `, id(sent.lock), ': the file is free.'],
  'Get lock': ({ name, answer, holder }) => [`${name} asked: `, ...heldOrFree(answer.lock, holder), '.'],
  Get: ({ name, answer }) => [`${name} got the document: ${size(answer.bytes.length)}.`],
  Save: ({ name, sent }) => [`${name} saved ${size(sent.size)}.`],
};

const FAILED = {
  400: 'the host could not read the lock ID. It is 1 to 1,024 printable ASCII characters.',
  401: 'the host does not accept the access token. The next request asks for a new one.',
  404: 'the host knows no such file.',
  501: 'the host does not offer this operation.',
};

function otherwise(status) {
  return status >= 500
    ? 'something broke in the host. Whether it was done is not known; Get lock tells.'
    : 'WOPI has no such answer here.';
}

function heldOrFree(lock, holder) {
  if (lock === null) {
    return ['the host should have said which lock the file holds, and did not (no X-WOPI-Lock)'];
  }
  if (lock.trim() === '') {
    return ['the file is not locked'];
  }
  return ['the file is held under ', id(lock), holder === null ? '' : ` (${holder})`];
}

function why(action, lock, sent) {
  return action === 'Save' && lock?.trim() === '' && sent.lock === undefined
    ? ', and without a lock only an empty file may be written'
    : '';
}

export function size(bytes) {
  if (bytes < 1024) {
    return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  }
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
