import { connect } from 'node:net';

import { describe, expect, test } from '@jest/globals';

import type { LockStore } from '../../src';
import { broken } from '../helpers/stores';
import { client as clientOf, conflict, FILE, held, host, ok } from '../helpers/host';

/** The bytes of an answer, as they come over the wire. */
async function raw(port: number, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    connect(port, '127.0.0.1')
      .setEncoding('latin1')
      .on('data', (chunk) => (received += chunk.toString()))
      .on('error', reject)
      .on('end', () => resolve(received))
      .write(
        `POST ${FILE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`,
        'latin1',
      );
  });
}

describe('X-WOPI-Lock on the wire', () => {
  test('is present and empty on the 409 of a file that is not locked', async () => {
    const { port } = await host();
    const answer = await raw(port, ['X-WOPI-Override: UNLOCK', 'X-WOPI-Lock: A']);
    expect(answer).toMatch(/^HTTP\/1\.1 409 /);
    expect(answer).toMatch(/\r\nX-WOPI-Lock: ?\r\n/);
  });

  test('is present and empty on the GetLock of a file that is not locked', async () => {
    const { port } = await host();
    const answer = await raw(port, ['X-WOPI-Override: GET_LOCK']);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/\r\nX-WOPI-Lock: ?\r\n/);
  });

  test('is one space with emptyLockHeader', async () => {
    const { port } = await host({ emptyLockHeader: ' ' });
    expect(await raw(port, ['X-WOPI-Override: UNLOCK', 'X-WOPI-Lock: A'])).toContain('\r\nX-WOPI-Lock:  \r\n');
    expect(await raw(port, ['X-WOPI-Override: GET_LOCK'])).toContain('\r\nX-WOPI-Lock:  \r\n');
  });

  test.each([
    '{"S":"03d000d2-1e4a-4b6e-9d2c-6b1e5a3f0c11","F":4}',
    'report.docx',
    'cool-lock1a2b3c4d',
    'q83vEjRWeJCrze8=+/',
    `{"S": "${'x'.repeat(300)}", "F": 4, "E": 2, "M": "a b c", "P": "tab\there"}`,
    '!'.repeat(1024),
    Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
      .join('')
      .trim(),
  ])('comes back exactly as it was given: %s', async (lock) => {
    const client = await host();
    expect(await client.lock(lock)).toEqual(ok);
    expect(await client.lock('other')).toEqual(conflict(lock));
    expect(await client.getLock()).toEqual(held(lock));
    expect(await client.unlockAndRelock(lock, 'other')).toEqual(ok);
  });

  test.each([
    ['too long', 'x'.repeat(1025)],
    ['not ASCII', 'Schl\u00fcssel'],
    ['beyond latin1', '\u9501'],
    ['with a line break', 'A\r\nX-WOPI-ItemVersion: 7'],
    ['with blanks around it', ' A '],
    ['empty', ''],
    ['no string at all', 7 as unknown as string],
    ['undefined', undefined as unknown as string],
  ])('is empty on a 409 when the file holds a lock that is no WOPI lock: %s', async (_name, currentLock) => {
    const client = await host({ store: broken({ lock: async () => ({ ok: false, currentLock }) }) });
    expect(await client.lock('A')).toEqual(conflict(''));
  });

  test('is empty on the GetLock of a file that holds a lock that is no WOPI lock', async () => {
    const client = await host({ store: broken({ getLock: async () => 'A\r\nB' }) });
    expect(await client.getLock()).toEqual(held(''));
  });
});

describe('X-WOPI-OldLock', () => {
  test('tells UnlockAndRelock by its presence, also when it is empty', async () => {
    const client = await host();
    expect(await client.unlockAndRelock('', 'N')).toEqual(conflict(''));
    expect(await client.getLock()).toEqual(held(''));
    await client.lock('A');
    expect(await client.unlockAndRelock('', 'A')).toEqual(conflict('A'));
  });

  test.each([
    ['too long', 'x'.repeat(1025)],
    ['not ASCII', '\u00fc'],
  ])('is no 400 when it is %s: it does not match', async (_name, oldLock) => {
    const client = await host();
    await client.lock('A');
    expect(await client.unlockAndRelock(oldLock, 'N')).toEqual(conflict('A'));
  });

  test.each(['REFRESH_LOCK', 'UNLOCK', 'GET_LOCK'])('is ignored on %s', async (override) => {
    const client = await host();
    await client.lock('A');
    const { status } = await client.send({
      'X-WOPI-Override': override,
      'X-WOPI-Lock': 'A',
      'X-WOPI-OldLock': ['B', 'C'],
    });
    expect(status).toBe(200);
  });
});

