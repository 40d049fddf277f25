import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';
import express, { Router, type Request, type Response } from 'express';
import createError from 'http-errors';

import {
  MemoryLockStore,
  wopiLockGuard,
  type LockStore,
  type WopiLockGuardLocals,
  type WopiWriteCheck,
} from '../../src';
import { Random } from '../../src/conformance/random';
import { guardedHost } from '../helpers/guarded-host';
import { client as clientOf, conflict, exchange, FILE, held, host, listen, ok } from '../helpers/host';
import { slowUpload } from '../helpers/slow-upload';
import { broken } from '../helpers/stores';

const TTL = 1000;
const CONTENTS = `${FILE}/contents`;

/** A host whose PutFile receives the whole body first, and lets it land only if the guard still says so. */
async function uploadHost(store: LockStore, { asksAgain = true, content = 'old' } = {}) {
  const file = { content };
  const uploads: { begun: () => void }[] = [];
  const wopi = await host({
    store,
    lockTtlMs: TTL,
    guard: { fileSize: () => file.content.length },
    behind: (app) => {
      app.get('/wopi/files/:fileId/contents', (_req, res) => {
        res.end(file.content);
      });
      app.post('/wopi/files/:fileId/contents', (req, res: Response<unknown, WopiLockGuardLocals>, next) => {
        uploads.shift()?.begun();
        let upload = '';
        req.on('data', (chunk: Buffer) => (upload += chunk.toString()));
        req.on('end', () => {
          const again = asksAgain ? res.locals.wopiLock!.checkAgain() : Promise.resolve({ ok: true } as const);
          again
            .then((found) => {
              if (found.ok) {
                file.content = upload;
                res.end();
              } else {
                res.status(found.status).set(found.headers).end();
              }
            })
            .catch(next);
        });
      });
    },
  });
  const begin = () => new Promise<void>((begun) => uploads.push({ begun }));
  return { ...wopi, file, begin };
}

/** The host, and an upload under lock A of which all but the end has come. */
async function uploadUnderWay(options: Parameters<typeof uploadHost>[1] = {}) {
  let time = 0;
  const upload = await uploadHost(new MemoryLockStore({ now: () => time }), options);
  await upload.lock('A');
  const begun = upload.begin();
  const first = slowUpload(upload.port, CONTENTS, 'A', 'first');
  await begun;
  return { ...upload, first, pass: (ms: number) => void (time += ms) };
}

describe('between the check and the write', () => {
  test('the lock lapses and is taken by another: the first upload does not land', async () => {
    const { file, first, lock, pass, putFile } = await uploadUnderWay();
    pass(TTL);
    expect(await lock('B')).toEqual(ok);
    expect(await first.finish()).toEqual({ status: 409, lock: 'B' });
    expect(file.content).toBe('old');
    expect(await putFile('B', 'second')).toEqual(ok);
    expect(file.content).toBe('second');
  });

  test('without asking again it would land', async () => {
    const { file, first, lock, pass } = await uploadUnderWay({ asksAgain: false });
    pass(TTL);
    await lock('B');
    expect(await first.finish()).toMatchObject({ status: 200 });
    expect(file.content).toBe('first');
  });

  test.each<[string, (upload: Awaited<ReturnType<typeof uploadUnderWay>>) => unknown, string]>([
    ['lapses', ({ pass }) => pass(TTL), ''],
    ['is released', ({ unlock }) => unlock('A'), ''],
    ['is swapped', ({ unlockAndRelock }) => unlockAndRelock('A', 'B'), 'B'],
    [
      'is released, and the file taken and released by another',
      async ({ unlock, lock }) => [await unlock('A'), await lock('B'), await unlock('B')],
      '',
    ],
  ])('the lock %s: the upload does not land, and the 409 says what is held', async (_what, change, lock) => {
    const upload = await uploadUnderWay();
    await change(upload);
    expect(await upload.first.finish()).toEqual({ status: 409, lock });
    expect(upload.file.content).toBe('old');
  });

  test('the lock is refreshed: the upload lands', async () => {
    const { file, first, pass, refreshLock } = await uploadUnderWay();
    pass(TTL - 1);
    await refreshLock('A');
    pass(TTL - 1);
    expect(await first.finish()).toMatchObject({ status: 200 });
    expect(file.content).toBe('first');
  });

  test('another fills the empty file that nobody had locked: the upload does not land', async () => {
    const upload = await uploadHost(new MemoryLockStore(), { content: '' });
    const begun = upload.begin();
    const first = slowUpload(upload.port, CONTENTS, 'A', 'first');
    await begun;
    expect(await upload.putFile(undefined, 'theirs')).toEqual(ok);
    expect(await first.finish()).toEqual({ status: 409, lock: '' });
    expect(upload.file.content).toBe('theirs');
  });
});

