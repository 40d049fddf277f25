import { describe, expect, test } from '@jest/globals';
import finalhandler from 'finalhandler';
import createError from 'http-errors';

import { wopiLockRouter } from '../../src';
import { broken } from '../helpers/stores';
import { conflict, exchange, held, host, listen } from '../helpers/host';

const OPERATIONS = ['getLock', 'lock', 'refreshLock', 'unlock', 'unlockAndRelock'] as const;

type Host = Awaited<ReturnType<typeof host>>;

function call(client: Host, operation: (typeof OPERATIONS)[number]) {
  return operation === 'unlockAndRelock' ? client.unlockAndRelock('A', 'N') : client[operation]('A');
}

describe.each(OPERATIONS)('a store whose %s', (operation) => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { status: 409, statusCode: 404, expose: true });

  test.each([
    ['rejects', () => Promise.reject(cause)],
    [
      'throws at once',
      () => {
        throw cause;
      },
    ],
  ])('%s is a 500 with the cause kept, whatever status the cause has', async (_how, fail) => {
    const client = await host({ store: broken({ [operation]: fail }) });
    expect(await call(client, operation)).toEqual({ status: 500 });
    expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_STORE_FAILED', status: 500, expose: false }]);
    expect(client.errors[0]!.cause).toBe(cause);
  });

  test('throws an HTTP error on purpose keeps its status', async () => {
    const error = createError(503, 'Maintenance', { headers: { 'Retry-After': '60' } });
    const client = await host({ store: broken({ [operation]: () => Promise.reject(error) }) });
    expect(await call(client, operation)).toEqual({ status: 503 });
    expect(client.errors).toEqual([error]);
  });

  test('throws a 409 on purpose gets an X-WOPI-Lock', async () => {
    const client = await host({ store: broken({ [operation]: () => Promise.reject(createError(409)) }) });
    expect(await call(client, operation)).toEqual(conflict(''));
  });

  test.each([undefined, true, 7, {}, [], { ok: 'yes' }, { currentLock: null }])(
    'answers %p, which is no answer, is a 500: neither "locked" nor "free"',
    async (answer) => {
      const client = await host({ store: broken({ [operation]: async () => answer }) });
      expect(await call(client, operation)).toEqual({ status: 500 });
      expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_STORE_FAILED', cause: expect.any(TypeError) }]);
    },
  );
});

test('a store may answer without a promise', async () => {
  const client = await host({ store: broken({ getLock: () => 'A', lock: () => ({ ok: false, currentLock: 'B' }) }) });
  expect(await client.getLock()).toEqual(held('A'));
  expect(await client.lock('A')).toEqual(conflict('B'));
});

test('a 500 tells the client nothing of its cause', async () => {
  const router = wopiLockRouter(broken({ getLock: () => Promise.reject(new Error('password=hunter2')) }));
  const port = await listen((req, res) => router(req, res, finalhandler(req, res, { env: 'production' })));
  const { status, body } = await exchange(port, 'POST', '/files/1', { 'X-WOPI-Override': 'GET_LOCK' });
  expect(status).toBe(500);
  expect(body).toContain('Internal Server Error');
  expect(body).not.toContain('hunter2');
});
