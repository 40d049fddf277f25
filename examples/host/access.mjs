import createError from 'http-errors';

import { accessTokenOf, USERS } from './tokens.mjs';

/**
 * Who may do what. `authorize` is asked by the router, by the guard, and before each of the host's own routes:
 * first the token (401), then the file (404). It leaves both on the request.
 */
export function access({ files, tokens }) {
  async function authorize({ fileId, accessToken }, req) {
    req.userId = await tokens.verify(accessToken, fileId);
    if (req.userId === undefined) return false;
    req.file = await files.get(fileId);
    return true;
  }

  /** Middleware of the WOPI routes. */
  async function requireToken(req, _res, next) {
    const mayGoAhead = await authorize({ fileId: req.params.fileId, accessToken: accessTokenOf(req) }, req);
    next(mayGoAhead ? undefined : createError(401, { headers: { 'WWW-Authenticate': 'Bearer realm="WOPI"' } }));
  }

  /** Middleware of the page's routes. It takes everybody's word for who they are: put your own sign-in here. */
  async function signIn(req, _res, next) {
    if (!USERS.has(req.query.user)) throw createError(404, 'There is no such user.');
    req.userId = req.query.user;
    req.file = await files.get(req.params.fileId);
    next();
  }

  return { authorize, requireToken, signIn };
}
