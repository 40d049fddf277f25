import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import {
  fileOf,
  namesOf,
  newFolder,
  opened,
  statusesOf,
  TOKEN_SECRET,
  tokenWith,
  uploadsOf,
} from '../helpers/host-files';
import { until } from '../helpers/until';
import { utf7, WopiFile, type WopiAnswer } from '../helpers/wopi-client';

let host: ExampleHost;

beforeAll(async () => {
  const files = {
    'Report.docx': 'report',
    'Versions.docx': 'same',
    'Read.docx': 'a',
    'Broken.docx': 'whole',
    'Save as.docx': 'original',
    'Rename.docx': 'renamed',
    'Taken.docx': 'taken',
    'Info.docx': 'info',
  };
  host = await startExampleHost({ TOKEN_SECRET, FILES_DIR: await newFolder(files) });
});

test('CheckFileInfo says what there is, and nothing is null', async () => {
  const { id } = await fileOf(host, 'Report.docx');
  const file = await opened(host, 'Report.docx');
  const info = (await file.checkFileInfo()).json();
  expect(info).toEqual({
    BaseFileName: 'Report.docx',
    OwnerId: expect.any(String),
    Size: 6,
    UserId: 'alex',
    UserFriendlyName: 'Alex',
    Version: (await fileOf(host, 'Report.docx')).version,
    LastModifiedTime: (await stat(join(host.folder, 'Report.docx'))).mtime.toISOString(),
    SupportsLocks: true,
    SupportsGetLock: true,
    SupportsExtendedLockLength: true,
    SupportsUpdate: true,
    SupportsRename: true,
    SupportsDeleteFile: true,
    SupportsUserInfo: true,
    UserCanWrite: true,
    UserCanRename: true,
    UserCanNotWriteRelative: false,
    HostViewUrl: `${host.url}/#${id}`,
    HostEditUrl: `${host.url}/#${id}`,
    PostMessageOrigin: host.url,
  });
});

describe('GetFile', () => {
  test('gives the bytes, and their version', async () => {
    const answer = await (await opened(host, 'Report.docx')).getFile({ 'X-WOPI-MaxExpectedSize': '6' });
    expect(answer).toMatchObject({ status: 200, text: 'report' });
    expect(answer.headers['x-wopi-itemversion']).toBe((await fileOf(host, 'Report.docx')).version);
  });

  test('is 412 for more than the client expects', async () => {
    const answer = await (await opened(host, 'Report.docx')).getFile({ 'X-WOPI-MaxExpectedSize': '5' });
    expect(answer.status).toBe(412);
  });
});

describe('PutFile', () => {
  test('gives another version for each write, also with equal bytes', async () => {
    const file = await opened(host, 'Versions.docx');
    await file.lock('A');
    const versions = new Set<unknown>();
    for (let write = 0; write < 200; write++) {
      versions.add((await file.putFile('A', 'same')).headers['x-wopi-itemversion']);
    }
    expect(versions.size).toBe(200);
    expect(versions).toContain((await file.checkFileInfo()).json()['Version']);
  }, 30_000);

  test('says when it wrote', async () => {
    const file = await opened(host, 'Versions.docx');
    await file.lock('A');
    const { LastModifiedTime } = (await file.putFile('A', 'other')).json();
    expect((await file.checkFileInfo()).json()).toMatchObject({ LastModifiedTime, Size: 5 });
  });

  test('is later than what it replaces, also when the clock was set back', async () => {
    const file = await opened(host, 'Versions.docx');
    await file.lock('A');
    const nextYear = new Date(Date.now() + 365 * 24 * 3_600_000);
    await utimes(join(host.folder, 'Versions.docx'), nextYear, nextYear);
    const before = (await file.checkFileInfo()).json()['LastModifiedTime'] as string;
    const after = (await file.putFile('A', 'same')).json()['LastModifiedTime'] as string;
    expect(Date.parse(after)).toBeGreaterThan(Date.parse(before));
  });

  test('lets who reads meanwhile have the old bytes or the new ones, each with their own version', async () => {
    const SIZE = 200_000;
    const file = await opened(host, 'Read.docx');
    await file.lock('A');
    const letterOf = new Map<unknown, string>();
    const read: WopiAnswer[] = [];
    const writing = (async () => {
      for (const letter of 'bcdefghijklmnopqrstuvwxyz') {
        const { headers } = await file.putFile('A', letter.repeat(SIZE));
        letterOf.set(headers['x-wopi-itemversion'], letter);
      }
    })();
    await until(
      () => file.getFile(),
      (answer) => {
        read.push(answer);
        return answer.text.startsWith('z');
      },
    );
    await writing;
    const written = read.filter(({ text }) => text !== 'a');
    expect(written.length).toBeGreaterThan(1);
    for (const { text, headers } of written) {
      expect(text).toBe(letterOf.get(headers['x-wopi-itemversion'])!.repeat(SIZE));
    }
  }, 30_000);

  test('that breaks off leaves the old bytes, and nothing besides', async () => {
    const file = await opened(host, 'Broken.docx');
    await file.lock('A');
    const headers = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'A', 'Content-Length': '1000' };
    const upload = file.open('POST', '/contents', headers, () => {}).on('error', () => {});
    upload.write('half');
    await until(
      () => uploadsOf(host),
      (uploads) => uploads.length === 1,
    );
    upload.destroy();
    await until(
      () => uploadsOf(host),
      (uploads) => uploads.length === 0,
    );
    await expect(readFile(join(host.folder, 'Broken.docx'), 'utf8')).resolves.toBe('whole');
    expect(host.output).not.toContain('Error');
  });
});

