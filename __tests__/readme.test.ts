import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transform } from '@swc/core';

import { MemoryLockStore } from '../src';
import type { TestedStore } from '../src/conformance';
import { ERRORS } from '../src/error-codes';
import { GUARD_OPTION_NAMES } from '../src/guard-options';
import { OPTION_NAMES } from '../src/options';
import { PostgresLockStore } from '../src/stores/postgres';
import { ROOT } from './helpers/package';
import { describeWithPostgres, startedPostgres } from './helpers/postgres-server';
import { start } from './helpers/processes';
import { describeWithRedis, RedisServer } from './helpers/redis-server';
import { codeBlocks, firstColumn, README } from './helpers/readme';
import { slowUpload } from './helpers/slow-upload';
import { until } from './helpers/until';
import { client as clientOf, conflict, exchange, held, ok } from './helpers/host';

const run = promisify(execFile);

// What Node adds to every answer, as the README says.
const OF_NODE = /^(Date|Connection|Keep-Alive|Content-Length): /;

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

// A runner in a runner would otherwise report to the outer one.
const { NODE_TEST_CONTEXT: _context, ...plain } = process.env;

const never = (): never => {
  throw new Error('Nobody calls this.');
};

let folder: string;
let programs: string[];

const blocks = codeBlocks();
const ts = blocks.filter(({ language }) => language === 'ts');

// Inside the project, so that `wopi-lock-router` is the package itself.
beforeAll(async () => {
  await mkdir(join(ROOT, '.tmp'), { recursive: true });
  folder = await mkdtemp(join(ROOT, '.tmp/readme-'));
  programs = await Promise.all(
    ts.map(async ({ code }, index) => {
      const file = join(folder, `block-${index}`);
      await writeFile(`${file}.mts`, code);
      await writeFile(
        `${file}.mjs`,
        (await transform(code, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } })).code,
      );
      return `${file}.mjs`;
    }),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function program(under: string, which = 0): string {
  return programs[ts.indexOf(ts.filter(({ heading }) => heading === under)[which]!)]!;
}

/** Runs a block that listens on port 3000, on a free port instead. */
async function listening(file: string, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const hook = join(folder, 'free-port.cjs');
  await writeFile(
    hook,
    `const { Server } = require('node:net');
     const { listen } = Server.prototype;
     Server.prototype.listen = function (port, ...rest) {
       if (port !== 3000) throw new Error('The README says 3000, not ' + port);
       this.once('listening', () => console.log('port ' + this.address().port));
       return listen.call(this, 0, '127.0.0.1', ...rest);
     };`,
  );
  const output = await start(`"${process.execPath}" --require "${hook}" "${file}"`, folder, /port \d+/, env);
  return Number(/port (\d+)/.exec(output)![1]);
}

const SERVE_ROUTER = `
import { createServer } from 'node:http';
createServer((req, res) => router(req, res, (error) => ((res.statusCode = error?.status ?? 404), res.end()))).listen(3000);`;

async function takesTurns({ lock, unlockAndRelock, getLock, unlock }: ReturnType<typeof clientOf>): Promise<void> {
  expect(await lock('A')).toEqual(ok);
  expect(await lock('B')).toEqual(conflict('A'));
  expect(await unlockAndRelock('A', 'B')).toEqual(ok);
  expect(await getLock()).toEqual(held('B'));
  expect(await unlock('B')).toEqual(ok);
}

test('every block of TypeScript compiles, strictly', async () => {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: ['node'] };
  await writeFile(config, JSON.stringify({ compilerOptions, include: ['*.mts'] }));
  await expect(run('npx', ['tsc', '-p', config], { cwd: ROOT })).resolves.toMatchObject({ stdout: '' });
}, 60_000);

test('running code is there by line 20, and is the ten lines that work', async () => {
  const lines = README.split('\n');
  expect(lines.slice(0, 20).join('\n')).toContain(ts[0]!.code);
  await takesTurns(clientOf(await listening(program('wopi-lock-router'))));
});