describe('400', () => {
  const OPERATIONS = [
    ['Lock', { 'X-WOPI-Override': 'LOCK' }],
    ['UnlockAndRelock', { 'X-WOPI-Override': 'LOCK', 'X-WOPI-OldLock': 'A' }],
    ['RefreshLock', { 'X-WOPI-Override': 'REFRESH_LOCK' }],
    ['Unlock', { 'X-WOPI-Override': 'UNLOCK' }],
  ] as const;

  describe.each(OPERATIONS)('%s', (_name, headers) => {
    test.each([
      ['X-WOPI-Lock is absent', {}, 'ERR_WOPI_LOCK_MISSING'],
      ['X-WOPI-Lock is empty', { 'X-WOPI-Lock': '' }, 'ERR_WOPI_LOCK_MISSING'],
      ['X-WOPI-Lock is blank', { 'X-WOPI-Lock': ' \t ' }, 'ERR_WOPI_LOCK_MISSING'],
      ['X-WOPI-Lock has 1025 characters', { 'X-WOPI-Lock': 'x'.repeat(1025) }, 'ERR_WOPI_LOCK_INVALID'],
      ['X-WOPI-Lock is not ASCII', { 'X-WOPI-Lock': '\u00fc' }, 'ERR_WOPI_LOCK_INVALID'],
      ['X-WOPI-Lock was sent twice', { 'X-WOPI-Lock': ['A', 'A'] }, 'ERR_WOPI_HEADER_REPEATED'],
    ])('when %s', async (_when, extra: Record<string, string | string[]>, code) => {
      const client = await host();
      await client.lock('A');
      expect(await client.send({ ...headers, ...extra })).toEqual({ status: 400 });
      expect(client.errors).toMatchObject([{ code, status: 400, expose: true }]);
      expect(await client.getLock()).toEqual(held('A'));
    });
  });

  test('when X-WOPI-OldLock of an UnlockAndRelock was sent twice', async () => {
    const client = await host();
    await client.lock('A');
    const headers = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'N', 'X-WOPI-OldLock': ['A', 'A'] };
    expect(await client.send(headers)).toEqual({ status: 400 });
    expect(client.errors).toMatchObject([{ code: 'ERR_WOPI_HEADER_REPEATED' }]);
    expect(await client.getLock()).toEqual(held('A'));
  });

  test('but not when one lock ID contains what Node joins repeated headers with', async () => {
    const client = await host();
    expect(await client.lock('A, B')).toEqual(ok);
    expect(await client.unlockAndRelock('A, B', 'C, D')).toEqual(ok);
    expect(await client.getLock()).toEqual(held('C, D'));
  });
});

describe('X-WOPI-LockFailureReason', () => {
  const refusing = (reason: unknown): LockStore =>
    broken({ lock: async () => ({ ok: false, currentLock: 'B', reason: reason as string }) });

  test('is what the store gives', async () => {
    const client = await host({ store: refusing('Checked out by Alex') });
    expect(await client.lock('A')).toEqual({ ...conflict('B'), 'x-wopi-lockfailurereason': 'Checked out by Alex' });
  });

  test('is made plain ASCII, of one line and short', async () => {
    const client = await host({ store: refusing(`Gesperrt f\u00fcr\r\nX-Evil: 1 ${'x'.repeat(300)}`) });
    const { 'x-wopi-lockfailurereason': reason, ...rest } = await client.lock('A');
    expect(rest).toEqual(conflict('B'));
    expect(reason).toMatch(/^Gesperrt f r X-Evil: 1 x{10,}$/);
    expect(String(reason).length).toBeLessThanOrEqual(200);
  });

  test.each([undefined, 42, '', '\u9501'])('is not sent for %p', async (reason) => {
    const client = await host({ store: refusing(reason) });
    expect(await client.lock('A')).toEqual(conflict('B'));
  });
});

test('a file is found by its percent-decoded ID, byte for byte', async () => {
  const { port } = await host();
  const files = ['a', 'A', '%C3%A4', 'a%CC%88', 'a%2Fb', '__proto__', 'constructor', 'a%20', '%2561', '..%2F..', "a'b"];
  for (const file of files) {
    expect(await clientOf(port, `/wopi/files/${file}`).lock(file)).toEqual(ok);
  }
  for (const file of files) {
    expect(await clientOf(port, `/wopi/files/${file}`).getLock()).toEqual(held(file));
  }
  expect(await clientOf(port, '/wopi/files/%61').getLock()).toEqual(held('a'));
});
