import type { Script } from './redis-scripts';

/** A client of `ioredis`, Redis or Cluster, by the members that `RedisLockStore` uses. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly options: object;
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** A client of node-redis (`redis`), its pool or its cluster, by the members that `RedisLockStore` uses. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What `RedisLockStore` takes: a client of `ioredis` or of node-redis (`redis`). */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Runs a script on one key, once, and gives Redis' reply as it is. */
export type RunScript = (script: Script, key: string, args: string[]) => Promise<unknown>;

/** @throws TypeError where `client` is no client, or may send a command twice; the message says how to mend it. */
export function runnerOf(client: RedisClient): RunScript {
  assertClient(client);
  if ('evalsha' in client) {
    assertSendsOnce(client);
    return withFallback(
      ({ sha1 }, key, args) => client.evalsha(sha1, 1, key, ...args),
      ({ text }, key, args) => client.eval(text, 1, key, ...args),
    );
  }
  assertNoSentinel(client);
  return withFallback(
    ({ sha1 }, key, args) => client.evalSha(sha1, { keys: [key], arguments: args }),
    ({ text }, key, args) => client.eval(text, { keys: [key], arguments: args }),
  );
}

/** Redis forgets scripts at SCRIPT FLUSH and when it restarts, and says so before it has done anything. */
function withFallback(bySha1: RunScript, byText: RunScript): RunScript {
  return (script, key, args) =>
    bySha1(script, key, args).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
        return byText(script, key, args);
      }
      throw error;
    });
}

function assertClient(client: unknown): asserts client is RedisClient {
  if (typeof client === 'function') {
    const name = client.name || 'Redis';
    throw new TypeError(
      `RedisLockStore was given ${name} itself, not a client. ` +
        'Write `new RedisLockStore(new Redis(url, { maxRetriesPerRequest: 0 }))` with ioredis, ' +
        'or `new RedisLockStore(createClient({ url }))` with node-redis.',
    );
  }
  if (typeof client !== 'object' || client === null) {
    throw new TypeError(
      `RedisLockStore takes the client that your app has, but it was given ${client === null ? 'null' : `a ${typeof client}`}. ` +
        'Write `new RedisLockStore(new Redis(url, { maxRetriesPerRequest: 0 }))` with ioredis, ' +
        'or `new RedisLockStore(createClient({ url }))` with node-redis.',
    );
  }
  const { evalsha, evalSha, eval: evaluate } = client as Record<string, unknown>;
  if (typeof (evalsha ?? evalSha) !== 'function' || typeof evaluate !== 'function') {
    throw new TypeError(
      'The client given to RedisLockStore is neither one of ioredis, which has the methods `evalsha` and `eval`, ' +
        'nor one of node-redis, which has `evalSha` and `eval`.' +
        (client instanceof Promise ? ' It is a promise: write `await` before it.' : ''),
    );
  }
}

// Sent once more after its answer was lost, an Unlock that was done comes back as refused, and a Lock takes a file that
// was released meanwhile. No script can tell: it would have to remember every call for as long as a client may repeat
// it, and a deadline would need one clock for Redis and its clients. So the client must not: with these options, ioredis
// rejects what was in flight as soon as the connection breaks, and forgets it.
function assertSendsOnce({ isCluster, options }: IoredisClient): void {
  const { maxRetriesPerRequest, enableOfflineQueue, commandTimeout, ...cluster } = options as IoredisOptions;
  if (isCluster) {
    if (cluster.retryDelayOnFailover !== 0) {
      throw new TypeError(
        `${SENDS_TWICE} Write \`new Cluster(nodes, { retryDelayOnFailover: 0 })\`, ` +
          'or give the store a client of its own: `cluster.duplicate([], { retryDelayOnFailover: 0 })`.',
      );
    }
    if (typeof cluster.clusterNodeRetryStrategy === 'function') {
      throw new TypeError(
        `${SENDS_TWICE} Leave out \`clusterNodeRetryStrategy\`: a Cluster reconnects to its nodes without it.`,
      );
    }
  } else if (maxRetriesPerRequest !== 0) {
    throw new TypeError(
      `${SENDS_TWICE} Write \`new Redis(url, { maxRetriesPerRequest: 0 })\`, ` +
        'or give the store a client of its own: `redis.duplicate({ maxRetriesPerRequest: 0 })`.',
    );
  }
  const timeout = isCluster ? cluster.redisOptions?.commandTimeout : commandTimeout;
  if (typeof timeout === 'number' && (isCluster || enableOfflineQueue !== false)) {
    throw new TypeError(
      'With `commandTimeout`, ioredis rejects a command that waits for a connection, and sends it later all the same: ' +
        'a Lock would take its file long after it was answered with an error. Write `socketTimeout` in its place, ' +
        'which cuts a connection that does not answer.',
    );
  }
}

const SENDS_TWICE =
  'The ioredis client given to RedisLockStore sends a command once more when the connection breaks before its answer ' +
  'has come: an Unlock that Redis had done would be done twice, and come back as refused.';

interface IoredisOptions {
  readonly maxRetriesPerRequest?: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
  readonly retryDelayOnFailover?: number;
  readonly clusterNodeRetryStrategy?: unknown;
  readonly redisOptions?: { readonly commandTimeout?: number };
}

function assertNoSentinel(client: NodeRedisClient): void {
  if ('getSentinelNode' in client || 'release' in client) {
    throw new TypeError(
      'The Sentinel client of node-redis sends a command once more when the connection breaks before its answer has ' +
        'come, and has no option against it: an Unlock that Redis had done would be done twice, and come back as ' +
        'refused. Use the one of ioredis: `new Redis({ sentinels, name, maxRetriesPerRequest: 0 })`.',
    );
  }
}
