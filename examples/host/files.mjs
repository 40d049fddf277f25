import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import createError from 'http-errors';

import { linkUnlessTaken, writeAtomically } from './atomic.mjs';

const A_DAY = 24 * 60 * 60 * 1000;

/**
 * The files of one folder, by IDs that stay when a file is renamed and when the host starts anew. For each ID ever
 * given, `.wopi/ids` holds a file of that name with the name of the file in it; empty, when the file was deleted.
 */
export class Files {
  #ids;
  #uploads;
  #turn = Promise.resolve();
  #inItsTurn = new AsyncLocalStorage();

  static async open(folder) {
    const files = new Files(folder);
    await mkdir(files.#ids, { recursive: true });
    await mkdir(files.#uploads, { recursive: true });
    await files.#removeOldUploads();
    await files.list();
    return files;
  }

  constructor(folder) {
    this.folder = folder;
    this.#ids = join(folder, '.wopi/ids');
    this.#uploads = join(folder, '.wopi/uploads');
  }

  /** All files. One that was put into the folder since the last look is given an ID. */
  async list() {
    const entries = await readdir(this.folder, { withFileTypes: true });
    const ids = await this.#idsByName(); // after the names: whatever has a new name by now had its ID before
    const files = [];
    for (const { name } of entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))) {
      const file = await this.#describe(ids.get(name) ?? (await this.#inTurn(() => this.#idFor(name))), name);
      if (file) files.push(file);
    }
    return files;
  }

  /** The file of this name, or `undefined`. */
  async named(name) {
    return (await this.list()).find((file) => file.name === name);
  }

  /** The file with this ID; a 404 where there is none. */
  async get(fileId) {
    if (!this.#inItsTurn.getStore()) await this.#turn;
    return this.#get(fileId);
  }

  /** The bytes of a file, with the size and the version of just these. */
  async read(file) {
    const handle = await open(file.path);
    const stats = await handle.stat({ bigint: true });
    return { size: Number(stats.size), version: versionOf(stats), stream: handle.createReadStream() };
  }

  /** Streams a body to the disk, for `use` to put it in its place. Whatever happens, nothing else of it stays. */
  async receive(body, use) {
    const upload = join(this.#uploads, randomUUID());
    try {
      await pipeline(body, createWriteStream(upload, { flags: 'wx', flush: true }));
      return await use(upload);
    } finally {
      await rm(upload, { force: true });
    }
  }

  /**
   * Puts an upload in the place of the file's bytes. Who is reading those reads them to their end. `check` is asked last,
   * when it is this change's turn, and stops it by throwing; as also in the others.
   */
  replace(fileId, upload, check) {
    return this.#inTurn(async () => {
      const file = await this.#get(fileId);
      await this.#makeNewer(upload, file);
      await check();
      await rename(upload, file.path);
      return this.#get(fileId);
    });
  }

  /** Makes a new file of an upload; `undefined` where the name is taken. */
  create(name, upload) {
    return this.#inTurn(async () => {
      if (!(await this.#freeName(name))) return undefined;
      if (!(await linkUnlessTaken(upload, join(this.folder, name)))) return undefined;
      return this.#describe(await this.#idFor(name), name);
    });
  }

  /** Gives a file another name; `undefined` where that is taken. */
  rename(fileId, name, check) {
    return this.#inTurn(async () => {
      const file = await this.#get(fileId);
      await check();
      if (name === file.name) return file;
      if (!(await this.#freeName(name))) return undefined;
      await this.#setName(fileId, name);
      let isRenamed = false;
      try {
        isRenamed = await linkUnlessTaken(file.path, join(this.folder, name));
      } finally {
        if (!isRenamed) await this.#setName(fileId, file.name);
      }
      if (!isRenamed) return undefined;
      await unlink(file.path);
      return this.#get(fileId);
    });
  }

  /** Deletes a file. Its ID stays behind, so that no other file ever gets it. */
  delete(fileId, check) {
    return this.#inTurn(async () => {
      const file = await this.#get(fileId);
      await check();
      await unlink(file.path);
      await this.#setName(fileId, '');
    });
  }

  /** Lets no two changes of this process cross; between processes it is the disk that lets only one of them take a name. */
  #inTurn(change) {
    if (this.#inItsTurn.getStore()) return change(); // a part of the change whose turn it is
    const changed = this.#turn.then(() => this.#inItsTurn.run(true, change));
    this.#turn = changed.catch(() => {});
    return changed;
  }

  // No part of a request becomes part of a path: an ID is looked up among those that there are.
  async #get(fileId) {
    const isGiven = (await this.#givenIds()).includes(fileId);
    const name = isGiven && (await this.#nameOf(fileId));
    const file = name && (await this.#describe(fileId, name));
    if (!file) throw createError(404, 'There is no such file.');
    return file;
  }

  /** Is no file of this name there? Then no ID stands for it any more, though somebody deleted its file by hand. */
  async #freeName(name) {
    if (await lstat(join(this.folder, name)).catch(unlessMissing)) return false;
    const former = (await this.#idsByName()).get(name);
    if (former) await this.#setName(former, '');
    return true;
  }

  async #describe(id, name) {
    const path = join(this.folder, name);
    const stats = await lstat(path, { bigint: true }).catch(unlessMissing);
    if (!stats?.isFile()) return undefined;
    return { id, name, path, size: Number(stats.size), version: versionOf(stats), lastModified: stats.mtime };
  }

  // The ID is made of the name, and of one look at those that there are, so that two processes which see a new file at
  // the same moment agree.
  async #idFor(name) {
    const names = await this.#names();
    for (const [id, owner] of names) {
      if (owner === name) return id;
    }
    let id = name;
    do {
      id = createHash('sha256').update(id).digest('hex').slice(0, 32);
    } while (names.has(id));
    await this.#setName(id, name);
    return id;
  }

  /** The names by their IDs. */
  async #names() {
    const names = new Map();
    for (let ids = await this.#givenIds(), at = 0; at < ids.length; at += 100) {
      const some = ids.slice(at, at + 100); // not all at once: a process may open only so many files
      for (const pair of await Promise.all(some.map(async (id) => [id, await this.#nameOf(id)]))) names.set(...pair);
    }
    return names;
  }

  async #idsByName() {
    return new Map(Array.from(await this.#names(), ([id, name]) => [name, id]));
  }

  async #givenIds() {
    return (await readdir(this.#ids)).filter((id) => /^[0-9a-f]{32}$/.test(id)); // the rest is being written
  }

  #nameOf(id) {
    return readFile(join(this.#ids, id), 'utf8');
  }

  #setName(id, name) {
    return writeAtomically(join(this.#ids, id), name);
  }

  // A disk's clock ticks slowly, and may have been set back. A version must not come twice.
  async #makeNewer(upload, { lastModified }) {
    const { mtime } = await lstat(upload);
    if (mtime <= lastModified) {
      await utimes(upload, mtime, new Date(lastModified.getTime() + 2));
    }
  }

  async #removeOldUploads() {
    for (const name of await readdir(this.#uploads)) {
      const upload = join(this.#uploads, name);
      const stats = await lstat(upload).catch(unlessMissing);
      if (stats && Date.now() - stats.mtimeMs > A_DAY) await rm(upload, { force: true });
    }
  }
}

// Each write makes a file of its own, and a later one than that which it replaces.
function versionOf({ ino, mtimeNs }) {
  return `${mtimeNs.toString(36)}.${ino.toString(36)}`;
}

function unlessMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}
