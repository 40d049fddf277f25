import { spawnSync } from 'node:child_process';

import { startServer, temporaryFolder } from './processes.mjs';

/** A Redis of its own, with options as on the command line, or `undefined` where Redis is not installed. */
export async function startRedis(...options) {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    return undefined;
  }
  const folder = temporaryFolder();
  const argsFor = (host, port) => ['--bind', host, '--port', `${port}`, '--dir', folder, '--save', '', ...options];
  const settings = { ready: 'Ready to accept connections', endSignal: 'SIGKILL' };
  return `redis://${await startServer('redis-server', argsFor, settings)}`;
}
