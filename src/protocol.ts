import type { IncomingMessage } from 'node:http';

import type { WopiErrorCode } from './error-codes';

/** The names of the headers that carry locks, as they are written in WOPI. */
export const WOPI_HEADERS = Object.freeze({
  override: 'X-WOPI-Override',
  lock: 'X-WOPI-Lock',
  oldLock: 'X-WOPI-OldLock',
  itemVersion: 'X-WOPI-ItemVersion',
  lockFailureReason: 'X-WOPI-LockFailureReason',
} as const);

/** The values of `X-WOPI-Override` that are the router's. UnlockAndRelock has none of its own: it is a `LOCK`. */
export const WOPI_LOCK_OVERRIDES = Object.freeze({
  lock: 'LOCK',
  getLock: 'GET_LOCK',
  refreshLock: 'REFRESH_LOCK',
  unlock: 'UNLOCK',
} as const);

/** The longest lock ID, in characters. "The maximum length of a lock ID is 1024 ASCII characters." */
export const MAX_LOCK_ID_LENGTH = 1024;

/** The longest file ID, in characters after percent-decoding. A longer one is answered 404. */
export const MAX_FILE_ID_LENGTH = 1024;

/** The five operations, by the names of WOPI's documentation. */
export type WopiLockOperation = 'Lock' | 'GetLock' | 'RefreshLock' | 'Unlock' | 'UnlockAndRelock';

/** What a client asks, as `authorize` gets it: before anything but the operation has been checked. */
export interface WopiLockRequest {
  readonly operation: WopiLockOperation;
  /** Percent-decoded; as it stood in the URL where it cannot be the ID of a file, which is answered 404. */
  readonly fileId: string;
  /**
   * The query parameter `access_token`, or else the Bearer token of the `Authorization` header. A getter that
   * `console.log` and `JSON.stringify` pass over.
   */
  readonly accessToken: string | undefined;
  /** `X-WOPI-Lock`, as it was sent: the lock to take, refresh or release; of UnlockAndRelock, the new one. */
  readonly lockId: string | undefined;
  /** `X-WOPI-OldLock` of UnlockAndRelock, and of no other operation: the lock that the file is expected to hold. */
  readonly oldLockId: string | undefined;
  /** `X-WOPI-CorrelationId`: hosts should log it, to match their log with the client's. */
  readonly correlationId: string | undefined;
  /** `X-WOPI-SessionId`: the client's name for the person's session. */
  readonly sessionId: string | undefined;
  /** `X-Request-ID`: the client's name for this one request. */
  readonly requestId: string | undefined;
}

