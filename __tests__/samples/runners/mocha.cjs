'use strict';

const { describe, it } = require('mocha');
const { lockStoreConformance } = require('wopi-lock-router/conformance');
const createStore = require('./store.cjs');

lockStoreConformance({ describe, test: it, createStore });
