import type { IncomingMessage, ServerResponse } from 'node:http';

import debug = require('debug');
import { Router, type Request } from 'express';

import { changeLock, currentLock } from './ask-store';
import { assertLockStore } from './construction';
import { describeError, faultsAs, withLockOn409, wopiError } from './errors';
import { versionOf } from './item-version';
import type { LockStore } from './lock-store';
import { settingsFrom, type Settings, type WopiLockRouterOptions } from './options';
import { failureReason, lockHeader, parseLockRequest, WOPI_HEADERS } from './protocol';
import type { ParsedLockRequest, WopiLockRequest } from './protocol';

const log = debug('wopi-lock-router');

/** An Express router that also runs without an app: `http.createServer((req, res) => router(req, res, done))`. */
export type WopiLockRouter = Router &
  ((req: IncomingMessage, res: ServerResponse, next: (err?: unknown) => void) => void);

/** What the router itself writes. Every other status is an error, and the app's to write. */
interface Answer {
  readonly status: 200 | 409;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * The router for WOPI's five lock operations, at `POST /files/:fileId` below where it is mounted.
 *
 * It writes the 200 and the 409 itself. Every other answer is an `http-errors` error with a stable `code`, given to
 * `next(err)`. A request that is none of the five goes to `next()`, its body unread.
 *
 * @param store - Where the locks live: an instance, such as `new MemoryLockStore()`.
 * @throws TypeError when the store or an option cannot be right; the message says how to mend it.
 *
 * @example
 * app.use('/wopi', wopiLockRouter(new MemoryLockStore()));
 */
export function wopiLockRouter(store: LockStore, options: WopiLockRouterOptions = {}): WopiLockRouter {
  assertLockStore(store, 'wopiLockRouter');
  const settings = settingsFrom(options, 'wopiLockRouter');
  const router = Router({ mergeParams: true });

  // Not a route: Express would decode the path by itself, and call what it cannot decode a 400.
  router.use(function wopiLock(req, res, next) {
    const parsed = parseLockRequest(req);
    if (parsed === undefined) {
      next();
      return;
    }
    answerTo(parsed, req, store, settings)
      .then((answer) => {
        write(answer, res);
        logEnd(parsed.request, answer.status);
      })
      .catch((error: unknown) => {
        logEnd(parsed.request, describeError(error));
        next(withLockOn409(error, res, settings.emptyLockHeader));
      });
  });

  // Nothing above needs what an Express app adds to a request or a response.
  return router as WopiLockRouter;
}

// The order of checks: token (401), file and right (404), headers (400), lock state (409).
async function answerTo(
  { request, mistake }: ParsedLockRequest,
  req: Request,
  store: LockStore,
  { authorize, itemVersion, lockTtlMs, emptyLockHeader }: Settings,
): Promise<Answer> {
  const { operation, fileId } = request;
  if (authorize !== undefined && !(await faultsAs('ERR_WOPI_AUTHORIZE_FAILED', () => authorize(request, req)))) {
    throw wopiError('ERR_WOPI_INVALID_TOKEN');
  }
  if (mistake !== undefined) {
    throw wopiError(mistake);
  }
  if (operation === 'GetLock') {
    const lock = await currentLock(store, fileId);
    return { status: 200, headers: { [WOPI_HEADERS.lock]: lockHeader(lock, emptyLockHeader) } };
  }
  const version =
    itemVersion !== undefined && (operation === 'Lock' || operation === 'Unlock')
      ? () => versionOf(fileId, req, itemVersion)
      : undefined;
  const versionBefore = await version?.();
  const result = await changeLock(store, operation, request, lockTtlMs);
  if (!result.ok) {
    return {
      status: 409,
      headers: {
        [WOPI_HEADERS.lock]: lockHeader(result.currentLock, emptyLockHeader),
        [WOPI_HEADERS.lockFailureReason]: failureReason(result.reason),
      },
    };
  }
  // Until the lock was held, somebody else could still save. Now that it is, a fault must not read as "not locked".
  const versionNow = operation === 'Lock' ? await version?.().catch(() => undefined) : versionBefore;
  return { status: 200, headers: { [WOPI_HEADERS.itemVersion]: versionNow } };
}

function write({ status, headers }: Answer, res: ServerResponse): void {
  res.statusCode = status;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) {
      res.setHeader(name, value);
    }
  }
  res.end();
}

function logEnd({ operation, fileId, correlationId }: WopiLockRequest, outcome: string | number): void {
  log('%s of %j: %s (correlation ID %s)', operation, fileId, outcome, correlationId ?? 'not sent');
}
