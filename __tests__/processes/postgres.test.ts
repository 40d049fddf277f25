import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { drive, Fleet, judge, repeat } from '../helpers/fleet';
import { ROOT } from '../helpers/package';
import { describeWithPostgres, startedPostgres } from '../helpers/postgres-server';

jest.setTimeout(2 * 60_000);

const run = promisify(execFile);

const CUT_ALL_OTHERS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = $$client backend$$ AND pid <> pg_backend_pid()';

const CREATE_TABLE = `
  const { Pool } = require('pg');
  const { PostgresLockStore } = require('./dist/stores/postgres.js');
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  new PostgresLockStore(pool).createTable().then(() => { console.log('created'); return pool.end(); });`;

describeWithPostgres('four hosts over one PostgreSQL', () => {
  const server = startedPostgres();
  let fleet: Fleet;

  beforeEach(async () => {
    await server().pool().query('DROP TABLE IF EXISTS wopi_locks');
    fleet = await new Fleet({ STORE: 'postgres', DATABASE_URL: server().url }).start();
  });

  afterEach(() => fleet.stop());

  async function stayLinearizable(
    what: string,
    times: number,
    fault: (time: number) => Promise<unknown>,
  ): Promise<void> {
    judge(`PostgreSQL, ${what}`, await drive(fleet, { meanwhile: () => repeat(times, fault) }), { [what]: times });
  }

  test('may be twenty processes that create the table at once', async () => {
    await server().pool().query('DROP TABLE wopi_locks');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        run(process.execPath, ['-e', CREATE_TABLE], { cwd: ROOT, env: { ...process.env, DATABASE_URL: server().url } }),
      ),
    );
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(Array(20).fill('created\n'));
  });

  test('are linearizable', async () => {
    judge('PostgreSQL', await drive(fleet));
  });

  test('stay so while PostgreSQL is killed, and keep every lock that was acknowledged', () =>
    stayLinearizable('kills', 6, async () => {
      await server().kill();
      await server().restart();
    }));

  test('stay so while hosts are killed', () =>
    stayLinearizable('kills of hosts', 8, (time) => fleet.killAndRestart(time % fleet.hosts.length)));

  test('stay so while connections are cut in the middle of operations', () =>
    stayLinearizable('cuts', 20, () => server().pool({ max: 1 }).query(CUT_ALL_OTHERS)));
});