test('right after the ten lines come the two commands and the picture', () => {
  const commands = blocks.slice(2, 4).map(({ language, code }) => [language, code.trim()]);
  expect(commands).toEqual([
    ['sh', 'npm ci && npm start'],
    ['sh', 'npm ci && npm test'],
  ]);
  const [, picture] = /!\[[^\]]+\]\((.+?)\)/.exec(README.split('\n').slice(0, 40).join('\n'))!;
  const bytes = readFileSync(join(ROOT, picture!));
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(bytes.length).toBeLessThan(150_000);
});

test('the install line installs this package and its peer', async () => {
  expect(blocks[0]).toMatchObject({ language: 'sh', code: `npm install ${manifest.name} express\n` });
  expect(Object.keys(manifest.peerDependencies)).toContain('express');
});

describe('What stays your duty', () => {
  test('the host with tokens and versions does what it says', async () => {
    const port = await listening(program('What stays your duty'));
    const file = '/wopi/files/report.docx?access_token=for-alex';
    const { send } = clientOf(port);
    const lock = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A' };
    expect(await send(lock, file)).toEqual({ ...ok, 'x-wopi-itemversion': '1' });
    expect(await send(lock, '/wopi/files/report.docx?access_token=for-sam')).toEqual({ status: 401 });
    expect(await send(lock, '/wopi/files/other.docx')).toEqual({ status: 404 });
    expect(await send({ ...lock, 'X-WOPI-Override': 'COBALT' }, file)).toEqual({ status: 501 });
  });

  test('the router without an app does what it says', async () => {
    const port = await listening(program('What stays your duty', 1));
    const client = clientOf(port, '/files/report.docx');
    expect(await client.lock('A')).toEqual(ok);
    expect(await client.lock('')).toEqual({ status: 400 });
    expect((await exchange(port, 'GET', '/files/report.docx')).status).toBe(404);
  });
});

describe('Guard your own writes', () => {
  test('the ten lines let a write through only when the lock allows it', async () => {
    const { lock, putFile, unlock, deleteFile, renameFile } = clientOf(
      await listening(program('Guard your own writes')),
    );
    expect(await putFile(undefined, 'new')).toEqual(conflict(''));
    expect(await lock('A')).toEqual(ok);
    expect(await putFile('B', 'new')).toEqual(conflict('A'));
    expect(await putFile('A', '')).toEqual(ok);
    expect(await deleteFile()).toEqual(conflict('A'));
    expect(await renameFile('B', 'plan')).toEqual(conflict('A'));
    expect(await unlock('A')).toEqual(ok);
    expect(await putFile(undefined, 'new')).toEqual(ok); // it has 0 bytes
  });

  test('an upload whose lock is swapped meanwhile does not land', async () => {
    const file = join(folder, 'report.docx');
    await writeFile(file, 'old');
    const port = await listening(program('The gap between the check and the write'));
    const { lock, unlockAndRelock, putFile } = clientOf(port, '/wopi/files/1');
    await lock('A');
    expect(await putFile('A', 'first')).toEqual(ok);
    const second = slowUpload(port, '/wopi/files/1/contents', 'A', 'second');
    await until(
      () => readdir(folder),
      (names) => names.some((name) => name.startsWith('report.docx.')),
    );
    expect(await unlockAndRelock('A', 'B')).toEqual(ok);
    expect(await second.finish()).toEqual({ status: 409, lock: 'B' });
    expect(await readFile(file, 'utf8')).toBe('first');
    expect((await readdir(folder)).filter((name) => name.startsWith('report.docx'))).toEqual(['report.docx']);
  });
});

test('the memory store answers what the comments say', async () => {
  const { code } = ts[programs.indexOf(program('Memory'))]!;
  const shown = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, answer]) => answer);
  expect(shown).toHaveLength(3);
  const { stdout } = await run(process.execPath, [program('Memory')]);
  expect(stdout.trim().split('\n')).toEqual(shown);
});

