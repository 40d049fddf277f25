import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll } from '@jest/globals';
import { Pool, type PoolConfig } from 'pg';

import { describeWith } from './describe-with';

// Where Debian and Ubuntu put the programs of each version; they are not on the PATH.
const VERSIONS = '/usr/lib/postgresql';

const START_WITHIN_MS = 60_000;

const HOW_TO_INSTALL = 'PostgreSQL is not installed: `apt-get install postgresql`.';

export const describeWithPostgres = describeWith(programs() !== undefined, HOW_TO_INSTALL);

/** A server for the tests of the `describe` in which this is called. */
export function startedPostgres(): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, START_WITHIN_MS);
  afterAll(() => server?.stop(), START_WITHIN_MS);
  return () => server!;
}

/** A real PostgreSQL, as durable as it is by default, on a free port and in a temporary folder, to be killed at will. */
export class PostgresServer {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #pools = new Set<Pool>();
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /** Makes a new database, and starts a server on it. */
  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'wopi-postgres-'));
    chmodSync(folder, 0o700);
    const { uid, gid } = account();
    if (uid !== undefined && gid !== undefined) {
      chownSync(folder, uid, gid);
    }
    const initdb = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await promisify(execFile)(program('initdb'), initdb, { cwd: folder, uid, gid });
    const server = new PostgresServer(folder, await freePort());
    await server.restart();
    return server;
  }

  /** A pool of connections to this server, ended when the server is stopped. */
  pool(config: PoolConfig = {}): Pool {
    const pool = new Pool({ connectionString: this.url, ...config });
    pool.on('error', () => {}); // what idle connections say when the server is killed
    this.#pools.add(pool);
    return pool;
  }

  /** Starts the server that was killed again, on the same data and the same port; resolves when it takes connections. */
  async restart(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300'];
    const child = spawn(
      program('postgres'),
      ['-D', this.#folder, '-p', String(this.#port), ...settings.flatMap((setting) => ['-c', setting])],
      { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' }, ...account() },
    );
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-10_000);
        if (log.includes('ready to accept connections')) {
          resolve();
        }
      });
      child.on('error', reject);
      child.on('close', () => reject(new Error(`PostgreSQL ended: ${log}`)));
    });
  }

  /** `kill -9` of all its processes at once: no goodbye, and nothing is written any more. */
  async kill(): Promise<void> {
    await this.#end((server) => {
      const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ').map(Number);
      for (const pid of [server, ...children]) {
        send('SIGKILL', pid);
      }
    });
  }

  /** Stops the server, and removes its data. */
  async stop(): Promise<void> {
    for (const pool of this.#pools) {
      if (!pool.ending) {
        void pool.end(); // would wait for connections that a failed test has kept
      }
    }
    await this.#end((server) => send('SIGINT', server)); // "Fast Shutdown"
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(end: (pid: number) => void): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close'); // when the last of its processes has closed what they all log to
      end(child.pid);
      await closed;
    }
  }
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** The folder of the newest version's programs. */
function programs(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function program(name: string): string {
  const folder = programs();
  if (folder === undefined) {
    throw new Error(HOW_TO_INSTALL);
  }
  return join(folder, name);
}

/** Whom to run as: PostgreSQL refuses to run as root. Debian's package makes an account for it. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const idOf = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A port below those that the system gives to clients, one of which could have it before a server starts again. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const probe = createServer();
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch {
      // taken
    } finally {
      probe.close();
    }
  }
}
