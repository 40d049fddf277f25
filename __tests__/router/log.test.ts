import { format } from 'node:util';

import { expect, test } from '@jest/globals';

import { broken } from '../helpers/stores';
import { host } from '../helpers/host';
import { logLinesOf } from '../helpers/log-lines';

const lines = logLinesOf('wopi-lock-router*');

test('each answer is one line, with the correlation ID that hosts should log', async () => {
  const { send, lock } = await host();
  await send({ 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A', 'X-WOPI-CorrelationId': 'c-1' });
  await lock('B');
  await lock('');
  expect(lines().map((line) => /wopi-lock-router (.*?)( \+\d+ms)?$/.exec(line)?.[1])).toEqual([
    'Lock of "report.docx": 200 (correlation ID c-1)',
    'Lock of "report.docx": 409 (correlation ID not sent)',
    'Lock of "report.docx": ERR_WOPI_LOCK_MISSING (correlation ID not sent)',
  ]);
});

test('the access token is in no line, in no error, and not among what a store is given', async () => {
  const given: unknown[] = [];
  const spy = async (...args: unknown[]) => {
    given.push(...args);
    throw new Error('down');
  };
  const client = await host({
    store: broken({ getLock: spy, lock: spy, refreshLock: spy, unlock: spy, unlockAndRelock: spy }),
    authorize: ({ accessToken }) => accessToken === 'secret',
    itemVersion: () => '1',
  });
  await client.getLock();
  await client.lock('A');
  await client.lock('');
  await client.refreshLock('A');
  await client.unlock('A');
  await client.unlockAndRelock('A', 'B');
  await client.send({ 'X-WOPI-Override': 'LOCK' }, '/wopi/files/%00?access_token=secret');
  await client.send({ 'X-WOPI-Override': 'LOCK', Authorization: 'Bearer secret' }, '/wopi/files/1');
  await client.send({ 'X-WOPI-Override': 'LOCK' }, '/wopi/files/1?access_token=secret2');
  expect(lines()).toHaveLength(9);
  expect(client.errors).toHaveLength(9);
  expect(given.length).toBeGreaterThan(5);
  for (const what of [...lines(), ...given.map(String), ...client.errors.map((error) => format('%O', error))]) {
    expect(what).not.toContain('secret');
  }
});
