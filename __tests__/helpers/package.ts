import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

import manifest from '../../package.json';

export const ROOT = join(__dirname, '../..');

const SAMPLES = join(ROOT, '__tests__/samples/consumer');

// '../src' is the package, '../src/conformance' and '../src/stores/redis' are its subpaths.
const FROM_SOURCE = /'\.\.\/src(?:\/stores)?/g;

const CONSUMERS = ['consumer.mts', 'consumer.cts'];

/** Runs a command to its end and gives its standard output; where it fails, the error shows all that it printed. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  // What was meant for the Node that runs these tests, another version may not know.
  const env = { ...process.env, NODE_OPTIONS: '' };
  try {
    return (await promisify(execFile)(command, args, { cwd, env, timeout: 4 * 60_000 })).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout: string }; // the message has the standard error in it
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}

/** Packs a copy of the repository, because `prepack` builds `dist` anew, on which other tests run at the same time. */
export async function pack(folder: string): Promise<{ tarball: string; source: string }> {
  const source = join(folder, 'source');
  const leftOut = new Set(['.git', 'dist', 'node_modules']);
  cpSync(ROOT, source, { recursive: true, filter: (path) => !leftOut.has(relative(ROOT, path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'), 'junction');
  mkdirSync(join(source, 'dist'));
  writeFileSync(join(source, 'dist/of-an-older-build.js'), '');
  await run('npm', ['pack', '--pack-destination', folder], source);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  return { tarball: join(folder, tarball), source };
}

/** Makes a project in `folder` that has these packages installed. */
export async function install(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder);
  const { overrides } = manifest;
  writeJson(join(folder, 'package.json'), { private: true, overrides, jest: { transform: {} } });
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], folder);
}

/** A project that uses the tarball: all of samples/consumer, and the type tests as an ES module and as a CommonJS module. */
export async function installSample(folder: string, packages: readonly string[]): Promise<void> {
  await install(folder, packages);
  cpSync(SAMPLES, folder, { recursive: true });
  const typeTests = readFileSync(join(ROOT, '__tests__/public-surface.ts'), 'utf8');
  for (const consumer of CONSUMERS) {
    writeFileSync(join(folder, consumer), typeTests.replaceAll(FROM_SOURCE, "'wopi-lock-router"));
  }
}

/**
 * Checks both consumers of a sample, and all declaration files that they come to, with the TypeScript of `compilerOf`.
 * Gives what the compiler had to say.
 */
export async function typeCheck(
  sample: string,
  compilerOf: string,
  resolution: { module: string; moduleResolution: string },
): Promise<string> {
  const project = join(sample, 'tsconfig.json');
  const checks = { strict: true, skipLibCheck: false, noEmit: true };
  writeJson(project, {
    compilerOptions: { ...checks, ...resolution, target: 'es2022', esModuleInterop: true, types: ['node'] },
    files: CONSUMERS,
  });
  return run(process.execPath, [join(compilerOf, 'node_modules/typescript/bin/tsc'), '-p', project], sample);
}

/** The files below a folder whose names end so. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}
