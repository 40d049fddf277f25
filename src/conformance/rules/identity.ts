import { assertHolds, assertOk, assertRefused } from '../assertions';
import type { Subject } from '../tested-store';
import type { Rules } from './rule';

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** By what two IDs may differ that a database, a URL or a plain object is apt to take for the same. */
const DIFFERENCES: Readonly<Record<string, readonly (readonly [one: string, other: string])[]>> = {
  'in case': [
    ['a', 'A'],
    ['{"S":"abc"}', '{"S":"ABC"}'],
  ],
  'in trailing blanks': [
    ['x', 'x '],
    ['x ', 'x  '],
    ['x', 'x\t'],
  ],
  'in leading or inner blanks': [
    ['x', ' x'],
    ['a b', 'a  b'],
  ],
  'in quotes, percent signs and other marks': [
    [`it's`, `it''s`],
    ['"q"', 'q'],
    ['100%', '100_'],
    ['%61', 'a'],
    ['a%', 'ab'],
    ['a\\b', 'a\\\\b'],
    ['a:b', 'a_b'],
    ['{a}b', '{a}c'],
    ['a*', 'ab'],
    ['a;b', 'a'],
    ['a/b', 'a'],
    ['..', '.'],
  ],
  'in a part of the JSON inside them': [
    ['{"S":"abc","F":4}', '{"S":"abc","F":5}'],
    ['{"S":"abc","F":4}', '{"F":4,"S":"abc"}'],
  ],
  'as numbers written in two ways': [
    ['1', '01'],
    ['1', '1.0'],
    ['100', '1e2'],
    ['9007199254740993', '9007199254740992'],
  ],
  'in their last character alone, after a thousand that are the same': [
    [`${'x'.repeat(1023)}a`, `${'x'.repeat(1023)}b`],
    ['x'.repeat(1024), 'x'.repeat(1023)],
    ['x'.repeat(256), 'x'.repeat(255)],
  ],
};

/** File IDs alone: lock IDs are ASCII. */
const DIFFERENCES_OF_FILES: typeof DIFFERENCES = {
  'in how an accent is composed': [
    ['\u00e4', 'a\u0308'],
    ['\u212b', '\u00c5'],
  ],
  'in an accent, or a letter like another': [
    ['a', '\u00e4'],
    ['ss', '\u00df'],
    ['i', '\u0131'],
    ['\u0430', 'a'],
    ['\u{1f4c4}', '\u{1f4c3}'],
  ],
};

// What plain objects, and tables of settings, have under these names already.
const NAMES_OF_THE_LANGUAGE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
];

