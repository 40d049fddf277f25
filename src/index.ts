export type { WopiRequest } from './client-request';
export type { WopiErrorCode } from './error-codes';
export { wopiLockGuard } from './guard';
export type { WopiGuardedWrite, WopiLockGuard, WopiLockGuardLocals, WopiWriteCheck } from './guard';
export type { WopiLockGuardOptions } from './guard-options';
export type { WopiLockOperation, WopiLockRequest } from './lock-request';
export type { LockResult, LockStore } from './lock-store';
export { wopiNotImplemented } from './not-implemented';
export type { WopiLockRouterOptions } from './options';
export {
  MAX_FILE_ID_LENGTH,
  MAX_LOCK_ID_LENGTH,
  WOPI_HEADERS,
  WOPI_LOCK_CAPABILITIES,
  WOPI_LOCK_OVERRIDES,
  WOPI_WRITE_OVERRIDES,
} from './protocol';
export { wopiLockRouter } from './router';
export type { WopiLockRouter } from './router';
export { MemoryLockStore } from './stores/memory';
export type { MemoryLockStoreOptions } from './stores/memory';
export { DEFAULT_LOCK_TTL_MS } from './ttl';
export type { WopiWriteOperation, WopiWriteRequest } from './write-request';
