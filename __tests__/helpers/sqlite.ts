import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach } from '@jest/globals';
import BetterSqlite3 from 'better-sqlite3';

import { SqliteLockStore, type SqliteDatabase } from '../../src/stores/sqlite';
import { ROOT } from './package';

export interface Connection extends SqliteDatabase {
  close(): unknown;
}

export interface Driver {
  readonly name: string;
  /** As the app would open it; `timeout` is how long a busy database is waited for, in milliseconds. */
  readonly open: (file: string, timeout?: number) => Connection;
  /** The same in the text of a program. */
  readonly program: string;
}

const nodeSqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined;

/** The drivers that this Node has. */
export const drivers: readonly Driver[] = [
  {
    name: 'better-sqlite3',
    open: (file, timeout = 5000) => new BetterSqlite3(file, { timeout }),
    program: `new (require('better-sqlite3'))(file, { timeout: 5000 })`,
  },
  ...(nodeSqlite === undefined
    ? []
    : [
        {
          name: 'node:sqlite',
          open: (file: string, timeout = 5000) => new nodeSqlite.DatabaseSync(file, { timeout }),
          program: `new (require('node:sqlite').DatabaseSync)(file, { timeout: 5000 })`,
        },
      ]),
];

if (nodeSqlite === undefined) {
  process.stderr.write(
    `\nSKIPPED: SqliteLockStore on node:sqlite, which Node ${process.version} lacks. Run the tests on Node 22 or later.\n\n`,
  );
}

/** A new database file in a folder of its own, and connections to it, all gone after `dispose`. */
export function databaseFile(driver: Driver) {
  const folder = mkdtempSync(join(tmpdir(), 'wopi-sqlite-'));
  const file = join(folder, 'locks.db');
  const connections: Connection[] = [];
  const open = (timeout?: number): Connection => {
    const connection = driver.open(file, timeout);
    connections.push(connection);
    return connection;
  };
  const dispose = (): void => {
    for (const connection of connections) {
      connection.close();
    }
    rmSync(folder, { recursive: true });
  };
  return { file, open, connect: (timeout?: number) => new SqliteLockStore(open(timeout)), dispose };
}

export interface Task {
  (given: {
    readonly store: SqliteLockStore;
    readonly database: Connection;
    /** Resolves when the message is on its way. */
    readonly tell: (message: unknown) => Promise<void>;
    /** Resolves when the test sends its next message. */
    readonly told: () => Promise<unknown>;
  }): Promise<void>;
}

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
});

/** Runs a task in a process of its own, with a connection of its own. The task can use nothing but what it is given. */
export function inProcess({ program }: Driver, file: string, task: Task) {
  const text = `
    const { once } = require('node:events');
    const { SqliteLockStore } = require(${JSON.stringify(join(ROOT, 'dist/stores/sqlite.js'))});
    const file = ${JSON.stringify(file)};
    const database = ${program};
    (${task.toString()})({
      database,
      store: new SqliteLockStore(database),
      tell: (message) => new Promise((resolve) => process.send(message, resolve)),
      told: () => once(process, 'message'),
    }).then(() => process.disconnect());`;
  const child = spawn(process.execPath, ['--no-warnings', '--eval', text], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  running.add(child);
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = Promise.all([once(child, 'close'), once(child, 'disconnect')]).then(() => {
    running.delete(child);
    return { messages, errors };
  });
  return {
    messages,
    ended,
    kill: () => child.kill('SIGKILL'),
    tell: (message: string) => child.send(message),
    /** Resolves when the process has told so many things. */
    async said(count: number): Promise<void> {
      while (messages.length < count) {
        await Promise.race([once(child, 'message'), ended]);
        if (!running.has(child) && messages.length < count) {
          throw new Error(`The process ended too soon:\n${errors}`);
        }
      }
    },
  };
}
