// The public surface as its users type it, checked by `npm run types`, and against the packed tarball by package.test.ts.
// Nothing here runs. A line under `@ts-expect-error` must not compile.

import { createServer, type Server } from 'node:http';
import * as ofNode from 'node:test';

import express, { type Express, type Request, type Response, type Router } from 'express';

import {
  DEFAULT_LOCK_TTL_MS,
  MAX_FILE_ID_LENGTH,
  MAX_LOCK_ID_LENGTH,
  MemoryLockStore,
  WOPI_HEADERS,
  WOPI_LOCK_CAPABILITIES,
  WOPI_LOCK_OVERRIDES,
  WOPI_WRITE_OVERRIDES,
  wopiLockGuard,
  wopiLockRouter,
  wopiNotImplemented,
  type LockResult,
  type LockStore,
  type MemoryLockStoreOptions,
  type WopiErrorCode,
  type WopiGuardedWrite,
  type WopiLockGuard,
  type WopiLockGuardLocals,
  type WopiLockGuardOptions,
  type WopiLockOperation,
  type WopiLockRequest,
  type WopiLockRouter,
  type WopiLockRouterOptions,
  type WopiRequest,
  type WopiWriteCheck,
  type WopiWriteOperation,
  type WopiWriteRequest,
} from '../src';
import {
  checkHistory,
  lockStoreConformance,
  type CreateStore,
  type HistoryVerdict,
  type LockStoreConformanceOptions,
  type RecordedOperation,
  type TestedStore,
} from '../src/conformance';
import { PostgresLockStore, type PostgresLockStoreOptions, type PostgresPool } from '../src/stores/postgres';
import {
  RedisLockStore,
  type IoredisClient,
  type NodeRedisClient,
  type RedisClient,
  type RedisLockStoreOptions,
} from '../src/stores/redis';
import { SqliteLockStore, type SqliteDatabase, type SqliteLockStoreOptions } from '../src/stores/sqlite';

/** The least that is a store: it refuses everything. */
export class RefusingStore implements LockStore {
  async getLock(_fileId: string): Promise<string | null> {
    return null;
  }

  async lock(_fileId: string, _lockId: string, _ttlMs: number): Promise<LockResult> {
    return { ok: false, currentLock: 'held by another', reason: 'checked out' };
  }

  async refreshLock(_fileId: string, _lockId: string, _ttlMs: number): Promise<LockResult> {
    return { ok: false, currentLock: null };
  }

  async unlock(_fileId: string, _lockId: string): Promise<LockResult> {
    return { ok: false, currentLock: null };
  }

  async unlockAndRelock(_fileId: string, _oldLockId: string, _newLockId: string, _ttlMs: number): Promise<LockResult> {
    return { ok: false, currentLock: null };
  }
}

export function inAnApp(store: LockStore): Express {
  const app = express();
  app.use('/wopi', wopiLockRouter(store), wopiNotImplemented);
  app.use(wopiLockRouter(store, {}));
  const router: Router = wopiLockRouter(store);
  return app.use('/:tenant/wopi', router);
}

export function withoutAnApp(store: LockStore): Server {
  const router: WopiLockRouter = wopiLockRouter(store);
  return createServer((req, res) => router(req, res, () => wopiNotImplemented(req, res, () => res.end())));
}

export function stores(fourMethods: Omit<LockStore, 'unlockAndRelock'>, ofMemory: MemoryLockStoreOptions): LockStore[] {
  const unlockAndRelock = async () => ({ ok: true }) as const;
  wopiLockRouter(new RefusingStore());
  wopiLockRouter({ ...fourMethods, unlockAndRelock });
  // @ts-expect-error: a store has all five methods
  wopiLockRouter(fourMethods);
  // @ts-expect-error: an instance is a store, its class is not
  wopiLockRouter(MemoryLockStore);
  // @ts-expect-error: a store is required
  wopiLockRouter();
  // @ts-expect-error: answers come as promises
  wopiLockRouter({ ...fourMethods, unlockAndRelock: () => ({ ok: true }) });
  // @ts-expect-error: a boolean does not tell what the file held
  wopiLockRouter({ ...fourMethods, unlockAndRelock: async () => true });
  // @ts-expect-error: "no lock" is null
  wopiLockRouter({ ...fourMethods, unlockAndRelock, getLock: async () => undefined });
  return [
    new MemoryLockStore(),
    new MemoryLockStore(ofMemory),
    new MemoryLockStore({ now: () => 0 }),
    // @ts-expect-error: the clock gives milliseconds
    new MemoryLockStore({ now: () => new Date() }),
    // @ts-expect-error: the TTL is the router's option
    new MemoryLockStore({ ttlMs: 1000 }),
  ];
}

