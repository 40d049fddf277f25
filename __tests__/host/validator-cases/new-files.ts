import {
  A_VALIDATOR_FILE,
  absoluteUrl,
  answers,
  checkFileInfo,
  creates,
  deleteFile,
  exactly,
  json,
  lock,
  matching,
  mayCreate,
  mismatch,
  on,
  optional,
  putRelativeFile,
  renameFile,
  SIMPLE,
  suggested,
  unlock,
  type Group,
  type Step,
} from '../../helpers/validator';

const CAN_MAKE_FILES = {
  ...A_VALIDATOR_FILE,
  SupportsUpdate: true,
  UserCanNotWriteRelative: optional(false),
  SupportsLocks: true,
  SupportsDeleteFile: true,
};

const LONG_NAME = `${'longwopitestfilename'.repeat(26)}.wopitestx`;

const suggestedName = (file: string): Step =>
  putRelativeFile(suggested('madeupname.wopitest'), SIMPLE, creates(file, matching(/wopitest$/)));

const relativeName = (overwrite?: 'True' | 'False'): Step =>
  putRelativeFile(exactly('madeupname.wopitestx', overwrite), SIMPLE, creates('NewUrl', 'madeupname.wopitestx'));

/** A new file of this name, which can be renamed. */
const fileToRename = (name: string): Step[] => [
  putRelativeFile(exactly(name), SIMPLE, creates('NewFileUrl', name)),
  onNewFile(checkFileInfo(json({ SupportsRename: true, UserCanRename: true }))),
];

const onNewFile = (step: Step): Step => on('NewFileUrl', step);

export const NEW_FILES = {
  PutRelativeFile: {
    prerequisites: CAN_MAKE_FILES,
    cases: {
      'PutRelativeFile.SuggestedExtension': [
        checkFileInfo(),
        putRelativeFile(suggested('.wopitestx'), SIMPLE, creates('NewFileUrl', matching(/\.wopitestx$/))),
      ],
      'PutRelativeFile.SuggestedName': [checkFileInfo(), suggestedName('NewFileUrl')],
      'PutRelativeFile.SuggestedNameConflict': [checkFileInfo(), suggestedName('NewUrl1'), suggestedName('NewUrl2')],
      'PutRelativeFile.RelativeName': [checkFileInfo(), relativeName()],
      'PutRelativeFile.RelativeNameOverwriteTrueNoEffect': [checkFileInfo(), relativeName('True')],
      'PutRelativeFile.RelativeNameOverwriteFalseNoEffect': [checkFileInfo(), relativeName('False')],
      'PutRelativeFile.RelativeNameConflictNoOverwrite': [
        checkFileInfo(),
        relativeName(),
        putRelativeFile(exactly('madeupname.wopitestx'), SIMPLE, mismatch('')),
      ],
      'PutRelativeFile.RelativeNameConflictOverwriteFalse': [
        checkFileInfo(),
        relativeName(),
        putRelativeFile(exactly('madeupname.wopitestx', 'False'), SIMPLE, mismatch('')),
      ],
      'PutRelativeFile.RelativeNameConflictOverwriteTrue': [
        checkFileInfo(),
        relativeName(),
        putRelativeFile(exactly('madeupname.wopitestx', 'True'), SIMPLE, creates('NewUrl2', matching(/\.wopitestx$/))),
        on('NewUrl2', checkFileInfo()),
      ],
      'PutRelativeFile.ConflictingHeaders': [
        checkFileInfo(),
        putRelativeFile(
          { ...suggested('madeupname.wopitestx'), ...exactly('madeupname.wopitestx') },
          SIMPLE,
          answers(400, 501),
        ),
      ],
      'PutRelativeFile.RelativeNameConflictOverwriteTrueLocked': [
        checkFileInfo(),
        relativeName(),
        on('NewUrl', lock('LockString')),
        putRelativeFile(exactly('madeupname.wopitestx', 'True'), SIMPLE, mismatch('LockString')),
      ],
      'PutRelativeFile.FileNameReturnedIsCorrectlyEncoded': [
        checkFileInfo(),
        putRelativeFile(exactly('madeup_name.wopitestx'), SIMPLE, creates('NewUrl', 'madeup_name.wopitestx')),
      ],
      'PutRelativeFile.FileNameLongerThan512Chars': [
        checkFileInfo(),
        putRelativeFile(exactly(LONG_NAME), SIMPLE, mayCreate('UrlWithFileNameLongerThan512Chars', LONG_NAME)),
      ],
      'PutRelativeFile.IncludeHostUrls': [
        putRelativeFile(
          suggested('new_file.wopitest'),
          SIMPLE,
          creates('NewFileUrl', matching(/\.wopitest$/)),
          json({ HostEditUrl: absoluteUrl, HostViewUrl: absoluteUrl }),
        ),
      ],
    },
  },
  RenameFileIfCreateChildFileIsNotSupported: {
    prerequisites: { ...CAN_MAKE_FILES, SupportsContainers: optional(false), SupportsRename: true },
    cases: {
      'PutRelativeAndRenameFile.RenameShouldSucceed': [
        ...fileToRename('ValidatorTestFile.wopitest'),
        onNewFile(renameFile('', 'ValidatorTestFileRenamed', json({ Name: 'ValidatorTestFileRenamed' }))),
        onNewFile(deleteFile()),
      ],
      'PutRelativeAndRenameFile.FileNameAfterRenameIsCorrectlyEncoded': [
        ...fileToRename('madeup_name.wopitestx'),
        onNewFile(renameFile('', 'madeup_renamed', json({ Name: 'madeup_renamed' }))),
        onNewFile(deleteFile()),
      ],
      'PutRelativeAndRenameFile.RenamingALockedFileWithACorrectLockHeaderValueShouldSucceed': [
        ...fileToRename('ValidatorTestFile.wopitest'),
        onNewFile(lock('LockString')),
        onNewFile(renameFile('LockString', 'ValidatorTestFileRenamed', json({ Name: 'ValidatorTestFileRenamed' }))),
        onNewFile(unlock('LockString')),
        onNewFile(deleteFile()),
      ],
      'PutRelativeAndRenameFile.RenamingALockedFileWithAnIncorrectLockHeaderValueShouldReturnA409': [
        ...fileToRename('ValidatorTestFile.wopitest'),
        onNewFile(lock('LockString')),
        onNewFile(renameFile('IncorrectLockString', 'ValidatorTestFileRenamed', mismatch('LockString'))),
        onNewFile(unlock('LockString')),
        onNewFile(deleteFile()),
      ],
      'PutRelativeAndRenameFile.RenamingADeletedFileShouldReturnA404': [
        ...fileToRename('ValidatorTestFile.wopitest'),
        onNewFile(deleteFile()),
        onNewFile(renameFile('', 'ValidatorTestFileRenamed', answers(404))),
      ],
      'PutRelativeAndRenameFile.RenameShouldNotChangeFileExtension': [
        ...fileToRename('ValidatorTestFile.wopitest'),
        onNewFile(renameFile('', 'ValidatorTestFileRenamed', json({ Name: 'ValidatorTestFileRenamed' }))),
        onNewFile(
          checkFileInfo(
            json({ BaseFileName: 'ValidatorTestFileRenamed.wopitest', FileExtension: optional('.wopitest') }),
          ),
        ),
        onNewFile(deleteFile()),
      ],
    },
  },
} satisfies Record<string, Group>;