describe('PutRelativeFile', () => {
  const saveAs = async (headers: Record<string, string>, body = 'copy'): Promise<WopiAnswer> =>
    (await opened(host, 'Save as.docx')).do('PUT_RELATIVE', headers, body);

  test('gives the new file, with a token for it', async () => {
    const answer = await saveAs({ 'X-WOPI-SuggestedTarget': '.odt' });
    const { Name, Url, HostViewUrl, HostEditUrl } = answer.json() as Record<string, string>;
    const { id } = await fileOf(host, 'Save as.odt');
    expect(Name).toBe('Save as.odt');
    expect(Url).toMatch(`${host.url}/wopi/files/${id}?access_token=`);
    expect([HostViewUrl, HostEditUrl]).toEqual([`${host.url}/#${id}`, `${host.url}/#${id}`]);
    const created = WopiFile.at(Url!);
    expect((await created.getFile()).text).toBe('copy');
    expect((await created.checkFileInfo()).json()).toMatchObject({ BaseFileName: 'Save as.odt', UserId: 'alex' });
    expect((await created.do('DELETE')).status).toBe(200);
  });

  test.each([
    ['Suggested.docx', 'Suggested.docx'],
    ['Taken.docx', 'Taken (2).docx'],
    ['a/../b:c?.docx', 'a_.._b_c_.docx'],
    ['.', 'Save as'],
    ['Ωμέγα – 日本 🎉.docx', 'Ωμέγα – 日本 🎉.docx'],
    [`${'ü'.repeat(300)}.docx`, `${'ü'.repeat(125)}.docx`],
  ])('makes of the suggestion %j the file %j', async (suggested, name) => {
    const answer = await saveAs({ 'X-WOPI-SuggestedTarget': utf7(suggested) });
    expect(answer.json()).toMatchObject({ Name: name });
    expect(await namesOf(host)).toContain(name);
    await expect(readFile(join(host.folder, name), 'utf8')).resolves.toBe('copy');
  });

  test('takes an exact name as it is', async () => {
    const name = 'Größe + 日本 & 🎉~.docx';
    expect((await saveAs({ 'X-WOPI-RelativeTarget': utf7(name) })).json()).toMatchObject({ Name: name });
    await expect(readFile(join(host.folder, name), 'utf8')).resolves.toBe('copy');
  });

  const illegal = ['../x.docx', 'a/b.docx', '/etc/x.docx', 'a\\b.docx', '..', '.hidden', 'a?.docx', 'a.'];

  test.each([...illegal, `${'x'.repeat(256)}.docx`])(
    'refuses the exact name %j, proposes another, and writes nothing',
    async (name) => {
      const before = await namesOf(host);
      const overwrite = { 'X-WOPI-OverwriteRelativeTarget': 'true' };
      for (const headers of [{}, overwrite]) {
        const answer = await saveAs({ 'X-WOPI-RelativeTarget': utf7(name), ...headers });
        expect(answer.status).toBe(400);
        const proposal = answer.headers['x-wopi-validrelativetarget'] as string;
        expect(await saveAs({ 'X-WOPI-RelativeTarget': proposal })).toMatchObject({ status: 200 });
        const created = (await host.files()).filter((file) => !before.includes(file.name));
        expect(created).toHaveLength(1);
        await (await opened(host, created[0]!.name)).do('DELETE');
      }
      expect(await namesOf(host)).toEqual(before);
    },
  );

  test('does not overwrite unless it is told to', async () => {
    for (const overwrite of [undefined, 'false', 'False']) {
      const answer = await saveAs({
        'X-WOPI-RelativeTarget': 'Taken.docx',
        ...(overwrite === undefined ? {} : { 'X-WOPI-OverwriteRelativeTarget': overwrite }),
      });
      expect(answer.status).toBe(409);
      expect(answer.headers['x-wopi-lock']).toBe('');
      expect(answer.headers['x-wopi-validrelativetarget']).toMatch(/^Taken \(\d\)\.docx$/);
    }
    await expect(readFile(join(host.folder, 'Taken.docx'), 'utf8')).resolves.toBe('taken');
  });

  test('overwrites when it is told to, unless the file is locked', async () => {
    const { id, version } = await fileOf(host, 'Taken.docx');
    const headers = { 'X-WOPI-RelativeTarget': 'Taken.docx', 'X-WOPI-OverwriteRelativeTarget': 'True' };
    const taken = await opened(host, 'Taken.docx', 'sam');
    await taken.lock('S');
    const refused = await saveAs(headers, 'lost');
    expect(refused.status).toBe(409);
    expect(refused.headers['x-wopi-lock']).toBe('S');
    await taken.unlock('S');
    expect((await saveAs(headers, 'overwritten')).json()).toMatchObject({ Name: 'Taken.docx' });
    expect(await fileOf(host, 'Taken.docx')).toMatchObject({ id, size: 11 });
    expect((await fileOf(host, 'Taken.docx')).version).not.toBe(version);
  });

  test('names the lock of the file that has the name', async () => {
    const taken = await opened(host, 'Taken.docx', 'sam');
    await taken.lock('S');
    const answer = await saveAs({ 'X-WOPI-RelativeTarget': 'Taken.docx' });
    expect(answer.status).toBe(409);
    expect(answer.headers['x-wopi-lock']).toBe('S');
    await taken.unlock('S');
  });

  test('is 501 with both headers, and 400 with neither', async () => {
    const both = { 'X-WOPI-RelativeTarget': 'Both.docx', 'X-WOPI-SuggestedTarget': 'Both.docx' };
    expect((await saveAs(both)).status).toBe(501);
    expect((await saveAs({})).status).toBe(400);
  });

  test('of many that want one name at once, one gets it', async () => {
    const exact = { 'X-WOPI-RelativeTarget': 'Wanted.docx' };
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => saveAs(exact, `copy ${index}`)));
    expect(statusesOf(answers)).toEqual([200, ...Array<number>(11).fill(409)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    await expect(readFile(join(host.folder, 'Wanted.docx'), 'utf8')).resolves.toBe(`copy ${winner}`);

    const suggested = { 'X-WOPI-SuggestedTarget': 'Many.docx' };
    const created = await Promise.all(Array.from({ length: 12 }, () => saveAs(suggested)));
    expect(new Set(created.map((answer) => answer.json()['Name'])).size).toBe(12);
  });
});