test('the store to write is a right one, given a database with such a step', async () => {
  const file = program('Writing a store');
  const check = `
    import { MyLockStore } from ${JSON.stringify(file)};
    const rows = new Map();
    const store = new MyLockStore(async (fileId, change) => {
      const before = rows.get(fileId) ?? null;
      const after = change(before);
      if (after) rows.set(fileId, after.lockId);
      return { before, changed: after !== undefined };
    });
    const answers = [];
    for (const [method, ...args] of JSON.parse(process.argv[2])) answers.push(await store[method]('file', ...args, 1000));
    console.log(JSON.stringify(answers));`;
  await writeFile(join(folder, 'check.mjs'), check);
  const calls = [
    ['getLock'],
    ['unlockAndRelock', 'A', 'B'],
    ['refreshLock', 'A'],
    ['unlock', 'A'],
    ['lock', 'A'],
    ['lock', 'A'],
    ['lock', 'B'],
    ['refreshLock', 'A'],
    ['refreshLock', 'B'],
    ['unlockAndRelock', 'B', 'C'],
    ['unlockAndRelock', 'A', 'B'],
    ['getLock'],
    ['unlock', 'A'],
    ['unlock', 'B'],
    ['getLock'],
  ] as const;
  const right = new MemoryLockStore();
  const expected: unknown[] = [];
  for (const [method, ...args] of calls) {
    const call = right[method] as (...all: unknown[]) => Promise<unknown>;
    expected.push(await call.call(right, 'file', ...args));
  }
  const { stdout } = await run(process.execPath, [join(folder, 'check.mjs'), JSON.stringify(calls)]);
  expect(JSON.parse(stdout)).toEqual(expected);
});

