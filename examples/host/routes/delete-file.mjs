import { checkLockAgain } from '../locks.mjs';

/** POST /wopi/files/:fileId, X-WOPI-Override: DELETE */
export function deleteFile({ files }) {
  return async (_req, res) => {
    await files.delete(res.locals.wopiLock.fileId, () => checkLockAgain(res));
    res.end();
  };
}
