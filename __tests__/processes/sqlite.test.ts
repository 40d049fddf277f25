import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, jest, test } from '@jest/globals';
import BetterSqlite3 from 'better-sqlite3';

import { drive, Fleet, judge, moment, repeat } from '../helpers/fleet';

jest.setTimeout(2 * 60_000);

let folder: string;
let file: string;
let fleet: Fleet;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wopi-processes-'));
  file = join(folder, 'locks.sqlite');
  fleet = await new Fleet({ STORE: 'sqlite', SQLITE_FILE: file }).start();
});

afterEach(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

async function stayLinearizable(what: string, times: number, fault: (time: number) => Promise<unknown>): Promise<void> {
  judge(`SQLite, ${what}`, await drive(fleet, { meanwhile: () => repeat(times, fault) }), { [what]: times });
}

describe('four hosts over one SQLite file', () => {
  test('are linearizable', async () => {
    judge('SQLite', await drive(fleet));
  });

  test('stay so while hosts are killed, and keep every lock that was acknowledged', () =>
    stayLinearizable('kills of hosts', 8, (time) => fleet.killAndRestart(time % fleet.hosts.length)));

  test('wait while another process holds the write lock, and refuse nothing for that', async () => {
    const other = new BetterSqlite3(file);
    await stayLinearizable('write locks held', 10, async () => {
      other.exec('BEGIN IMMEDIATE');
      await moment();
      other.exec('COMMIT');
    });
    other.close();
  });
});
