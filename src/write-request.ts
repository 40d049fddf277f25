import type { IncomingMessage } from 'node:http';

import { ClientRequest, fileIn, type NamedFile, type Parsed, type WopiRequest } from './client-request';
import type { WopiErrorCode } from './error-codes';
import { header, isLockId, isRepeated, WOPI_WRITE_OVERRIDES } from './protocol';
import { nameFromUtf7 } from './utf7';

/** The operations that the guard checks, by the names of WOPI's documentation. */
export type WopiWriteOperation = 'PutFile' | 'RenameFile' | 'DeleteFile' | 'PutRelativeFile';

/** What a client asks of the host's own routes, as the guard's `authorize` gets it. */
export interface WopiWriteRequest extends WopiRequest<WopiWriteOperation> {
  /** `X-WOPI-Lock` of PutFile and RenameFile: the lock that the client holds. `undefined` where it sent none, or an empty one. */
  readonly lockId: string | undefined;
  /**
   * `X-WOPI-RelativeTarget` of PutRelativeFile, decoded: the name of the file to be written, one character or more, none
   * of them a control character. It may still be a path; a host checks it before it gets near a disk.
   */
  readonly relativeTarget: string | undefined;
}

/** What a request asks of the host, or `undefined` when no lock can stand in its way. */
export function parseWriteRequest(req: IncomingMessage): Parsed<WopiWriteRequest> | undefined {
  if (req.method !== 'POST') {
    return undefined;
  }
  const file = fileIn(pathOf(req));
  if (file === undefined) {
    return undefined;
  }
  const operation = operationOf(req, file);
  if (operation === undefined) {
    return undefined;
  }
  const request = new WriteRequest(req, operation, file);
  return {
    request,
    mistake: file.fileId === undefined ? 'ERR_WOPI_NO_SUCH_FILE' : mistakeInHeaders(req, request),
  };
}

class WriteRequest extends ClientRequest<WopiWriteOperation> implements WopiWriteRequest {
  readonly lockId: string | undefined;
  readonly relativeTarget: string | undefined;

  constructor(req: IncomingMessage, operation: WopiWriteOperation, file: NamedFile) {
    super(req, operation, file);
    const takesLock = operation === 'PutFile' || operation === 'RenameFile';
    this.lockId = takesLock ? header(req, 'x-wopi-lock') || undefined : undefined;
    this.relativeTarget =
      operation === 'PutRelativeFile' ? nameFromUtf7(header(req, 'x-wopi-relativetarget')!) : undefined;
  }
}

// The path as Express' routes read it, which is not always as it stands in the URL: before a "#", for one, they take a
// backslash for a slash. What the guard reads otherwise than the host's route would get past it.
function pathOf(req: IncomingMessage & { readonly path?: string }): string {
  try {
    return req.path ?? req.url!;
  } catch {
    return req.url!; // no URL at all: the error has it in its text, and in it the access token
  }
}

function operationOf(req: IncomingMessage, { isContents }: NamedFile): WopiWriteOperation | undefined {
  const override = header(req, 'x-wopi-override');
  if (isContents) {
    // Whatever it calls itself, a host's route for PutFile would write. What reads (GET_CHUNKED_FILE) is left to the host.
    return override?.startsWith('GET_') === true ? undefined : 'PutFile';
  }
  switch (override) {
    case WOPI_WRITE_OVERRIDES.renameFile:
      return 'RenameFile';
    case WOPI_WRITE_OVERRIDES.deleteFile:
      return 'DeleteFile';
    case WOPI_WRITE_OVERRIDES.putRelativeFile:
      return namesItsTarget(req) && (mayOverwrite(req) || suggestsItsTarget(req)) ? 'PutRelativeFile' : undefined;
    default:
      return undefined;
  }
}

function namesItsTarget(req: IncomingMessage): boolean {
  return header(req, 'x-wopi-relativetarget') !== undefined;
}

function suggestsItsTarget(req: IncomingMessage): boolean {
  return header(req, 'x-wopi-suggestedtarget') !== undefined;
}

// Without the header "hosts must behave as though its value is false". Whatever else a host could read as "true" is checked.
function mayOverwrite(req: IncomingMessage): boolean {
  const overwrite = header(req, 'x-wopi-overwriterelativetarget');
  return overwrite !== undefined && overwrite.toLowerCase() !== 'false';
}

function mistakeInHeaders(req: IncomingMessage, request: WopiWriteRequest): WopiErrorCode | undefined {
  const { operation, lockId, relativeTarget } = request;
  if (operation === 'PutRelativeFile') {
    // The two modes exclude one another.
    if (suggestsItsTarget(req)) {
      return 'ERR_WOPI_NOT_IMPLEMENTED';
    }
    if (isRepeated(req, 'x-wopi-relativetarget')) {
      return 'ERR_WOPI_HEADER_REPEATED';
    }
    return relativeTarget === undefined ? 'ERR_WOPI_RELATIVE_TARGET_INVALID' : undefined;
  }
  if (lockId === undefined) {
    return undefined;
  }
  if (isRepeated(req, 'x-wopi-lock')) {
    return 'ERR_WOPI_HEADER_REPEATED';
  }
  return isLockId(lockId) ? undefined : 'ERR_WOPI_LOCK_INVALID';
}
