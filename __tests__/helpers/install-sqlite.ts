import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

// Its binary is built or fetched when it is installed, which may take a minute: too long for everybody's `npm ci`.
const BETTER_SQLITE3 = 'better-sqlite3@12.11.1';

/** Jest's global set-up: has better-sqlite3 installed, as the README tells users of SQLite to. */
export default function installSqlite(): void {
  try {
    require.resolve('better-sqlite3');
  } catch {
    process.stderr.write(`Installing ${BETTER_SQLITE3} for the tests, once.\n`);
    // As a development dependency: an optional peer, which it is to our users, npm would leave out.
    const args = ['install', '--no-save', '--save-dev', '--no-audit', '--no-fund', BETTER_SQLITE3];
    execFileSync('npm', args, { cwd: join(__dirname, '../..'), stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