async function guarded(store: LockStore, files: Record<string, string>) {
  const wopi = await guardedHost({ store, files });
  const again = async (): Promise<WopiWriteCheck> => wopi.reached.at(-1)!.checkAgain();
  return { ...wopi, again };
}

describe('checkAgain', () => {
  test('asks the store once', async () => {
    const store = new MemoryLockStore();
    let asked = 0;
    const counting = Object.assign(new MemoryLockStore(), {
      getLock: (fileId: string) => ((asked += 1), store.getLock(fileId)),
    });
    const { putFile, again } = await guarded(counting, { 'report.docx': '' });
    await putFile('A', '');
    expect(asked).toBe(1);
    expect(await again()).toEqual({ ok: true, fileId: 'report.docx', currentLock: null });
    expect(asked).toBe(2);
  });

  test('gives what the 409 needs, and for "no lock" what was chosen', async () => {
    const locks = ['A', 'B', '\u0000', null];
    const store = broken({ getLock: async () => locks.shift() });
    const wopi = await guardedHost({ store, files: { 'report.docx': 'old' }, guard: { emptyLockHeader: ' ' } });
    await wopi.putFile('A', 'new');
    const { checkAgain } = wopi.reached[0]!;
    const refused = { ok: false, status: 409 };
    expect(await checkAgain()).toEqual({ ...refused, currentLock: 'B', headers: { 'X-WOPI-Lock': 'B' } });
    expect(await checkAgain()).toEqual({ ...refused, currentLock: '\u0000', headers: { 'X-WOPI-Lock': ' ' } });
    expect(await checkAgain()).toEqual({ ...refused, currentLock: null, headers: { 'X-WOPI-Lock': ' ' } });
  });

  test('rejects when the store is down: neither "locked" nor "free"', async () => {
    const answers = [() => Promise.resolve('A'), () => Promise.reject(new Error('down'))];
    const store = broken({ getLock: () => answers.shift()!() });
    const { putFile, again } = await guarded(store, { 'report.docx': 'old' });
    await putFile('A', 'new');
    await expect(again()).rejects.toMatchObject({ status: 500, code: 'ERR_WOPI_STORE_FAILED' });
  });

  test('rejects with a 409 of the store that has X-WOPI-Lock, as the guard does', async () => {
    const answers = [() => Promise.resolve('A'), () => Promise.reject(createError(409))];
    const store = broken({ getLock: () => answers.shift()!() });
    const { putFile } = await uploadHost(store);
    expect(await putFile('A', 'new')).toEqual(conflict(''));
  });

  test('asks the options with the path that the guard was mounted on', async () => {
    const store = new MemoryLockStore();
    await store.lock('acme: B.docx', 'B', TTL);
    const seen: unknown[] = [];
    const relativeTarget = (_fileId: string, name: string, req: Request) => {
      const tenant = req.params['tenant'] as string;
      seen.push([tenant, req.baseUrl, req.url, req.get('Host') === undefined]);
      return `${tenant}: ${seen.length === 1 ? 'A' : name}`;
    };
    const app = express();
    const routes = Router();
    routes.post('/files/:fileId', (_req, res: Response<unknown, WopiLockGuardLocals>, next) => {
      res.locals.wopiLock!.checkAgain().then((found) => res.json(found), next);
    });
    app.use('/:tenant/wopi', wopiLockGuard(store, { relativeTarget }), routes);
    const headers = {
      'X-WOPI-Override': 'PUT_RELATIVE',
      'X-WOPI-RelativeTarget': 'B.docx',
      'X-WOPI-OverwriteRelativeTarget': 'true',
    };
    const { body } = await exchange(await listen(app), 'POST', '/acme/wopi/files/1', headers);
    expect(JSON.parse(body)).toMatchObject({ ok: false, currentLock: 'B' });
    const asMounted = ['acme', '/acme/wopi', '/files/1', false];
    expect(seen).toEqual([asMounted, asMounted]);
  });

  test('of PutRelativeFile looks for the target again: there may be one by now, and it may be locked', async () => {
    const store = new MemoryLockStore();
    const { putRelativeFile, files, again } = await guarded(store, { 'report.docx': 'old' });
    await putRelativeFile('new.docx', 'new');
    files.delete('new-1');
    expect(await again()).toEqual({ ok: true, fileId: null, currentLock: null });
    files.set('other', { name: 'new.docx', bytes: 'theirs' });
    expect(await again()).toEqual({ ok: true, fileId: 'other', currentLock: null });
    await store.lock('other', 'B', TTL);
    expect(await again()).toMatchObject({ ok: false, currentLock: 'B', headers: { 'X-WOPI-Lock': 'B' } });
  });

  test.each([
    ['RenameFile', (wopi: Awaited<ReturnType<typeof guarded>>) => wopi.renameFile('A', 'plan.docx')],
    ['DeleteFile', (wopi: Awaited<ReturnType<typeof guarded>>) => wopi.deleteFile()],
  ])('of %s', async (_operation, write) => {
    const store = new MemoryLockStore();
    const wopi = await guarded(store, { 'report.docx': 'old' });
    expect(await write(wopi)).toEqual(ok);
    expect(await wopi.again()).toMatchObject({ ok: true });
    await store.lock('report.docx', 'B', TTL);
    expect(await wopi.again()).toMatchObject({ ok: false, currentLock: 'B' });
  });
});

