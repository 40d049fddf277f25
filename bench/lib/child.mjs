import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ASK_TIMEOUT_MS = 60_000;
const MAX_CHILDREN = 8;

const running = new Set();

/**
 * Starts a module in a process of its own, and resolves when it calls `answer` of answer.mjs.
 *
 * @param {URL} module
 * @param {{ args?: string[], execArgv?: string[] }} [options]
 */
export async function startChild(module, { args = [], execArgv = [] } = {}) {
  if (running.size >= MAX_CHILDREN) {
    throw new Error(`A bench may run ${MAX_CHILDREN} processes at once, and they are running.`);
  }
  const child = fork(fileURLToPath(module), args, { execArgv });
  running.add(child);
  const name = [module.pathname.split('/').slice(-2).join('/'), ...args].join(' ');
  const waiting = new Map();
  let lastId = 0;

  const failAll = (reason) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`${name} ${reason}`));
    }
    waiting.clear();
  };
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) {
      resolve?.(value);
    } else {
      reject?.(new Error(`${name}: ${error}`));
    }
  });
  child.on('error', (error) => failAll(`failed: ${error.message}`));
  child.on('exit', (code, signal) => {
    running.delete(child);
    failAll(`ended by itself (${signal ?? code})`);
  });

  const wait = (id, timeoutMs) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`${name} did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const settled = (settle) => (outcome) => {
        clearTimeout(timer);
        settle(outcome);
      };
      waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
    });

  await wait('ready', ASK_TIMEOUT_MS);
  return {
    /** Asks for one of the answers that the module gave to `answer`. */
    ask(question, data, timeoutMs = ASK_TIMEOUT_MS) {
      const id = ++lastId;
      const answered = wait(id, timeoutMs);
      child.send({ id, question, data });
      return answered;
    },
    stop: () => stop(child),
  };
}

/** Ends every process that is still running. They also end by themselves when this one is gone. */
export async function stopChildren() {
  await Promise.all([...running].map(stop));
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
