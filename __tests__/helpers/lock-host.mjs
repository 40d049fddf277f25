// A host of locks alone, for any file ID and any access token: what fleet.ts runs, many times over one store.
import express from 'express';
import { wopiLockRouter } from 'wopi-lock-router';

import { openStore } from '../../examples/host/store.mjs';

const { store } = await openStore(process.env);
const server = express()
  .use('/wopi', wopiLockRouter(store))
  .listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));
