import { createHash } from 'node:crypto';

/** A Lua script, and the SHA-1 by which Redis knows it once it has run. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

// Each answers with an array: empty when it is done, else the lock that the file holds, or nil.
//
// GETEX without options reads as GET does, and yet counts as a write: a read-only replica, which may not know of the
// latest lock, or a master cut off from its replicas (min-replicas-to-write) throws where it would refuse. What is
// changed begins with GET: Redis looks at maxmemory only before a script's first write.

export const GET_LOCK = script(`
return { redis.call('GETEX', KEYS[1]) }
`);

export const LOCK = script(`
local current = redis.call('GET', KEYS[1])
if current and current ~= ARGV[1] then
  return { redis.call('GETEX', KEYS[1]) }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {}
`);

export const UNLOCK = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { redis.call('GETEX', KEYS[1]) }
end
redis.call('DEL', KEYS[1])
return {}
`);

export const UNLOCK_AND_RELOCK = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { redis.call('GETEX', KEYS[1]) }
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {}
`);

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
