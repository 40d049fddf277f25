'use strict';

const express = require('express');
const { MemoryLockStore, wopiLockRouter, wopiNotImplemented } = require('wopi-lock-router');
const playEditors = require('./editors.cjs');

test('the second editor is told who holds the lock', async () => {
  const app = express();
  app.use('/wopi', wopiLockRouter(new MemoryLockStore()), wopiNotImplemented);
  expect(await playEditors(app)).toContainEqual(['LOCK B, 2', 409, 'A, 1']);
});

test('a lock lapses on the clock of the test', async () => {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  await store.lock('report.docx', 'A');
  expect(await store.lock('report.docx', 'B')).toEqual({ ok: false, currentLock: 'A' });
  time += 30 * 60 * 1000;
  expect(await store.lock('report.docx', 'B')).toEqual({ ok: true });
});
