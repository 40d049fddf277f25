import { describe, expect, test } from '@jest/globals';

import { MemoryLockStore, WOPI_LOCK_CAPABILITIES } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { conflict, ok, type Answer } from '../helpers/host';

const TTL = 1000;

type Host = Awaited<ReturnType<typeof guardedHost>>;

/** How the file came to hold what it holds. `target.docx` is the one that PutRelativeFile would overwrite. */
const STATES = {
  'was never locked': async () => {},
  'was unlocked': async ({ store }: Host, file: string) => {
    await store.lock(file, 'A', TTL);
    await store.unlock(file, 'A');
  },
  'held A, which has lapsed': async ({ store }: Host, file: string, pass: () => void) => {
    await store.lock(file, 'A', TTL);
    pass();
  },
  'holds A': async ({ store }: Host, file: string) => {
    await store.lock(file, 'A', TTL);
  },
  'holds A by a swap': async ({ store }: Host, file: string) => {
    await store.lock(file, 'Z', TTL);
    await store.unlockAndRelock(file, 'Z', 'A', TTL);
  },
};

type State = keyof typeof STATES;

const UNLOCKED: State[] = ['was never locked', 'was unlocked', 'held A, which has lapsed'];
const LOCKED: State[] = ['holds A', 'holds A by a swap'];

async function prepared(state: State, size: 'empty' | 'with content' | 'of unknown size' = 'with content') {
  let time = 0;
  const store = new MemoryLockStore({ now: () => time });
  const host = await guardedHost({
    store,
    files: { 'report.docx': size === 'empty' ? '' : 'old', 'target.docx': 'old' },
    guard: size === 'of unknown size' ? { fileSize: () => undefined } : {},
  });
  for (const file of ['report.docx', 'target.docx']) {
    await STATES[state](host, file, () => (time = TTL));
    time = 0;
  }
  time = state === 'held A, which has lapsed' ? TTL : TTL - 1;
  return host;
}

function documents({ files }: Host): Record<string, string> {
  return Object.fromEntries([...files].map(([id, { bytes }]) => [id, bytes]));
}

/** The request is answered so, and has changed the files or not, accordingly. */
async function expectAnswer(host: Host, ask: () => Promise<Answer>, answer: Answer): Promise<void> {
  const before = JSON.stringify([...host.files]);
  expect(await ask()).toEqual(answer);
  expect(host.reached).toHaveLength(answer.status === 200 ? 1 : 0);
  const isChanged = JSON.stringify([...host.files]) !== before;
  expect(isChanged).toBe(answer.status === 200);
  expect(host.errors).toEqual([]);
}

describe('PutFile', () => {
  describe.each(UNLOCKED)('on a file that %s', (state) => {
    test.each([
      ['empty', undefined, ok],
      ['empty', 'A', ok],
      ['empty', '', ok],
      ['with content', undefined, conflict('')],
      ['with content', 'A', conflict('')],
      ['with content', '', conflict('')],
      ['of unknown size', undefined, conflict('')],
      ['of unknown size', 'A', conflict('')],
    ] as const)('%s, with lock %p: %p', async (size, lock, answer) => {
      const host = await prepared(state, size);
      await expectAnswer(host, () => host.putFile(lock, 'new'), answer);
    });
  });

  describe.each(LOCKED)('on a file that %s', (state) => {
    test.each([
      ['empty', 'A', ok],
      ['with content', 'A', ok],
      ['of unknown size', 'A', ok],
      ['empty', 'B', conflict('A')],
      ['with content', 'B', conflict('A')],
      ['with content', 'a', conflict('A')],
      ['with content', 'Z', conflict('A')],
      ['empty', undefined, conflict('A')],
      ['with content', undefined, conflict('A')],
      ['with content', '', conflict('A')],
    ] as const)('%s, with lock %p: %p', async (size, lock, answer) => {
      const host = await prepared(state, size);
      await expectAnswer(host, () => host.putFile(lock, 'new'), answer);
    });
  });

  test('does not extend the lock', async () => {
    const times: number[] = [];
    const store = new MemoryLockStore({ now: () => times.at(-1) ?? 0 });
    const host = await guardedHost({ store, files: { 'report.docx': 'old' } });
    await store.lock('report.docx', 'A', TTL);
    times.push(TTL - 1);
    expect(await host.putFile('A', 'new')).toEqual(ok);
    times.push(TTL);
    expect(await store.getLock('report.docx')).toBeNull();
    expect(await host.putFile('A', 'newer')).toEqual(conflict(''));
  });
});

