import {
  A_VALIDATOR_FILE,
  BLANK,
  checkFileInfo,
  getFile,
  getLock,
  header,
  json,
  lock,
  mismatch,
  notMatching,
  optional,
  putFile,
  refreshLock,
  TO_VIEW,
  unlock,
  unlockAndRelock,
  withInvalidToken,
  type Group,
} from '../../helpers/validator';

const LOCKS = { ...A_VALIDATOR_FILE, SupportsUpdate: true, SupportsLocks: true };
const GET_LOCK = { ...LOCKS, SupportsGetLock: true };

const LOCK_OF_256 = '1234567890'.repeat(25) + '123456';
const LOCK_OF_1024 = LOCK_OF_256.repeat(4);
const LOCK_OF_OFFICE = JSON.stringify({
  S: '5b2d2f0e-3c51-4b0a-9d0f-6a4f0f3f9a11',
  E: 2,
  M: 'A1B2C3D4E5F6',
  P: '7C1E3A52-0D4B-4E7F-8A96-2B3C4D5E6F70',
});

// The pages that a client may send people to are the host's own.
const NOT_OF_OFFICE = optional(notMatching(/^https:\/\/.*?\.officeapps(-df)?\.live\.com.+/));

export const LOCKING = {
  CheckFileInfoSchema: {
    prerequisites: A_VALIDATOR_FILE,
    cases: {
      FullCheckFileInfoSchema: [
        checkFileInfo(json({ BaseFileName: notMatching(/^\./), FileExtension: optional('.wopitest') })),
      ],
      HostUrls: [
        checkFileInfo(
          json({
            CloseUrl: NOT_OF_OFFICE,
            DownloadUrl: NOT_OF_OFFICE,
            FileSharingUrl: NOT_OF_OFFICE,
            FileUrl: NOT_OF_OFFICE,
            FileVersionUrl: NOT_OF_OFFICE,
            HostEditUrl: NOT_OF_OFFICE,
            HostEmbeddedViewUrl: NOT_OF_OFFICE,
            HostViewUrl: NOT_OF_OFFICE,
            SignInUrl: NOT_OF_OFFICE,
            SignoutUrl: NOT_OF_OFFICE,
            WorkflowUrl: NOT_OF_OFFICE,
          }),
        ),
      ],
      CheckFileWithInvalidAccessToken: [withInvalidToken(checkFileInfo())],
    },
  },
  BaseWopiViewing: {
    prerequisites: A_VALIDATOR_FILE,
    cases: {
      ViewOnlySupport: [checkFileInfo(json(TO_VIEW)), getFile()],
      GetUnlockedFile: [getFile()],
    },
  },
  Locks: {
    prerequisites: LOCKS,
    cases: {
      LockLengthValidation: [lock(LOCK_OF_256), unlock(LOCK_OF_256)],
      LockFormatValidation: [lock(LOCK_OF_OFFICE), unlock(LOCK_OF_OFFICE)],
      SuccessfulLockSequence: [
        lock('LockString'),
        refreshLock('LockString'),
        unlockAndRelock('LockString', 'NewLockString'),
        unlock('NewLockString'),
      ],
      LockMismatchAfterUnlockAndRelockRequest: [
        lock('LockString'),
        unlockAndRelock('LockString', 'NewLockString'),
        unlock('LockString', mismatch('NewLockString')),
        unlock('NewLockString'),
      ],
      DoubleLockSequence: [lock('LockString'), lock('LockString'), unlock('LockString')],
      UnlockUnlockedFile: [unlock('LockString', mismatch(''))],
      LockMismatchOnLockRequest: [
        lock('LockString'),
        lock('IncorrectLockString', mismatch('LockString')),
        unlock('LockString'),
      ],
      LockMismatchOnUnlockRequest: [
        lock('LockString'),
        unlock('IncorrectLockString', mismatch('LockString')),
        unlock('LockString'),
      ],
      LockMismatchOnRefreshLockRequest: [
        lock('LockString'),
        refreshLock('IncorrectLockString', mismatch('LockString')),
        unlock('LockString'),
      ],
      LockMismatchOnUnlockAndRelockRequest: [
        lock('LockString'),
        unlockAndRelock('IncorrectLockString', 'NewLockString', mismatch('LockString')),
        unlock('LockString'),
      ],
      LockMismatchOnPutFileRequest: [
        lock('LockString'),
        putFile('IncorrectLockString', BLANK, mismatch('LockString')),
        unlock('LockString'),
      ],
      LockFileWithInvalidAccessToken: [withInvalidToken(lock('LockString'))],
      UnlockFileWithInvalidAccessToken: [
        lock('LockString'),
        withInvalidToken(unlock('LockString')),
        unlock('LockString'),
      ],
    },
  },
  GetLock: {
    prerequisites: GET_LOCK,
    cases: {
      'files.GetLock': [lock('LockString'), getLock(header('X-WOPI-Lock', 'LockString'))],
      'files.GetLockAfterChange': [
        lock('LockString'),
        unlockAndRelock('LockString', 'NewLockString'),
        getLock(header('X-WOPI-Lock', 'NewLockString')),
      ],
      'files.GetLockOnUnlockedFile': [lock('LockString'), unlock('LockString'), getLock(header('X-WOPI-Lock', ''))],
    },
  },
  ExtendedLockLength: {
    prerequisites: { ...GET_LOCK, SupportsExtendedLockLength: true },
    cases: {
      'files.ExtendedLockLengthValidation': [
        checkFileInfo(json({ SupportsExtendedLockLength: true })),
        lock(LOCK_OF_1024),
        getLock(header('X-WOPI-Lock', LOCK_OF_1024)),
        unlock(LOCK_OF_1024),
      ],
    },
  },
} satisfies Record<string, Group>;
