import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const FILE_ID = '0f1d2c3b-4a59-4687-8776-655443322110';
export const LOCK_ID = 'bench-lock-'.padEnd(100, 'x');

/** The headers of the request for each operation. */
export const REQUEST_HEADERS = {
  Lock: { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': LOCK_ID },
  GetLock: { 'X-WOPI-Override': 'GET_LOCK' },
};

/** A handler for each operation that does nothing but give the answer that the router gives. */
const BARE_HANDLERS = {
  Lock(_req, res) {
    res.statusCode = 200;
    res.end();
  },
  GetLock(_req, res) {
    res.statusCode = 200;
    res.setHeader('X-WOPI-Lock', LOCK_ID);
    res.end();
  },
};

/** The request listeners to compare; each is made for one operation. */
export const SUBJECTS = {
  'express4-router': () => routerInApp('express4'),
  'express5-router': () => routerInApp('express'),
  'express4-bare': (operation) => bareRouteInApp('express4', operation),
  'express5-bare': (operation) => bareRouteInApp('express', operation),
  'node-router-of-express4': () => routerWithoutApp('express4'),
  'node-router-of-express5': () => routerWithoutApp('express'),
  'node-bare': (operation) => BARE_HANDLERS[operation],
};

async function routerInApp(expressName) {
  const express = expressFor(expressName);
  return express().use('/wopi', await wopiRouter());
}

function bareRouteInApp(expressName, operation) {
  const express = expressFor(expressName);
  return express().use('/wopi', express.Router().post('/files/:fileId', BARE_HANDLERS[operation]));
}

async function routerWithoutApp(expressName) {
  expressFor(expressName);
  const router = await wopiRouter();
  return (req, res) =>
    router(req, res, (error) => {
      res.statusCode = error?.status ?? 404;
      res.end();
    });
}

/** Loads an Express, and has wopi-lock-router load the same one. */
function expressFor(name) {
  const express = require(name);
  require.cache[require.resolve('express')] = require.cache[require.resolve(name)];
  return express;
}

async function wopiRouter() {
  const { MemoryLockStore, wopiLockRouter } = require('../../dist/index.js');
  const store = new MemoryLockStore();
  await store.lock(FILE_ID, LOCK_ID);
  return wopiLockRouter(store);
}
