import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { fileOf, namesOf, newFolder, opened, TOKEN_SECRET, tokenWith } from '../helpers/host-files';
import { WopiFile } from '../helpers/wopi-client';

let host: ExampleHost;

beforeAll(async () => {
  const files = { 'Report.docx': 'report', 'Other.docx': 'other', 'Deleted.docx': 'deleted' };
  host = await startExampleHost({ TOKEN_SECRET, FILES_DIR: await newFolder(files) });
});

describe('access tokens', () => {
  let id: string;
  const src = (): string => `${host.url}/wopi/files/${id}`;

  beforeAll(async () => {
    ({ id } = await fileOf(host, 'Report.docx'));
  });

  test('a good one opens the file, in the query and in the Authorization header', async () => {
    const token = tokenWith({ file: id });
    await expect(new WopiFile(src(), token).checkFileInfo()).resolves.toMatchObject({ status: 200 });
    const bearer = { Authorization: `Bearer ${token}` };
    await expect(new WopiFile(src()).send('GET', '', bearer)).resolves.toMatchObject({ status: 200 });
    const lock = { ...bearer, 'X-WOPI-Override': 'GET_LOCK' };
    await expect(new WopiFile(src()).send('POST', '', lock)).resolves.toMatchObject({ status: 200 });
  });

  const bad: [string, () => string | undefined | Promise<string>][] = [
    ['none', () => undefined],
    ['no token at all', () => 'INVALID'],
    ['that of another file', async () => (await host.access((await fileOf(host, 'Other.docx')).id)).accessToken],
    ['one of a user who is none', () => tokenWith({ file: id, sub: 'eve' })],
    ['one that has expired', () => tokenWith({ file: id, exp: Math.floor(Date.now() / 1000) - 1 })],
    ['one that never expires', () => tokenWith({ file: id, exp: undefined })],
    ['one for something else', () => tokenWith({ file: id, aud: 'mail' })],
    ['one of another host', () => tokenWith({ file: id }, { secret: 'another secret of 32 characters or more' })],
    ['an unsigned one', () => tokenWith({ file: id }, { alg: 'none' })],
  ];

  test.each(bad)('%s: 401 to every operation, and nothing is changed', async (_, token) => {
    const file = new WopiFile(src(), await token());
    const put = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'A' };
    const answers = await Promise.all([
      file.checkFileInfo(),
      file.getFile(),
      file.send('POST', '/contents', put, 'stolen'),
      ...['LOCK', 'UNLOCK', 'REFRESH_LOCK', 'GET_LOCK', 'RENAME_FILE', 'DELETE', 'PUT_USER_INFO', 'COBALT'].map(
        (override) => file.do(override, { 'X-WOPI-Lock': 'A', 'X-WOPI-RequestedName': 'Stolen' }),
      ),
      file.do('PUT_RELATIVE', { 'X-WOPI-SuggestedTarget': 'Stolen.docx' }),
      file.do('PUT_RELATIVE', {
        'X-WOPI-RelativeTarget': 'Other.docx',
        'X-WOPI-OverwriteRelativeTarget': 'true',
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(answers.every(({ headers }) => headers['www-authenticate'] === 'Bearer realm="WOPI"')).toBe(true);
    await expect(readFile(join(host.folder, 'Report.docx'), 'utf8')).resolves.toBe('report');
    expect((await fileOf(host, 'Report.docx')).lock).toBeNull();
    expect(await namesOf(host)).not.toContain('Stolen.docx');
  });

  test('a good one whose file is gone: 404 to every operation', async () => {
    const file = await opened(host, 'Deleted.docx');
    expect((await file.do('DELETE')).status).toBe(200);
    const answers = await Promise.all([
      file.checkFileInfo(),
      file.getFile(),
      file.putFile('A', 'x'),
      file.do('PUT_RELATIVE', { 'X-WOPI-SuggestedTarget': '.pdf' }),
      ...['LOCK', 'GET_LOCK', 'RENAME_FILE', 'DELETE', 'PUT_USER_INFO'].map((override) =>
        file.do(override, { 'X-WOPI-Lock': 'A', 'X-WOPI-RequestedName': 'New' }),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  test('a new file of the same name does not get the ID of the one that was deleted', async () => {
    const { id: former } = await fileOf(host, 'Other.docx');
    const report = await opened(host, 'Report.docx');
    await (await opened(host, 'Other.docx')).do('DELETE');
    const created = await report.do('PUT_RELATIVE', { 'X-WOPI-RelativeTarget': 'Other.docx' }, 'new');
    expect(created.status).toBe(200);
    expect((await fileOf(host, 'Other.docx')).id).not.toBe(former);
    const past = new WopiFile(`${host.url}/wopi/files/${former}`, tokenWith({ file: former }));
    expect((await past.checkFileInfo()).status).toBe(404);
  });

  test('are given by the page to the two users that there are', async () => {
    const { accessToken, accessTokenTtl, wopiSrc, editor } = await host.access(id, 'sam');
    expect({ wopiSrc, editor }).toEqual({ wopiSrc: src(), editor: null });
    expect(accessTokenTtl).toBeGreaterThan(Date.now() + 9 * 3_600_000);
    const info = (await new WopiFile(wopiSrc, accessToken).checkFileInfo()).json();
    expect(info).toMatchObject({ UserId: 'sam', UserFriendlyName: 'Sam' });
    for (const user of ['', 'eve', 'constructor', '__proto__']) {
      expect((await fetch(`${host.url}/files/${id}/access?user=${user}`)).status).toBe(404);
    }
    expect((await fetch(`${host.url}/files/${id}/editor?user=alex`)).status).toBe(404);
    const { headers } = await fetch(`${host.url}/files/${id}/access?user=alex`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  });
});

describe('file IDs', () => {
  test('tell nothing of the name', async () => {
    for (const { id } of await host.files()) {
      expect(id).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  const tricks = [
    'Report.docx',
    '..',
    '../Report.docx',
    '../../../etc/passwd',
    '.wopi',
    'ids',
    '..\\Report.docx',
    '__proto__',
    '',
  ];

  test.each(tricks)('%j is none, also with a token for it', async (trick) => {
    const fileId = encodeURIComponent(trick).replaceAll('.', '%2E');
    const file = new WopiFile(`${host.url}/wopi/files/${fileId}`, tokenWith({ file: trick }));
    const answers = [await file.checkFileInfo(), await file.getFile(), await file.putFile('A', 'x')];
    expect(answers.map(({ status }) => status)).toEqual(['', '..'].includes(trick) ? [501, 501, 501] : [404, 404, 404]);
    expect((await fetch(`${host.url}/files/${fileId}/access?user=alex`)).status).toBe(404);
  });

  test('what has no end or cannot be decoded is none either', async () => {
    for (const fileId of ['%ZZ', '%00', 'x'.repeat(5000)]) {
      const { status } = await new WopiFile(`${host.url}/wopi/files/${fileId}`, 'x').checkFileInfo();
      expect([401, 404]).toContain(status);
    }
  });

  test('hidden files, folders and links have none', async () => {
    await writeFile(join(host.folder, '.hidden.docx'), 'hidden');
    await symlink('/etc/passwd', join(host.folder, 'Link.docx'));
    const names = await namesOf(host);
    expect(names).toContain('Report.docx');
    expect(names).not.toContain('.hidden.docx');
    expect(names).not.toContain('Link.docx');
    expect(names).not.toContain('.wopi');
  });
});
