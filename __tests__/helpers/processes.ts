import { spawn, type ChildProcess } from 'node:child_process';

import { afterEach } from '@jest/globals';

import { ChildOutput } from './child-output';

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) {
    stop(child);
  }
});

/** Starts a command in a process group of its own, which ends with the test, and gives its output once that matches. */
export async function start(command: string, cwd: string, ready: RegExp, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn('bash', ['-c', command], { cwd, env: { ...process.env, ...env }, detached: true });
  running.add(child);
  child.on('exit', () => running.delete(child));
  const output = new ChildOutput(child);
  await output.matching(ready);
  return output.text;
}

function stop(child: ChildProcess): void {
  running.delete(child);
  process.kill(-child.pid!, 'SIGTERM');
}
