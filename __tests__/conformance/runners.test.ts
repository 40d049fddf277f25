import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { devDependencies } from '../../package.json';
import { install, pack, ROOT } from '../helpers/package';

jest.setTimeout(5 * 60_000);

const EXPRESS = `express@${devDependencies.express}`;
const folder = mkdtempSync(join(tmpdir(), 'wopi-lock-router-runners-'));
const sample = join(folder, 'sample');

beforeAll(async () => {
  const { tarball } = await pack(folder);
  await install(sample, [tarball, EXPRESS, `jest@${devDependencies.jest}`, 'vitest@4.1.12', 'mocha@12.0.3']);
  cpSync(join(ROOT, '__tests__/samples/runners'), sample, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly passed: string[];
  readonly failed: string[];
}

interface Runner {
  readonly name: string;
  readonly args: readonly string[];
  readonly read: (output: string) => Omit<Outcome, 'code'>;
}

/** Jest's report, which is Vitest's too. */
function readJest(output: string): Omit<Outcome, 'code'> {
  const { testResults } = JSON.parse(output) as {
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status: string) => results.filter((result) => result.status === status).map(({ title }) => title);
  return { passed: named('passed'), failed: named('failed') };
}

function readMocha(output: string): Omit<Outcome, 'code'> {
  const { passes, failures } = JSON.parse(output) as Record<'passes' | 'failures', { title: string }[]>;
  return { passed: passes.map(({ title }) => title), failed: failures.map(({ title }) => title) };
}

/** The Test Anything Protocol: a suite's line has its tests indented before it. */
function readTap(output: string): Omit<Outcome, 'code'> {
  const named = (prefix: string) =>
    [...output.matchAll(/^ {4}(ok|not ok) \d+ - (.*)$/gm)].filter((line) => line[1] === prefix).map((line) => line[2]!);
  return { passed: named('ok'), failed: named('not ok') };
}

const RUNNERS: readonly Runner[] = [
  { name: 'Jest', args: ['node_modules/jest/bin/jest.js', '--json', 'jest.test'], read: readJest },
  { name: 'Vitest', args: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', 'vitest.spec'], read: readJest },
  { name: 'Mocha', args: ['node_modules/mocha/bin/mocha.js', '--reporter=json', 'mocha.cjs'], read: readMocha },
  { name: 'node:test', args: ['--test', '--test-reporter=tap', 'node.mjs'], read: readTap },
];

function runWith({ args, read }: Runner, store: 'right' | 'wrong'): Promise<Outcome> {
  // A runner in a runner would otherwise report to the outer one.
  const { NODE_TEST_CONTEXT: _context, JEST_WORKER_ID: _worker, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: sample, env: { ...env, STORE: store } }, (error, stdout, stderr) => {
      try {
        resolve({ code: Number(error?.code ?? 0), ...read(stdout) });
      } catch (cause) {
        reject(new Error(`${stdout}\n${stderr}`, { cause }));
      }
    });
  });
}

describe.each(RUNNERS)('from the tarball, in $name', (runner) => {
  test('a right store is green', async () => {
    const { code, passed, failed } = await runWith(runner, 'right');
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect(passed.length).toBeGreaterThan(50);
  });

  test('a get-then-set store is red, and by which test', async () => {
    const { code, failed } = await runWith(runner, 'wrong');
    expect(code).not.toBe(0);
    expect(failed).toEqual(['UnlockAndRelock is one atomic step', 'all operations together are linearizable']);
  });
});
