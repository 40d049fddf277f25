import type { IncomingMessage } from 'node:http';

/** The names of the headers that the router and the guard read and write, as they are written in WOPI. */
export const WOPI_HEADERS = Object.freeze({
  override: 'X-WOPI-Override',
  lock: 'X-WOPI-Lock',
  oldLock: 'X-WOPI-OldLock',
  itemVersion: 'X-WOPI-ItemVersion',
  lockFailureReason: 'X-WOPI-LockFailureReason',
  relativeTarget: 'X-WOPI-RelativeTarget',
  suggestedTarget: 'X-WOPI-SuggestedTarget',
  overwriteRelativeTarget: 'X-WOPI-OverwriteRelativeTarget',
} as const);

/** The values of `X-WOPI-Override` that are the router's. UnlockAndRelock has none of its own: it is a `LOCK`. */
export const WOPI_LOCK_OVERRIDES = Object.freeze({
  lock: 'LOCK',
  getLock: 'GET_LOCK',
  refreshLock: 'REFRESH_LOCK',
  unlock: 'UNLOCK',
} as const);

/** The values of `X-WOPI-Override` that are the guard's. */
export const WOPI_WRITE_OVERRIDES = Object.freeze({
  putFile: 'PUT',
  renameFile: 'RENAME_FILE',
  deleteFile: 'DELETE',
  putRelativeFile: 'PUT_RELATIVE',
} as const);

/**
 * What CheckFileInfo may promise of locks where the router is mounted: all of WOPI's lock operations, and lock IDs of up
 * to 1,024 characters.
 *
 * @example
 * res.json({ BaseFileName, OwnerId, Size, UserId, Version, ...WOPI_LOCK_CAPABILITIES });
 */
export const WOPI_LOCK_CAPABILITIES = Object.freeze({
  SupportsLocks: true,
  SupportsGetLock: true,
  SupportsExtendedLockLength: true,
} as const);

/** The longest lock ID, in characters. "The maximum length of a lock ID is 1024 ASCII characters." */
export const MAX_LOCK_ID_LENGTH = 1024;

/** The longest file ID, in characters after percent-decoding. A longer one is answered 404. */
export const MAX_FILE_ID_LENGTH = 1024;

const MAX_FAILURE_REASON_LENGTH = 200;

const CONTROL_CHARACTER = /\p{Cc}/u;

// Node trims blanks around a header's value, so an ID with one at an end could not come back as it went.
const LOCK_ID = /^[!-~](?:[\t -~]*[!-~])?$/;

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

export function isLockId(text: unknown): text is string {
  return typeof text === 'string' && text.length <= MAX_LOCK_ID_LENGTH && LOCK_ID.test(text);
}

export function isFileId(text: string): boolean {
  return text !== '' && text.length <= MAX_FILE_ID_LENGTH && !CONTROL_CHARACTER.test(text);
}

// Node has an array for Set-Cookie alone.
export function header(req: IncomingMessage, name: string): string | undefined {
  return req.headers[name] as string | undefined;
}

// Node joins repeated headers with ", ", which a lock ID may itself contain: so count them, where there is one to count.
export function isRepeated(req: IncomingMessage, name: string): boolean {
  const joined = header(req, name)?.includes(', ') === true;
  return joined && req.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length > 1;
}
