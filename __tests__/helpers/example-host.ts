import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

import { afterAll } from '@jest/globals';

import { ChildOutput } from './child-output';
import { listen } from './host-events';
import { ROOT } from './package';

export interface HostFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly version: string;
  readonly lock: null | { readonly lockId: string; readonly user: string | null; readonly expiresAt: number | null };
}

export interface Access {
  readonly wopiSrc: string;
  readonly accessToken: string;
  /** "The time when the access token expires", in milliseconds since 1970: not a duration. */
  readonly accessTokenTtl: number;
  readonly editor: string | null;
}

/** A process that runs the example host. */
export interface ExampleHost {
  readonly url: string;
  /** What it printed so far. */
  readonly output: string;
  /** Where its files are. */
  readonly folder: string;
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  files(): Promise<HostFile[]>;
  access(fileId: string, user?: 'alex' | 'sam'): Promise<Access>;
}

// The host prints all that it has to say at once.
const STARTED = /^The page: +(https?:\S+)\/\nThe files: +(.+)\nThe locks: .*\n/m;

const running = new Set<ChildProcess>();
const folders = new Set<string>();

afterAll(async () => {
  await Promise.all([...running].map((child) => end(child, 'SIGTERM')));
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Starts the example host on a free port. It ends with the test file, and its files too unless FILES_DIR says where. */
export async function startExampleHost(env: NodeJS.ProcessEnv = {}): Promise<ExampleHost> {
  const child = spawn(process.execPath, ['examples/host/server.mjs'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const output = new ChildOutput(child);
  const [, url, folder] = await output.matching(STARTED);
  if (env['FILES_DIR'] === undefined) {
    folders.add(folder!);
  }
  return {
    url: url!,
    folder: folder!,
    get output() {
      return output.text;
    },
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    files: () => filesAt(url!),
    async access(fileId, user = 'alex') {
      const response = await fetch(`${url}/files/${encodeURIComponent(fileId)}/access?user=${user}`);
      if (!response.ok) {
        throw new Error(`${user} has no access to the file ${fileId}: ${response.status}`);
      }
      return (await response.json()) as Access;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  running.delete(child);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}

async function filesAt(url: string): Promise<HostFile[]> {
  const events = await listen({ url });
  try {
    const [{ files }] = await events.next('files');
    return files;
  } finally {
    events.stop();
  }
}