/** IDs are opaque: they are compared whole, and byte for byte. */
export const identityRules: Rules = {
  ...Object.fromEntries(
    Object.entries({ ...DIFFERENCES, ...DIFFERENCES_OF_FILES }).map(([difference, pairs]) => [
      `file IDs that differ ${difference} are two files`,
      async (subject: Subject) => {
        for (const [one, two] of pairs) {
          await areTwoFiles(one, two, subject);
        }
      },
    ]),
  ),

  ...Object.fromEntries(
    Object.entries(DIFFERENCES).map(([difference, pairs]) => [
      `lock IDs that differ ${difference} are two locks`,
      async (subject: Subject) => {
        for (const [index, [one, two]] of pairs.entries()) {
          await areTwoLocks(one, two, `${index}, there`, subject);
          await areTwoLocks(two, one, `${index}, back`, subject);
        }
      },
    ]),
  ),

  'names that JavaScript has a meaning for are file IDs and lock IDs like any other': async ({
    store,
    other,
    time,
  }) => {
    for (const name of NAMES_OF_THE_LANGUAGE) {
      await assertHolds(store, name, null, `When the file ${name} was never locked`);
    }
    for (const name of NAMES_OF_THE_LANGUAGE) {
      await assertOk(store.lock(name, name, time.long), `Lock of the free file ${name}`);
    }
    for (const name of NAMES_OF_THE_LANGUAGE) {
      await assertHolds(other, name, name, `When the file ${name} was locked with the lock of that name`);
      await assertOk(store.unlock(name, name), `Unlock of the file ${name}`);
      await assertHolds(other, name, null, `When the file ${name} was unlocked`);
    }
  },

  'lock IDs of 1024 characters, of every printable ASCII character, come back whole': async ({
    store,
    other,
    time,
  }) => {
    for (let first = 1; first < PRINTABLE.length; first += 13) {
      const turned = PRINTABLE.slice(first) + PRINTABLE.slice(0, first);
      const lock = `<${turned.repeat(11).slice(0, 1022)}>`;
      const file = `file ${first}`;
      await assertOk(store.lock(file, lock, time.long), 'Lock of a free file with a lock ID of 1024 characters');
      await assertHolds(other, file, lock, 'After Lock');
      await assertRefused(other.lock(file, 'Y', time.long), lock, 'Lock of a file that holds another lock');
      await assertOk(store.unlockAndRelock(file, lock, `!${lock.slice(1)}`, time.long), 'UnlockAndRelock of the lock');
      await assertOk(store.unlock(file, `!${lock.slice(1)}`), 'Unlock of the lock that the file holds');
    }
  },

  'file IDs of 1024 characters are files like any other': async ({ store, other, time }) => {
    for (const file of [PRINTABLE.repeat(11).slice(0, 1024), '\u00e4'.repeat(1024), '\u{1f4c4}'.repeat(512)]) {
      await assertHolds(store, file, null, 'When a file with an ID of 1024 characters was never locked');
      await assertOk(store.lock(file, 'X', time.long), 'Lock of a free file with an ID of 1024 characters');
      await assertHolds(other, file, 'X', 'After Lock');
      await assertOk(store.unlock(file, 'X'), 'Unlock of the lock that the file holds');
    }
  },
};

async function areTwoFiles(one: string, two: string, { store, other, time }: Subject): Promise<void> {
  const names = `${JSON.stringify(short(one))} and ${JSON.stringify(short(two))}`;
  await assertOk(store.lock(one, 'X', time.long), 'Lock of a free file');
  await assertHolds(other, two, null, `Of the files ${names}, when only the first is locked`);
  await assertOk(store.lock(two, 'Y', time.long), `Of the files ${names}, Lock of the second`);
  await assertHolds(other, one, 'X', `Of the files ${names}, when each has its own lock`);
  await assertOk(store.unlock(one, 'X'), 'Unlock of the lock that the file holds');
  await assertHolds(other, two, 'Y', `Of the files ${names}, when only the first was unlocked`);
  await assertOk(store.unlock(two, 'Y'), 'Unlock of the lock that the file holds');
}

async function areTwoLocks(
  held: string,
  another: string,
  file: string,
  { store, other, time }: Subject,
): Promise<void> {
  await assertOk(store.lock(file, held, time.long), 'Lock of a free file');
  const what = `of ${JSON.stringify(short(another))} on a file that holds ${JSON.stringify(short(held))}`;
  await assertRefused(store.lock(file, another, time.long), held, `Lock ${what}`);
  await assertRefused(store.refreshLock(file, another, time.long), held, `RefreshLock ${what}`);
  await assertRefused(store.unlockAndRelock(file, another, 'N', time.long), held, `UnlockAndRelock ${what}`);
  await assertRefused(store.unlock(file, another), held, `Unlock ${what}`);
  await assertHolds(other, file, held, 'After the refusals');
  await assertOk(
    store.unlockAndRelock(file, held, another, time.long),
    'UnlockAndRelock of the lock that the file holds',
  );
  await assertHolds(other, file, another, 'After UnlockAndRelock');
  await assertOk(store.unlock(file, another), 'Unlock of the lock that the file holds');
}

function short(id: string): string {
  return id.length <= 40 ? id : `${id.slice(0, 18)}...${id.slice(-18)}`;
}
