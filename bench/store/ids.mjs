import { randomFillSync } from 'node:crypto';

const FILE_ID_LENGTH = 36;
const LOCK_ID_LENGTH = 100;

/**
 * The IDs of many files. Each call gives a new string, as each HTTP request does: its hash is not known yet, and it is
 * never the very string that a Map has as its key.
 */
export class FileIds {
  #bytes;

  constructor(count) {
    this.#bytes = Buffer.alloc(count * FILE_ID_LENGTH);
    const random = randomFillSync(Buffer.alloc(count * (FILE_ID_LENGTH / 2)));
    this.#bytes.latin1Write(random.toString('hex'));
  }

  at(index) {
    return this.#bytes.latin1Slice(index * FILE_ID_LENGTH, (index + 1) * FILE_ID_LENGTH);
  }
}

const template = Buffer.alloc(LOCK_ID_LENGTH, 'x');

/** A new string of 100 characters, the same for the same file and version. */
export function lockIdOf(index, version) {
  template.latin1Write(String(index * 2 + version).padStart(10, '0'), 0);
  return template.latin1Slice(0, LOCK_ID_LENGTH);
}
