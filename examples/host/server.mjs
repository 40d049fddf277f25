// A WOPI host's locks, and nothing else of a host: `npm start`.
import express from 'express';
import { wopiLockRouter, wopiNotImplemented } from 'wopi-lock-router';

import { openStore } from './store.mjs';

const { store, where } = await openStore(process.env);
const app = express();
app.disable('x-powered-by');

// Any file ID and any access token will do here. A real host says who may do what:
//   wopiLockRouter(store, { authorize: ({ fileId, accessToken }) => mayEdit(accessToken, fileId) })
app.use('/wopi', wopiLockRouter(store), wopiNotImplemented);

// Only this machine can reach it. PORT=0 takes any free port.
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  const file = `http://127.0.0.1:${server.address().port}/wopi/files/report.docx?access_token=any`;
  const curl = (...headers) => `curl -i -X POST ${headers.map((header) => `-H '${header}' `).join('')}'${file}'`;
  console.log(`WOPI locks at ${new URL('/wopi', file)}, kept ${where}, for any file ID and any access token.

Take a lock:      ${curl('X-WOPI-Override: LOCK', 'X-WOPI-Lock: A')}
Collide with it:  ${curl('X-WOPI-Override: LOCK', 'X-WOPI-Lock: B')}
Swap it:          ${curl('X-WOPI-Override: LOCK', 'X-WOPI-OldLock: A', 'X-WOPI-Lock: B')}
Who holds it?     ${curl('X-WOPI-Override: GET_LOCK')}
Release it:       ${curl('X-WOPI-Override: UNLOCK', 'X-WOPI-Lock: B')}`);
});
