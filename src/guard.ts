import type { IncomingMessage, ServerResponse } from 'node:http';

import debug = require('debug');
import type { Request } from 'express';

import { assertLockStore } from './construction';
import { withLockOn409 } from './errors';
import { guardSettingsFrom, type WopiLockGuardOptions } from './guard-options';
import { conflict, handler } from './handler';
import type { LockStore } from './lock-store';
import { checkWrite } from './write-check';
import { parseWriteRequest, type WopiWriteOperation, type WopiWriteRequest } from './write-request';

const log = debug('wopi-lock-router:guard');

/** What the guard found when it let a request through: the handlers behind it have it as `res.locals.wopiLock`. */
export interface WopiGuardedWrite {
  readonly operation: WopiWriteOperation;
  /** The file that is to be written: of PutRelativeFile, the one that it overwrites, or `null` when it makes a new one. */
  readonly fileId: string | null;
  /** The lock that the file held at that moment. */
  readonly currentLock: string | null;
  /** Of PutRelativeFile, the name to write under: `X-WOPI-RelativeTarget`, decoded. */
  readonly relativeTarget: string | undefined;
  /**
   * Asks again, by the same rules: to be called when all of the body is there, just before the write takes effect,
   * because the lock may have lapsed or been swapped meanwhile. It asks the store once, and what it says comes from that
   * step. It rejects as the guard does, with an `http-errors` error: pass it to `next`.
   *
   * @example
   * const again = await res.locals.wopiLock.checkAgain();
   * if (!again.ok) return res.status(again.status).set(again.headers).end();
   */
  readonly checkAgain: () => Promise<WopiWriteCheck>;
}

/** What {@link WopiGuardedWrite.checkAgain} found: that the write may go on, or what the 409 needs. */
export type WopiWriteCheck =
  | { readonly ok: true; readonly fileId: string | null; readonly currentLock: string | null }
  | {
      readonly ok: false;
      readonly currentLock: string | null;
      readonly status: 409;
      /** `X-WOPI-Lock`, as it is to be sent. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** The type of `res.locals` behind the guard: `Response<unknown, WopiLockGuardLocals>`. */
export interface WopiLockGuardLocals {
  /** Absent where the guard had nothing to check. */
  wopiLock?: WopiGuardedWrite;
}

/** Express middleware. Straight on Node, what stands behind it must match `req.url` as it is, and not a path made of it. */
export type WopiLockGuard = (req: IncomingMessage, res: ServerResponse, next: (err?: unknown) => void) => void;

/**
 * The guard for the host's own writes: PutFile, RenameFile, DeleteFile, and a PutRelativeFile that overwrites. It lets a
 * request through to them, its body unread, or answers 409 with the lock that stands in its way. A `POST` to a file's
 * contents is a PutFile, whatever its `X-WOPI-Override`, unless that begins with `GET_`.
 *
 * Mount it beside the router and before the host's routes, with the same store. Errors are the router's. Behind it,
 * `res.locals.wopiLock` is a {@link WopiGuardedWrite}. Whatever else comes is let through as it is: CheckFileInfo, GetFile,
 * and a PutRelativeFile that must not overwrite.
 *
 * @param store - The router's own.
 * @throws TypeError when the store or an option cannot be right; the message says how to mend it.
 *
 * @example
 * app.use('/wopi', wopiLockRouter(store), wopiLockGuard(store, { fileSize, relativeTarget }));
 * app.post('/wopi/files/:fileId/contents', putFile); // runs only when the lock allows it
 */
export function wopiLockGuard(store: LockStore, options: WopiLockGuardOptions = {}): WopiLockGuard {
  assertLockStore(store, 'wopiLockGuard');
  const settings = guardSettingsFrom(options, 'wopiLockGuard');
  const { emptyLockHeader } = settings;

  async function answer(request: WopiWriteRequest, req: Request, res: ServerResponse & { locals?: object }) {
    const { mayWrite, fileId, currentLock } = await checkWrite(request, req, store, settings);
    if (!mayWrite) {
      return conflict(currentLock, emptyLockHeader);
    }
    const { operation, relativeTarget } = request;
    const seen = asSeenHere(req);
    const checkAgain = async (): Promise<WopiWriteCheck> => {
      const found = await checkWrite(request, seen, store, settings).catch((error: unknown) => {
        throw withLockOn409(error, res, emptyLockHeader);
      });
      return found.mayWrite
        ? { ok: true, fileId: found.fileId, currentLock: found.currentLock }
        : { ok: false, currentLock: found.currentLock, ...conflict(found.currentLock, emptyLockHeader) };
    };
    const wopiLock: WopiGuardedWrite = { operation, fileId, currentLock, relativeTarget, checkAgain };
    res.locals = Object.assign(res.locals ?? {}, { wopiLock });
    return undefined;
  }

  return handler(parseWriteRequest, settings, answer, log);
}

// On their way to the host's route Express gives these other values. The options are asked with those that the guard had:
// in `/:tenant/wopi`, the tenant.
function asSeenHere(req: Request): Request {
  const { params, baseUrl, url } = req;
  return Object.create(req, { params: { value: params }, baseUrl: { value: baseUrl }, url: { value: url } }) as Request;
}
