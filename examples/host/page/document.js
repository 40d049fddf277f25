/** A document as the host has it. Of a binary one `text` is `null`. */
export class Document {
  bytes;
  text;
  version;

  constructor(bytes, version) {
    this.bytes = bytes;
    this.text = textOf(bytes);
    this.version = version;
  }

  /** A text area has line feeds only, so a text that nobody changed goes back as the bytes that came. */
  bytesWith(text) {
    return this.text === null || this.text === text ? this.bytes : new TextEncoder().encode(text);
  }
}

function textOf(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? null : text.replace(/\r\n?/g, '\n');
  } catch {
    return null;
  }
}
