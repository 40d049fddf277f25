import type { Script } from './redis-scripts';

/** The keys and arguments of a script, as node-redis takes them. */
export interface RedisScriptOptions {
  keys: string[];
  arguments: string[];
}

/** An `ioredis` Redis or Cluster, by the members that {@link RedisLockStore} uses. */
export interface IoredisClient {
  readonly options: object;
  readonly isCluster: boolean;
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** A client, pool or cluster of node-redis (`redis`), by the members that {@link RedisLockStore} uses. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: RedisScriptOptions): Promise<unknown>;
  eval(script: string, options: RedisScriptOptions): Promise<unknown>;
}

/** What {@link RedisLockStore} takes: a client of either library. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Runs a script on one key, and gives Redis' reply as it is. */
export type RunScript = (script: Script, key: string, args: readonly string[]) => Promise<unknown>;
