import { describe, test } from 'vitest';
import { lockStoreConformance } from 'wopi-lock-router/conformance';
import createStore from './store.cjs';

lockStoreConformance({ describe, test, createStore });
