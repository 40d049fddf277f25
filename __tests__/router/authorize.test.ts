import { inspect } from 'node:util';

import createError from 'http-errors';
import { describe, expect, test } from '@jest/globals';

import { MemoryLockStore, wopiLockRouter, type WopiLockRequest } from '../../src';
import { broken } from '../helpers/stores';
import { client as clientOf, conflict, exchange, FILE, held, host, ok } from '../helpers/host';

describe('authorize', () => {
  test('is given the parsed request and the Express request', async () => {
    const seen: unknown[] = [];
    const { send } = await host({
      authorize: (request, req) => {
        const { operation, fileId, accessToken, lockId, oldLockId, correlationId, sessionId, requestId } = request;
        seen.push({ operation, fileId, accessToken, lockId, oldLockId, correlationId, sessionId, requestId });
        return req.app !== undefined && req.originalUrl.startsWith('/wopi/files/');
      },
    });
    const correlated = { 'X-WOPI-CorrelationId': 'c-1', 'X-WOPI-SessionId': 's-1', 'X-Request-ID': 'r-1' };
    await send(
      { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'N', 'X-WOPI-OldLock': 'A', ...correlated },
      '/wopi/files/a%20b?x=1&access_token=s%C3%A9cret%2B&access_token=second',
    );
    await send({ 'X-WOPI-Override': 'GET_LOCK', 'X-WOPI-Lock': 'ignored', 'X-WOPI-OldLock': 'ignored' }, FILE);
    expect(seen).toEqual([
      {
        operation: 'UnlockAndRelock',
        fileId: 'a b',
        accessToken: 's\u00e9cret+',
        lockId: 'N',
        oldLockId: 'A',
        correlationId: 'c-1',
        sessionId: 's-1',
        requestId: 'r-1',
      },
      { operation: 'GetLock', fileId: 'report.docx' },
    ]);
  });

  test.each([
    ['the query parameter', `${FILE}?access_token=query`, { Authorization: 'Bearer header' }, 'query'],
    ['else the Bearer header', FILE, { Authorization: 'bearer header' }, 'header'],
    ['but no other Authorization', FILE, { Authorization: 'Basic header' }, undefined],
    ['an empty parameter as it is', `${FILE}?access_token=`, { Authorization: 'Bearer header' }, ''],
    ['a parameter with a malformed escape', `${FILE}?access_token=a%zz`, {}, 'a%zz'],
  ])('reads the access token from %s', async (_from, path, headers: Record<string, string>, token) => {
    const seen: unknown[] = [];
    const { send } = await host({
      authorize: ({ accessToken }) => {
        seen.push(accessToken);
        return true;
      },
    });
    expect(await send({ 'X-WOPI-Override': 'GET_LOCK', ...headers }, path)).toEqual(held(''));
    expect(seen).toEqual([token]);
  });

  test('sees the parameters of the path where the router is mounted', async () => {
    const seen: unknown[] = [];
    const { port } = await host({
      behind: (app) =>
        app.use(
          '/tenants/:tenant',
          wopiLockRouter(new MemoryLockStore(), {
            authorize: (_request, req) => {
              seen.push(req.params['tenant']);
              return true;
            },
          }),
        ),
    });
    expect(await clientOf(port, '/tenants/acme/files/1').lock('A')).toEqual(ok);
    expect(seen).toEqual(['acme']);
  });

  test.each([
    ['false', () => false],
    ['a promise of false', async () => false],
    ['nothing', () => undefined as unknown as boolean],
  ])('that answers %s is a 401, and the store is not asked', async (_what, authorize) => {
    const client = await host({ authorize, store: broken({ lock: () => expect(true).toBe(false) }) });
    expect(await client.lock('A')).toEqual({ status: 401 });
    expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_INVALID_TOKEN', status: 401 }]);
  });

  test('the 401 still has its WWW-Authenticate after Express has handled the error', async () => {
    const { port } = await host({ authorize: () => false });
    const { headers } = await exchange(port, 'POST', FILE, { 'X-WOPI-Override': 'GET_LOCK' });
    expect(headers['www-authenticate']).toBe('Bearer realm="WOPI"');
  });

  test.each([
    ['throws', () => Promise.reject(createError(404, 'Hidden', { code: 'MINE' }))],
    [
      'throws at once',
      () => {
        throw createError(404, 'Hidden', { code: 'MINE' });
      },
    ],
  ])('that %s an HTTP error has it passed on as it is', async (_how, authorize) => {
    const client = await host({ authorize });
    expect(await client.lock('A')).toEqual({ status: 404 });
    expect(client.errors).toMatchObject([{ code: 'MINE', status: 404, message: 'Hidden' }]);
  });

  test.each([new Error('down'), Object.assign(new Error('from a HTTP client'), { status: 404 }), 'text', undefined])(
    'that throws %p is a 500 with the cause kept',
    async (cause) => {
      const client = await host({ authorize: () => Promise.reject(cause) });
      expect(await client.lock('A')).toEqual({ status: 500 });
      expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_AUTHORIZE_FAILED', status: 500, expose: false }]);
      expect(client.errors[0]!.cause).toBe(cause);
    },
  );

  test('that throws a 409 gets an empty X-WOPI-Lock, or the one it set', async () => {
    let headers: Record<string, string> | undefined;
    const client = await host({
      authorize: () => {
        throw createError(409, 'Checked out', headers === undefined ? {} : { headers });
      },
    });
    expect(await client.lock('A')).toEqual(conflict(''));
    headers = { 'x-wopi-lock': 'B' };
    expect(await client.lock('A')).toEqual(conflict('B'));
    headers = { 'x-wopi-lock': 'B\r\nC' };
    expect(await client.lock('A')).toEqual(conflict(''));
  });

  test('that throws one and the same frozen 409 each time has it passed on', async () => {
    const error = Object.freeze(createError(409, 'Checked out'));
    const client = await host({ authorize: () => Promise.reject(error) });
    expect((await client.lock('A')).status).toBe(409);
    expect((await client.lock('A')).status).toBe(409);
  });

  test('a 409 keeps X-WOPI-Lock when the app writes errors itself', async () => {
    const client = await host({
      authorize: () => {
        throw createError(409, 'Checked out', { headers: { 'X-WOPI-Lock': 'B' } });
      },
      behind: (app) =>
        app.use('/wopi', ((error, _req, res, _next) => {
          res.status(error.status).json({ message: error.message });
        }) satisfies import('express').ErrorRequestHandler),
    });
    expect(await client.lock('A')).toEqual(conflict('B'));
  });
});

