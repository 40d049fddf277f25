import createError from 'http-errors';

import { checkLockAgain } from '../locks.mjs';
import { decodeName, isLegalName, splitName, variantsOf } from '../names.mjs';

/** POST /wopi/files/:fileId, X-WOPI-Override: RENAME_FILE. The extension stays, and so does the file ID. */
export function renameFile({ files }) {
  return async (req, res) => {
    const requested = decodeName(req.get('X-WOPI-RequestedName') ?? '');
    const name = requested + splitName(req.file.name).extension;
    if (requested === '' || !isLegalName(name)) {
      const reason = 'A file cannot have this name.';
      throw createError(400, reason, { headers: { 'X-WOPI-InvalidFileNameError': reason } });
    }
    const renamed = await renameToFree(files, res, name);
    res.json({ Name: splitName(renamed.name).base });
  };
}

async function renameToFree(files, res, name) {
  for (const variant of variantsOf(name)) {
    const renamed = await files.rename(res.locals.wopiLock.fileId, variant, () => checkLockAgain(res));
    if (renamed) return renamed;
  }
}
