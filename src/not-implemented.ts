import type { IncomingMessage, ServerResponse } from 'node:http';

import { wopiError } from './errors';

/**
 * The terminal handler: gives a 501 (`ERR_WOPI_NOT_IMPLEMENTED`) to `next(err)`. Mount it last, so that a WOPI client
 * learns which operations the host does not support. "501 Not Implemented - Operation not supported."
 *
 * @example
 * app.use('/wopi', wopiLockRouter(store), myOwnWopiRoutes, wopiNotImplemented);
 */
export function wopiNotImplemented(_req: IncomingMessage, _res: ServerResponse, next: (err?: unknown) => void): void {
  next(wopiError('ERR_WOPI_NOT_IMPLEMENTED'));
}