export function options(store: LockStore): void {
  const all: Required<WopiLockRouterOptions> = {
    authorize: ({ fileId, accessToken }: WopiLockRequest, req: Request) => accessToken === `${req.hostname}/${fileId}`,
    itemVersion: (fileId: string, req: Request) => `${fileId} of ${req.hostname}`,
    lockTtlMs: DEFAULT_LOCK_TTL_MS,
    emptyLockHeader: ' ',
  };
  wopiLockRouter(store, all);
  wopiLockRouter(store, { authorize: async (request) => request.operation === 'GetLock' });
  wopiLockRouter(store, { itemVersion: async () => undefined });
  wopiLockRouter(store, { emptyLockHeader: '' });
  wopiLockRouter(store, { authorize: undefined, itemVersion: undefined, lockTtlMs: undefined });

  // @ts-expect-error: no such option
  wopiLockRouter(store, { ttlMs: 1000 });
  // @ts-expect-error: the options are an object
  wopiLockRouter(store, 1000);
  // @ts-expect-error: any text is truthy, also 'no'
  wopiLockRouter(store, { authorize: () => 'no' });
  // @ts-expect-error: a decision is made
  wopiLockRouter(store, { authorize: async () => undefined });
  // @ts-expect-error: a version is text
  wopiLockRouter(store, { itemVersion: () => 7 });
  // @ts-expect-error: "no version" is undefined
  wopiLockRouter(store, { itemVersion: async () => null });
  // @ts-expect-error: milliseconds are a number
  wopiLockRouter(store, { lockTtlMs: '30m' });
  // @ts-expect-error: 'x' would read as a lock
  wopiLockRouter(store, { emptyLockHeader: 'x' });
}

export function guards(store: LockStore): WopiLockGuard[] {
  const all: Required<WopiLockGuardOptions> = {
    fileSize: (fileId: string, req: Request) => fileId.length + req.hostname.length,
    relativeTarget: (fileId: string, name: string, req: Request) => `${fileId}/${name} of ${req.hostname}`,
    allowUnlockedPutFile: true,
    authorize: ({ lockId, relativeTarget }: WopiWriteRequest) => lockId !== relativeTarget,
    emptyLockHeader: ' ',
  };
  const authorize = async ({ fileId, accessToken }: WopiRequest) => fileId === accessToken;
  const app = express();
  app.use('/wopi', wopiLockRouter(store, { authorize }), wopiLockGuard(store, { authorize }), wopiNotImplemented);
  createServer((req, res) => wopiLockGuard(store)(req, res, () => res.end()));
  // @ts-expect-error: no such option
  wopiLockGuard(store, { lockTtlMs: 1000 });
  // @ts-expect-error: "not known" is undefined
  wopiLockGuard(store, { fileSize: async () => null });
  // @ts-expect-error: bytes are a number
  wopiLockGuard(store, { fileSize: () => 0n });
  // @ts-expect-error: "no such file" is said
  wopiLockGuard(store, { relativeTarget: () => undefined });
  // @ts-expect-error: any text is truthy, also 'false'
  wopiLockGuard(store, { allowUnlockedPutFile: 'false' });
  return [
    wopiLockGuard(store),
    wopiLockGuard(store, all),
    wopiLockGuard(store, { fileSize: async () => undefined, relativeTarget: async () => null }),
  ];
}

export function behindTheGuard(locals: WopiLockGuardLocals): WopiGuardedWrite {
  // @ts-expect-error: what the guard had nothing to check in has none
  const always: WopiGuardedWrite = locals.wopiLock;
  return locals.wopiLock ?? always;
}

export function answered(check: WopiWriteCheck, res: Response): string | null {
  // @ts-expect-error: there is no 409 where the write may go on
  res.set(check.headers);
  if (!check.ok) {
    res.status(check.status).set(check.headers);
  }
  return check.currentLock;
}

export const granted: LockResult = { ok: true };
export const refused: LockResult = { ok: false, currentLock: 'A' };
export const refusedWithReason: LockResult = { ok: false, currentLock: null, reason: 'checked out' };
// @ts-expect-error: who was granted the lock knows which
export const grantedWithLock: LockResult = { ok: true, currentLock: 'A' };
// @ts-expect-error: a refusal says what the file held
export const refusedWithoutLock: LockResult = { ok: false };
// @ts-expect-error: "no lock" is null
export const refusedWithUndefined: LockResult = { ok: false, currentLock: undefined };
// @ts-expect-error: a reason is text
export const refusedWithCode: LockResult = { ok: false, currentLock: 'A', reason: 7 };

