import type { ServerResponse } from 'node:http';

import createError = require('http-errors');

import { lockHeader, WOPI_HEADERS } from './protocol';

type HttpError = createError.HttpError;

/** Every error that the router makes: its stable code, its status, and what its message says. */
export const ERRORS = {
  ERR_WOPI_LOCK_MISSING: [400, 'X-WOPI-Lock was not provided or was empty'],
  ERR_WOPI_LOCK_INVALID: [400, 'X-WOPI-Lock must be 1 to 1024 printable ASCII characters'],
  ERR_WOPI_HEADER_REPEATED: [400, 'X-WOPI-Lock and X-WOPI-OldLock may each be sent only once'],
  ERR_WOPI_INVALID_TOKEN: [401, 'Invalid access token'],
  ERR_WOPI_NO_SUCH_FILE: [404, 'No such file'],
  ERR_WOPI_AUTHORIZE_FAILED: [500, 'The option `authorize` threw'],
  ERR_WOPI_ITEM_VERSION_FAILED: [500, 'The option `itemVersion` threw, or gave what cannot stand in a header'],
  ERR_WOPI_STORE_FAILED: [500, 'The lock store threw, or gave no answer that a lock store can give'],
  ERR_WOPI_NOT_IMPLEMENTED: [501, 'This WOPI operation is not supported'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** The stable `code` of each error that the router and {@link wopiNotImplemented} give to `next(err)`. */
export type WopiErrorCode = keyof typeof ERRORS;

// "The response MUST contain a WWW-Authenticate header" (RFC 9110, 15.5.2). Express's own error handler clears what was
// set on the response, and sends what it finds here.
const UNAUTHORIZED_HEADERS = { 'WWW-Authenticate': 'Bearer realm="WOPI"' };

export function wopiError(code: WopiErrorCode, cause?: unknown): HttpError {
  const [status, message] = ERRORS[code];
  return createError(status, message, {
    code,
    ...(cause === undefined ? {} : { cause }),
    ...(status === 401 ? { headers: UNAUTHORIZED_HEADERS } : {}),
  });
}

/**
 * Does the host's work. An HTTP error that it throws on purpose passes as it is; whatever else it throws is a fault,
 * also when it happens to have a `status` (an HTTP client's error has its own server's), and becomes the cause of `code`.
 */
export async function faultsAs<T>(code: WopiErrorCode, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw createError.isHttpError(cause) ? cause : wopiError(code, cause);
  }
}

/**
 * A 409 that the host threw on purpose must name the file's lock like any other: the one that the host put into its
 * error's `headers`, or none. "This header must always be included when responding to the request with 409 Conflict."
 */
export function withLockOn409(error: unknown, res: ServerResponse, emptyLockHeader: '' | ' '): unknown {
  if (createError.isHttpError(error) && error.statusCode === 409 && !res.headersSent) {
    const headers = Object.entries(error.headers ?? {});
    const given = headers.find(([name]) => isLockHeader(name))?.[1] ?? null;
    const lock = lockHeader(given, emptyLockHeader);
    // Express's own error handler sends the headers of the error alone, an app's own usually those of the response.
    error.headers = {
      ...Object.fromEntries(headers.filter(([name]) => !isLockHeader(name))),
      [WOPI_HEADERS.lock]: lock,
    };
    res.setHeader(WOPI_HEADERS.lock, lock);
  }
  return error;
}

function isLockHeader(name: string): boolean {
  return name.toLowerCase() === WOPI_HEADERS.lock.toLowerCase();
}

export function describeError(error: unknown): string {
  const { code, status } = (error ?? {}) as Partial<HttpError>;
  return String(code ?? status);
}