/** Clients that lock, read, add their mark and save, slowly, while locks lapse: whose save was acknowledged and is lost? */
async function lostUpdates(asksAgain: boolean): Promise<{ acknowledged: number; refused: number; lost: string[] }> {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  const { port, file } = await uploadHost(store, { asksAgain, content: 'start' });
  const { lock, unlock } = clientOf(port);
  const acknowledged: string[] = [];
  let refused = 0;

  async function edit(client: number): Promise<void> {
    const random = new Random(client);
    for (let attempt = 0; attempt < 25; attempt++) {
      const mark = `${client}.${attempt}`;
      while ((await lock(mark)).status !== 200) {
        await pause(1);
      }
      const { body } = await exchange(port, 'GET', CONTENTS);
      const upload = slowUpload(port, CONTENTS, mark, `${body},${mark}`);
      await pause(5); // the guard lets it through
      time += random.below(2 * TTL); // half of the locks lapse, and the others have time to take the file
      await pause(random.below(10));
      const { status } = await upload.finish();
      if (status === 200) {
        acknowledged.push(mark);
      } else {
        refused += 1;
      }
      await unlock(mark);
    }
  }

  await Promise.all([1, 2, 3, 4, 5, 6].map(edit));
  const marks = new Set(file.content.split(','));
  return { acknowledged: acknowledged.length, refused, lost: acknowledged.filter((mark) => !marks.has(mark)) };
}

describe('six clients whose locks lapse while they upload', () => {
  test('lose no save that was acknowledged', async () => {
    const { acknowledged, refused, lost } = await lostUpdates(true);
    expect(lost).toEqual([]);
    expect(acknowledged).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(10);
  }, 30_000);

  test('would lose some without asking again', async () => {
    const { lost } = await lostUpdates(false);
    expect(lost.length).toBeGreaterThan(0);
  }, 30_000);
});

test('a PutFile neither takes nor releases nor refreshes a lock', async () => {
  const { putFile, getLock, store, again } = await guarded(new MemoryLockStore(), { 'report.docx': '' });
  await putFile('A', 'new');
  expect(await store.getLock('report.docx')).toBeNull();
  await again();
  expect(await getLock()).toEqual(held(''));
});
