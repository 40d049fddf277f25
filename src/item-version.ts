import { validateHeaderValue } from 'node:http';

import type { Request } from 'express';

import { faultsAs } from './errors';
import type { Settings } from './options';
import { WOPI_HEADERS } from './protocol';

/** The file's version as the host gives it; a version that cannot stand in a header is a fault of the host's. */
export function versionOf(
  fileId: string,
  req: Request,
  itemVersion: NonNullable<Settings['itemVersion']>,
): Promise<string | undefined> {
  return faultsAs('ERR_WOPI_ITEM_VERSION_FAILED', async () => {
    const version: unknown = await itemVersion(fileId, req);
    if (version === undefined) {
      return undefined;
    }
    if (typeof version !== 'string') {
      throw new TypeError(
        `itemVersion must give a string or undefined, but it gave a value of type ${typeof version}.`,
      );
    }
    validateHeaderValue(WOPI_HEADERS.itemVersion, version);
    return version;
  });
}
