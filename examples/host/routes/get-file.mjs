import { pipeline } from 'node:stream/promises';

import createError from 'http-errors';

/** GET /wopi/files/:fileId/contents */
export function getFile({ files }) {
  return async (req, res) => {
    const { size, version, stream } = await files.read(req.file);
    // "412 Precondition Failed - File is larger than X-WOPI-MaxExpectedSize"
    if (size > Number(req.get('X-WOPI-MaxExpectedSize') || Infinity)) {
      stream.destroy();
      throw createError(412, 'The file is larger than X-WOPI-MaxExpectedSize.');
    }
    res.type('application/octet-stream').set({ 'X-WOPI-ItemVersion': version, 'Content-Length': size });
    await pipeline(stream, res);
  };
}
