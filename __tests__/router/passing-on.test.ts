import { Agent, request } from 'node:http';

import { describe, expect, test } from '@jest/globals';
import type { Request } from 'express';

import { exchange, FILE, held, host } from '../helpers/host';

const FOREIGN = [
  'RENAME_FILE',
  'PUT_RELATIVE',
  'PUT_USER_INFO',
  'DELETE',
  'COBALT',
  'GET_SHARE_URL',
  'ADD_ACTIVITIES',
  'READ_SECURE_STORE',
  'GET_COAUTH_LOCK',
  'PUT',
  'UNLOCK_AND_RELOCK',
  'lock',
  'LOCK2',
  'LOCK,UNLOCK',
  '__proto__',
  'toString',
];

describe('what is not one of the five operations', () => {
  test('goes on with its body unread: a route behind streams the body of a RENAME_FILE', async () => {
    const body = 'x'.repeat(3_000_000);
    const client = await host({
      behind: (app) =>
        app.post('/wopi/files/:fileId', (req: Request, res) => {
          expect(req.readableDidRead).toBe(false);
          let bytes = 0;
          req.on('data', (chunk: Buffer) => (bytes += chunk.length));
          req.on('end', () => res.json({ file: req.params['fileId'], bytes }));
        }),
    });
    const answer = await exchange(client.port, 'POST', FILE, { 'X-WOPI-Override': 'RENAME_FILE' }, body);
    expect(JSON.parse(answer.body)).toEqual({ file: 'report.docx', bytes: body.length });
  });

  test.each(FOREIGN)('gets 501 from the terminal handler when nobody took it: %s', async (override) => {
    const client = await host();
    await client.lock('A');
    expect(await client.send({ 'X-WOPI-Override': override, 'X-WOPI-Lock': 'B' })).toEqual({ status: 501 });
    expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_NOT_IMPLEMENTED', status: 501 }]);
    expect(await client.getLock()).toEqual(held('A'));
  });

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD'])('goes on by its method: %s', async (method) => {
    const { port } = await host();
    const { status } = await exchange(port, method, FILE, { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A' });
    expect(status).toBe(501);
  });

  test.each(['/wopi/files', '/wopi/files/', '/wopi/files/a/contents', '/wopi/files/a/b', '/wopi/folders/a', '/wopi'])(
    'goes on by its path: %s',
    async (path) => {
      const { port } = await host();
      const { status } = await exchange(port, 'POST', path, { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A' });
      expect(status).toBe(501);
    },
  );

  test('is 404 from Express where the app has neither a route nor the terminal handler for it', async () => {
    const { port } = await host();
    expect((await exchange(port, 'POST', '/elsewhere')).status).toBe(404);
  });
});

test.each([
  '/wopi/FILES/report.docx',
  '/wopi/files/report.docx/',
  '/wopi/files/report.docx?',
  '/WOPI/files/report.docx',
])('the path matches as Express routes do by default: %s', async (path) => {
  const client = await host();
  await client.lock('A');
  expect(await client.send({ 'X-WOPI-Override': 'GET_LOCK' }, path)).toEqual(held('A'));
});

test('an absolute URL in the request line names the same file', async () => {
  const client = await host();
  await client.lock('A');
  const path = 'http://example.com/wopi/files/report.docx?access_token=secret';
  expect(await client.send({ 'X-WOPI-Override': 'GET_LOCK' }, path)).toEqual(held('A'));
});

test('a lock request may carry a body: it is not read, and the connection stays usable', async () => {
  const { port } = await host();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'X-WOPI-Override': 'GET_LOCK', 'Content-Type': 'application/x-www-form-urlencoded' };
  const statuses: (number | undefined)[] = [];
  for (const body of ['a=1', 'x'.repeat(200_000), '']) {
    await new Promise<void>((resolve, reject) => {
      request({ port, host: '127.0.0.1', method: 'POST', path: FILE, headers, agent }, (res) => {
        statuses.push(res.statusCode);
        res.resume().on('end', resolve);
      })
        .on('error', reject)
        .end(body);
    });
  }
  agent.destroy();
  expect(statuses).toEqual([200, 200, 200]);
});
