import { afterEach, beforeEach, jest, test } from '@jest/globals';

import { drive, Fleet, judge, repeat } from '../helpers/fleet';
import { describeWithRedis, RedisServer } from '../helpers/redis-server';

jest.setTimeout(2 * 60_000);

describeWithRedis('four hosts over one Redis', () => {
  let server: RedisServer;
  let fleet: Fleet;

  // Written to disk before it is answered: without that, a killed Redis forgets, as the README says.
  beforeEach(async () => {
    server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
    fleet = await new Fleet({ STORE: 'redis', REDIS_URL: server.url }).start();
  });

  afterEach(async () => {
    await fleet.stop();
    await server.stop();
  });

  async function stayLinearizable(
    what: string,
    times: number,
    fault: (time: number) => Promise<unknown>,
  ): Promise<void> {
    judge(`Redis, ${what}`, await drive(fleet, { meanwhile: () => repeat(times, fault) }), { [what]: times });
  }

  test('are linearizable', async () => {
    judge('Redis', await drive(fleet));
  });

  test('stay so while Redis is killed, and keep every lock that was acknowledged', () =>
    stayLinearizable('kills', 10, async () => {
      await server.kill();
      await server.restart();
    }));

  test('stay so while hosts are killed', () =>
    stayLinearizable('kills of hosts', 8, (time) => fleet.killAndRestart(time % fleet.hosts.length)));

  test('stay so while Redis forgets its scripts', () =>
    stayLinearizable('SCRIPT FLUSH', 20, () => server.command('SCRIPT', 'FLUSH')));

  test('stay so while connections are cut in the middle of operations', () =>
    stayLinearizable('cuts', 20, () => server.command('CLIENT', 'KILL', 'TYPE', 'normal')));
});
