import { checkLockAgain } from '../locks.mjs';

/** POST /wopi/files/:fileId/contents, X-WOPI-Override: PUT */
export function putFile({ files }) {
  return (req, res) =>
    files.receive(req, async (upload) => {
      const { version, lastModified } = await files.replace(res.locals.wopiLock.fileId, upload, () =>
        checkLockAgain(res),
      );
      // Collabora compares LastModifiedTime with what it knows; the others read the header.
      res.set('X-WOPI-ItemVersion', version).json({ LastModifiedTime: lastModified.toISOString() });
    });
}
