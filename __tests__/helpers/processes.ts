import { spawn, type ChildProcess } from 'node:child_process';

import { afterEach } from '@jest/globals';

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
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (ready.test(output)) {
        resolve(output);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => {
      running.delete(child);
      reject(new Error(`${command} ended with ${code}:\n${output}`));
    });
  });
}

function stop(child: ChildProcess): void {
  running.delete(child);
  process.kill(-child.pid!, 'SIGTERM');
}