describe('the order of checks', () => {
  const hostile = { 'X-WOPI-Override': 'UNLOCK', 'X-WOPI-Lock': ['A', 'A'] };

  test('the token comes first', async () => {
    const client = await host({ authorize: () => false });
    expect(await client.send(hostile, '/wopi/files/%00')).toEqual({ status: 401 });
  });

  test('then the file', async () => {
    const client = await host({ authorize: () => true });
    expect(await client.send(hostile, '/wopi/files/%00')).toEqual({ status: 404 });
    expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_NO_SUCH_FILE' }]);
  });

  test('then the headers', async () => {
    const client = await host({ authorize: () => true, itemVersion: () => Promise.reject(new Error('not asked')) });
    await client.store.lock('report.docx', 'B', 1000);
    expect(await client.send(hostile)).toEqual({ status: 400 });
  });

  test('then the lock', async () => {
    const client = await host();
    expect(await client.unlock('A')).toEqual(conflict(''));
  });
});

describe('a file ID that cannot be one', () => {
  test.each(['%00', 'a%0Ab', '%7F', '%C2%85', '%', '%zz', '%FF', 'x'.repeat(1025)])(
    'is 404, and authorize gets it as it stood in the URL: %s',
    async (segment) => {
      const seen: string[] = [];
      const client = await host({
        authorize: ({ fileId }) => {
          seen.push(fileId);
          return true;
        },
      });
      for (const override of ['LOCK', 'GET_LOCK', 'REFRESH_LOCK', 'UNLOCK']) {
        const headers = { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'A' };
        expect(await client.send(headers, `/wopi/files/${segment}`)).toEqual({ status: 404 });
      }
      expect(seen).toEqual(Array(4).fill(segment));
      expect(client.errors[0]).toMatchObject({ code: 'ERR_WOPI_NO_SUCH_FILE', expose: true });
    },
  );

  test('is not one of 1024 characters', async () => {
    const { port } = await host();
    expect(await clientOf(port, `/wopi/files/${'%C3%A4'.repeat(1024)}`).lock('A')).toEqual(ok);
  });
});

test('a WopiLockRequest that is printed shows no access token', async () => {
  let request: WopiLockRequest | undefined;
  const client = await host({
    authorize: (parsed) => {
      request = parsed;
      return true;
    },
  });
  await client.lock('A');
  expect(request?.accessToken).toBe('secret');
  expect(inspect(request, { depth: 9 })).not.toContain('secret');
  expect(JSON.stringify(request)).not.toContain('secret');
});
