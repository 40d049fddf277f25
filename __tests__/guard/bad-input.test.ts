import { isDeepStrictEqual } from 'node:util';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MAX_LOCK_ID_LENGTH } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { headerBytes, line, status } from '../helpers/raw';

const DOCUMENTED = [200, 400, 401, 404, 409, 501, 431];

const lockId = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('A', 'B', 'A, B') },
  fc.constantFrom('', ' ', 'a', 'A ', ' A', 'x'.repeat(MAX_LOCK_ID_LENGTH + 1), 'ä', '\u0000A'),
  headerBytes,
);
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('report.docx', 'target.docx', 'new.docx', 'report+AC4-docx') },
  fc.constantFrom('', '+', '+-', '+AAA-', '+AGE', '+2D0-', '__proto__', '../report.docx', 'x'.repeat(3000)),
  headerBytes,
);
const overwrite = fc.oneof(fc.constantFrom('true', 'True', 'false', '', '1', 'true, true'), headerBytes);
const override = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('PUT', 'PUT', 'RENAME_FILE', 'DELETE', 'PUT_RELATIVE', 'PUT_RELATIVE') },
  fc.constantFrom('', 'put', 'PUT, PUT', 'PUT\t'),
  headerBytes,
);
const request = fc.record({
  method: fc.constant('POST'),
  path: fc.constantFrom(
    ...['', '?access_token=%zz&&=', '#x'].flatMap((end) => [
      `/wopi/files/report.docx${end}`,
      `/wopi/files/report.docx/contents${end}`,
    ]),
    '/wopi/files/%00/contents',
    '/wopi/files/%zz',
  ),
  headers: fc
    .tuple(
      line('X-WOPI-Override', override),
      line('X-WOPI-Lock', lockId),
      line('X-WOPI-RelativeTarget', name),
      line('X-WOPI-OverwriteRelativeTarget', overwrite),
    )
    .map((groups) => groups.flat()),
  body: fc.constantFrom('', 'new', 'x'.repeat(5000)),
});

test('whatever bytes the headers have, only the lock opens a locked file', async () => {
  const { port, store, files, errors } = await guardedHost({ files: { 'report.docx': '', 'target.docx': '' } });
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      files.clear();
      for (const id of ['report.docx', 'target.docx']) {
        files.set(id, { name: id, bytes: 'old' });
        await store.lock(id, 'A', 60_000);
      }
      const answered = await status(port, sent);
      seen.set(answered, (seen.get(answered) ?? 0) + 1);
      expect(DOCUMENTED).toContain(answered);

      const locks = sent.headers.filter(([header]) => header.toLowerCase() === 'x-wopi-lock');
      const hasTheLock = locks.length === 1 && locks[0]![1].trim() === 'A';
      const [report, target] = ['report.docx', 'target.docx'].map((id) => files.get(id));
      expect(target).toEqual({ name: 'target.docx', bytes: 'old' });
      const isChanged = !isDeepStrictEqual(report, { name: 'report.docx', bytes: 'old' });
      expect(isChanged && !hasTheLock).toBe(false);
      expect(await store.getLock('report.docx')).toBe('A');
    }),
    { numRuns: 3000 },
  );
  expect(errors.filter(({ status: code }) => code === 500)).toEqual([]);
  // The property says little unless its requests get as far as each answer.
  for (const reached of [200, 400, 404, 409]) {
    expect(seen.get(reached)).toBeGreaterThan(50);
  }
}, 60_000);
