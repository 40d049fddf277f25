'use strict';

const shared = {
  testEnvironment: 'node',
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
};

// Whatever goes through a router or a handler of ours runs under both versions of Express.
const UNDER_BOTH = ['<rootDir>/__tests__/{router,guard}/**/*.test.ts'];

/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/__tests__/helpers/install-sqlite.ts',
  projects: [
    { ...shared, displayName: 'express 5', testMatch: UNDER_BOTH },
    {
      ...shared,
      displayName: 'express 4',
      testMatch: UNDER_BOTH,
      moduleNameMapper: { '^express$': 'express4' },
    },
    {
      ...shared,
      displayName: 'once',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/(router|guard)/'],
    },
  ],
};
