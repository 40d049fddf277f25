const EXPIRES_SOON_MS = 60_000;

/** The host gave no answer, or no access token to ask it with. */
export class Unanswered extends Error {}

/** What a WOPI client sends for one user. Each method resolves to the answer, whatever its status. */
export class WopiClient {
  #user;
  #access = new Map();

  /** @param user - `alex` or `sam`: those whom the host signs in */
  constructor(user) {
    this.#user = user;
  }

  lock(fileId, lockId) {
    return this.#send(fileId, { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': lockId });
  }

  /** No Override of its own: a LOCK with X-WOPI-OldLock is an UnlockAndRelock. */
  unlockAndRelock(fileId, oldLockId, newLockId) {
    return this.#send(fileId, { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': newLockId, 'X-WOPI-OldLock': oldLockId });
  }

  refreshLock(fileId, lockId) {
    return this.#send(fileId, { 'X-WOPI-Override': 'REFRESH_LOCK', 'X-WOPI-Lock': lockId });
  }

  unlock(fileId, lockId) {
    return this.#send(fileId, { 'X-WOPI-Override': 'UNLOCK', 'X-WOPI-Lock': lockId });
  }

  getLock(fileId) {
    return this.#send(fileId, { 'X-WOPI-Override': 'GET_LOCK' });
  }

  getFile(fileId) {
    return this.#send(fileId, {}, { method: 'GET', path: '/contents' });
  }

  /** @param lockId - `null` to write without a lock, as to a new and empty file */
  putFile(fileId, lockId, body) {
    const lock = lockId === null ? {} : { 'X-WOPI-Lock': lockId };
    return this.#send(fileId, { 'X-WOPI-Override': 'PUT', ...lock }, { path: '/contents', body });
  }

  /** The file's WopiSrc and the user's token for it, asked for once. `editor` is where a real editor opens it, if any. */
  async access(fileId) {
    const known = await (this.#access.get(fileId) ?? this.#ask(fileId));
    return known.accessTokenTtl - Date.now() > EXPIRES_SOON_MS ? known : this.#ask(fileId);
  }

  #ask(fileId) {
    const asked = fetchAccess(fileId, this.#user);
    this.#access.set(fileId, asked);
    asked.catch(() => this.#access.delete(fileId));
    return asked;
  }

  async #send(fileId, headers, { path = '', ...request } = {}) {
    const { wopiSrc, accessToken } = await this.access(fileId);
    // The host may be known by more names than one; the page talks to the one that it came from.
    const url = new URL(new URL(wopiSrc).pathname + path, location.href);
    url.searchParams.set('access_token', accessToken);
    const { response, bytes } = await answered(url, { method: 'POST', headers, cache: 'no-store', ...request });
    if (response.status === 401) {
      this.#access.delete(fileId);
    }
    return {
      status: response.status,
      lock: response.headers.get('X-WOPI-Lock'), // null: not on the wire
      version: response.headers.get('X-WOPI-ItemVersion'),
      bytes,
    };
  }
}

async function fetchAccess(fileId, user) {
  const { response, bytes } = await answered(`files/${encodeURIComponent(fileId)}/access?user=${user}`);
  if (!response.ok) {
    throw new Unanswered(`the host gave no access token, but answered ${response.status}.`);
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function answered(url, request) {
  try {
    const response = await fetch(url, request);
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    throw new Unanswered('no answer from the host. Is it still running?', { cause });
  }
}
