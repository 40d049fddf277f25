import { createRequire } from 'node:module';

import { startPostgres } from './postgres-server.mjs';
import { stopEngines, temporaryFolder } from './processes.mjs';
import { startRedis } from './redis-server.mjs';
import { routerTable } from './router-table.mjs';
import { speedTable } from './speed-table.mjs';

const require = createRequire(import.meta.url);

export const title = 'The stores on real engines: against the same engine driven bare, and what durability costs';

export async function run({ quick, print }) {
  try {
    const locations = {
      redis: await startRedis(),
      redisAlways: await startRedis('--appendonly', 'yes', '--appendfsync', 'always'),
      postgres: await startPostgres(),
      sqlite: hasBetterSqlite3() ? temporaryFolder() : undefined,
    };
    for (const [engine, missing] of Object.entries({
      redis: 'redis-server is not installed: apt-get install redis-server',
      postgres: 'PostgreSQL is not installed: apt-get install postgresql',
      sqlite: 'better-sqlite3 cannot be loaded: npm install --no-save better-sqlite3',
    })) {
      if (locations[engine] === undefined) {
        print(`!!! NOT MEASURED: ${missing}`);
      }
    }
    await speedTable({ quick, print, locations });
    await routerTable({ quick, print, locations });
  } finally {
    await stopEngines();
  }
}

function hasBetterSqlite3() {
  try {
    const Database = require('better-sqlite3');
    new Database(':memory:').close(); // its native part is loaded only now
    return true;
  } catch {
    return false;
  }
}
