import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { wopiLockGuard } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { conflict, exchange, FILE, host, listen, ok } from '../helpers/host';
import { status } from '../helpers/raw';
import { broken } from '../helpers/stores';

/** A store that nobody may ask. */
function untouched() {
  const asked: string[] = [];
  const methods = ['getLock', 'lock', 'refreshLock', 'unlock', 'unlockAndRelock'] as const;
  const store = broken(Object.fromEntries(methods.map((method) => [method, async () => void asked.push(method)])));
  return { store, asked };
}

describe('everything else passes', () => {
  test.each([
    ['CheckFileInfo', 'GET', FILE, {}],
    ['GetFile', 'GET', `${FILE}/contents`, {}],
    ['PutUserInfo', 'POST', FILE, { 'X-WOPI-Override': 'PUT_USER_INFO' }],
    ['GetShareUrl', 'POST', FILE, { 'X-WOPI-Override': 'GET_SHARE_URL' }],
    ['COBALT', 'POST', FILE, { 'X-WOPI-Override': 'COBALT', 'X-WOPI-RelativeTarget': 'report.docx' }],
    ['another operation on contents', 'POST', `${FILE}/contents`, { 'X-WOPI-Override': 'GET_CHUNKED_FILE' }],
    ['PUT that names no contents', 'POST', FILE, { 'X-WOPI-Override': 'PUT' }],
    ['an override in lower case', 'POST', FILE, { 'X-WOPI-Override': 'delete' }],
    ['another method', 'DELETE', FILE, { 'X-WOPI-Override': 'DELETE' }],
    ['another path', 'POST', `${FILE}/contents/1`, { 'X-WOPI-Override': 'PUT' }],
    [
      'PutRelativeFile with a suggested name',
      'POST',
      FILE,
      { 'X-WOPI-Override': 'PUT_RELATIVE', 'X-WOPI-SuggestedTarget': '.docx' },
    ],
    [
      'PutRelativeFile that must not overwrite',
      'POST',
      FILE,
      { 'X-WOPI-Override': 'PUT_RELATIVE', 'X-WOPI-RelativeTarget': 'a', 'X-WOPI-OverwriteRelativeTarget': 'False' },
    ],
    [
      'PutRelativeFile that does not say whether to overwrite',
      'POST',
      FILE,
      { 'X-WOPI-Override': 'PUT_RELATIVE', 'X-WOPI-RelativeTarget': 'a' },
    ],
  ] as const)('%s', async (_what, method, path, headers) => {
    const { store, asked } = untouched();
    const authorized: unknown[] = [];
    const passed: unknown[] = [];
    const { port } = await host({
      store,
      guard: { authorize: (request) => authorized.push(request) > 0 },
      behind: (app) =>
        app.use('/wopi', (req, res) => {
          passed.push([req.readableDidRead, { ...res.locals }]);
          req.pipe(res);
        }),
    });
    const answer = await exchange(port, method, path, headers, method === 'POST' ? 'body' : '');
    expect(answer).toMatchObject({ status: 200, body: method === 'POST' ? 'body' : '' });
    expect(passed).toEqual([[false, {}]]);
    expect([asked, authorized]).toEqual([[], []]);
  });
});

test('a write to contents that names no operation is a PutFile: the host would write', async () => {
  const { send, lock, reached } = await guardedHost({ files: { 'report.docx': 'old' } });
  await lock('A');
  expect(await send({}, `${FILE}/contents`, 'new')).toEqual(conflict('A'));
  expect(await send({ 'X-WOPI-Override': '' }, `${FILE}/contents`, 'new')).toEqual(conflict('A'));
  expect(reached).toEqual([]);
  expect(await send({ 'X-WOPI-Lock': 'A' }, `${FILE}/contents`, 'new')).toEqual(ok);
});

test.each([
  '/wopi/files/report.docx/contents',
  '/WOPI/Files/report.docx/CONTENTS/',
  '/wopi/files/report%2Edocx/contents?access_token=secret',
  'http://example.com/wopi/files/report.docx/contents',
  '/wopi/files/report.docx\\contents#',
  '/wopi/files\\report.docx/contents#x?y',
  'http://example.com/wopi/files/report.docx\\contents#',
])('a path that the host reads as that of a file is read so by the guard: %s', async (path) => {
  const { port, store, reached, files } = await guardedHost({ files: { 'report.docx': 'old' } });
  await store.lock('report.docx', 'A', 60_000);
  const put = (lock: string) =>
    status(port, {
      method: 'POST',
      path,
      headers: [
        ['X-WOPI-Override', 'PUT'],
        ['X-WOPI-Lock', lock],
      ],
      body: 'new',
    });
  expect(await put('B')).toBe(409);
  expect(reached).toEqual([]);
  expect(await put('A')).toBe(200);
  expect(files.get('report.docx')).toMatchObject({ bytes: 'new' });
});

test('no path gets past the guard to the host', async () => {
  const reached: [route: string, isChecked: boolean][] = [];
  const { port } = await host({
    guard: { fileSize: () => 0 },
    behind: (app) => {
      for (const route of ['/wopi/files/:fileId', '/wopi/files/:fileId/contents']) {
        app.post(route, (_req, res) => {
          reached.push([route, res.locals['wopiLock'] !== undefined]);
          res.end();
        });
      }
    },
  });
  const parts = ['/', '\\', 'wopi', 'files', 'x', 'contents', '#', '?', '%2f', '%5c', '.', '..', ';', '{'];
  const path = fc
    .tuple(
      fc.constantFrom(
        '/wopi/files/x/contents',
        '/wopi/files\\x\\contents',
        '/wopi/files/x',
        '/wopi/files',
        'http://a/wopi',
      ),
      fc.array(fc.constantFrom(...parts), { maxLength: 5 }),
    )
    .map(([start, rest]) => start + rest.join(''));
  const seen = { '/wopi/files/:fileId': 0, '/wopi/files/:fileId/contents': 0 };
  await fc.assert(
    fc.asyncProperty(path, fc.boolean(), async (target, isPut) => {
      reached.length = 0;
      const headers = [['X-WOPI-Override', isPut ? 'PUT' : 'DELETE']] as const;
      await status(port, { method: 'POST', path: target, headers, body: 'new' });
      const writes = reached.filter(([route]) => route.endsWith('contents') === isPut);
      for (const [route, isChecked] of writes) {
        seen[route as keyof typeof seen] += 1;
        expect(isChecked).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  expect(seen['/wopi/files/:fileId']).toBeGreaterThan(50);
  expect(seen['/wopi/files/:fileId/contents']).toBeGreaterThan(50);
}, 60_000);

test('the guard runs without an app too', async () => {
  const guard = wopiLockGuard(broken({ getLock: async (fileId) => (fileId === 'free' ? null : 'A') }), {
    fileSize: () => 0,
  });
  const port = await listen((req, res) =>
    guard(req, res, (error) => {
      res.statusCode = (error as { status?: number } | undefined)?.status ?? 204;
      res.end();
    }),
  );
  const put = async (path: string, lock: string) =>
    (await exchange(port, 'POST', path, { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': lock })).status;
  expect(await put('/files/1/contents?access_token=secret', 'A')).toBe(204);
  expect(await put('/files/1/contents', 'B')).toBe(409);
  expect(await put('/files/free/contents', 'B')).toBe(204);
  expect(await put('/files/%00/contents', 'B')).toBe(404);
  expect(await put('/elsewhere', 'B')).toBe(204);
});
