import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { fileOf, newFolder, opened, statusesOf, TOKEN_SECRET, uploadsOf } from '../helpers/host-files';
import { until } from '../helpers/until';
import { ROOT } from '../helpers/package';
import { WopiFile, type WopiAnswer } from '../helpers/wopi-client';

describe('a host whose locks lapse soon', () => {
  let host: ExampleHost;
  const LOCK_TTL_MS = 250;

  beforeAll(async () => {
    host = await startExampleHost({ LOCK_TTL_MS: String(LOCK_TTL_MS) });
  });

  /** Sends half of a PutFile, lets something happen, and sends the rest. */
  async function interrupted(file: WopiFile, happen: () => Promise<unknown>): Promise<WopiAnswer> {
    await file.lock('A');
    const answer = new Promise<WopiAnswer>((resolve, reject) => {
      const headers = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'A' };
      const upload = file.open('POST', '/contents', headers, resolve).on('error', reject);
      upload.write('first half, ');
      void until(
        () => uploadsOf(host),
        (uploads) => uploads.length === 1,
      )
        .then(happen)
        .then(() => upload.end('second half'));
    });
    return answer;
  }

  const lapsed = (file: WopiFile): Promise<WopiAnswer> =>
    until(
      () => file.do('GET_LOCK'),
      ({ headers }) => headers['x-wopi-lock'] === '',
    );

  test('an upload whose lock went to somebody else does not land', async () => {
    const [alex, sam] = [await opened(host, 'Report.docx'), await opened(host, 'Report.docx', 'sam')];
    const before = await readFile(join(host.folder, 'Report.docx'));
    const answer = await interrupted(alex, async () => {
      await lapsed(alex);
      expect((await sam.lock('S')).status).toBe(200);
    });
    expect(answer).toMatchObject({ status: 409, headers: { 'x-wopi-lock': 'S' } });
    await expect(readFile(join(host.folder, 'Report.docx'))).resolves.toEqual(before);
    await expect(uploadsOf(host)).resolves.toEqual([]);
  });

  test('an upload whose lock lapsed does not land', async () => {
    const notes = await opened(host, 'Notes.txt');
    const before = await readFile(join(host.folder, 'Notes.txt'));
    const answer = await interrupted(notes, () => lapsed(notes));
    expect(answer).toMatchObject({ status: 409, headers: { 'x-wopi-lock': '' } });
    await expect(readFile(join(host.folder, 'Notes.txt'))).resolves.toEqual(before);
  });

  test('an upload whose lock holds to its end lands', async () => {
    const notes = await opened(host, 'Notes.txt');
    const answer = await interrupted(notes, () => notes.do('REFRESH_LOCK', { 'X-WOPI-Lock': 'A' }));
    expect(answer.status).toBe(200);
    await expect(readFile(join(host.folder, 'Notes.txt'), 'utf8')).resolves.toBe('first half, second half');
  });

  test('an upload to a file that was deleted meanwhile does not bring it back', async () => {
    const budget = await opened(host, 'Budget.xlsx');
    const answer = await interrupted(budget, async () => {
      await lapsed(budget);
      expect((await budget.do('DELETE')).status).toBe(200);
    });
    expect([404, 409]).toContain(answer.status);
    expect(await readdir(host.folder)).not.toContain('Budget.xlsx');
  });
});

