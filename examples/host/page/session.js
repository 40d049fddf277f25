/** What an editor knows of one file. It may be wrong, as a client's knowledge may be. */
export class Session {
  held = null; // the lock ID that it believes to hold
  lost = false; // the file has another lock or none, and the editor has not been told yet
  newLock;
  oldLock = '';
  document = null;
  text = '';
  message;
  #prefix;

  /** @param prefix - of the lock IDs that it proposes: `alex` for `alex-1`, `alex-2` */
  constructor(prefix, hint) {
    this.#prefix = prefix;
    this.newLock = this.#proposalAfter(null);
    this.message = { tone: '', parts: [hint] };
  }

  /** What the page knows of the file's lock. The belief stays as it is: a client is not told either. */
  see(current) {
    this.lost = this.held !== null && this.held !== current;
    if (this.held === null && this.newLock === current && this.#numberOf(current) > 0) {
      this.newLock = this.#proposalAfter(current);
    }
  }

  took(lockId) {
    this.held = lockId;
    this.lost = false;
    this.oldLock = lockId;
    if (headerValue(this.newLock) === lockId) {
      this.newLock = this.#proposalAfter(lockId);
    }
  }

  refreshed() {
    this.lost = false;
  }

  released() {
    this.held = null;
    this.lost = false;
    this.oldLock = '';
  }

  /** An answer's X-WOPI-Lock is the file's lock: who held another has lost it, and can present this one. */
  learned(lockId) {
    if (lockId !== this.held) {
      this.released();
      this.oldLock = lockId;
    }
  }

  #proposalAfter(lockId) {
    return `${this.#prefix}-${this.#numberOf(lockId) + 1}`;
  }

  #numberOf(lockId) {
    return Number(new RegExp(`^${this.#prefix}-(\\d{1,9})$`).exec(lockId)?.[1] ?? 0);
  }
}

/** A header arrives without outer blanks, so a lock ID is sent and kept without them. */
export function headerValue(text) {
  return text.replace(/^[\t ]+|[\t ]+$/g, '');
}