export function holder(result: LockResult): string | null | undefined {
  if (result.ok) {
    // @ts-expect-error: only a refusal has a current lock
    return result.currentLock;
  }
  // @ts-expect-error: an answer is not changed afterwards
  result.currentLock = 'B';
  return result.reason ?? result.currentLock;
}

export async function timeToLive(memory: MemoryLockStore, store: LockStore): Promise<void> {
  await memory.lock('report.docx', 'A');
  await memory.refreshLock('report.docx', 'A');
  await memory.unlockAndRelock('report.docx', 'A', 'B');
  await memory.lock('report.docx', 'B', 1000);
  await store.lock('report.docx', 'B', 1000);
  // @ts-expect-error: whoever calls any store says for how long
  await store.lock('report.docx', 'A');
  // @ts-expect-error: whoever calls any store says for how long
  await store.refreshLock('report.docx', 'A');
  // @ts-expect-error: whoever calls any store says for how long
  await store.unlockAndRelock('report.docx', 'A', 'B');
}

export function readOnly(request: WopiLockRequest, routerOptions: WopiLockRouterOptions): void {
  const text: string = request.fileId;
  // @ts-expect-error: read-only
  request.operation = 'Lock';
  // @ts-expect-error: read-only
  request.fileId = text;
  // @ts-expect-error: read-only
  request.accessToken = text;
  // @ts-expect-error: read-only
  request.lockId = text;
  // @ts-expect-error: read-only
  request.oldLockId = text;
  // @ts-expect-error: read-only
  request.correlationId = text;
  // @ts-expect-error: read-only
  request.sessionId = text;
  // @ts-expect-error: read-only
  request.requestId = text;
  // @ts-expect-error: read-only
  routerOptions.lockTtlMs = 1000;
  // @ts-expect-error: read-only
  WOPI_HEADERS.lock = 'X-WOPI-Lock';
  // @ts-expect-error: read-only
  WOPI_LOCK_OVERRIDES.lock = 'LOCK';
}

export function sent(request: WopiLockRequest): (string | undefined)[] {
  const always: string[] = [request.operation, request.fileId];
  // @ts-expect-error: a client may send none
  always.push(request.accessToken);
  // @ts-expect-error: a client may send none
  always.push(request.lockId);
  // @ts-expect-error: a client may send none
  always.push(request.oldLockId);
  return [...always, request.correlationId, request.sessionId, request.requestId];
}

// A Record fails to compile when a name is missing from it, and when it has one too many.
export const statusOf: Record<WopiErrorCode, number> = {
  ERR_WOPI_LOCK_MISSING: 400,
  ERR_WOPI_LOCK_INVALID: 400,
  ERR_WOPI_HEADER_REPEATED: 400,
  ERR_WOPI_RELATIVE_TARGET_INVALID: 400,
  ERR_WOPI_INVALID_TOKEN: 401,
  ERR_WOPI_NO_SUCH_FILE: 404,
  ERR_WOPI_AUTHORIZE_FAILED: 500,
  ERR_WOPI_ITEM_VERSION_FAILED: 500,
  ERR_WOPI_FILE_SIZE_FAILED: 500,
  ERR_WOPI_RELATIVE_TARGET_FAILED: 500,
  ERR_WOPI_STORE_FAILED: 500,
  ERR_WOPI_NOT_IMPLEMENTED: 501,
};

export const overrideOf: Record<WopiLockOperation, 'LOCK' | 'GET_LOCK' | 'REFRESH_LOCK' | 'UNLOCK'> = {
  Lock: WOPI_LOCK_OVERRIDES.lock,
  GetLock: WOPI_LOCK_OVERRIDES.getLock,
  RefreshLock: WOPI_LOCK_OVERRIDES.refreshLock,
  Unlock: WOPI_LOCK_OVERRIDES.unlock,
  UnlockAndRelock: WOPI_LOCK_OVERRIDES.lock,
};

export const writeOverrideOf: Record<WopiWriteOperation, 'PUT' | 'RENAME_FILE' | 'DELETE' | 'PUT_RELATIVE'> = {
  PutFile: WOPI_WRITE_OVERRIDES.putFile,
  RenameFile: WOPI_WRITE_OVERRIDES.renameFile,
  DeleteFile: WOPI_WRITE_OVERRIDES.deleteFile,
  PutRelativeFile: WOPI_WRITE_OVERRIDES.putRelativeFile,
};