describe('RenameFile', () => {
  test.each(UNLOCKED.flatMap((state) => [undefined, 'A', 'B', ''].map((lock) => [state, lock] as const)))(
    'on a file that %s, with lock %p: 200',
    async (state, lock) => {
      const host = await prepared(state);
      await expectAnswer(host, () => host.renameFile(lock, 'plan.docx'), ok);
    },
  );

  test.each(
    LOCKED.flatMap((state) =>
      (
        [
          ['A', ok],
          ['B', conflict('A')],
          [undefined, conflict('A')],
          ['', conflict('A')],
        ] as const
      ).map(([lock, answer]) => [state, lock, answer] as const),
    ),
  )('on a file that %s, with lock %p: %p', async (state, lock, answer) => {
    const host = await prepared(state);
    await expectAnswer(host, () => host.renameFile(lock, 'plan.docx'), answer);
  });
});

describe('DeleteFile', () => {
  test.each(UNLOCKED)('of a file that %s: 200', async (state) => {
    const host = await prepared(state);
    await expectAnswer(host, () => host.deleteFile(), ok);
    expect(documents(host)).toEqual({ 'target.docx': 'old' });
  });

  test.each(LOCKED.flatMap((state) => [undefined, 'A', 'B'].map((lock) => [state, lock] as const)))(
    'of a file that %s is always refused, here with lock %p',
    async (state, lock) => {
      const host = await prepared(state);
      const headers = { 'X-WOPI-Override': 'DELETE', ...(lock === undefined ? {} : { 'X-WOPI-Lock': lock }) };
      await expectAnswer(host, () => host.send(headers), conflict('A'));
    },
  );
});

describe('PutRelativeFile with an exact name that may be overwritten', () => {
  test.each(UNLOCKED)('of a target that %s: 200, whatever its size', async (state) => {
    const host = await prepared(state);
    await expectAnswer(host, () => host.putRelativeFile('target.docx', 'new'), ok);
    expect(documents(host)).toEqual({ 'report.docx': 'old', 'target.docx': 'new' });
  });

  test.each(LOCKED)('of a target that %s: 409 with the lock of the target', async (state) => {
    const host = await prepared(state);
    const { store } = host;
    await store.unlockAndRelock('report.docx', 'A', 'lock of the source', TTL);
    await expectAnswer(host, () => host.putRelativeFile('target.docx', 'new'), conflict('A'));
  });

  test('the lock of the source does not matter', async () => {
    const host = await guardedHost({ files: { 'report.docx': 'old', 'target.docx': 'old' } });
    await host.lock('A');
    await expectAnswer(host, () => host.putRelativeFile('target.docx', 'new'), ok);
  });

  test('a lock that the client sends does not matter either', async () => {
    const host = await prepared('holds A');
    const headers = {
      'X-WOPI-Override': 'PUT_RELATIVE',
      'X-WOPI-RelativeTarget': 'target.docx',
      'X-WOPI-OverwriteRelativeTarget': 'true',
      'X-WOPI-Lock': 'A',
    };
    await expectAnswer(host, () => host.send(headers), conflict('A'));
  });

  test('of a name that no file has: 200, a new file', async () => {
    const host = await prepared('holds A');
    await expectAnswer(host, () => host.putRelativeFile('third.docx', 'new'), ok);
    expect(host.reached).toMatchObject([{ fileId: null, relativeTarget: 'third.docx', currentLock: null }]);
  });

  test('of the file itself is a write to it: 409 while it is locked', async () => {
    const host = await prepared('holds A');
    await expectAnswer(host, () => host.putRelativeFile('report.docx', 'new'), conflict('A'));
  });
});

test('the handlers behind it are told what was found', async () => {
  const host = await guardedHost({ files: { 'report.docx': 'old', 'target.docx': 'old' } });
  await host.lock('A');
  await host.putFile('A', 'new');
  await host.renameFile('A', 'plan.docx');
  await host.putRelativeFile('target.docx', 'new');
  await host.unlock('A');
  await host.deleteFile();
  const checkAgain = expect.any(Function);
  const ofTheFile = { fileId: 'report.docx', relativeTarget: undefined, checkAgain };
  expect(host.reached).toEqual([
    { ...ofTheFile, operation: 'PutFile', currentLock: 'A' },
    { ...ofTheFile, operation: 'RenameFile', currentLock: 'A' },
    {
      operation: 'PutRelativeFile',
      fileId: 'target.docx',
      relativeTarget: 'target.docx',
      currentLock: null,
      checkAgain,
    },
    { ...ofTheFile, operation: 'DeleteFile', currentLock: null },
  ]);
});

test('CheckFileInfo may promise the lock operations', () => {
  expect(JSON.parse(JSON.stringify({ Size: 3, ...WOPI_LOCK_CAPABILITIES }))).toEqual({
    Size: 3,
    SupportsLocks: true,
    SupportsGetLock: true,
    SupportsExtendedLockLength: true,
  });
});
