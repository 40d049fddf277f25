/** What to open in a browser, and what to copy into a terminal. */
export async function welcome({ where, files, tokens, urls }) {
  const all = await files.list();
  const first = all.find(({ name }) => name === 'Report.docx') ?? all[0];
  const validated = all.find(({ name }) => name === 'test.wopitest');
  return [
    `The page:      ${urls.page()}\nThe files:     ${files.folder}\nThe locks:     ${where}`,
    first && (await forCurl(first, tokens, urls)),
    validated && (await forValidator(validated, tokens, urls)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

async function forCurl({ id }, tokens, urls) {
  const { accessToken } = await tokens.issue('alex', id);
  const curl = (...headers) => `curl -i -X POST ${headers.map((header) => `-H '${header}' `).join('')}"$FILE"`;
  return `To try it with curl, first:
FILE='${urls.wopiSrcWithToken(id, accessToken)}'

Take a lock:      ${curl('X-WOPI-Override: LOCK', 'X-WOPI-Lock: A')}
Collide with it:  ${curl('X-WOPI-Override: LOCK', 'X-WOPI-Lock: B')}
Swap it:          ${curl('X-WOPI-Override: LOCK', 'X-WOPI-OldLock: A', 'X-WOPI-Lock: B')}
Who holds it?     ${curl('X-WOPI-Override: GET_LOCK')}
Release it:       ${curl('X-WOPI-Override: UNLOCK', 'X-WOPI-Lock: B')}`;
}

async function forValidator({ id }, tokens, urls) {
  const { accessToken } = await tokens.issue('alex', id, { hours: 24 });
  return `For Microsoft's wopi-validator:
WOPI_SRC='${urls.wopiSrc(id)}'
TOKEN='${accessToken}'`;
}
