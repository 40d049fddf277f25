import { once } from 'node:events';
import { createRequire } from 'node:module';

import { answer } from '../lib/answer.mjs';
import { SUBJECTS } from './subjects.mjs';

const require = createRequire(import.meta.url);
const express = require('express');
const { wopiLockRouter } = require('../../dist/index.js');

const [subject, location] = process.argv.slice(2);

const { client, storeOn } = await SUBJECTS[subject].open(location);
const server = express()
  .use('/wopi', wopiLockRouter(storeOn(client)))
  .listen(0, '127.0.0.1');
await once(server, 'listening');

answer({ port: () => server.address().port });
