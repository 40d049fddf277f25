import createError from 'http-errors';

/**
 * Asks the store once more, right before something is written: since the guard let the request through, its lock may
 * have lapsed, and somebody else may have taken the file. Gives the ID of the file to be written.
 */
export async function checkLockAgain(res) {
  const { ok, fileId, status, headers } = await res.locals.wopiLock.checkAgain();
  if (!ok) throw createError(status, { headers });
  return fileId;
}
