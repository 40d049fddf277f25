import { describe, test } from 'node:test';
import { lockStoreConformance } from 'wopi-lock-router/conformance';
import createStore from './store.cjs';

lockStoreConformance({ describe, test, createStore });