describe('Proving a store: `wopi-lock-router/conformance`', () => {
  const heading = 'Proving a store: `wopi-lock-router/conformance`';

  test('the suite runs, and is green', async () => {
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', program(heading)], { env: plain });
    expect(stdout).toMatch(/^# pass [5-9]\d$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  test('a history that cannot be is explained as shown', async () => {
    const shown = blocks.find(({ language }) => language === 'text')!;
    const { stdout } = await run(process.execPath, [program(heading, 1)]);
    expect(stdout.trim()).toBe(shown.code.trim());
  });

  test('the table names all that createStore may give', () => {
    const given: Required<TestedStore> = {
      store: new MemoryLockStore(),
      connect: never,
      advance: never,
      dispose: never,
    };
    expect(firstColumn(heading).map((cell) => cell.replace(/\(.*/, ''))).toEqual(Object.keys(given));
  });

  test('the example of a store over files passes the suite, by the command that is shown', async () => {
    const command = blocks.find((block) => block.language === 'sh' && block.heading === heading)!.code.trim();
    const script = manifest.scripts[command.replace('npm run ', '')];
    expect(script).toMatch(/^npm run --silent build && node --test /);
    const { stdout } = await run('bash', ['-c', script.split(' && ')[1]], {
      cwd: ROOT,
      env: plain,
    });
    expect(stdout).toMatch(/^(#|ℹ) fail 0$/m);
    expect(stdout).toMatch(/^(#|ℹ) pass [5-9]\d$/m);
  }, 60_000);
});

test('the router for front ends that strip empty headers is built', async () => {
  await expect(run(process.execPath, [program('Front ends that strip empty headers')])).resolves.toBeDefined();
});

describe('SQLite: `wopi-lock-router/sqlite`', () => {
  test('the host does what it says', async () => {
    await takesTurns(clientOf(await listening(program('SQLite: `wopi-lock-router/sqlite`'))));
  });
});

describeWithRedis('Redis: `wopi-lock-router/redis`', () => {
  test.each([
    ['ioredis', 0],
    ['node-redis', 1],
  ])('the router over %s does what it says', async (name, which) => {
    const server = await RedisServer.start();
    const code = await readFile(program('Redis: `wopi-lock-router/redis`', which), 'utf8');
    const file = join(folder, `${name}.mjs`);
    await writeFile(file, `${code.replace('redis://127.0.0.1:6379', server.url)}\n${SERVE_ROUTER}`);
    await takesTurns(clientOf(await listening(file), '/files/report.docx'));
  });
});

describeWithPostgres('PostgreSQL: `wopi-lock-router/postgres`', () => {
  const heading = 'PostgreSQL: `wopi-lock-router/postgres`';
  const server = startedPostgres();

  test('the host does what it says', async () => {
    await takesTurns(clientOf(await listening(program(heading), { DATABASE_URL: server().url })));
  });

  test('the migration makes the table that the store uses, and the query shows a lock', async () => {
    const pool = server().pool();
    await pool.query('DROP TABLE IF EXISTS wopi_locks');
    await pool.query(blocks.find(({ language }) => language === 'sql')!.code);
    const store = new PostgresLockStore(pool);
    expect(await store.lock('report.docx', 'A')).toEqual({ ok: true });
    const [, query] = /`(SELECT lock_id, expires_at .*?)`/.exec(README)!;
    expect((await pool.query(query!)).rows).toMatchObject([{ lock_id: 'A' }]);
  });
});

describeWithPostgres('The gap between the check and the write, in PostgreSQL', () => {
  const server = startedPostgres();

  test('whoever takes a lock that lapses in mid-transaction gets it after the write', async () => {
    const script = join(folder, 'commit.mjs');
    await writeFile(
      script,
      `import pg from 'pg';
       import { PostgresLockStore } from 'wopi-lock-router/postgres';
       import { commit } from ${JSON.stringify(program('The gap between the check and the write', 1))};
       const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
       const [pool, locks] = [1, 2].map(() => new pg.Pool({ connectionString: process.env.DATABASE_URL }));
       const version = async () => (await locks.query('SELECT version FROM files')).rows[0].version;
       const store = new PostgresLockStore(locks);
       await store.createTable();
       await pool.query("CREATE TABLE files (id text PRIMARY KEY, version text); INSERT INTO files VALUES ('1', 'old')");
       await store.lock('1', 'A', 400);
       const events = [];
       const others = [];
       const checkAgain = async () => {
         const ok = (await store.getLock('1')) === 'A';
         others.push(store.unlock('1', 'A').then((result) => events.push(['unlocked', result.ok, 'after', version()])));
         while ((await store.getLock('1')) !== null) await pause(5);
         others.push(store.lock('1', 'B', 60_000).then((result) => events.push(['taken', result.ok, 'after', version()])));
         await pause(100); // time enough, if nothing made them wait
         events.push(['found', ok, 'before', await version()]);
         return { ok };
       };
       const { ok } = await commit(pool, '1', 'new', { checkAgain });
       await Promise.all(others);
       const told = await Promise.all(events.map((event) => Promise.all(event)));
       console.log(JSON.stringify({ ok, told, held: await store.getLock('1') }));
       await Promise.all([pool.end(), locks.end()]);`,
    );
    const { stdout } = await run(process.execPath, [script], { env: { ...plain, DATABASE_URL: server().url } });
    const { ok: isWritten, told, held: holder } = JSON.parse(stdout);
    expect([isWritten, holder]).toEqual([true, 'B']);
    expect(told[0]).toEqual(['found', true, 'before', 'old']);
    expect(told.slice(1)).toEqual(
      expect.arrayContaining([
        ['unlocked', false, 'after', 'new'],
        ['taken', true, 'after', 'new'],
      ]),
    );
  });
});

describe('the example host, started by the README in a copy of the project', () => {
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'wopi-lock-router-'));
    for (const part of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'examples']) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rm(copy, { recursive: true }));

  const commandsUnder = (title: string): string[] =>
    blocks.filter(({ language, heading }) => language === 'sh' && heading === title).map(({ code }) => code.trim());

  function sessionUnder(title: string): string {
    return blocks.find(({ language, heading }) => language === 'console' && heading === title)!.code;
  }

  /** The commands of a session, each with the lines of its answer. */
  function exchanges(session: string): [line: string, ...answer: string[]][] {
    return session
      .split(/^\$ /m)
      .slice(1)
      .map((exchanged) => exchanged.trimEnd().split('\n') as [string, ...string[]]);
  }

  async function getTheAnswersOf(session: string, file: string): Promise<void> {
    for (const [line, ...answer] of exchanges(session)) {
      const { stdout } = await run('bash', ['-c', line], { env: { ...process.env, FILE: file } });
      const received = stdout.trimEnd().replace(/^(X-WOPI-ItemVersion: ).+$/m, '$1VERSION');
      expect(received.split(/\r?\n/).filter((header) => !OF_NODE.test(header))).toEqual(answer);
    }
  }

  const fileIn = (output: string): string => /^FILE='(.*)'$/m.exec(output)![1]!;
  const portIn = (output: string): string => new URL(fileIn(output)).port;

  test('prints the curl lines of the README, and they get the answers that it shows', async () => {
    const [install, command] = commandsUnder('See it work')[0]!.split(' && ');
    expect(install).toBe('npm ci');
    const output = await start(command!, copy, /UNLOCK.*\n/, { PORT: '0' });
    const session = sessionUnder('See it work');
    const printed = [...output.matchAll(/curl -i .*/g)].map(([line]) => line);
    expect(printed).toEqual(exchanges(session).map(([line]) => line));
    await getTheAnswersOf(session, fileIn(output));
  }, 120_000);

  test('two of them over one SQLite file share their locks, as the README shows', async () => {
    const [install, files, ...hosts] = commandsUnder('Stores');
    expect(install).toMatch(/^npm install --no-save --save-dev better-sqlite3@\d+$/);
    expect(hosts).toHaveLength(2);
    await run('bash', ['-c', files!], { cwd: copy });
    const outputs: string[] = [];
    for (const [index, command] of hosts.entries()) {
      expect(command).toContain(`PORT=300${index + 1} npm start`);
      outputs.push(
        await start(command.replace(/PORT=\d+/, 'PORT=0'), copy, /UNLOCK.*\n/, {
          SQLITE_FILE: join(folder, 'shared.sqlite'),
        }),
      );
    }
    const [first, second] = outputs.map(portIn);
    const session = sessionUnder('Stores').replaceAll('/3001/3002', `/${first}/${second}`);
    await getTheAnswersOf(session, fileIn(outputs[0]!));
  }, 120_000);

  test('is refused where STORE names no store', async () => {
    await expect(start('npm start', copy, /UNLOCK/, { PORT: '0', STORE: 'mysql' })).rejects.toThrow(
      'There is no STORE=mysql. Choose one of memory, sqlite, redis, postgres.',
    );
  }, 60_000);

  test('takes the variables that the README lists, and no other', async () => {
    const section = README.split(/^## /m).find((text) => text.startsWith('The example host\n'))!;
    const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!).join(' ');
    const listed = [...cells.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!);
    const sources = await Promise.all(
      ['settings.mjs', 'store.mjs'].map((source) => readFile(join(ROOT, 'examples/host', source), 'utf8')),
    );
    const taken = sources
      .join('\n')
      .match(/\benv\.[A-Z_]+|\{ [A-Z_]+ = /g)!
      .map((text) => /[A-Z_]+/.exec(text)![0]);
    expect(listed.toSorted()).toEqual([...new Set(taken)].toSorted());
  });

  test('the other command is the one that the gate runs', () => {
    const [, command] = commandsUnder('See it work');
    expect(command).toBe('npm ci && npm test');
    expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toContain(`grep -m 1 -x '${command}' README.md`);
    expect(manifest.scripts.test).toContain('jest');
  });
});

test('the tables name every error code, with its status, and every option', () => {
  expect(firstColumn('Errors').toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  for (const [code, [status]] of Object.entries(ERRORS)) {
    expect(README).toMatch(new RegExp(`^\\| \`${code}\` +\\| ${status} `, 'm'));
  }
  const options = (heading: string): string[] => firstColumn(heading).map((cell) => cell.replace(/\(.*/, ''));
  expect(options('Options')).toEqual([...OPTION_NAMES]);
  expect(options('Options of the guard')).toEqual([...GUARD_OPTION_NAMES]);
});
