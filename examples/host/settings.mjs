import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';

const HALF_AN_HOUR = 30 * 60 * 1000;

/** What the environment says, checked: a mistake is an error whose message says how to mend it. */
export async function settingsFrom(env) {
  return {
    host: env.HOST || '127.0.0.1', // whoever opens the page may edit, so only this machine can
    port: numberIn('PORT', env.PORT ?? 3000, 0, 65_535),
    publicUrl: urlIn('PUBLIC_URL', env.PUBLIC_URL)?.replace(/\/+$/, ''),
    filesDir: await folderIn('FILES_DIR', env.FILES_DIR),
    tokenSecret: secretIn('TOKEN_SECRET', env.TOKEN_SECRET) ?? randomBytes(32).toString('hex'),
    lockTtlMs: numberIn('LOCK_TTL_MS', env.LOCK_TTL_MS ?? HALF_AN_HOUR, 1, 2_147_483_647),
    discoveryUrl: urlIn('WOPI_CLIENT', env.WOPI_CLIENT),
  };
}

function numberIn(name, value, least, most) {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, but it is "${value}".`);
  }
  return number;
}

function urlIn(name, value) {
  if (value !== undefined && !(URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))) {
    throw new Error(`${name} must be an address such as http://192.168.1.7:3000, but it is "${value}".`);
  }
  return value;
}

async function folderIn(name, value) {
  const isFolder = value === undefined || (await stat(value).catch(() => undefined))?.isDirectory();
  if (!isFolder) {
    throw new Error(`${name} must be a folder that exists, but "${value}" is none.`);
  }
  return value;
}

function secretIn(name, value) {
  if (value !== undefined && value.length < 32) {
    throw new Error(
      `${name} must have at least 32 characters, but it has ${value.length}. \`openssl rand -hex 32\` makes one.`,
    );
  }
  return value;
}
