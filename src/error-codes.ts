/** Every error that the router and the guard make: its stable code, its status, and what its message says. */
export const ERRORS = {
  ERR_WOPI_LOCK_MISSING: [400, 'X-WOPI-Lock was not provided or was empty'],
  ERR_WOPI_LOCK_INVALID: [400, 'X-WOPI-Lock must be 1 to 1024 printable ASCII characters'],
  ERR_WOPI_HEADER_REPEATED: [400, 'X-WOPI-Lock, X-WOPI-OldLock and X-WOPI-RelativeTarget may each be sent only once'],
  ERR_WOPI_RELATIVE_TARGET_INVALID: [400, 'X-WOPI-RelativeTarget must be the name of a file, in UTF-7'],
  ERR_WOPI_INVALID_TOKEN: [401, 'Invalid access token'],
  ERR_WOPI_NO_SUCH_FILE: [404, 'No such file'],
  ERR_WOPI_AUTHORIZE_FAILED: [500, 'The option `authorize` threw'],
  ERR_WOPI_ITEM_VERSION_FAILED: [500, 'The option `itemVersion` threw, or gave what cannot stand in a header'],
  ERR_WOPI_FILE_SIZE_FAILED: [500, 'The option `fileSize` threw, or gave what is no size'],
  ERR_WOPI_RELATIVE_TARGET_FAILED: [500, 'The option `relativeTarget` threw, or gave neither a file ID nor null'],
  ERR_WOPI_STORE_FAILED: [500, 'The lock store threw, or gave no answer that a lock store can give'],
  ERR_WOPI_NOT_IMPLEMENTED: [501, 'This WOPI operation is not supported'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** The stable `code` of each error that the router, the guard and {@link wopiNotImplemented} give to `next(err)`. */
export type WopiErrorCode = keyof typeof ERRORS;
