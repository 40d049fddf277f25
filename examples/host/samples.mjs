import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLES = fileURLToPath(new URL('samples', import.meta.url));

/** A fresh folder with a few files to try the host on. */
export async function temporarySamples() {
  const folder = await mkdtemp(join(tmpdir(), 'wopi-files-'));
  await cp(SAMPLES, folder, { recursive: true });
  return folder;
}
