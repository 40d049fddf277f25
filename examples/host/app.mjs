import { fileURLToPath } from 'node:url';

import express from 'express';
import { wopiLockGuard, wopiLockRouter, wopiNotImplemented } from 'wopi-lock-router';

import { access } from './access.mjs';
import { Discovery } from './discovery.mjs';
import { openInEditor } from './editor.mjs';
import { answerError } from './errors.mjs';
import { onlyUnderItsOwnNames } from './own-names.mjs';
import { checkFileInfo } from './routes/check-file-info.mjs';
import { deleteFile } from './routes/delete-file.mjs';
import { getFile } from './routes/get-file.mjs';
import { giveAccess } from './routes/give-access.mjs';
import { putFile } from './routes/put-file.mjs';
import { putRelativeFile } from './routes/put-relative-file.mjs';
import { putUserInfo } from './routes/put-user-info.mjs';
import { renameFile } from './routes/rename-file.mjs';
import { UserInfo } from './user-info.mjs';
import { Watch } from './watch.mjs';

const PAGE = fileURLToPath(new URL('page', import.meta.url));

// "has a maximum size of 1024 ASCII characters"
const userInfoText = express.text({ type: () => true, limit: 1024 });

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

/** The whole host: what WOPI clients ask for at /wopi, and the page for people at /. */
export function createApp({ store, files, tokens, urls, lockTtlMs, discoveryUrl }) {
  const discovery = discoveryUrl && new Discovery(discoveryUrl);
  const host = { store, files, tokens, urls, discovery, userInfo: new UserInfo(files) };
  const { authorize, requireToken, signIn } = access(host);
  const watch = new Watch({ files, store, lockTtlMs });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // WOPI has versions of its own

  const locks = wopiLockRouter(store, {
    authorize,
    itemVersion: async (fileId) => (await files.get(fileId)).version,
    lockTtlMs,
  });
  const guard = wopiLockGuard(store, {
    authorize,
    fileSize: async (fileId) => (await files.get(fileId)).size,
    relativeTarget: async (_fileId, name) => (await files.named(name))?.id ?? null,
  });
  app.use('/wopi', watch.record, locks, guard);
  app.use('/wopi/files/:fileId', requireToken);
  app.get('/wopi/files/:fileId', checkFileInfo(host));
  app.get('/wopi/files/:fileId/contents', getFile(host));
  app.post('/wopi/files/:fileId/contents', override('PUT'), putFile(host));
  app.post('/wopi/files/:fileId', override('PUT_RELATIVE'), putRelativeFile(host));
  app.post('/wopi/files/:fileId', override('RENAME_FILE'), renameFile(host));
  app.post('/wopi/files/:fileId', override('DELETE'), deleteFile(host));
  app.post('/wopi/files/:fileId', override('PUT_USER_INFO'), userInfoText, putUserInfo(host));
  app.use('/wopi', wopiNotImplemented);

  app.use(onlyUnderItsOwnNames(urls));
  app.use((_req, res, next) => {
    res.set({ 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/', (_req, res) => res.sendFile('index.html', { root: PAGE }));
  app.use('/page', express.static(PAGE, { index: false }));
  app.get('/events', watch.events);
  app.get('/files/:fileId/access', signIn, giveAccess(host));
  if (discovery) app.get('/files/:fileId/editor', signIn, openInEditor(host));

  app.use(answerError);
  return app;
}

/** Lets the route go on only for this operation: several of them share one method and one path. */
function override(operation) {
  return (req, _res, next) => next(req.get('X-WOPI-Override') === operation ? undefined : 'route');
}
