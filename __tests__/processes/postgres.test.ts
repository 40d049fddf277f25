import { afterEach, beforeEach, jest, test } from '@jest/globals';

import { drive, Fleet, judge, repeat } from '../helpers/fleet';
import { describeWithPostgres, startedPostgres } from '../helpers/postgres-server';

jest.setTimeout(2 * 60_000);

const CUT_ALL_OTHERS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = $$client backend$$ AND pid <> pg_backend_pid()';

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
