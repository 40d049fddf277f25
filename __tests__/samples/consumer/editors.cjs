'use strict';

const { request } = require('node:http');

/** Plays two editors who share a file of an Express app; each answer as [what was asked, status, X-WOPI-Lock]. */
module.exports = async function playEditors(app) {
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });

  function ask(override, lock, oldLock) {
    const headers = {
      'X-WOPI-Override': override,
      ...(lock && { 'X-WOPI-Lock': lock }),
      ...(oldLock && { 'X-WOPI-OldLock': oldLock }),
    };
    const target = { host: '127.0.0.1', port: server.address().port, path: '/wopi/files/report.docx', agent: false };
    return new Promise((resolve, reject) => {
      request({ ...target, method: 'POST', headers }, (res) => {
        resolve([Object.values(headers).join(' '), res.statusCode, res.headers['x-wopi-lock'] ?? null]);
        res.resume();
      })
        .on('error', reject)
        .end();
    });
  }

  // Repeated headers reach the router joined with ", ", so these have one of their own.
  const A = 'A, 1';
  const B = 'B, 2';
  const answers = [
    await ask('LOCK', A),
    await ask('LOCK', B),
    await ask('LOCK', B, A),
    await ask('UNLOCK', A),
    await ask('UNLOCK', B),
    await ask('GET_LOCK'),
    await ask('PUT_RELATIVE'),
  ];
  await new Promise((resolve) => server.close(resolve));
  return answers;
};
