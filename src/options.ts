import type { Request } from 'express';

import { assertEmptyLockHeader, assertFunctionOption, assertKnownOptions } from './construction';
import type { WopiLockRequest } from './lock-request';
import { assertTtlMs, DEFAULT_LOCK_TTL_MS } from './ttl';

/** The options of {@link wopiLockRouter}: all may be left out. */
export interface WopiLockRouterOptions {
  /**
   * May this call go ahead? `false`, or nothing: 401. An `http-errors` error that it throws is passed on as it is, so
   * that `throw createError(404)` hides the file. Anything else that it throws is a 500.
   *
   * It is asked first, before any header has been checked. Without it, every request may do everything.
   *
   * @example
   * authorize: ({ fileId, accessToken = '' }) => tokens.get(accessToken)?.fileId === fileId
   */
  readonly authorize?: ((request: WopiLockRequest, req: Request) => boolean | Promise<boolean>) | undefined;

  /**
   * The version of the file, as in CheckFileInfo, for `X-WOPI-ItemVersion` on the 200 of Lock and Unlock; `undefined`
   * sends none.
   *
   * It is asked before the store: when it throws, the answer is a 500 (or the `http-errors` error that it threw) and no
   * lock has changed. For a Lock it is asked once more when the lock is held, because only from then on can nobody else
   * change the file; should it throw then, the lock stands and the 200 goes without the header.
   */
  readonly itemVersion?:
    ((fileId: string, req: Request) => string | undefined | Promise<string | undefined>) | undefined;

  /**
   * How long a lock is held unless it is refreshed, in milliseconds: 1 to 2,147,483,647. By default 30 minutes, the time
   * that WOPI fixes; clients refresh with that in mind.
   */
  readonly lockTtlMs?: number | undefined;

  /**
   * What `X-WOPI-Lock` is sent as when the file holds no lock: `''`, which is the default and what WOPI asks for, or
   * `' '` behind a front end that strips empty headers.
   */
  readonly emptyLockHeader?: '' | ' ' | undefined;
}

export interface Settings extends WopiLockRouterOptions {
  readonly lockTtlMs: number;
  readonly emptyLockHeader: '' | ' ';
}

export const OPTION_NAMES = [
  'authorize',
  'itemVersion',
  'lockTtlMs',
  'emptyLockHeader',
] as const satisfies (keyof WopiLockRouterOptions)[];

export function settingsFrom(options: WopiLockRouterOptions, callee: string): Settings {
  assertKnownOptions(options, OPTION_NAMES, callee);
  const { authorize, itemVersion, lockTtlMs = DEFAULT_LOCK_TTL_MS, emptyLockHeader = '' } = options;
  assertFunctionOption(authorize, 'authorize', callee);
  assertFunctionOption(itemVersion, 'itemVersion', callee);
  assertTtlMs(lockTtlMs, `The option \`lockTtlMs\` of ${callee}`);
  assertEmptyLockHeader(emptyLockHeader, callee);
  return { ...options, lockTtlMs, emptyLockHeader };
}