describe('RenameFile', () => {
  const rename = async (file: WopiFile, name: string): Promise<WopiAnswer> =>
    file.do('RENAME_FILE', { 'X-WOPI-RequestedName': utf7(name) });

  test('keeps the ID, the extension and the bytes', async () => {
    const { id, version } = await fileOf(host, 'Rename.docx');
    const file = await opened(host, 'Rename.docx');
    const answer = await rename(file, 'Übersicht_日本 🎉');
    expect(answer.json()).toEqual({ Name: 'Übersicht_日本 🎉' });
    expect(await fileOf(host, 'Übersicht_日本 🎉.docx')).toMatchObject({ id, version });
    expect((await file.checkFileInfo()).json()).toMatchObject({ BaseFileName: 'Übersicht_日本 🎉.docx' });
    expect(await namesOf(host)).not.toContain('Rename.docx');
    expect((await rename(file, 'Rename')).json()).toEqual({ Name: 'Rename' });
    expect((await rename(file, 'Rename')).json()).toEqual({ Name: 'Rename' });
  });

  test('takes a free name like the one that is taken', async () => {
    const file = await opened(host, 'Rename.docx');
    const { Name } = (await rename(file, 'Taken')).json();
    expect(Name).toMatch(/^Taken \(\d\)$/);
    expect((await (await opened(host, 'Taken.docx')).getFile()).text).not.toBe('renamed');
    expect((await file.getFile()).text).toBe('renamed');
    await rename(file, 'Rename');
  });

  test.each(['', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a\u0000b', 'a:b', 'x'.repeat(256)])(
    'refuses %j',
    async (name) => {
      const answer = await rename(await opened(host, 'Rename.docx'), name);
      expect(answer.status).toBe(400);
      expect(answer.headers['x-wopi-invalidfilenameerror']).toBe('A file cannot have this name.');
      expect(await namesOf(host)).toContain('Rename.docx');
    },
  );

  test('is for who holds the lock', async () => {
    const file = await opened(host, 'Rename.docx');
    await file.lock('A');
    expect(await rename(file, 'Other name')).toMatchObject({ status: 409, headers: { 'x-wopi-lock': 'A' } });
    const lock = { 'X-WOPI-Lock': 'A', 'X-WOPI-RequestedName': 'Renamed' };
    expect((await file.do('RENAME_FILE', lock)).status).toBe(200);
    await file.unlock('A');
    await rename(file, 'Rename');
  });

  test('takes a name whose file somebody deleted by hand', async () => {
    const { id: former } = await fileOf(host, 'Info.docx');
    const file = await opened(host, 'Rename.docx');
    const { id } = await fileOf(host, 'Rename.docx');
    await rm(join(host.folder, 'Info.docx'));
    expect((await rename(file, 'Info')).json()).toEqual({ Name: 'Info' });
    expect((await fileOf(host, 'Info.docx')).id).toBe(id);
    const gone = new WopiFile(`${host.url}/wopi/files/${former}`, tokenWith({ file: former }));
    expect((await gone.checkFileInfo()).status).toBe(404);
    await rename(file, 'Rename');
  });
});

describe('PutUserInfo', () => {
  test('keeps the text for its user', async () => {
    const file = await opened(host, 'Report.docx');
    const info = 'x'.repeat(1024);
    expect((await file.do('PUT_USER_INFO', {}, info)).status).toBe(200);
    expect((await file.checkFileInfo()).json()).toMatchObject({ UserInfo: info });
    const sams = (await (await opened(host, 'Report.docx', 'sam')).checkFileInfo()).json();
    expect(sams).not.toHaveProperty('UserInfo');
    expect((await file.do('PUT_USER_INFO', {}, '')).status).toBe(200);
    expect((await file.checkFileInfo()).json()).not.toHaveProperty('UserInfo');
  });

  test('refuses more than 1024 characters, and other than ASCII', async () => {
    const file = await opened(host, 'Report.docx');
    expect((await file.do('PUT_USER_INFO', {}, 'x'.repeat(1025))).status).toBe(413);
    expect((await file.do('PUT_USER_INFO', {}, 'ü')).status).toBe(400);
  });
});

test('what the host does not do is 501', async () => {
  const file = await opened(host, 'Report.docx');
  const others = ['COBALT', 'GET_SHARE_URL', 'put_user_info', 'UNLOCK_AND_RELOCK', 'PUT'];
  const answers = await Promise.all(others.map((override) => file.do(override)));
  expect(answers.map(({ status }) => status)).toEqual(others.map(() => 501));
});
