import { describe, expect, test } from '@jest/globals';

import { schemaProblems } from '../helpers/validator-schema';

describe('the schema that validator.test.ts holds CheckFileInfo to', () => {
  const RIGHT = { BaseFileName: 'a.wopitest', OwnerId: 'alex', Size: 0, UserId: 'sam', Version: '1' };

  test('finds nothing wrong with what must be there and no more', () => {
    expect(schemaProblems(RIGHT)).toEqual([]);
  });

  test.each<[wrong: string, info: Record<string, unknown>, problem: string]>([
    ['a required property left out', Object.fromEntries(Object.entries(RIGHT).slice(1)), 'BaseFileName is missing'],
    ['null', { ...RIGHT, UserInfo: null }, 'UserInfo is null, not a string'],
    ['a number that is none', { ...RIGHT, Size: '7' }, 'Size is "7", not an integer'],
    ['a boolean that is none', { ...RIGHT, SupportsLocks: 'true' }, 'SupportsLocks is "true", not a boolean'],
    ['a relative URL', { ...RIGHT, HostEditUrl: '/edit' }, 'HostEditUrl is "/edit", not an absolute URL, or empty'],
    ['CSPP Plus', { ...RIGHT, SupportsCoauth: false }, 'SupportsCoauth is no property that the validator knows'],
  ])('finds %s', (_wrong, info, problem) => {
    expect(schemaProblems(info)).toEqual([problem]);
  });
});
