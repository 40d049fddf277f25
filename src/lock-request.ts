import type { IncomingMessage } from 'node:http';

import { ClientRequest, fileIn, type NamedFile, type Parsed, type WopiRequest } from './client-request';
import type { WopiErrorCode } from './error-codes';
import { header, isLockId, isRepeated, WOPI_LOCK_OVERRIDES } from './protocol';

/** The five operations, by the names of WOPI's documentation. */
export type WopiLockOperation = 'Lock' | 'GetLock' | 'RefreshLock' | 'Unlock' | 'UnlockAndRelock';

/** What a client asks, as `authorize` gets it: before anything but the operation has been checked. */
export interface WopiLockRequest extends WopiRequest<WopiLockOperation> {
  /** `X-WOPI-Lock`, as it was sent: the lock to take, refresh or release; of UnlockAndRelock, the new one. */
  readonly lockId: string | undefined;
  /** `X-WOPI-OldLock` of UnlockAndRelock, and of no other operation: the lock that the file is expected to hold. */
  readonly oldLockId: string | undefined;
}

/** What a request asks, or `undefined` when it asks for none of the five operations. */
export function parseLockRequest(req: IncomingMessage): Parsed<WopiLockRequest> | undefined {
  const operation = operationOf(req);
  if (operation === undefined) {
    return undefined;
  }
  const file = fileIn(req.url!);
  if (file === undefined || file.isContents) {
    return undefined;
  }
  return {
    request: new LockRequest(req, operation, file),
    mistake: file.fileId === undefined ? 'ERR_WOPI_NO_SUCH_FILE' : mistakeInHeaders(req, operation),
  };
}

class LockRequest extends ClientRequest<WopiLockOperation> implements WopiLockRequest {
  readonly lockId: string | undefined;
  readonly oldLockId: string | undefined;

  constructor(req: IncomingMessage, operation: WopiLockOperation, file: NamedFile) {
    super(req, operation, file);
    this.lockId = operation === 'GetLock' ? undefined : header(req, 'x-wopi-lock');
    this.oldLockId = operation === 'UnlockAndRelock' ? header(req, 'x-wopi-oldlock') : undefined;
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
