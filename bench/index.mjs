import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { stopChildren } from './lib/child.mjs';

const SECTIONS = {
  http: () => import('./http/index.mjs'),
  store: () => import('./store/index.mjs'),
  heap: () => import('./heap/index.mjs'),
  history: () => import('./history/index.mjs'),
  engines: () => import('./engines/index.mjs'),
};

const TIME_LIMIT_MS = 20 * 60 * 1000;

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? Object.keys(SECTIONS) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no section ${unknown.join(', ')}. Usage: npm run bench -- [${Object.keys(SECTIONS).join('|')}] [--quick]\n`,
  );
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => end(`stopped by ${signal}`));
}
setTimeout(() => end(`stopped after ${TIME_LIMIT_MS} ms`), TIME_LIMIT_MS).unref();

print(
  `Node ${process.version}, ${availableParallelism()} CPUs (${cpus()[0]?.model ?? 'model unknown'}), ${process.platform} ${process.arch}\n` +
    `sections: ${names.join(', ')}${values.quick ? '; --quick: too short to judge by' : ''}`,
);
try {
  for (const name of names) {
    const { title, run } = await SECTIONS[name]();
    const startedAt = performance.now();
    print(`\n## ${name}: ${title}`);
    await run({ quick: values.quick, print });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    print(
      `(${seconds} s; load average ${loadavg()[0].toFixed(1)} on ${availableParallelism()} CPUs, all that runs here counted)`,
    );
  }
} finally {
  await stopChildren();
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

async function end(reason) {
  process.stderr.write(`${reason}\n`);
  await stopChildren();
  process.exit(1);
}
