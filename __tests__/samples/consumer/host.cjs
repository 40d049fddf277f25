'use strict';

const express = require('express');
const { MemoryLockStore, wopiLockRouter, wopiNotImplemented } = require('wopi-lock-router');
const playEditors = require('./editors.cjs');

const app = express();
app.use('/wopi', wopiLockRouter(new MemoryLockStore()), wopiNotImplemented);

void playEditors(app).then((answers) => console.log(JSON.stringify(answers)));