// The three that are true of every host with the router, and no fourth.
export const capabilities: Record<keyof typeof WOPI_LOCK_CAPABILITIES, true> = {
  SupportsLocks: WOPI_LOCK_CAPABILITIES.SupportsLocks,
  SupportsGetLock: WOPI_LOCK_CAPABILITIES.SupportsGetLock,
  SupportsExtendedLockLength: WOPI_LOCK_CAPABILITIES.SupportsExtendedLockLength,
};

export const headers: Record<keyof typeof WOPI_HEADERS, `X-WOPI-${string}`> = {
  override: WOPI_HEADERS.override,
  lock: WOPI_HEADERS.lock,
  oldLock: WOPI_HEADERS.oldLock,
  itemVersion: WOPI_HEADERS.itemVersion,
  lockFailureReason: WOPI_HEADERS.lockFailureReason,
  relativeTarget: WOPI_HEADERS.relativeTarget,
  suggestedTarget: WOPI_HEADERS.suggestedTarget,
  overwriteRelativeTarget: WOPI_HEADERS.overwriteRelativeTarget,
};

export const limits: number[] = [DEFAULT_LOCK_TTL_MS, MAX_FILE_ID_LENGTH, MAX_LOCK_ID_LENGTH];

export function conformance(
  describe: LockStoreConformanceOptions['describe'],
  test: LockStoreConformanceOptions['test'],
  store: LockStore,
): void {
  const all: Required<TestedStore> = { store, connect: () => store, advance: async (_ms) => {}, dispose: () => {} };
  const createStore: CreateStore = () => all;
  lockStoreConformance({ describe, test, createStore, createFailingStore: async () => ({ store }), seed: 7 });
  lockStoreConformance({ describe: ofNode.describe, test: ofNode.test, createStore });
  // @ts-expect-error: a test runner is required
  lockStoreConformance({ createStore });
  // @ts-expect-error: a store is made for each test
  lockStoreConformance({ describe, test, createStore: store });
  // @ts-expect-error: the class is no store
  lockStoreConformance({ describe, test, createStore: () => ({ store: MemoryLockStore }) });
}

export function explained(verdict: HistoryVerdict): string {
  // @ts-expect-error: there is nothing to explain where nothing is wrong
  const early: string = verdict.explanation;
  return verdict.linearizable ? early : `${verdict.fileId}: ${verdict.operations.length}, ${verdict.explanation}`;
}

export function judged(): HistoryVerdict[] {
  const call = { client: 1, method: 'lock', fileId: 'f', args: ['A'], start: 0, end: 1 } as const;
  const history: RecordedOperation[] = [
    call,
    { ...call, client: 'two', result: { ok: true } },
    { ...call, method: 'getLock', args: [], result: null },
  ];
  // @ts-expect-error: no such method
  history.push({ ...call, method: 'steal' });
  // @ts-expect-error: lock IDs are text
  history.push({ ...call, args: [7] });
  // @ts-expect-error: an answer is a LockResult, a lock ID or null
  history.push({ ...call, result: true });
  return [checkHistory(history), checkHistory([])];
}

export async function sharedStores(
  database: SqliteDatabase,
  client: RedisClient,
  pool: PostgresPool,
): Promise<LockStore[]> {
  const table: Required<SqliteLockStoreOptions & PostgresLockStoreOptions> = { table: 'locks' };
  const prefix: Required<RedisLockStoreOptions> = { prefix: 'locks:' };
  const sqlite = new SqliteLockStore(database, table);
  const postgres = new PostgresLockStore(pool, table);
  await Promise.all([sqlite.createTable(), postgres.createTable()]);
  const gone: number[] = [await sqlite.deleteExpired(), await postgres.deleteExpired()];
  // @ts-expect-error: Redis lets keys expire by itself
  gone.push(await new RedisLockStore(client).deleteExpired());
  return [
    sqlite,
    postgres,
    new RedisLockStore(client, prefix),
    // @ts-expect-error: a store takes the client that the app has, not its address
    new RedisLockStore('redis://127.0.0.1'),
    // @ts-expect-error: a store takes the pool that the app has, not its address
    new PostgresLockStore('postgres://127.0.0.1'),
    // @ts-expect-error: a store takes the database that the app has, not its file
    new SqliteLockStore('locks.sqlite'),
  ];
}

export const clients = (ioredis: IoredisClient, nodeRedis: NodeRedisClient): RedisClient[] => [ioredis, nodeRedis];
