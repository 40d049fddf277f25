import iconv = require('iconv-lite');

// Whether a name makes sense is the host's to say. These three cannot be part of any.
const NO_NAME = /^$|[\p{Cc}\p{Cs}]/u;

/** A file's name as WOPI's headers carry it, in UTF-7; `undefined` where it cannot be one. */
export function nameFromUtf7(text: string): string | undefined {
  if (!/^[ -~]*$/.test(text)) {
    return undefined;
  }
  const name = iconv.decode(Buffer.from(text, 'latin1'), 'utf-7');
  return NO_NAME.test(name) ? undefined : name;
}
