import express from 'express';
import { MemoryLockStore, wopiLockRouter, wopiNotImplemented } from 'wopi-lock-router';
import playEditors from './editors.cjs';

const app = express();
app.use('/wopi', wopiLockRouter(new MemoryLockStore()), wopiNotImplemented);

console.log(JSON.stringify(await playEditors(app)));
