import { extname } from 'node:path';

import iconv from 'iconv-lite';

// What Windows or a path would not have, and halves of surrogate pairs, which no disk can keep.
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\p{Cs}]/gu;

const MAX_BYTES = 255;

const MAX_EXTENSION = 32;

export function isLegalName(name) {
  return name === legalName(name);
}

/** The name itself where it is legal, or else one as near to it as can be. A file with a leading dot would be hidden. */
export function legalName(name) {
  const { base, extension } = splitName(name.replace(FORBIDDEN, '_').replace(/^[. ]+|(?<![. ])[. ]+$/g, ''));
  return shortened(base || 'Untitled', extension);
}

/** The name, and then as many others like it as anybody may want: "Report.docx", "Report (2).docx", and so on. */
export function* variantsOf(name) {
  yield name;
  const { base, extension } = splitName(name);
  for (let number = 2; ; number++) {
    yield shortened(base, ` (${number})${extension}`);
  }
}

export function splitName(name) {
  const extension = extname(name).length <= MAX_EXTENSION ? extname(name) : '';
  return { base: name.slice(0, name.length - extension.length), extension };
}

/** "a UTF-7 encoded string": the coding of every name in WOPI's headers. */
export function decodeName(header) {
  return iconv.decode(Buffer.from(header, 'latin1'), 'utf-7');
}

export function encodeName(name) {
  return iconv.encode(name, 'utf-7').toString('latin1');
}

function shortened(base, end) {
  if (Buffer.byteLength(base + end) <= MAX_BYTES) {
    return base + end;
  }
  const characters = [...base]; // a character is never cut in two
  for (let bytes = Buffer.byteLength(base + end); bytes > MAX_BYTES;) {
    bytes -= Buffer.byteLength(characters.pop());
  }
  return characters.join('').replace(/[. ]+$/, '') + end;
}
