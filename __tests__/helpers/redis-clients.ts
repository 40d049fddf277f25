import { randomUUID } from 'node:crypto';

import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

import type { TestedStore } from '../../src/conformance';
import { RedisLockStore, type RedisClient } from '../../src/stores/redis';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Connected {
  readonly client: RedisClient;
  readonly close: () => void;
}

interface Library {
  readonly connect: (url: string) => Promise<Connected>;
  /** `proxied` says, of a node's port, by which other port it is to be reached. */
  readonly connectCluster: (nodes: readonly Address[], proxied?: ReadonlyMap<number, number>) => Promise<Connected>;
}

const ignore = (): void => {};

/** Both libraries, as the README says to set them up. */
export const LIBRARIES: Readonly<Record<'ioredis' | 'node-redis', Library>> = {
  ioredis: {
    async connect(url) {
      const client = new Redis(url, { maxRetriesPerRequest: 0, socketTimeout: 5_000 }).on('error', ignore);
      return { client, close: () => client.disconnect() };
    },
    async connectCluster(nodes, proxied = new Map()) {
      const natMap = Object.fromEntries(
        nodes.map(({ host, port }) => [`${host}:${port}`, { host, port: proxied.get(port) ?? port }]),
      );
      const options = { retryDelayOnFailover: 0, redisOptions: { socketTimeout: 5_000 }, natMap };
      const client = new Cluster([...nodes], options).on('error', ignore);
      return { client, close: () => client.disconnect() };
    },
  },
  'node-redis': {
    async connect(url) {
      const socket = { socketTimeout: 5_000 };
      const client = createClient({ url, socket, pingInterval: 1_000, disableOfflineQueue: true }).on('error', ignore);
      client.connect().catch(ignore);
      await Promise.race(['ready', 'error'].map((event) => new Promise((resolve) => client.once(event, resolve))));
      return { client, close: () => client.destroy() };
    },
    async connectCluster(nodes, proxied = new Map()) {
      const client = createCluster({
        rootNodes: nodes.map((socket) => ({ socket })),
        nodeAddressMap: (address) => {
          const [host = '', port] = address.split(':');
          return { host, port: proxied.get(Number(port)) ?? Number(port) };
        },
      }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
};

/** What a conformance test needs: keys of its own, and stores that each have a connection of their own. */
export async function testedStore(open: () => Promise<Connected>): Promise<TestedStore> {
  const prefix = `${randomUUID()}:`;
  const opened: Connected[] = [];
  const connect = async (): Promise<RedisLockStore> => {
    const connected = await open();
    opened.push(connected);
    return new RedisLockStore(connected.client, { prefix });
  };
  return {
    store: await connect(),
    connect,
    dispose: () => {
      for (const { close } of opened) {
        close();
      }
    },
  };
}

/** The first answer of a client that may have to reconnect: what rejects meanwhile was not sent. */
export async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
