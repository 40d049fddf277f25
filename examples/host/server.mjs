// A small WOPI host on wopi-lock-router: `npm start`. What it is made of stands in app.mjs.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { createApp } from './app.mjs';
import { Files } from './files.mjs';
import { temporarySamples } from './samples.mjs';
import { settingsFrom } from './settings.mjs';
import { openStore } from './store.mjs';
import { Tokens } from './tokens.mjs';
import { Urls } from './urls.mjs';
import { welcome } from './welcome.mjs';

try {
  const settings = await settingsFrom(process.env);
  const { store, where } = await openStore(process.env);
  const files = await Files.open(settings.filesDir ?? (await temporarySamples()));
  const tokens = new Tokens(settings.tokenSecret);

  const server = createServer().listen(settings.port, settings.host);
  await once(server, 'listening');
  const urls = new Urls(settings.publicUrl ?? `http://127.0.0.1:${server.address().port}`);

  server.on('request', createApp({ ...settings, store, files, tokens, urls }));
  console.log(await welcome({ where, files, tokens, urls }));
} catch (error) {
  console.error(error.message || error);
  process.exit(1);
}