describe('what outlives the process', () => {
  test('the IDs, the names and what users had kept, when it starts anew', async () => {
    const env = { TOKEN_SECRET, FILES_DIR: await newFolder({ 'One.docx': '1', 'Two.docx': '2' }) };
    const first = await startExampleHost(env);
    const one = await opened(first, 'One.docx');
    await one.do('RENAME_FILE', { 'X-WOPI-RequestedName': 'Renamed' });
    await one.do('PUT_USER_INFO', {}, 'seen');
    await one.do('PUT_RELATIVE', { 'X-WOPI-RelativeTarget': 'Three.docx' }, '3');
    const before = await first.files();
    expect(before.map(({ name }) => name)).toEqual(['Renamed.docx', 'Three.docx', 'Two.docx']);
    const { accessToken } = await first.access(before[0]!.id);
    await first.stop();
    const second = await startExampleHost(env);
    await expect(second.files()).resolves.toEqual(before);
    const file = new WopiFile(`${second.url}/wopi/files/${before[0]!.id}`, accessToken);
    expect((await file.checkFileInfo()).json()).toMatchObject({ BaseFileName: 'Renamed.docx', UserInfo: 'seen' });
  });

  test('the old bytes, when it is killed in the middle of an upload', async () => {
    const env = { TOKEN_SECRET, FILES_DIR: await newFolder({ 'Report.docx': 'old' }) };
    const host = await startExampleHost(env);
    const before = await host.files();
    const file = await opened(host, 'Report.docx');
    await file.lock('A');
    const headers = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'A' };
    const upload = file.open('POST', '/contents', headers, () => {});
    const broken = once(upload, 'error');
    upload.write('new');
    await until(
      () => uploadsOf(host),
      (uploads) => uploads.length === 1,
    );
    await host.kill();
    await broken;
    await expect(readFile(join(env.FILES_DIR, 'Report.docx'), 'utf8')).resolves.toBe('old');
    await expect((await startExampleHost(env)).files()).resolves.toEqual(before);
  });
});

describe('two processes over one folder', () => {
  let one: ExampleHost;
  let other: ExampleHost;

  beforeAll(async () => {
    const folder = await newFolder({ 'A.docx': 'a', 'B.docx': 'b', 'C.docx': 'c' });
    const env = { TOKEN_SECRET, FILES_DIR: folder, STORE: 'sqlite', SQLITE_FILE: join(folder, '.locks.sqlite') };
    [one, other] = await Promise.all([startExampleHost(env), startExampleHost(env)]);
  });

  test('agree on the IDs, also of a file that both see at once', async () => {
    expect(await one.files()).toEqual(await other.files());
    await writeFile(join(one.folder, 'Dropped.docx'), '');
    const [ofOne, ofOther] = await Promise.all([one.files(), other.files()]);
    expect(ofOne.map(({ name }) => name)).toEqual(['A.docx', 'B.docx', 'C.docx', 'Dropped.docx']);
    expect(ofOne).toEqual(ofOther);
    await expect(readdir(join(one.folder, '.wopi/ids'))).resolves.toHaveLength(4);
  });

  test('take the tokens of each other, and show what the other wrote, renamed and locked', async () => {
    const { id } = await fileOf(one, 'A.docx');
    const { accessToken } = await one.access(id);
    const here = new WopiFile(`${one.url}/wopi/files/${id}`, accessToken);
    const there = new WopiFile(`${other.url}/wopi/files/${id}`, accessToken);
    await here.lock('A');
    expect((await there.lock('B')).headers['x-wopi-lock']).toBe('A');
    expect((await fileOf(one, 'A.docx')).lock).toMatchObject({ lockId: 'A', user: 'Alex' });
    expect((await fileOf(other, 'A.docx')).lock).toEqual({ lockId: 'A', user: null, expiresAt: null });
    expect((await there.do('REFRESH_LOCK', { 'X-WOPI-Lock': 'A' })).status).toBe(200);
    const refreshed = { lockId: 'A', user: null, expiresAt: expect.any(Number) };
    expect((await fileOf(other, 'A.docx')).lock).toEqual(refreshed);
    expect((await there.putFile('A', 'written there')).status).toBe(200);
    expect((await here.getFile()).text).toBe('written there');
    const name = { 'X-WOPI-Lock': 'A', 'X-WOPI-RequestedName': 'Renamed' };
    expect((await there.do('RENAME_FILE', name)).status).toBe(200);
    expect((await here.checkFileInfo()).json()).toMatchObject({ BaseFileName: 'Renamed.docx' });
    await there.unlock('A');
    expect((await fileOf(one, 'Renamed.docx')).lock).toBeNull();
  });

  test('of many in both that want one name at once, one gets it', async () => {
    const [here, there] = [await opened(one, 'B.docx'), await opened(other, 'B.docx')];
    for (const name of ['W1.docx', 'W2.docx', 'W3.docx']) {
      const answers = await Promise.all(
        [here, there, here, there, here, there].map((file, index) =>
          file.do('PUT_RELATIVE', { 'X-WOPI-RelativeTarget': name }, `copy ${index}`),
        ),
      );
      expect(statusesOf(answers)).toEqual([200, 409, 409, 409, 409, 409]);
      const winner = answers.findIndex(({ status }) => status === 200);
      await expect(readFile(join(one.folder, name), 'utf8')).resolves.toBe(`copy ${winner}`);
      const created = WopiFile.at(answers[winner]!.json()['Url'] as string);
      expect((await created.checkFileInfo()).json()).toMatchObject({ BaseFileName: name });
    }
    expect(await one.files()).toEqual(await other.files());
  });

  test('a file deleted in one is gone in both', async () => {
    const [here, there] = [await opened(one, 'C.docx'), await opened(other, 'C.docx')];
    expect((await here.do('DELETE')).status).toBe(200);
    expect((await there.checkFileInfo()).status).toBe(404);
  });
});

