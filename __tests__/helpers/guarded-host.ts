import { text } from 'node:stream/consumers';

import type { Express, Request, Response } from 'express';
import createError from 'http-errors';

import type { LockStore, WopiLockGuardLocals, WopiLockGuardOptions } from '../../src';
import { host } from './host';

interface Document {
  name: string;
  bytes: string;
}

type Locals = Response<unknown, WopiLockGuardLocals>;

interface GuardedHostOptions {
  readonly store?: LockStore;
  readonly guard?: WopiLockGuardOptions;
  /** The files that it has, by their IDs, which are their names at the start. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * A host with the router, the guard, and routes of its own that write whatever reaches them: what keeps a file from being
 * overwritten is the guard alone.
 */
export async function guardedHost({ files: given = {}, guard, ...options }: GuardedHostOptions = {}) {
  const files = new Map<string, Document>(Object.entries(given).map(([id, bytes]) => [id, { name: id, bytes }]));
  let made = 0;
  /** Which operations reached the host's own routes, and what the guard left for them. */
  const reached: WopiLockGuardLocals['wopiLock'][] = [];

  function idOf(name: string): string | null {
    return [...files].find(([, file]) => file.name === name)?.[0] ?? null;
  }

  function found(id: string): Document {
    const file = files.get(id);
    if (file === undefined) {
      throw createError(404);
    }
    return file;
  }

  async function handle(req: Request<{ fileId: string }>, res: Locals): Promise<void> {
    const { wopiLock } = res.locals;
    reached.push(wopiLock);
    const { fileId } = req.params;
    const bytes = await text(req);
    switch (wopiLock?.operation) {
      case 'PutFile':
        found(fileId).bytes = bytes;
        break;
      case 'RenameFile':
        found(fileId).name = req.get('X-WOPI-RequestedName')!;
        break;
      case 'DeleteFile':
        found(fileId);
        files.delete(fileId);
        break;
      case 'PutRelativeFile': {
        const name = wopiLock.relativeTarget!;
        files.set(wopiLock.fileId ?? `new-${(made += 1)}`, { name, bytes });
        break;
      }
      default:
    }
    res.end();
  }

  const wopi = await host({
    ...options,
    guard: {
      fileSize: (fileId) => found(fileId).bytes.length,
      relativeTarget: (_fileId, name) => idOf(name),
      ...guard,
    },
    behind: (app: Express) => {
      for (const path of ['/wopi/files/:fileId/contents', '/wopi/files/:fileId']) {
        app.post<{ fileId: string }>(path, (req, res: Locals, next) => {
          handle(req, res).catch(next);
        });
      }
    },
  });
  return { ...wopi, files, reached };
}