// Absolute URLs are legal in a request line. As Express does by default: case does not count, nor does one slash at the end.
const FILE_PATH = /^(?:https?:\/\/[^/?#]*)?\/files\/([^/?#]+)\/?(?:[?#]|$)/i;

const MAX_FAILURE_REASON_LENGTH = 200;

const CONTROL_CHARACTER = /\p{Cc}/u;

// Node trims blanks around a header's value, so an ID with one at an end could not come back as it went.
const LOCK_ID = /^[!-~](?:[\t -~]*[!-~])?$/;

/** A request for one of the five operations, and the first of the client's mistakes in it, in the order of WOPI's checks. */
export interface ParsedLockRequest {
  readonly request: WopiLockRequest;
  readonly mistake: WopiErrorCode | undefined;
}

/** What a request asks, or `undefined` when it asks for none of the five operations. */
export function parseLockRequest(req: IncomingMessage): ParsedLockRequest | undefined {
  const operation = operationOf(req);
  if (operation === undefined) {
    return undefined;
  }
  const segment = FILE_PATH.exec(req.url!)?.[1];
  if (segment === undefined) {
    return undefined;
  }
  const fileId = fileIdOf(segment);
  return {
    request: new LockRequest(req, operation, fileId ?? segment),
    mistake: fileId === undefined ? 'ERR_WOPI_NO_SUCH_FILE' : mistakeInHeaders(req, operation),
  };
}

/**
 * `X-WOPI-Lock` for what a file holds. "If the current lock ID isn't representable as a WOPI lock, you should set the
 * X-WOPI-Lock response header to the empty string."
 */
export function lockHeader(currentLock: string | null, empty: '' | ' '): string {
  return isLockId(currentLock) ? currentLock : empty;
}

/** `X-WOPI-LockFailureReason`, which some clients show to people: what of `reason` is plain ASCII, and short. */
export function failureReason(reason: string | undefined): string | undefined {
  if (typeof reason !== 'string') {
    return undefined;
  }
  const text = reason.replace(/[^!-~]+/g, ' ').trim();
  return text === '' ? undefined : text.slice(0, MAX_FAILURE_REASON_LENGTH);
}

class LockRequest implements WopiLockRequest {
  readonly #req: IncomingMessage;
  readonly operation: WopiLockOperation;
  readonly fileId: string;
  readonly lockId: string | undefined;
  readonly oldLockId: string | undefined;
  readonly correlationId: string | undefined;
  readonly sessionId: string | undefined;
  readonly requestId: string | undefined;

  constructor(req: IncomingMessage, operation: WopiLockOperation, fileId: string) {
    this.#req = req;
    this.operation = operation;
    this.fileId = fileId;
    this.lockId = operation === 'GetLock' ? undefined : header(req, 'x-wopi-lock');
    this.oldLockId = operation === 'UnlockAndRelock' ? header(req, 'x-wopi-oldlock') : undefined;
    this.correlationId = header(req, 'x-wopi-correlationid');
    this.sessionId = header(req, 'x-wopi-sessionid');
    this.requestId = header(req, 'x-request-id');
  }

  get accessToken(): string | undefined {
    const { url, headers } = this.#req;
    const inQuery = new URLSearchParams(/\?([^#]*)/.exec(url!)?.[1]).get('access_token');
    return inQuery ?? /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  }
}

function operationOf(req: IncomingMessage): WopiLockOperation | undefined {
  if (req.method !== 'POST') {
    return undefined;
  }
  switch (req.headers['x-wopi-override']) {
    // "hosts must differentiate the two operations based on the presence, or lack of, the X-WOPI-OldLock request header"
    case WOPI_LOCK_OVERRIDES.lock:
      return req.headers['x-wopi-oldlock'] === undefined ? 'Lock' : 'UnlockAndRelock';
    case WOPI_LOCK_OVERRIDES.getLock:
      return 'GetLock';
    case WOPI_LOCK_OVERRIDES.refreshLock:
      return 'RefreshLock';
    case WOPI_LOCK_OVERRIDES.unlock:
      return 'Unlock';
    default:
      return undefined;
  }
}

function fileIdOf(segment: string): string | undefined {
  let fileId: string;
  try {
    fileId = decodeURIComponent(segment);
  } catch {
    return undefined;
  }
  return fileId.length <= MAX_FILE_ID_LENGTH && !CONTROL_CHARACTER.test(fileId) ? fileId : undefined;
}

function mistakeInHeaders(req: IncomingMessage, operation: WopiLockOperation): WopiErrorCode | undefined {
  if (operation === 'GetLock') {
    return undefined;
  }
  if (isRepeated(req, 'x-wopi-lock') || (operation === 'UnlockAndRelock' && isRepeated(req, 'x-wopi-oldlock'))) {
    return 'ERR_WOPI_HEADER_REPEATED';
  }
  const lockId = header(req, 'x-wopi-lock');
  // "400 Bad Request - X-WOPI-Lock was not provided or was empty."
  if (lockId === undefined || lockId === '') {
    return 'ERR_WOPI_LOCK_MISSING';
  }
  return isLockId(lockId) ? undefined : 'ERR_WOPI_LOCK_INVALID';
}

// Node joins repeated headers with ", ", which a lock ID may itself contain: so count them, where there is one to count.
function isRepeated(req: IncomingMessage, name: string): boolean {
  const joined = header(req, name)?.includes(', ') === true;
  return joined && req.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length > 1;
}

// Node has an array for Set-Cookie alone.
function header(req: IncomingMessage, name: string): string | undefined {
  return req.headers[name] as string | undefined;
}

function isLockId(text: unknown): text is string {
  return typeof text === 'string' && text.length <= MAX_LOCK_ID_LENGTH && LOCK_ID.test(text);
}