describe('settings', () => {
  test('the addresses that are given away are those that PUBLIC_URL says', async () => {
    const { output } = await startExampleHost({ PUBLIC_URL: 'https://wopi.example.com/docs/' });
    expect(output).toContain('The page:      https://wopi.example.com/docs/\n');
    expect(output).toContain("FILE='https://wopi.example.com/docs/wopi/files/");
    expect(output).toContain("WOPI_SRC='https://wopi.example.com/docs/wopi/files/");
  });

  test('an empty folder has a page too', async () => {
    const host = await startExampleHost({ FILES_DIR: await newFolder() });
    await expect(host.files()).resolves.toEqual([]);
    expect(host.output).not.toMatch(/FILE=|WOPI_SRC=/);
  });

  test('what is printed works', async () => {
    const { output, url } = await startExampleHost();
    const [, file] = /^FILE='(.+)'$/m.exec(output)!;
    const [, wopiSrc] = /^WOPI_SRC='(.+)'$/m.exec(output)!;
    const [, token] = /^TOKEN='(.+)'$/m.exec(output)!;
    expect((await WopiFile.at(file!).checkFileInfo()).json()).toMatchObject({ BaseFileName: 'Report.docx' });
    const validated = await new WopiFile(wopiSrc!, token).checkFileInfo();
    expect(validated.json()).toMatchObject({ BaseFileName: 'test.wopitest', PostMessageOrigin: url });
  });

  test.each([
    [{ STORE: 'mysql' }, 'There is no STORE=mysql. Choose one of memory, sqlite, redis, postgres.'],
    [
      { TOKEN_SECRET: 'short' },
      'TOKEN_SECRET must have at least 32 characters, but it has 5. `openssl rand -hex 32` makes one.',
    ],
    [{ FILES_DIR: '/no/such/folder' }, 'FILES_DIR must be a folder that exists, but "/no/such/folder" is none.'],
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, but it is "http".'],
    [{ LOCK_TTL_MS: '30m' }, 'LOCK_TTL_MS must be a whole number from 1 to 2147483647, but it is "30m".'],
    [{ PUBLIC_URL: 'host' }, 'PUBLIC_URL must be an address such as http://192.168.1.7:3000, but it is "host".'],
    [
      { WOPI_CLIENT: 'file:///x' },
      'WOPI_CLIENT must be an address such as http://192.168.1.7:3000, but it is "file:///x".',
    ],
  ])('%j is a mistake, and the host says so in one sentence', (env, sentence) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/host/server.mjs'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', ...env },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `${sentence}\n` });
  });
});

test('a fault is a 500 that tells nothing, and a line in the log without the token', async () => {
  const host = await startExampleHost();
  const file = await opened(host, 'Report.docx');
  await file.lock('A');
  await rm(join(host.folder, '.wopi/uploads'), { recursive: true });
  await expect(file.putFile('A', 'x')).resolves.toMatchObject({ status: 500, text: 'Internal Server Error' });
  await until(
    async () => host.output,
    (output) => output.includes('ENOENT'),
  );
  expect(host.output.slice(host.output.indexOf('POST /wopi'))).not.toMatch(/eyJ|access_token/);
});
