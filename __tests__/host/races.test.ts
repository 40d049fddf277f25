import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { fileOf, newFolder, opened, statusesOf, TOKEN_SECRET } from '../helpers/host-files';
import { utf7 } from '../helpers/wopi-client';

const TIMES = 40;

let host: ExampleHost;

beforeAll(async () => {
  host = await startExampleHost({ FILES_DIR: await newFolder({ 'Read.txt': 'a' }) });
});

/** A new file, put into the folder by hand. */
async function put(name: string, text: string): ReturnType<typeof opened> {
  await writeFile(join(host.folder, name), text);
  return opened(host, name);
}

describe('at the same moment', () => {
  test('a file is locked or deleted: a lock that was acknowledged has its file', async () => {
    const seen = new Set<string>();
    for (let time = 0; time < TIMES; time++) {
      const file = await put(`Deleted ${time}.txt`, 'text');
      const [deleted, locked] = await Promise.all([file.do('DELETE'), pause(time % 5).then(() => file.lock('A'))]);
      seen.add(`DeleteFile ${deleted.status}, Lock ${locked.status}`);
    }
    expect(seen).not.toContain('DeleteFile 200, Lock 200');
    expect(seen).toContain('DeleteFile 200, Lock 404');
  }, 30_000);

  test('two clients fill an empty file that nobody has locked: one save is acknowledged, and kept', async () => {
    for (let time = 0; time < TIMES; time++) {
      const file = await put(`Empty ${time}.txt`, '');
      const write = (text: string) => file.send('POST', '/contents', { 'X-WOPI-Override': 'PUT' }, text);
      const answers = await Promise.all([write('one'), write('two')]);
      expect(statusesOf(answers)).toEqual([200, 409]);
      expect((await file.getFile()).text).toBe(answers[0].status === 200 ? 'one' : 'two');
    }
  }, 30_000);

  test('a file is renamed to the name of another, and read through another host: it is never the other', async () => {
    const FILES_DIR = await newFolder({ 'A.txt': 'bytes of A', 'B.txt': 'bytes of B' });
    const [one, two] = await Promise.all([1, 2].map(() => startExampleHost({ FILES_DIR, TOKEN_SECRET })));
    const renamed = await opened(one!, 'A.txt');
    const read = await opened(two!, 'A.txt');
    const rename = async (): Promise<void> => {
      for (const name of Array.from({ length: TIMES }, (_, time) => (time % 2 === 0 ? 'B' : 'A'))) {
        await renamed.do('RENAME_FILE', { 'X-WOPI-RequestedName': name });
      }
    };
    const texts: string[] = [];
    const renaming = { isOver: false };
    await Promise.all([
      rename().finally(() => (renaming.isOver = true)),
      (async () => {
        while (!renaming.isOver) {
          const { status, text } = await read.getFile();
          texts.push(status === 200 ? text : '');
        }
      })(),
    ]);
    expect(texts).toContain('bytes of A');
    expect(texts).not.toContain('bytes of B');
    await Promise.all([one!.stop(), two!.stop()]);
  }, 30_000);
});

test('an ID stays with its file: another one of the same name gets another, and not the lock', async () => {
  const file = await put('Gone.txt', 'text');
  const { id } = await fileOf(host, 'Gone.txt');
  await file.lock('A');
  await rm(join(host.folder, 'Gone.txt'));
  const saveAs = { 'X-WOPI-RelativeTarget': 'Gone.txt' };
  expect(await (await opened(host, 'Read.txt')).do('PUT_RELATIVE', saveAs, 'another')).toMatchObject({ status: 200 });
  expect(await fileOf(host, 'Gone.txt')).toMatchObject({ lock: null, id: expect.not.stringMatching(id) });
  expect(await file.getFile()).toMatchObject({ status: 404 });
});

test('the longest name that a header can carry keeps nobody waiting', async () => {
  const name = `${' .'.repeat(3500)}${'x'.repeat(7000)}`;
  const began = performance.now();
  const headers = { 'X-WOPI-SuggestedTarget': utf7(name) };
  expect(await (await opened(host, 'Read.txt')).do('PUT_RELATIVE', headers, 'text')).toMatchObject({ status: 200 });
  expect(performance.now() - began).toBeLessThan(500);
});

test.each([
  ['localhost:1', 200],
  ['127.0.0.1', 200],
  ['[::1]:3000', 200],
  ['evil.example', 421],
  ['localhost.evil.example:3000', 421],
])('the page, which gives access tokens, is served under names of its own only: %s', async (name, status) => {
  const { id } = await fileOf(host, 'Read.txt');
  for (const path of ['/', '/events', `/files/${id}/access?user=alex`]) {
    const answered = await new Promise((resolve, reject) => {
      request(host.url + path, { headers: { Host: name }, agent: false }, (res) => {
        resolve(res.statusCode);
        res.destroy();
      })
        .on('error', reject)
        .end();
    });
    expect([path, answered]).toEqual([path, status]);
  }
});
