import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

import { checkHistory, type RecordedOperation } from '../../src/conformance';
import { Random } from '../../src/conformance/random';
import { ChildOutput } from './child-output';
import { ROOT } from './package';

const STARTED = /127\.0\.0\.1:(\d+)/;

/** A process that runs lock-host.mjs, on a free port. */
class HostProcess {
  port = 0;
  #child: ChildProcess | undefined;

  constructor(readonly env: NodeJS.ProcessEnv) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['__tests__/helpers/lock-host.mjs'], {
      cwd: ROOT,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const [, port] = await new ChildOutput(child).matching(STARTED);
    this.port = Number(port);
  }

  /** kill -9 */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

/** Several host processes over one shared store. */
export class Fleet {
  readonly hosts: readonly HostProcess[];

  constructor(env: NodeJS.ProcessEnv, size = 4) {
    this.hosts = Array.from({ length: size }, () => new HostProcess(env));
  }

  async start(): Promise<this> {
    await Promise.all(this.hosts.map((host) => host.start()));
    return this;
  }

  async killAndRestart(index: number): Promise<void> {
    await this.hosts[index]!.kill();
    await this.hosts[index]!.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.kill()));
  }
}

export interface Drive {
  readonly clients?: number;
  readonly operations?: number;
  readonly files?: number;
  /** What happens to the engine or the hosts while the load runs; the load goes on until it is over. */
  readonly meanwhile?: () => Promise<void>;
}

export interface Driven {
  readonly history: readonly RecordedOperation[];
  /** How many answers there were of each status, and how many requests got none. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Drives the hosts by HTTP from many clients, and records what they asked and were answered. */
export async function drive(
  fleet: Fleet,
  { clients = 16, operations = 4000, files = 3, meanwhile }: Drive = {},
): Promise<Driven> {
  const history: RecordedOperation[] = [];
  const answers: Record<string, number> = {};
  const agent = new Agent({ keepAlive: true });
  const load = { asked: 0, isFaulty: meanwhile !== undefined };

  async function ask(client: number, port: number, call: Call): Promise<string | null | undefined> {
    const start = performance.now();
    const { status, lock } = await post(agent, port, call);
    const end = performance.now();
    answers[status] = (answers[status] ?? 0) + 1;
    if (status === 'ECONNREFUSED') {
      return undefined; // it never left
    }
    const { method, fileId, args } = call;
    const result = resultOf(call, status, lock);
    history.push({ client, method, fileId, args, start, end, ...(result === undefined ? {} : { result }) });
    return status === '200' || status === '409' ? (lock ?? null) : undefined;
  }

  async function play(client: number): Promise<void> {
    const random = new Random(client);
    const told = new Map<string, string>();
    while (load.asked < operations || load.isFaulty) {
      const { port } = random.pick(fleet.hosts);
      const fileId = `file ${random.below(files)}`;
      const next = `${client}.${load.asked++}`;
      const held = told.get(fileId) ?? next;
      const call = random.pick<Call>([
        { method: 'getLock', fileId, args: [] },
        { method: 'lock', fileId, args: [next] },
        { method: 'refreshLock', fileId, args: [held] },
        { method: 'unlock', fileId, args: [held] },
        { method: 'unlockAndRelock', fileId, args: [held, next] },
        { method: 'unlockAndRelock', fileId, args: [held, next] },
      ]);
      const lock = await ask(client, port, call);
      if (lock !== undefined) {
        told.set(fileId, lock || call.args.at(-1) || next);
      } else {
        await new Promise((resolve) => setTimeout(resolve, 5)); // as a client waits that was answered 500
      }
    }
  }

  const played = Promise.all(Array.from({ length: clients }, (_, index) => play(index + 1)));
  try {
    await meanwhile?.();
  } finally {
    load.isFaulty = false;
  }
  await played;
  // What was acknowledged must be there in the end, on every host.
  for (const { port } of fleet.hosts) {
    for (let file = 0; file < files; file++) {
      await ask(0, port, { method: 'getLock', fileId: `file ${file}`, args: [] });
    }
  }
  agent.destroy();
  return { history, answers };
}

/** Prints what was tried, and throws where it cannot have been. */
export function judge(what: string, { history, answers }: Driven, faults: Readonly<Record<string, number>> = {}): void {
  const verdict = checkHistory(history);
  const counts = { operations: history.length, ...faults, answers, violations: verdict.linearizable ? 0 : 1 };
  process.stderr.write(`${what}: ${JSON.stringify(counts)}\n`);
  if (!verdict.linearizable) {
    throw new Error(verdict.explanation);
  }
  const odd = Object.keys(answers).filter(
    (status) => !['200', '409', '500', 'ECONNREFUSED', 'ECONNRESET'].includes(status),
  );
  if (odd.length > 0) {
    throw new Error(`Answers that should not be: ${odd.join(', ')}`);
  }
}

interface Call {
  readonly method: RecordedOperation['method'];
  readonly fileId: string;
  readonly args: readonly string[];
}

function resultOf({ method }: Call, status: string, lock: string | undefined): RecordedOperation['result'] {
  const held = lock === undefined || lock === '' ? null : lock;
  if (status === '409') {
    return { ok: false, currentLock: held };
  }
  if (status === '200') {
    return method === 'getLock' ? held : { ok: true };
  }
  return undefined;
}

const OVERRIDES = {
  getLock: 'GET_LOCK',
  lock: 'LOCK',
  refreshLock: 'REFRESH_LOCK',
  unlock: 'UNLOCK',
  unlockAndRelock: 'LOCK',
} as const;

function headersOf({ method, args: [one = '', two] }: Call): Record<string, string> {
  const override = { 'X-WOPI-Override': OVERRIDES[method] };
  return two === undefined
    ? { ...override, 'X-WOPI-Lock': one }
    : { ...override, 'X-WOPI-Lock': two, 'X-WOPI-OldLock': one };
}

/** The status, or the code of the error where there was no answer, and X-WOPI-Lock. */
function post(agent: Agent, port: number, call: Call): Promise<{ status: string; lock: string | undefined }> {
  const path = `/wopi/files/${encodeURIComponent(call.fileId)}?access_token=any`;
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, method: 'POST', path, agent, headers: headersOf(call) }, (res) => {
      const lock = res.headers['x-wopi-lock'] as string | undefined;
      res.resume();
      res.on('end', () => resolve({ status: String(res.statusCode), lock }));
      res.on('error', () => resolve({ status: 'ECONNRESET', lock: undefined }));
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? error.message, lock: undefined }))
      .end();
  });
}

/** Long enough for some hundred operations. */
export function moment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
}

/** Lets a fault happen so many times, with a moment of load before each. */
export async function repeat(times: number, fault: (time: number) => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) {
    await moment();
    await fault(time);
  }
}
