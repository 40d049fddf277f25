import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import * as jest from '@jest/globals';

import { describeWith } from './describe-with';

const run = promisify(execFile);
const HOST = '127.0.0.1';

const found = ['redis-server', 'redis-cli'].every((name) => spawnSync(name, ['--version']).status === 0);
const HOW_TO_INSTALL = 'redis-server is not installed: `apt-get install redis-server` (Redis 7 or later).';

export const describeWithRedis = describeWith(found, HOW_TO_INSTALL);

const started = new Set<{ stop: () => Promise<void> }>();

jest.afterAll(async () => {
  await Promise.all([...started].map((one) => one.stop()));
});

/** A real Redis on a free port, with a temporary folder of its own. It ends with the test file, if not sooner. */
export class RedisServer {
  /** @param options - As on the command line: `'--appendonly', 'yes'`. By default nothing is written to disk. */
  static async start(...options: string[]): Promise<RedisServer> {
    if (!found) {
      throw new Error(HOW_TO_INSTALL);
    }
    for (let attempt = 0; ; attempt++) {
      const server = new RedisServer(await freePort(), options);
      try {
        await server.restart();
        return server;
      } catch (error) {
        await server.stop();
        if (attempt === 3) {
          throw error; // so often, it is not that another took the port
        }
      }
    }
  }

  readonly #folder = mkdtempSync(join(tmpdir(), 'wopi-lock-router-redis-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
  ) {
    started.add(this);
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /** Runs a command through `redis-cli`. */
  async command(...args: string[]): Promise<string> {
    return (await run('redis-cli', ['-p', String(this.port), ...args])).stdout.trim();
  }

  /** Starts it (once more), on the same port and in the same folder. */
  async restart(): Promise<void> {
    await this.kill();
    const own = [
      '--bind',
      HOST,
      '--port',
      String(this.port),
      '--dir',
      this.#folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn('redis-server', [...own, ...this.options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('Ready to accept connections')) {
          resolve();
        }
      });
      child.on('error', reject);
      child.on('exit', () => {
        reject(new Error(`redis-server ended:\n${log}`));
      });
    });
  }

  /** Kills it with SIGKILL, as a crash would; its folder stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }

  /** Lets it hang, connections and all, until {@link RedisServer.resume}. */
  suspend(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Kills it, and takes its folder away. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
    started.delete(this);
  }
}

/** A real Redis Cluster of three masters. */
export class RedisCluster {
  static async start(): Promise<RedisCluster> {
    const servers = await Promise.all(
      [1, 2, 3].map(async () =>
        RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', String(await freePort())),
      ),
    );
    const addresses = servers.map(({ port }) => `${HOST}:${port}`);
    const cluster = new RedisCluster(servers);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
    await cluster.ready();
    return cluster;
  }

  private constructor(readonly servers: readonly RedisServer[]) {}

  /** Waits until every node knows of all slots. */
  async ready(): Promise<void> {
    for (const server of this.servers) {
      while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  get nodes(): { host: string; port: number }[] {
    return this.servers.map(({ port }) => ({ host: HOST, port }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** Stands between clients and a Redis, counts what goes through, and can lose an answer. */
export class RedisProxy {
  static async start(to: { readonly port: number }): Promise<RedisProxy> {
    const proxy = new RedisProxy(to.port);
    proxy.#server.listen(0, HOST);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** How often clients have written, and Redis has answered. */
  requests = 0;
  answers = 0;

  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #losing = false;

  private constructor(port: number) {
    started.add(this);
    this.#server = createServer((client) => {
      const redis = connect(port, HOST);
      const cut = (): void => {
        client.destroy();
        redis.destroy();
      };
      for (const socket of [client, redis]) {
        this.#sockets.add(socket);
        socket.on('error', cut);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          cut();
        });
      }
      client.on('data', (chunk) => {
        this.requests++;
        if (this.#losing && /evalsha/i.test(chunk.toString())) {
          this.#losing = false;
          redis.removeAllListeners('data').once('data', cut);
        }
        redis.write(chunk);
      });
      redis.on('data', (chunk) => {
        this.answers++;
        client.write(chunk);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /**
   * Loses the answer to the next script, and cuts its connection: Redis has done what was asked, and the client cannot
   * know.
   */
  loseAnswer(lose = true): void {
    this.#losing = lose;
  }

  async stop(): Promise<void> {
    started.delete(this);
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
