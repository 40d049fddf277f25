'use strict';

const { lockStoreConformance } = require('wopi-lock-router/conformance');
const createStore = require('./store.cjs');

lockStoreConformance({ describe, test, createStore });
