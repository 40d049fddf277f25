import { EventStream } from './event-stream.mjs';
import { USERS } from './tokens.mjs';

const A_SECOND = 1000;

const OPERATIONS = {
  GET_LOCK: 'GetLock',
  REFRESH_LOCK: 'RefreshLock',
  UNLOCK: 'Unlock',
  PUT_RELATIVE: 'PutRelativeFile',
  RENAME_FILE: 'RenameFile',
  DELETE: 'DeleteFile',
  PUT_USER_INFO: 'PutUserInfo',
};

const SHOWN_OF_REQUEST = [
  'X-WOPI-Override',
  'X-WOPI-Lock',
  'X-WOPI-OldLock',
  'X-WOPI-SuggestedTarget',
  'X-WOPI-RelativeTarget',
  'X-WOPI-OverwriteRelativeTarget',
];

const SHOWN_OF_RESPONSE = ['X-WOPI-Lock', 'X-WOPI-LockFailureReason', 'X-WOPI-ItemVersion'];

/** Tells the page which locks the files hold, and what was asked of the host. */
export class Watch {
  #files;
  #store;
  #lockTtlMs;
  #stream = new EventStream();
  #takers = new Map();
  #exchanges = 0;
  #told = '';
  #looks = 0;

  constructor({ files, store, lockTtlMs }) {
    this.#files = files;
    this.#store = store;
    this.#lockTtlMs = lockTtlMs;
    // Locks lapse, and other processes take and release them, without a word to this one.
    setInterval(() => this.#tick(), A_SECOND).unref();
  }

  /** Middleware: tells of each request when it has been answered. */
  record = (req, res, next) => {
    res.on('finish', () => {
      const operation = operationOf(req);
      if (res.statusCode === 200) this.#rememberTaker(operation, req);
      this.#stream.send('exchange', this.#exchange(operation, req, res));
      void this.#tellFiles();
    });
    next();
  };

  /** GET /events */
  events = (_req, res) => {
    this.#stream.add(res);
    this.#told = ''; // the newcomer knows nothing yet
    void this.#tellFiles();
  };

  #tick() {
    for (const [key, { expiresAt }] of this.#takers) {
      if (expiresAt <= Date.now()) this.#takers.delete(key);
    }
    void this.#tellFiles();
  }

  // However many requests end at once, one look at the files and one more after it are enough.
  async #tellFiles() {
    if (!this.#stream.isHeard || ++this.#looks > 1) return;
    try {
      for (let looks = 0; looks < this.#looks;) {
        looks = this.#looks;
        const files = await this.#lookAtFiles();
        if (this.#told !== JSON.stringify(files)) {
          this.#told = JSON.stringify(files);
          this.#stream.send('files', { now: Date.now(), lockTtlMs: this.#lockTtlMs, files });
        }
      }
    } catch (error) {
      console.error(error.message);
      this.#stream.end(); // what cannot be known must not look as if it were
    } finally {
      this.#looks = 0;
    }
  }

  async #lookAtFiles() {
    const files = await this.#files.list();
    const looked = files.map(async ({ id, name, size, version }) => {
      const lock = this.#lockShown(id, await this.#store.getLock(id));
      return { id, name, size, version, lock };
    });
    return (await Promise.all(looked)).toSorted((one, other) => one.name.localeCompare(other.name));
  }

  #lockShown(fileId, lockId) {
    if (lockId === null) return null;
    const { userId, expiresAt = null } = this.#takers.get(keyOf(fileId, lockId)) ?? {};
    return { lockId, user: USERS.get(userId) ?? null, expiresAt };
  }

  // A store knows locks, and not who took them. Only the store knows which of them are held.
  #rememberTaker(operation, req) {
    const [lockId, oldLockId] = [req.get('X-WOPI-Lock'), req.get('X-WOPI-OldLock')];
    const key = keyOf(req.file?.id, lockId);
    if (operation === 'Unlock') {
      this.#takers.delete(key);
    }
    if (operation === 'UnlockAndRelock' && oldLockId !== lockId) {
      this.#takers.delete(keyOf(req.file.id, oldLockId));
    }
    if (['Lock', 'RefreshLock', 'UnlockAndRelock'].includes(operation)) {
      const userId = this.#takers.get(key)?.userId ?? (operation === 'RefreshLock' ? undefined : req.userId);
      this.#takers.set(key, { userId, expiresAt: Date.now() + this.#lockTtlMs });
    }
  }

  #exchange(operation, req, res) {
    return {
      id: ++this.#exchanges,
      at: Date.now(),
      user: USERS.get(req.userId) ?? null,
      fileId: req.file?.id ?? null,
      fileName: req.file?.name ?? null,
      method: req.method,
      path: req.originalUrl.replace(/\?.*/, ''), // the query has the access token
      operation,
      request: headers(SHOWN_OF_REQUEST, (name) => req.get(name)),
      status: res.statusCode,
      response: headers(SHOWN_OF_RESPONSE, (name) => res.get(name)),
    };
  }
}

function keyOf(fileId, lockId) {
  return `${fileId} ${lockId}`;
}

function operationOf(req) {
  const isContents = /\/contents\/?$/.test(req.originalUrl.replace(/\?.*/, ''));
  if (req.method === 'GET') return isContents ? 'GetFile' : 'CheckFileInfo';
  if (isContents) return 'PutFile';
  const override = req.get('X-WOPI-Override');
  if (override === 'LOCK') return req.get('X-WOPI-OldLock') === undefined ? 'Lock' : 'UnlockAndRelock';
  return Object.hasOwn(OPERATIONS, override) ? OPERATIONS[override] : (override ?? req.method);
}

function headers(names, valueOf) {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]).filter(([, value]) => value !== undefined));
}
