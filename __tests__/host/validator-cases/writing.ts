import {
  A_VALIDATOR_FILE,
  BLANK,
  checkFileInfo,
  COMPLEX,
  content,
  EMPTY,
  getFile,
  header,
  json,
  keeps,
  keepsHeader,
  lock,
  mismatch,
  otherThan,
  putFile,
  putUserInfo,
  sameAs,
  SIMPLE,
  TO_OPEN,
  TO_VIEW,
  unlock,
  withInvalidToken,
  type Group,
} from '../../helpers/validator';

const VERSION = header('X-WOPI-ItemVersion');
const ORIGINAL_VERSION = header('X-WOPI-ItemVersion', sameAs('OriginalVersion'));

export const WRITING = {
  EditFlows: {
    prerequisites: { ...A_VALIDATOR_FILE, UserCanWrite: true, SupportsUpdate: true, SupportsLocks: true },
    cases: {
      BasicEdit: [
        checkFileInfo(json(TO_VIEW)),
        lock('LockString'),
        getFile(),
        putFile('LockString', SIMPLE),
        unlock('LockString'),
        getFile(content(SIMPLE)),
      ],
      EditNoChange: [
        checkFileInfo(json(TO_OPEN)),
        lock('LockString'),
        getFile(),
        putFile('LockString', SIMPLE),
        unlock('LockString'),
      ],
      PutUnlockedFile: [
        lock('LockString'),
        putFile('LockString', EMPTY),
        unlock('LockString'),
        putFile('', BLANK),
        getFile(content(BLANK)),
      ],
      PutUnlockedFileNotZeroBytes: [
        lock('LockString'),
        putFile('LockString', SIMPLE),
        unlock('LockString'),
        putFile('', BLANK, mismatch('')),
      ],
      GetPutFileWithInvalidAccessToken: [
        lock('LockString'),
        withInvalidToken(getFile()),
        getFile(),
        withInvalidToken(putFile('LockString', SIMPLE)),
        putFile('LockString', SIMPLE),
        unlock('LockString'),
      ],
    },
  },
  FileVersion: {
    prerequisites: { ...A_VALIDATOR_FILE, SupportsLocks: true },
    cases: {
      'files.GetFileReturnsVersion': [getFile(VERSION)],
      'files.LockReturnsVersion': [lock('LockString', VERSION), unlock('LockString')],
      'files.UnlockReturnsVersion': [lock('LockString'), unlock('LockString', VERSION)],
      'files.PutFileReturnsVersion': [lock('LockString'), putFile('LockString', SIMPLE, VERSION), unlock('LockString')],
      'files.PutFileReturnsDifferentVersion': [
        lock('LockString'),
        checkFileInfo(keeps('OriginalVersion', 'Version')),
        putFile(
          'LockString',
          SIMPLE,
          header('X-WOPI-ItemVersion', otherThan('OriginalVersion')),
          keepsHeader('SecondVersion', 'X-WOPI-ItemVersion'),
        ),
        putFile('LockString', COMPLEX, header('X-WOPI-ItemVersion', otherThan('SecondVersion'))),
        unlock('LockString', keepsHeader('VersionOnUnlock', 'X-WOPI-ItemVersion')),
        checkFileInfo(json({ Version: sameAs('VersionOnUnlock') })),
      ],
      'files.LockAndUnlockAfterGetFileReturnsSameVersion': [
        checkFileInfo(keeps('OriginalVersion', 'Version')),
        getFile(ORIGINAL_VERSION),
        lock('LockString', ORIGINAL_VERSION),
        unlock('LockString', ORIGINAL_VERSION),
      ],
    },
  },
  PutUserInfo: {
    prerequisites: { ...A_VALIDATOR_FILE, SupportsUserInfo: true },
    cases: {
      PutUserInfoSucceeds: [putUserInfo('PutUserInfoTest'), checkFileInfo(json({ UserInfo: 'PutUserInfoTest' }))],
    },
  },
} satisfies Record<string, Group>;
