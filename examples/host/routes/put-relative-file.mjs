import createError from 'http-errors';

import { checkLockAgain } from '../locks.mjs';
import { decodeName, encodeName, isLegalName, legalName, splitName, variantsOf } from '../names.mjs';

/** POST /wopi/files/:fileId, X-WOPI-Override: PUT_RELATIVE. A new file beside this one, in one of two modes. */
export function putRelativeFile(host) {
  const { files, tokens, urls, discovery } = host;
  return (req, res) => {
    const write = req.get('X-WOPI-SuggestedTarget') ? writeSuggested : writeExact;
    return files.receive(req, async (upload) => {
      const { id, name } = await write(host, req, res, upload);
      const { accessToken } = await tokens.issue(req.userId, id);
      res.json({
        Name: name,
        Url: urls.wopiSrcWithToken(id, accessToken),
        HostViewUrl: urls.view(id),
        HostEditUrl: discovery ? urls.edit(id, req.userId) : urls.view(id),
      });
    });
  };
}

// "The host must modify the proposed name as needed to create a new file that is both legally named and does not overwrite
// any existing file, while preserving the file extension." A name that begins with a period is an extension alone.
async function writeSuggested({ files }, req, _res, upload) {
  const suggested = decodeName(req.get('X-WOPI-SuggestedTarget'));
  const name = suggested.startsWith('.') ? splitName(req.file.name).base + suggested : suggested;
  for (const variant of variantsOf(legalName(name))) {
    const created = await files.create(variant, upload);
    if (created) return created;
  }
}

// "The host must not modify the name to fulfill the request."
async function writeExact(host, req, res, upload) {
  const name = decodeName(req.get('X-WOPI-RelativeTarget') ?? '');
  if (!isLegalName(name)) {
    throw createError(400, 'A file cannot have this name.', { headers: await proposalFor(name, host) });
  }
  const { fileId = null } = isOverwrite(req) ? res.locals.wopiLock : {};
  const written = fileId
    ? await host.files.replace(fileId, upload, () => checkTargetAgain(name, fileId, host, res))
    : await host.files.create(name, upload);
  if (!written) throw await nameIsTaken(name, host);
  return written;
}

// The name may be another file's by now.
async function checkTargetAgain(name, fileId, host, res) {
  if ((await checkLockAgain(res)) !== fileId) throw await nameIsTaken(name, host);
}

function isOverwrite(req) {
  return req.get('X-WOPI-OverwriteRelativeTarget')?.toLowerCase() === 'true';
}

// X-WOPI-Lock is that of the file that has the name: "This header must always be included when
// responding to the request with 409 Conflict."
async function nameIsTaken(name, host) {
  const owner = await host.files.named(name);
  const lock = owner && (await host.store.getLock(owner.id));
  return createError(409, 'There is a file of this name.', {
    headers: { 'X-WOPI-Lock': lock ?? '', ...(await proposalFor(name, host)) },
  });
}

async function proposalFor(name, { files }) {
  const taken = new Set((await files.list()).map((file) => file.name));
  for (const variant of variantsOf(legalName(name))) {
    if (!taken.has(variant)) return { 'X-WOPI-ValidRelativeTarget': encodeName(variant) };
  }
}
