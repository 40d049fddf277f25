import { describe, expect, test } from '@jest/globals';
import express, { Router, type Express, type RequestHandler } from 'express';
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
    ['what reads by POST', 'POST', `${FILE}/contents`, { 'X-WOPI-Override': 'GET_CHUNKED_FILE' }],
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

test.each([undefined, '', 'put', 'PUT, PUT', 'PUT_CHUNKED_FILE', 'LOCK', 'COBALT'])(
  'a write to contents is a PutFile whatever its Override: the host would write. Here %p',
  async (override) => {
    const { send, store, reached } = await guardedHost({ files: { 'report.docx': 'old' } });
    await store.lock('report.docx', 'A', 60_000);
    const headers = override === undefined ? {} : { 'X-WOPI-Override': override };
    expect(await send(headers, `${FILE}/contents`, 'new')).toEqual(conflict('A'));
    expect(reached).toEqual([]);
    expect(await send({ ...headers, 'X-WOPI-Lock': 'A' }, `${FILE}/contents`, 'new')).toEqual(ok);
  },
);

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

/** Where a host may have its route for PutFile, behind a guard at /wopi. */
const LAYOUTS: Record<string, (app: Express, write: RequestHandler) => void> = {
  'on the app': (app, write) => app.post('/wopi/files/:fileId/contents', write),
  'in a Router at /wopi': (app, write) => app.use('/wopi', Router().post('/files/:fileId/contents', write)),
  'in a Router at /wopi/files': (app, write) => app.use('/wopi/files', Router().post('/:fileId/contents', write)),
  'in a Router at /wopi/files/:fileId': (app, write) =>
    app.use('/wopi/files/:fileId', Router({ mergeParams: true }).post('/contents', write)),
  'in a Router at /wopi/files/:fileId/contents': (app, write) =>
    app.use('/wopi/files/:fileId/contents', Router({ mergeParams: true }).post('/', write)),
  'in an app at /wopi': (app, write) => app.use('/wopi', express().post('/files/:fileId/contents', write)),
};

test.each(Object.entries(LAYOUTS))(
  'no path gets past the guard to a route %s',
  async (_where, mount) => {
    const checked: boolean[] = [];
    const { port } = await host({
      guard: { fileSize: () => 0 },
      behind: (app) => {
        mount(app, (_req, res) => {
          checked.push(res.locals['wopiLock'] !== undefined);
          res.end();
        });
      },
    });
    const slash = fc.oneof(
      { weight: 6, arbitrary: fc.constant('/') },
      fc.constantFrom('//', '\\', '/\\', '\\/', '///', '/./', '/../', '%2f', '%5c'),
    );
    const path = fc
      .tuple(fc.constantFrom('', '', '', 'http://a', 'HTTP://a:80', '/x/..'), slash, slash, slash, slash)
      .chain(([start, ...slashes]) =>
        fc
          .constantFrom('', '', '/', '//', '#', '/#', '\\#', '?a', '#?', '/.', '%20', ';a', '/contents')
          .map(
            (end) => start + ['wopi', 'files', 'x', 'contents'].map((part, at) => slashes[at]! + part).join('') + end,
          ),
      );
    await fc.assert(
      fc.asyncProperty(path, async (target) => {
        await status(port, { method: 'POST', path: target, headers: [['X-WOPI-Override', 'PUT']], body: 'new' });
        expect(checked).not.toContain(false);
      }),
      { numRuns: 800 },
    );
    expect(checked.length).toBeGreaterThan(50);
  },
  60_000,
);

test("what is no URL is nobody's, and its access token gets into no error", async () => {
  const { port, errors } = await guardedHost({ files: { 'report.docx': 'old' } });
  for (const path of ['//a@[x/files/1?access_token=secret#', '/wopi//a@[x/files/1/contents?access_token=secret#']) {
    const headers = [['X-WOPI-Override', 'PUT']] as const;
    expect([400, 404, 500, 501]).toContain(await status(port, { method: 'POST', path, headers, body: '' }));
  }
  const ofTheGuard = errors.filter(({ stack }) => stack?.includes('write-request'));
  expect(ofTheGuard).toEqual([]);
});

test('a refusal that comes after somebody else has answered is no error: it would cut the connection', async () => {
  let decided: () => void;
  const decision = new Promise<void>((resolve) => (decided = resolve));
  const { port, errors } = await host({
    store: broken({ getLock: async () => (setImmediate(decided), 'A') }),
    before: (app) =>
      app.use((_req, res, next) => {
        res.statusCode = 503;
        res.end();
        next();
      }),
    guard: {},
  });
  expect(await exchange(port, 'POST', `${FILE}/contents`, { 'X-WOPI-Override': 'PUT' })).toMatchObject({ status: 503 });
  await decision;
  expect(errors).toEqual([]);
});

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
