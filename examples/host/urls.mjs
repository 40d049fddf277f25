/** Every address that the host gives away: absolute, and as its clients reach it. */
export class Urls {
  #base;

  constructor(base) {
    this.#base = base;
  }

  get hostname() {
    return new URL(this.#base).hostname;
  }

  get origin() {
    return new URL(this.#base).origin;
  }

  page() {
    return `${this.#base}/`;
  }

  /** The page, at one file. */
  view(fileId) {
    return `${this.#base}/#${fileId}`;
  }

  edit(fileId, userId) {
    return this.#base + editorPath(fileId, userId);
  }

  wopiSrc(fileId) {
    return `${this.#base}/wopi/files/${fileId}`;
  }

  wopiSrcWithToken(fileId, accessToken) {
    return `${this.wopiSrc(fileId)}?access_token=${encodeURIComponent(accessToken)}`;
  }
}

/** Where the file is opened in an editor, on this host. */
export function editorPath(fileId, userId) {
  return `/files/${fileId}/editor?user=${userId}`;
}
