import type { IncomingMessage, ServerResponse } from 'node:http';

import debug = require('debug');
import { Router, type Request } from 'express';

import { changeLock, currentLock } from './ask-store';
import { assertLockStore } from './construction';
import { conflict, handler, type Answer } from './handler';
import { versionOf } from './item-version';
import { parseLockRequest, type WopiLockRequest } from './lock-request';
import type { LockStore } from './lock-store';
import { settingsFrom, type Settings, type WopiLockRouterOptions } from './options';
import { failureReason, lockHeader, WOPI_HEADERS } from './protocol';

const log = debug('wopi-lock-router');

/** An Express router that also runs without an app: `http.createServer((req, res) => router(req, res, done))`. */
export type WopiLockRouter = Router &
  ((req: IncomingMessage, res: ServerResponse, next: (err?: unknown) => void) => void);

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
  const answerTo = (request: WopiLockRequest, req: Request) => answer(request, req, store, settings);
  // Not a route: Express would decode the path by itself, and call what it cannot decode a 400.
  router.use(handler(parseLockRequest, settings, answerTo, log));
  // Nothing above needs what an Express app adds to a request or a response.
  return router as WopiLockRouter;
}

async function answer(
  request: WopiLockRequest,
  req: Request,
  store: LockStore,
  { itemVersion, lockTtlMs, emptyLockHeader }: Settings,
): Promise<Answer> {
  const { operation, fileId } = request;
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
    const { status, headers } = conflict(result.currentLock, emptyLockHeader);
    return { status, headers: { ...headers, [WOPI_HEADERS.lockFailureReason]: failureReason(result.reason) } };
  }
  // Until the lock was held, somebody else could still save. Now that it is, a fault must not read as "not locked".
  const versionNow = operation === 'Lock' ? await version?.().catch(() => undefined) : versionBefore;
  return { status: 200, headers: { [WOPI_HEADERS.itemVersion]: versionNow } };
}
