/**
 * The example host under the cases of Microsoft's wopi-validator (https://github.com/microsoft/wopi-validator-core).
 *
 * The validator is a program for .NET. This is not its code, but its requests in its order, with what each answer must be,
 * under its names of groups and cases: a case that fails here is found there by its name. In two things these tests ask for
 * more: a 409 names the lock that stands in the way, and a case leaves no lock and no file behind.
 *
 * Its other groups are not played. The validator skips most of them, because CheckFileInfo does not promise what they need:
 * containers (Ecosystem, Container, RenameContainer, EnumerateAncestorsAndChildren, CreateChildFileAndDeleteFile,
 * RenameFileIfCreateChildFileIsSupported), a FileUrl (FileUrlUsage, FileUrlViewOnly), sharing URLs (GetSharingUrl...),
 * activities (AddActivities), co-authoring by CSPP Plus (CoauthLocks, CoauthLockExpiration, IncrementalFileTransfer...,
 * RenameFileWithCoauthLockSupported), or that PutRelativeFile is not to be had (PutRelativeFileUnsupported). ProofKeys is
 * about signatures, which this host does not check.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost } from '../helpers/example-host';
import { README } from '../helpers/readme';
import { lock, mismatch, unlock, type Group } from '../helpers/validator';
import { firstProblem, targetIn, type Target } from '../helpers/validator-play';
import { LOCKING } from './validator-cases/locking';
import { NEW_FILES } from './validator-cases/new-files';
import { WRITING } from './validator-cases/writing';

const NAMES = {
  CheckFileInfoSchema: ['FullCheckFileInfoSchema', 'HostUrls', 'CheckFileWithInvalidAccessToken'],
  BaseWopiViewing: ['ViewOnlySupport', 'GetUnlockedFile'],
  Locks: [
    'LockLengthValidation',
    'LockFormatValidation',
    'SuccessfulLockSequence',
    'LockMismatchAfterUnlockAndRelockRequest',
    'DoubleLockSequence',
    'UnlockUnlockedFile',
    'LockMismatchOnLockRequest',
    'LockMismatchOnUnlockRequest',
    'LockMismatchOnRefreshLockRequest',
    'LockMismatchOnUnlockAndRelockRequest',
    'LockMismatchOnPutFileRequest',
    'LockFileWithInvalidAccessToken',
    'UnlockFileWithInvalidAccessToken',
  ],
  GetLock: ['files.GetLock', 'files.GetLockAfterChange', 'files.GetLockOnUnlockedFile'],
  ExtendedLockLength: ['files.ExtendedLockLengthValidation'],
  EditFlows: [
    'BasicEdit',
    'EditNoChange',
    'PutUnlockedFile',
    'PutUnlockedFileNotZeroBytes',
    'GetPutFileWithInvalidAccessToken',
  ],
  FileVersion: [
    'files.GetFileReturnsVersion',
    'files.LockReturnsVersion',
    'files.UnlockReturnsVersion',
    'files.PutFileReturnsVersion',
    'files.PutFileReturnsDifferentVersion',
    'files.LockAndUnlockAfterGetFileReturnsSameVersion',
  ],
  PutUserInfo: ['PutUserInfoSucceeds'],
  PutRelativeFile: [
    'PutRelativeFile.SuggestedExtension',
    'PutRelativeFile.SuggestedName',
    'PutRelativeFile.SuggestedNameConflict',
    'PutRelativeFile.RelativeName',
    'PutRelativeFile.RelativeNameOverwriteTrueNoEffect',
    'PutRelativeFile.RelativeNameOverwriteFalseNoEffect',
    'PutRelativeFile.RelativeNameConflictNoOverwrite',
    'PutRelativeFile.RelativeNameConflictOverwriteFalse',
    'PutRelativeFile.RelativeNameConflictOverwriteTrue',
    'PutRelativeFile.ConflictingHeaders',
    'PutRelativeFile.RelativeNameConflictOverwriteTrueLocked',
    'PutRelativeFile.FileNameReturnedIsCorrectlyEncoded',
    'PutRelativeFile.FileNameLongerThan512Chars',
    'PutRelativeFile.IncludeHostUrls',
  ],
  RenameFileIfCreateChildFileIsNotSupported: [
    'PutRelativeAndRenameFile.RenameShouldSucceed',
    'PutRelativeAndRenameFile.FileNameAfterRenameIsCorrectlyEncoded',
    'PutRelativeAndRenameFile.RenamingALockedFileWithACorrectLockHeaderValueShouldSucceed',
    'PutRelativeAndRenameFile.RenamingALockedFileWithAnIncorrectLockHeaderValueShouldReturnA409',
    'PutRelativeAndRenameFile.RenamingADeletedFileShouldReturnA404',
    'PutRelativeAndRenameFile.RenameShouldNotChangeFileExtension',
  ],
} as const;

type Complete<Names extends Record<string, readonly string[]>> = {
  readonly [G in keyof Names]: Group & { readonly cases: Readonly<Record<Names[G][number], unknown>> };
};

const GROUPS: Complete<typeof NAMES> = { ...LOCKING, ...WRITING, ...NEW_FILES };

let target: Target;

beforeAll(async () => {
  target = targetIn((await startExampleHost()).output);
});

describe.each(Object.entries<Group>(GROUPS))('%s', (_group, { prerequisites, cases }) => {
  test.each(Object.entries(cases))('%s', async (_case, steps) => {
    expect(await firstProblem(target, prerequisites, steps)).toBe('none');
  });
});

test('no case of these groups is left out', () => {
  const played = Object.entries<Group>(GROUPS).map(([group, { cases }]) => [group, Object.keys(cases)]);
  expect(Object.fromEntries(played)).toEqual(NAMES);
});

test('the README lists these groups, and counts their cases', () => {
  const [, listed] = /^- Groups to run: (.*?)\. /m.exec(README)!;
  expect(listed!.split(', ')).toEqual(Object.keys(NAMES).map((group) => `\`${group}\``));
  expect(README).toContain(`play all ${Object.values(NAMES).flat().length} cases of those groups`);
});

test('an answer that is not right is told, and what was locked before is unlocked', async () => {
  const wrong = [lock('LockString'), unlock('IncorrectLockString', mismatch('NewLockString'))];
  expect(await firstProblem(target, {}, wrong)).toMatch(
    /^Unlock .*: X-WOPI-Lock is "LockString", not "NewLockString"$/,
  );
  expect(await firstProblem(target, {}, [])).toBe('none');
});
