import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { startExampleHost } from '../helpers/example-host';
import { newFolder, opened, statusesOf, TOKEN_SECRET } from '../helpers/host-files';
import { describeWithPostgres, startedPostgres } from '../helpers/postgres-server';
import { describeWithRedis, RedisServer } from '../helpers/redis-server';

/** Two processes serve one folder: what is locked through one is locked in the other, for writes too. */
async function expectSharedLocks(env: NodeJS.ProcessEnv): Promise<void> {
  const shared = { ...env, TOKEN_SECRET, FILES_DIR: await newFolder({ 'Report.txt': 'old' }) };
  const hosts = [await startExampleHost(shared), await startExampleHost(shared)];
  const [one, two] = await Promise.all(hosts.map((host) => opened(host, 'Report.txt')));
  expect(await one!.lock('A')).toMatchObject({ status: 200 });
  expect(await two!.lock('B')).toMatchObject({ status: 409, headers: { 'x-wopi-lock': 'A' } });
  expect(await two!.putFile('B', 'theirs')).toMatchObject({ status: 409, headers: { 'x-wopi-lock': 'A' } });
  expect(await two!.putFile('A', 'new')).toMatchObject({ status: 200 });
  expect(await one!.getFile()).toMatchObject({ status: 200, text: 'new' });
  expect(await one!.unlock('A')).toMatchObject({ status: 200 });
  const race = await Promise.all(['C', 'D', 'E', 'F'].map((lock, index) => [one!, two!][index % 2]!.lock(lock)));
  expect(statusesOf(race)).toEqual([200, 409, 409, 409]);
  await Promise.all(hosts.map((host) => host.stop()));
}

test('STORE=sqlite', async () => {
  await expectSharedLocks({ STORE: 'sqlite', SQLITE_FILE: join(await newFolder(), 'locks.sqlite') });
}, 20_000);

test('STORE=sqlite, four that start at once on a new file', async () => {
  const SQLITE_FILE = join(await newFolder(), 'locks.sqlite');
  const hosts = await Promise.all([1, 2, 3, 4].map(() => startExampleHost({ STORE: 'sqlite', SQLITE_FILE })));
  expect(hosts.map(({ output }) => output)).toEqual(Array(4).fill(expect.stringContaining(SQLITE_FILE)));
}, 20_000);

describeWithRedis('STORE=redis', () => {
  test('is shared', async () => {
    const { url } = await RedisServer.start();
    await expectSharedLocks({ STORE: 'redis', REDIS_URL: url });
  }, 20_000);
});

describeWithPostgres('STORE=postgres', () => {
  const server = startedPostgres();

  test('is shared', async () => {
    await expectSharedLocks({ STORE: 'postgres', DATABASE_URL: server().url });
  }, 20_000);
});
