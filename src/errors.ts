import type { ServerResponse } from 'node:http';

import createError = require('http-errors');

import { ERRORS, type WopiErrorCode } from './error-codes';
import { lockHeader, WOPI_HEADERS } from './protocol';

type HttpError = createError.HttpError;

export function wopiError(code: WopiErrorCode, cause?: unknown): HttpError {
  const [status, message] = ERRORS[code];
  return createError(status, message, {
    code,
    ...(cause === undefined ? {} : { cause }),
    // "The server generating a 401 response MUST send a WWW-Authenticate header field" (RFC 9110, 15.5.2). Express's own
    // error handler clears the headers of the response, and sends those of the error.
    ...(status === 401 ? { headers: { 'WWW-Authenticate': 'Bearer realm="WOPI"' } } : {}),
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
    const others = Object.fromEntries(headers.filter(([name]) => !isLockHeader(name)));
    // Express's own error handler sends the headers of the error alone, an app's own usually those of the response.
    Reflect.set(error, 'headers', { ...others, [WOPI_HEADERS.lock]: lock });
    res.setHeader(WOPI_HEADERS.lock, lock);
  }
  return error;
}

function isLockHeader(name: string): boolean {
  return name.toLowerCase() === WOPI_HEADERS.lock.toLowerCase();
}

export function describeError(error: unknown): string {
  const { code, status } = (error ?? {}) as Partial<HttpError>;
  return typeof code === 'string' ? code : String(status);
}

export function describeValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'another object' : String(value);
}
