import { describe, expect, test } from '@jest/globals';

import { MAX_LOCK_ID_LENGTH } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { conflict, FILE, ok } from '../helpers/host';
import { broken } from '../helpers/stores';
import { utf7 } from '../helpers/wopi-client';

const CONTENTS = `${FILE}/contents`;

type Presenting = (lock: string | string[]) => [headers: Record<string, string | string[]>, path: string];

const named = (name: string | string[], more: Record<string, string> = {}) => ({
  'X-WOPI-Override': 'PUT_RELATIVE',
  'X-WOPI-RelativeTarget': name,
  'X-WOPI-OverwriteRelativeTarget': 'true',
  ...more,
});

describe('X-WOPI-Lock of PutFile and RenameFile', () => {
  const put: Presenting = (lock) => [{ 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': lock }, CONTENTS];
  const rename: Presenting = (lock) => [{ 'X-WOPI-Override': 'RENAME_FILE', 'X-WOPI-Lock': lock }, FILE];

  describe.each<[string, Presenting]>([
    ['PutFile', put],
    ['RenameFile', rename],
  ])('%s', (_operation, request) => {
    test.each([
      ['longer than 1,024 characters', 'x'.repeat(MAX_LOCK_ID_LENGTH + 1), 'ERR_WOPI_LOCK_INVALID'],
      ['not ASCII', 'é', 'ERR_WOPI_LOCK_INVALID'],
      ['sent twice', ['A', 'A'], 'ERR_WOPI_HEADER_REPEATED'],
      ['sent twice, and empty', ['', ''], 'ERR_WOPI_HEADER_REPEATED'],
    ])('%s: 400', async (_what, lock, code) => {
      const host = await guardedHost({ files: { 'report.docx': 'old' } });
      await host.lock('A');
      expect(await host.send(...request(lock))).toEqual({ status: 400 });
      expect(host.errors).toMatchObject([{ code, status: 400 }]);
      expect(host.reached).toEqual([]);
    });

    test.each(['A, B', 'a\tb', '{"S":"03d000d2","F":4}', 'x'.repeat(MAX_LOCK_ID_LENGTH)])(
      'is compared whole: %p',
      async (lock) => {
        const host = await guardedHost({ files: { 'report.docx': 'old' } });
        await host.lock(lock);
        expect(await host.send(...request(lock))).toEqual(ok);
        expect(await host.send(...request(`${lock.slice(0, -1)}!`))).toEqual(conflict(lock));
      },
    );
  });

  test.each(['DELETE', 'PUT_RELATIVE'])('%s does not look at it', async (override) => {
    const host = await guardedHost({ files: { 'report.docx': 'old' } });
    const lock = { 'X-WOPI-Override': override, 'X-WOPI-Lock': ['é', 'A'], 'X-WOPI-RelativeTarget': 'a' };
    expect(await host.send(lock)).toEqual(ok);
  });
});

describe('the X-WOPI-Lock of a 409', () => {
  test.each(['', ' '] as const)('for "no lock" is the one chosen: %p', async (emptyLockHeader) => {
    const host = await guardedHost({ files: { 'report.docx': 'old' }, guard: { emptyLockHeader } });
    // Node's client trims what it reads.
    expect(await host.putFile(undefined, 'new')).toEqual(conflict(''));
  });

  test.each(['\u0000', 'é', 'x'.repeat(MAX_LOCK_ID_LENGTH + 1), ''])(
    'is empty for a lock of another interface, which stays in the way: %p',
    async (lock) => {
      const host = await guardedHost({ store: broken({ getLock: async () => lock }), files: { 'report.docx': '' } });
      expect(await host.putFile(undefined, 'new')).toEqual(conflict(''));
      expect(await host.putFile('', 'new')).toEqual(conflict(''));
      expect(await host.deleteFile()).toEqual(conflict(''));
      expect(await host.renameFile('A', 'plan.docx')).toEqual(conflict(''));
      expect(host.reached).toEqual([]);
    },
  );
});

describe('X-WOPI-RelativeTarget', () => {
  async function nameGiven(header: string): Promise<string | undefined> {
    const names: string[] = [];
    const relativeTarget = (_fileId: string, name: string) => (names.push(name), null);
    const host = await guardedHost({ files: { 'report.docx': 'old' }, guard: { relativeTarget } });
    expect(await host.send(named(header))).toEqual(ok);
    expect(host.reached).toMatchObject([{ relativeTarget: names[0] }]);
    return names[0];
  }

  test.each([
    ['Jyv+AOQ-skyl+AOQ-.docx', 'Jyväskylä.docx'],
    ['+ZeVnLIqe-.xlsx', '日本語.xlsx'],
    ['+2D3eAA-.txt', '😀.txt'],
    ['a +- b, c.docx', 'a + b, c.docx'],
    ['plain.docx', 'plain.docx'],
    ['..+AC8-..+AC8-etc', '../../etc'],
  ])('is decoded from UTF-7: %s', async (header, name) => {
    expect(await nameGiven(header)).toBe(name);
  });

  test.each(['Überblick (Entwurf) – v2.docx', '~tilde\\backslash.docx', 'x'.repeat(500), '__proto__'])(
    'comes as it was encoded: %s',
    async (name) => {
      expect(await nameGiven(utf7(name))).toBe(name);
    },
  );

  test.each([
    ['empty', ''],
    ['what decodes to nothing', '+'],
    ['8-bit characters', 'é.docx'],
    ['a tab', 'a\tb'],
    ['an encoded NUL', 'a+AAA-b.docx'],
    ['an encoded line break', 'a+AAo-b.docx'],
    ['half a character', '+2D0-.docx'],
  ])('that cannot be a name is a 400: %s', async (_what, name) => {
    const host = await guardedHost({ files: { 'report.docx': 'old' } });
    expect(await host.send(named(name))).toEqual({ status: 400 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_RELATIVE_TARGET_INVALID' }]);
    expect(host.reached).toEqual([]);
  });

  test('sent twice is a 400', async () => {
    const host = await guardedHost({ files: { 'report.docx': 'old' } });
    expect(await host.send(named(['a.docx', 'b.docx']))).toEqual({ status: 400 });
    expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_HEADER_REPEATED' }]);
  });

  test.each(['true', 'false'])(
    'beside X-WOPI-SuggestedTarget, which excludes it, is a 501: overwrite %s',
    async (overwrite) => {
      const host = await guardedHost({ files: { 'report.docx': 'old' } });
      const both = { 'X-WOPI-SuggestedTarget': '.docx', 'X-WOPI-OverwriteRelativeTarget': overwrite };
      expect(await host.send(named('a.docx', both))).toEqual({ status: 501 });
      expect(host.errors).toMatchObject([{ code: 'ERR_WOPI_NOT_IMPLEMENTED' }]);
    },
  );

  test.each(['true', 'True', 'TRUE', '1', 'yes', 'false, true'])(
    'with X-WOPI-OverwriteRelativeTarget: %s, which a host may read as "true", is checked',
    async (overwrite) => {
      const host = await guardedHost({ files: { 'report.docx': 'old' } });
      await host.lock('A');
      expect(await host.putRelativeFile('report.docx', 'new', overwrite)).toEqual(conflict('A'));
    },
  );
});
