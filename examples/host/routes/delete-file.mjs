import { checkLockAgain } from '../locks.mjs';

/** POST /wopi/files/:fileId, X-WOPI-Override: DELETE */
export function deleteFile({ files }) {
  return async (_req, res) => {
    await files.delete(await checkLockAgain(res));
    res.end();
  };
}
