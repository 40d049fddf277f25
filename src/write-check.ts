import type { Request } from 'express';

import { currentLock } from './ask-store';
import { describeValue, faultsAs, wopiError } from './errors';
import type { GuardSettings } from './guard-options';
import type { LockStore } from './lock-store';
import { isFileId } from './protocol';
import type { WopiWriteRequest } from './write-request';

/** What a look at the lock found. */
export interface Finding {
  readonly mayWrite: boolean;
  /** The file that would be written; `null` when a PutRelativeFile would make a new one. */
  readonly fileId: string | null;
  readonly currentLock: string | null;
}

/** May this request write now? The lock that it finds comes from one step of the store, and the answer from that lock. */
export async function checkWrite(
  request: WopiWriteRequest,
  req: Request,
  store: LockStore,
  settings: GuardSettings,
): Promise<Finding> {
  const fileId = await writtenFile(request, req, settings);
  const lock = fileId === null ? null : await currentLock(store, fileId);
  const mayWrite = lock === null ? await mayWriteUnlocked(request, req, settings) : mayWriteLocked(request, lock);
  return { mayWrite, fileId, currentLock: lock };
}

function mayWriteLocked({ operation, lockId }: WopiWriteRequest, lock: string): boolean {
  switch (operation) {
    case 'PutFile':
    case 'RenameFile':
      return lockId === lock;
    case 'DeleteFile':
    case 'PutRelativeFile':
      return false;
  }
}

// The size is asked for only after the lock: a file that was found empty before could have been locked, filled and
// unlocked again.
async function mayWriteUnlocked(
  { operation, fileId, lockId }: WopiWriteRequest,
  req: Request,
  { fileSize, allowUnlockedPutFile }: GuardSettings,
): Promise<boolean> {
  if (operation !== 'PutFile' || (allowUnlockedPutFile && lockId === undefined)) {
    return true;
  }
  const size = await faultsAs('ERR_WOPI_FILE_SIZE_FAILED', async () => {
    const given: unknown = await fileSize?.(fileId, req);
    if (given === undefined || (typeof given === 'number' && given >= 0)) {
      return given;
    }
    throw new TypeError(`fileSize must give a number of bytes or undefined, but it gave ${describeValue(given)}.`);
  });
  // "If the file is 0 bytes, the PutFile request should be considered valid and should proceed."
  return size === 0;
}

async function writtenFile(
  { operation, fileId, relativeTarget: name }: WopiWriteRequest,
  req: Request,
  { relativeTarget }: GuardSettings,
): Promise<string | null> {
  if (operation !== 'PutRelativeFile') {
    return fileId;
  }
  if (relativeTarget === undefined) {
    throw wopiError('ERR_WOPI_NOT_IMPLEMENTED');
  }
  return faultsAs('ERR_WOPI_RELATIVE_TARGET_FAILED', async () => {
    const target: unknown = await relativeTarget(fileId, name!, req);
    if (target === null || (typeof target === 'string' && isFileId(target))) {
      return target;
    }
    throw new TypeError(`relativeTarget must give a file's ID or null, but it gave ${describeValue(target)}.`);
  });
}
