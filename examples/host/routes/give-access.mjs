import { editorPath } from '../urls.mjs';

/**
 * GET /files/:fileId/access?user=: what a WOPI client needs to open a file. It gives an access token to whoever asks,
 * which is why this host listens to its own machine only.
 */
export function giveAccess({ tokens, urls, discovery }) {
  return async ({ file, userId }, res) => {
    const { accessToken, expiresAt } = await tokens.issue(userId, file.id);
    res.set('Cache-Control', 'no-store').json({
      wopiSrc: urls.wopiSrc(file.id),
      accessToken,
      accessTokenTtl: expiresAt, // a time, and no duration, for all its name
      editor: discovery ? editorPath(file.id, userId) : null,
    });
  };
}
