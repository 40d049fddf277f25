import type { Request } from 'express';

import { assertBooleanOption, assertEmptyLockHeader, assertFunctionOption, assertKnownOptions } from './construction';
import type { WopiWriteRequest } from './write-request';

/** The options of {@link wopiLockGuard}: all may be left out, but hosts that write want `fileSize` and `relativeTarget`. */
export interface WopiLockGuardOptions {
  /**
   * The size of the file in bytes, 0 or more; `undefined` when it is not known, which counts as content.
   *
   * It is asked for a PutFile on a file that is not locked, which WOPI allows only where there is nothing to overwrite:
   * while it has 0 bytes, as a document has that was just created. Without it, a PutFile always needs the lock.
   *
   * @example
   * fileSize: async (fileId) => (await stat(pathOf(fileId))).size
   */
  readonly fileSize?: ((fileId: string, req: Request) => number | undefined | Promise<number | undefined>) | undefined;

  /**
   * The ID of the file that a PutRelativeFile would overwrite, or `null` when no file has that name. `fileId` is the file
   * in the URL, `name` is `X-WOPI-RelativeTarget`, decoded: a name in the same folder.
   *
   * An `http-errors` error that it throws is passed on as it is: `throw createError(400)` for a name that is not legal.
   * Without it, a PutRelativeFile that would overwrite is answered 501.
   *
   * @example
   * relativeTarget: async (fileId, name) => (await files.findOne({ folder: await folderOf(fileId), name }))?.id ?? null
   */
  readonly relativeTarget?:
    ((fileId: string, name: string, req: Request) => string | null | Promise<string | null>) | undefined;

  /**
   * May a client that sends no lock save a file that nobody has locked? `false` by default, as WOPI has it. `true` is for
   * clients that save without ever locking, and has a risk: two of them that edit at once overwrite each other, and the
   * one that saves first is not told. A client that sends a lock which the file no longer holds is refused all the same.
   */
  readonly allowUnlockedPutFile?: boolean | undefined;

  /** As {@link WopiLockRouterOptions.authorize}, of the operations that the guard checks. One function can serve both. */
  readonly authorize?: ((request: WopiWriteRequest, req: Request) => boolean | Promise<boolean>) | undefined;

  /** As {@link WopiLockRouterOptions.emptyLockHeader}. */
  readonly emptyLockHeader?: '' | ' ' | undefined;
}

export interface GuardSettings extends WopiLockGuardOptions {
  readonly allowUnlockedPutFile: boolean;
  readonly emptyLockHeader: '' | ' ';
}

export const GUARD_OPTION_NAMES = [
  'fileSize',
  'relativeTarget',
  'allowUnlockedPutFile',
  'authorize',
  'emptyLockHeader',
] as const satisfies (keyof WopiLockGuardOptions)[];

export function guardSettingsFrom(options: WopiLockGuardOptions, callee: string): GuardSettings {
  assertKnownOptions(options, GUARD_OPTION_NAMES, callee);
  const { fileSize, relativeTarget, authorize, allowUnlockedPutFile = false, emptyLockHeader = '' } = options;
  assertFunctionOption(fileSize, 'fileSize', callee);
  assertFunctionOption(relativeTarget, 'relativeTarget', callee);
  assertFunctionOption(authorize, 'authorize', callee);
  assertBooleanOption(allowUnlockedPutFile, 'allowUnlockedPutFile', callee);
  assertEmptyLockHeader(emptyLockHeader, callee);
  return { ...options, allowUnlockedPutFile, emptyLockHeader };
}
