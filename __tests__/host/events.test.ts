import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { fileOf, newFolder, opened, TOKEN_SECRET } from '../helpers/host-files';
import { listen, lockOf } from '../helpers/host-events';

let host: ExampleHost;

beforeAll(async () => {
  host = await startExampleHost({ TOKEN_SECRET, FILES_DIR: await newFolder({ 'Watched.docx': '' }) });
});

test('say who took which lock until when, and what was asked, but no token', async () => {
  const events = await listen(host);
  const watched = await opened(host, 'Watched.docx', 'sam');
  const { id } = await fileOf(host, 'Watched.docx');
  const from = Date.now();
  await watched.lock('A');
  const [files] = await events.next('files', ({ files: all }) => lockOf(all, id) !== null);
  expect(lockOf(files.files, id)).toEqual({ lockId: 'A', user: 'Sam', expiresAt: expect.any(Number) });
  const { expiresAt } = lockOf(files.files, id)!;
  expect(expiresAt).toBeGreaterThanOrEqual(from + 1_800_000);
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 1_800_000);
  expect(files).toMatchObject({ now: expect.any(Number), lockTtlMs: 1_800_000 });

  await watched.do('LOCK', { 'X-WOPI-Lock': 'B', 'X-WOPI-OldLock': 'X' });
  const [refused] = await events.next('exchange', ({ status }) => status === 409);
  expect(refused).toEqual({
    id: expect.any(Number),
    at: expect.any(Number),
    user: 'Sam',
    fileId: id,
    fileName: 'Watched.docx',
    method: 'POST',
    path: `/wopi/files/${id}`,
    operation: 'UnlockAndRelock',
    request: { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'B', 'X-WOPI-OldLock': 'X' },
    status: 409,
    response: { 'X-WOPI-Lock': 'A' },
  });

  const alex = await opened(host, 'Watched.docx', 'alex');
  await alex.do('LOCK', { 'X-WOPI-Lock': 'B', 'X-WOPI-OldLock': 'A' });
  const [swapped] = await events.next('files', ({ files: all }) => lockOf(all, id)?.lockId === 'B');
  expect(lockOf(swapped.files, id)).toMatchObject({ user: 'Alex' });

  await watched.do('REFRESH_LOCK', { 'X-WOPI-Lock': 'B' });
  await watched.do('GET_LOCK');
  const [held] = await events.next('exchange', ({ operation }) => operation === 'GetLock');
  expect(held).toMatchObject({ status: 200, response: { 'X-WOPI-Lock': 'B' } });
  expect(lockOf(await host.files(), id)).toMatchObject({ lockId: 'B', user: 'Alex' });

  await watched.unlock('B');
  await events.next('files', ({ files: all }) => lockOf(all, id) === null);
  await watched.do('GET_LOCK');
  const [free] = await events.next('exchange', ({ operation }) => operation === 'GetLock');
  expect(free.response).toEqual({ 'X-WOPI-Lock': '' });

  const operations: [() => Promise<unknown>, string][] = [
    [() => watched.checkFileInfo(), 'CheckFileInfo'],
    [() => watched.getFile(), 'GetFile'],
    [() => watched.putFile('A', 'x'), 'PutFile'],
    [() => watched.do('RENAME_FILE'), 'RenameFile'],
    [() => watched.do('constructor'), 'constructor'],
  ];
  for (const [ask, name] of operations) {
    await ask();
    await events.next('exchange', ({ operation }) => operation === name);
  }
  events.stop();
  expect(events.text()).not.toMatch(/eyJ|access_token/);
});

test('a broken-off connection does not disturb the others', async () => {
  const [gone, stays] = [await listen(host), await listen(host)];
  await gone.next('files');
  gone.stop();
  await writeFile(join(host.folder, 'Dropped.docx'), 'dropped');
  const dropped = stays.next('files', ({ files }) => files.some(({ name }) => name === 'Dropped.docx'));
  await expect(dropped).resolves.toBeDefined();
  stays.stop();
});

test('tell of a lock that lapsed, though nobody asked', async () => {
  const brief = await startExampleHost({ LOCK_TTL_MS: '250' });
  const { id } = await fileOf(brief, 'Report.docx');
  const events = await listen(brief);
  await (await opened(brief, 'Report.docx')).lock('A');
  const [locked] = await events.next('files', ({ files }) => lockOf(files, id) !== null);
  const [free] = await events.next('files', ({ files }) => lockOf(files, id) === null);
  const { expiresAt } = lockOf(locked.files, id)!;
  expect(free.now).toBeGreaterThan(expiresAt! - 50);
  expect(free.now).toBeLessThan(expiresAt! + 2000);
  events.stop();
});

test('end when the host cannot know what is locked, and come again when it can', async () => {
  const broken = await startExampleHost({ FILES_DIR: await newFolder({ 'Report.docx': '' }) });
  const events = await listen(broken);
  await events.next('files');
  const [ids, hidden] = [join(broken.folder, '.wopi/ids'), join(broken.folder, '.wopi/hidden')];
  await rename(ids, hidden);
  await events.ended;
  await expect(broken.files()).rejects.toThrow('ended without the files');
  await rename(hidden, ids);
  await expect(broken.files()).resolves.toMatchObject([{ name: 'Report.docx' }]);
});
