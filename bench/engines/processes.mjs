import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = '127.0.0.1';
const START_WITHIN_MS = 60_000;
const ATTEMPTS = 4;

const running = new Set();
const folders = new Set();

// However this process ends: here nothing can be waited for any more.
process.on('exit', () => {
  for (const { child, endSignal } of running) {
    child.kill(endSignal);
  }
  for (const folder of folders) {
    remove(folder);
  }
});

/** A new folder, gone when the bench ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'wopi-bench-'));
  folders.add(folder);
  return folder;
}

/** Ends all that was started here, by its process ID, and removes the folders. */
export async function stopEngines() {
  await Promise.all(
    [...running].map(async ({ child, endSignal, closed }) => {
      child.kill(endSignal);
      await closed;
    }),
  );
  for (const folder of folders) {
    remove(folder);
  }
}

/** Runs a program to its end. */
export async function runProgram(program, args, options) {
  const { closed, log } = start(program, args, { options, endSignal: 'SIGKILL' });
  const code = await within(closed, program);
  if (code !== 0) {
    throw new Error(`${program} ended with ${code}:\n${log()}`);
  }
}

/** Starts a server on a free port, and gives the port once the server's log has `ready` in it. */
export async function startServer(program, argsFor, { ready, ...settings }) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const { child, closed, log } = start(program, argsFor(HOST, port), settings);
    const isReady = new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', () => log().includes(ready) && resolve('ready'));
      }
    });
    const outcome = await within(Promise.race([isReady, closed]), program);
    if (outcome === 'ready') {
      return `${HOST}:${port}`;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`${program} ended with ${outcome}:\n${log()}`); // so often, it is not that another took the port
    }
  }
}

function start(program, args, { options, endSignal }) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (text = (text + chunk).slice(-10_000)));
  }
  const entry = { child, endSignal };
  entry.closed = new Promise((resolve) => {
    child.on('error', (error) => (text += error.message));
    child.on('close', (code, signal) => {
      running.delete(entry);
      resolve(signal ?? code);
    });
  });
  running.add(entry);
  return { child, closed: entry.closed, log: () => text };
}

async function within(promise, program) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${program} took more than ${START_WITHIN_MS} ms`)), START_WITHIN_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function remove(folder) {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function freePort() {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
