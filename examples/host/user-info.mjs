import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeAtomically } from './atomic.mjs';

/** What clients keep with the host about each user: whether the first-run hints were shown, and the like. */
export class UserInfo {
  #folder;

  constructor({ folder }) {
    this.#folder = join(folder, '.wopi/user-info');
  }

  /** The text, or `undefined` where there is none. */
  async get(userId) {
    const text = await readFile(join(this.#folder, userId), 'utf8').catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return text || undefined;
  }

  async put(userId, text) {
    await mkdir(this.#folder, { recursive: true });
    await writeAtomically(join(this.#folder, userId), text);
  }
}
