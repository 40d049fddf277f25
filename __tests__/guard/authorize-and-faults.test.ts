import { describe, expect, test } from '@jest/globals';
import createError from 'http-errors';

import type { WopiWriteRequest } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { conflict, ok } from '../helpers/host';
import { broken } from '../helpers/stores';

const FILES = { 'report.docx': 'old', 'target.docx': 'old' };

type Host = Awaited<ReturnType<typeof guardedHost>>;

const WRITES: [string, (host: Host) => Promise<{ status: number }>][] = [
  ['PutFile', (host) => host.putFile('A', 'new')],
  ['RenameFile', (host) => host.renameFile('A', 'plan.docx')],
  ['DeleteFile', (host) => host.deleteFile()],
  ['PutRelativeFile', (host) => host.putRelativeFile('target.docx', 'new')],
];

describe.each(WRITES)('authorize of %s', (operation, write) => {
  test('is told who asks for what, and lets it go ahead', async () => {
    const requests: WopiWriteRequest[] = [];
    const host = await guardedHost({
      files: FILES,
      guard: { authorize: (request) => requests.push(request) > 0, allowUnlockedPutFile: true },
    });
    await host.store.lock('report.docx', 'A', 1000);
    await write(host);
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request).toMatchObject({ operation, fileId: 'report.docx' });
    expect(request!.accessToken).toBe('secret');
    expect(request!.lockId).toBe(operation === 'PutFile' || operation === 'RenameFile' ? 'A' : undefined);
    expect(request!.relativeTarget).toBe(operation === 'PutRelativeFile' ? 'target.docx' : undefined);
    expect(JSON.stringify(request)).not.toContain('secret');
  });

  test('comes before all else: its no is a 401, its 404 a 404, its fault a 500', async () => {
    const asked: string[] = [];
    const cause = new Error('connect ECONNREFUSED');
    const answers = [() => false, () => Promise.reject(createError(404)), () => Promise.reject(cause)];
    const host = await guardedHost({
      store: broken({ getLock: async () => (asked.push('store'), null) }),
      files: FILES,
      guard: {
        authorize: () => answers.shift()!(),
        fileSize: () => asked.push('size'),
        relativeTarget: () => (asked.push('target'), null),
      },
    });
    expect([await write(host), await write(host), await write(host)]).toEqual([
      { status: 401 },
      { status: 404 },
      { status: 500 },
    ]);
    expect(host.errors).toMatchObject([
      { code: 'ERR_WOPI_INVALID_TOKEN', headers: { 'WWW-Authenticate': 'Bearer realm="WOPI"' } },
      { status: 404 },
      { code: 'ERR_WOPI_AUTHORIZE_FAILED', cause },
    ]);
    expect([asked, host.reached]).toEqual([[], []]);
  });

  test('a store that is down is a 500: neither "locked" nor "free"', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { status: 409 });
    const host = await guardedHost({ store: broken({ getLock: () => Promise.reject(cause) }), files: FILES });
    expect(await write(host)).toEqual({ status: 500 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_STORE_FAILED', cause }]);
    expect(host.reached).toEqual([]);
  });

  test.each([undefined, false, {}, 0])('a store that gives %p for a lock is a 500', async (lock) => {
    const host = await guardedHost({ store: broken({ getLock: async () => lock }), files: FILES });
    expect(await write(host)).toEqual({ status: 500 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_STORE_FAILED', cause: expect.any(TypeError) }]);
  });

  test('a 409 that the store throws on purpose has X-WOPI-Lock', async () => {
    const refusal = createError(409, { headers: { 'X-WOPI-Lock': 'theirs' } });
    const host = await guardedHost({ store: broken({ getLock: () => Promise.reject(refusal) }), files: FILES });
    expect(await write(host)).toEqual(conflict('theirs'));
  });
});

test('mistakes of the client are told only to who may ask', async () => {
  const host = await guardedHost({ files: FILES, guard: { authorize: () => false } });
  expect(await host.putFile('é', 'new')).toEqual({ status: 401 });
  expect(await host.putRelativeFile('é', 'new')).toEqual({ status: 401 });
  expect(await host.send({ 'X-WOPI-Override': 'DELETE' }, '/wopi/files/%zz')).toEqual({ status: 401 });
});

test.each(['%00', '%zz', '%C3', 'x'.repeat(1025)])('no file has the ID %s: 404', async (fileId) => {
  const host = await guardedHost({ files: FILES });
  expect(await host.send({ 'X-WOPI-Override': 'PUT' }, `/wopi/files/${fileId}/contents`)).toEqual({ status: 404 });
  expect(await host.send({ 'X-WOPI-Override': 'DELETE' }, `/wopi/files/${fileId}`)).toEqual({ status: 404 });
  expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_NO_SUCH_FILE' }, { code: 'ERR_WOPI_NO_SUCH_FILE' }]);
});

describe('fileSize', () => {
  test('is not asked while the file is locked, nor for anything but PutFile', async () => {
    const sizes: string[] = [];
    const host = await guardedHost({ files: FILES, guard: { fileSize: (fileId) => sizes.push(fileId) } });
    await host.lock('A');
    await host.putFile('A', 'new');
    await host.putFile('B', 'new');
    await host.renameFile('A', 'plan.docx');
    await host.putRelativeFile('target.docx', 'new');
    expect(sizes).toEqual([]);
    await host.unlock('A');
    await host.putFile('A', 'new');
    expect(sizes).toEqual(['report.docx']);
  });

  test.each([-1, Number.NaN, '0', null, {}, false, 0n])('that gives %p, which is no size, is a 500', async (size) => {
    const host = await guardedHost({ files: FILES, guard: { fileSize: () => size as number } });
    expect(await host.putFile(undefined, 'new')).toEqual({ status: 500 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_FILE_SIZE_FAILED', cause: expect.any(TypeError) }]);
    expect(host.reached).toEqual([]);
  });

  test('that throws is a 500, or the HTTP error that it throws on purpose', async () => {
    const answers = [new Error('EIO'), createError(404)];
    const host = await guardedHost({ files: FILES, guard: { fileSize: () => Promise.reject(answers.shift()) } });
    expect([await host.putFile('A', 'new'), await host.putFile('A', 'new')]).toEqual([
      { status: 500 },
      { status: 404 },
    ]);
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_FILE_SIZE_FAILED' }, { status: 404 }]);
  });

  test('that is not given leaves a PutFile to those who hold the lock', async () => {
    const host = await guardedHost({ files: { 'report.docx': '' }, guard: { fileSize: undefined } });
    expect(await host.putFile('A', 'new')).toEqual(conflict(''));
    await host.lock('A');
    expect(await host.putFile('A', 'new')).toEqual(ok);
  });

  test('that is 0 no more once the lock has been looked at is content', async () => {
    const host = await guardedHost({
      files: { 'report.docx': '' },
      store: broken({
        getLock: async () => {
          // Somebody locks, fills and unlocks the file while the store is asked.
          host.files.get('report.docx')!.bytes = 'theirs';
          return null;
        },
      }),
    });
    expect(await host.putFile(undefined, 'new')).toEqual(conflict(''));
  });
});

describe('relativeTarget', () => {
  test.each([undefined, '', 7, {}, 'a\u0000', 'x'.repeat(1025)])(
    'that gives %p, which is neither an ID nor null, is a 500',
    async (target) => {
      const host = await guardedHost({ files: FILES, guard: { relativeTarget: () => target as string } });
      expect(await host.putRelativeFile('target.docx', 'new')).toEqual({ status: 500 });
      expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_RELATIVE_TARGET_FAILED', cause: expect.any(TypeError) }]);
      expect(host.reached).toEqual([]);
    },
  );

  test('that throws is a 500, or the HTTP error that it throws on purpose', async () => {
    const answers = [new Error('EIO'), createError(400, 'No such name')];
    const relativeTarget = () => Promise.reject(answers.shift());
    const host = await guardedHost({ files: FILES, guard: { relativeTarget } });
    const put = () => host.putRelativeFile('a/b', 'new');
    expect([await put(), await put()]).toEqual([{ status: 500 }, { status: 400 }]);
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_RELATIVE_TARGET_FAILED' }, { message: 'No such name' }]);
  });

  test('that is not given makes of it what the host does not support: 501', async () => {
    const host = await guardedHost({ files: FILES, guard: { relativeTarget: undefined } });
    expect(await host.putRelativeFile('target.docx', 'new')).toEqual({ status: 501 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_NOT_IMPLEMENTED' }]);
  });
});

describe('allowUnlockedPutFile', () => {
  test('lets clients save that never lock', async () => {
    const host = await guardedHost({ files: FILES, guard: { allowUnlockedPutFile: true } });
    expect(await host.putFile(undefined, 'new')).toEqual(ok);
    expect(await host.putFile('', 'newer')).toEqual(ok);
    expect(host.files.get('report.docx')).toMatchObject({ bytes: 'newer' });
  });

  test('refuses a client that has lost its lock, and one without the lock', async () => {
    const host = await guardedHost({ files: FILES, guard: { allowUnlockedPutFile: true } });
    expect(await host.putFile('A', 'new')).toEqual(conflict(''));
    await host.lock('B');
    expect(await host.putFile(undefined, 'new')).toEqual(conflict('B'));
    expect(await host.putFile('A', 'new')).toEqual(conflict('B'));
    expect(host.reached).toEqual([]);
  });
});
