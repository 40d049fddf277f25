import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';

import type { ExampleHost, HostFile } from './example-host';
import { WopiFile, type WopiAnswer } from './wopi-client';

export const TOKEN_SECRET = 'a secret of the tests, of 32 characters or more';

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

export async function newFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wopi-host-test-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A file of the host, opened by a user. */
export async function opened(host: ExampleHost, name: string, user: 'alex' | 'sam' = 'alex'): Promise<WopiFile> {
  const { wopiSrc, accessToken } = await host.access((await fileOf(host, name)).id, user);
  return new WopiFile(wopiSrc, accessToken);
}

export async function fileOf(host: ExampleHost, name: string): Promise<HostFile> {
  const files = await host.files();
  const file = files.find((each) => each.name === name);
  if (file === undefined) {
    throw new Error(`There is no ${name} among ${files.map((each) => each.name).join(', ')}`);
  }
  return file;
}

export const namesOf = async (host: ExampleHost): Promise<string[]> => (await host.files()).map(({ name }) => name);

export const statusesOf = (answers: readonly WopiAnswer[]): number[] =>
  answers.map(({ status }) => status).toSorted((one, other) => one - other);

export const uploadsOf = (host: ExampleHost): Promise<string[]> => readdir(join(host.folder, '.wopi/uploads'));

/** A token like the host's own, made by other means. */
export function tokenWith(claims: object, { secret = TOKEN_SECRET, alg = 'HS256' } = {}): string {
  const signed = [{ alg }, { iss: 'example-host', aud: 'wopi', sub: 'alex', exp: inAnHour(), ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${alg === 'none' ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
