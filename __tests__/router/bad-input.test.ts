import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MAX_LOCK_ID_LENGTH } from '../../src';
import { host } from '../helpers/host';
import { headerBytes, line, lines, status } from '../helpers/raw';

// What Node itself answers before any app sees the request: 400, 413, 414, 417, 431.
const DOCUMENTED = [200, 400, 401, 404, 409, 501, 413, 414, 417, 431];

const lockId = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('A', 'B', 'A, B') },
  fc.constantFrom('', ' ', '\t', 'x'.repeat(MAX_LOCK_ID_LENGTH), 'x'.repeat(MAX_LOCK_ID_LENGTH + 1), '\u00e4', 'a\tb'),
  headerBytes,
);
const override = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('LOCK', 'GET_LOCK', 'REFRESH_LOCK', 'UNLOCK') },
  fc.constantFrom('', 'lock', 'UNLOCK_AND_RELOCK', 'RENAME_FILE', '__proto__', 'constructor', 'LOCK, LOCK', 'LOCK\t'),
  headerBytes,
);
const file = fc.oneof(
  { weight: 3, arbitrary: fc.constant('report.docx') },
  fc.constantFrom(
    '%00',
    '%2F',
    '..%2f..',
    '%',
    '%zz',
    '%C3',
    '%ED%A0%80',
    '__proto__',
    'constructor',
    '..',
    '',
    '/',
    '//',
    ';a=b',
    'x'.repeat(10_000),
    '%41'.repeat(3_000),
  ),
  fc.webSegment(),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte > 32)).toString('latin1')),
);
const path = fc
  .tuple(
    fc.constantFrom(...Array(6).fill('/wopi/files/'), '/wopi/FILES/', '/wopi/', '/', ''),
    file,
    fc.constantFrom('', '/', '?', '?access_token=%zz&&=', '#x'),
  )
  .map((parts) => parts.join(''));
// Not CONNECT, which asks Node for a tunnel, and never gets to an app.
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('POST') },
  fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND', 'LOCK', 'UNLOCK', 'post', 'NONSENSE'),
);

test('any bytes get an answer, a documented one, and only a 200 changes the lock', async () => {
  const { port, store, errors } = await host();
  const own = (): Promise<string | null> => store.getLock('report.docx');
  const request = fc.record({
    method,
    path,
    headers: fc
      .tuple(
        line('X-WOPI-Override', override),
        line('X-WOPI-Lock', lockId),
        lines('X-WOPI-OldLock', lockId, 2),
        lines('Authorization', headerBytes, 1),
        lines('X-WOPI-CorrelationId', headerBytes, 1),
      )
      .map((groups) => groups.flat()),
    body: fc.constantFrom('', 'x', 'x'.repeat(5000)),
  });

  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(null, 'A', 'B'), request, async (holds, sent) => {
      const before = await own();
      if (before !== null) {
        await store.unlock('report.docx', before);
      }
      if (holds !== null) {
        await store.lock('report.docx', holds, 60_000);
      }
      const answered = await status(port, sent);
      seen.set(answered, (seen.get(answered) ?? 0) + 1);
      expect(DOCUMENTED).toContain(answered);
      expect(answered === 200 || (await own()) === holds).toBe(true);
    }),
    { numRuns: 3000 },
  );

  expect(errors.filter(({ status: code }) => code === 500)).toEqual([]);
  // The property says little unless its requests get as far as each answer.
  for (const reached of [200, 400, 404, 409, 501]) {
    expect(seen.get(reached)).toBeGreaterThan(50);
  }
}, 60_000);
