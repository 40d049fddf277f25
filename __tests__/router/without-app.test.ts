import { expect, test } from '@jest/globals';
import finalhandler from 'finalhandler';

import { MemoryLockStore, wopiLockRouter, wopiNotImplemented } from '../../src';
import { broken } from '../helpers/stores';
import { client as clientOf, conflict, exchange, held, listen, ok } from '../helpers/host';

test('the same router answers straight on http.createServer', async () => {
  const router = wopiLockRouter(new MemoryLockStore());
  const port = await listen((req, res) => router(req, res, finalhandler(req, res, { onerror: () => {} })));
  const client = clientOf(port, '/files/report.docx');
  expect(await client.lock('A')).toEqual(ok);
  expect(await client.lock('B')).toEqual(conflict('A'));
  expect(await client.unlockAndRelock('A', 'B')).toEqual(ok);
  expect(await client.refreshLock('B')).toEqual(ok);
  expect(await client.getLock()).toEqual(held('B'));
  expect(await client.unlock('B')).toEqual(ok);
  expect(await client.unlock('B')).toEqual(conflict(''));
  expect(await client.lock('')).toEqual({ status: 400 });
  expect((await exchange(port, 'GET', '/files/report.docx')).status).toBe(404);
});

test('its errors, and what is not its own, go to the callback', async () => {
  const router = wopiLockRouter(broken({ getLock: () => Promise.reject(new Error('down')) }));
  const given: unknown[] = [];
  const port = await listen((req, res) =>
    router(req, res, (error) => {
      given.push(error);
      wopiNotImplemented(req, res, finalhandler(req, res, { onerror: () => {} }));
    }),
  );
  await exchange(port, 'POST', '/files/1', { 'X-WOPI-Override': 'GET_LOCK' });
  await exchange(port, 'POST', '/files/1', { 'X-WOPI-Override': 'COBALT' });
  expect(given).toMatchObject([{ code: 'ERR_WOPI_STORE_FAILED' }, undefined]);
});
