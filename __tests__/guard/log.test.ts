import { expect, test } from '@jest/globals';

import { guardedHost } from '../helpers/guarded-host';
import { logLinesOf } from '../helpers/log-lines';

const lines = logLinesOf('wopi-lock-router:guard');

test('each decision is one line, and the access token is in none of them', async () => {
  const host = await guardedHost({
    files: { 'report.docx': 'old' },
    guard: { authorize: ({ accessToken }) => accessToken === 'secret' },
  });
  await host.lock('A');
  await host.putFile('A', 'new');
  await host.putFile('B', 'new');
  await host.putFile('é', 'new');
  await host.send({ 'X-WOPI-Override': 'DELETE', 'X-WOPI-CorrelationId': 'c-1' });
  await host.send({ 'X-WOPI-Override': 'DELETE' }, '/wopi/files/1?access_token=secret2');
  await host.send({ 'X-WOPI-Override': 'PUT_USER_INFO' });
  expect(lines().map((line) => /wopi-lock-router:guard (.*?)( \+\d+ms)?$/.exec(line)?.[1])).toEqual([
    'PutFile of "report.docx": let through (correlation ID not sent)',
    'PutFile of "report.docx": 409 (correlation ID not sent)',
    'PutFile of "report.docx": ERR_WOPI_LOCK_INVALID (correlation ID not sent)',
    'DeleteFile of "report.docx": 409 (correlation ID c-1)',
    'DeleteFile of "1": ERR_WOPI_INVALID_TOKEN (correlation ID not sent)',
  ]);
  expect(lines().join('\n')).not.toContain('secret');
});
