export const FILE_ID_LENGTH = 36;
export const LOCK_ID_LENGTH = 100;
export const TOKEN_LENGTH = 2000;

export function lockIdOf(fileId) {
  return fileId.padEnd(LOCK_ID_LENGTH, 'x');
}
