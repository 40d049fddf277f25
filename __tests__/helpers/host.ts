import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express } from 'express';

import {
  MemoryLockStore,
  wopiLockGuard,
  wopiLockRouter,
  wopiNotImplemented,
  type LockStore,
  type WopiLockGuardOptions,
  type WopiLockRouterOptions,
} from '../../src';

/** What a client sees of an answer: the status, and each X-WOPI header that was on the wire. */
export type Answer = { status: number } & Record<string, string | number>;

type Headers = Record<string, string | string[]>;

export const FILE = '/wopi/files/report.docx';

const servers = new Set<Server>();

afterEach(async () => {
  await Promise.all([...servers].map(stop));
});

async function stop(server: Server): Promise<void> {
  servers.delete(server);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A server on a free port of the loopback interface, closed when the test ends. */
export async function listen(handler: RequestListener): Promise<number> {
  const server = createServer(handler);
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** One request, and its whole answer. */
export async function exchange(
  port: number,
  method: string,
  path: string,
  headers: Headers = {},
  body = '',
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => (text += chunk));
      res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: text }));
    })
      .on('error', reject)
      .end(body);
  });
}

/** The operations that locks matter to, as a WOPI client sends them. */
export function client(port: number, file = FILE) {
  async function send(headers: Headers, path = `${file}?access_token=secret`, body = ''): Promise<Answer> {
    const { status, headers: received } = await exchange(port, 'POST', path, headers, body);
    const wopi = Object.entries(received).filter(([name]) => name.startsWith('x-wopi-')) as [string, string][];
    return { status, ...Object.fromEntries(wopi) };
  }
  return {
    send,
    lock: (lock: string) => send({ 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': lock }),
    getLock: () => send({ 'X-WOPI-Override': 'GET_LOCK' }),
    refreshLock: (lock: string) => send({ 'X-WOPI-Override': 'REFRESH_LOCK', 'X-WOPI-Lock': lock }),
    unlock: (lock: string) => send({ 'X-WOPI-Override': 'UNLOCK', 'X-WOPI-Lock': lock }),
    unlockAndRelock: (oldLock: string, lock: string) =>
      send({ 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': lock, 'X-WOPI-OldLock': oldLock }),
    putFile: (lock: string | undefined, body: string) =>
      send({ 'X-WOPI-Override': 'PUT', ...presenting(lock) }, `${file}/contents?access_token=secret`, body),
    renameFile: (lock: string | undefined, name: string) =>
      send({ 'X-WOPI-Override': 'RENAME_FILE', 'X-WOPI-RequestedName': name, ...presenting(lock) }),
    deleteFile: () => send({ 'X-WOPI-Override': 'DELETE' }),
    putRelativeFile: (name: string, body: string, overwrite = 'true') =>
      send(
        {
          'X-WOPI-Override': 'PUT_RELATIVE',
          'X-WOPI-RelativeTarget': name,
          'X-WOPI-OverwriteRelativeTarget': overwrite,
        },
        `${file}?access_token=secret`,
        body,
      ),
  };
}

function presenting(lock: string | undefined): Headers {
  return lock === undefined ? {} : { 'X-WOPI-Lock': lock };
}

interface HostOptions extends WopiLockRouterOptions {
  readonly store?: LockStore;
  /** With these, the guard stands behind the router. */
  readonly guard?: WopiLockGuardOptions;
  /** Mounts what comes first. */
  readonly before?: (app: Express) => void;
  /** Mounts what the app has besides. */
  readonly behind?: (app: Express) => void;
}

/** An Express app with the router, the terminal handler, and an error handler that remembers what it was given. */
export async function host({ store = new MemoryLockStore(), guard, before, behind, ...options }: HostOptions = {}) {
  const errors: (Error & { code?: string; status?: number; cause?: unknown })[] = [];
  const remember: ErrorRequestHandler = (error, _req, _res, next) => {
    errors.push(error);
    next(error);
  };
  const app = express();
  app.set('env', 'test');
  before?.(app);
  app.use('/wopi', wopiLockRouter(store, options));
  if (guard !== undefined) {
    app.use('/wopi', wopiLockGuard(store, guard));
  }
  behind?.(app);
  app.use('/wopi', wopiNotImplemented);
  app.use(remember);
  const port = await listen(app);
  return { app, port, store, errors, ...client(port) };
}

export const ok: Answer = { status: 200 };

export function conflict(currentLock: string): Answer {
  return { status: 409, 'x-wopi-lock': currentLock };
}

export function held(currentLock: string): Answer {
  return { status: 200, 'x-wopi-lock': currentLock };
}
