import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';

/** Writes a small file so that a reader finds the old text or the new one, never a part. */
export async function writeAtomically(path, text) {
  const beside = `${path}.${randomUUID()}`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Gives a file a second name, unless that is taken: of many who try at once, one succeeds. */
export async function linkUnlessTaken(path, newPath) {
  try {
    await link(path, newPath);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
