import { createHash } from 'node:crypto';

import createError from 'http-errors';

import { splitName } from './names.mjs';

const LANGUAGE = { UI_LLCC: 'en-US', DC_LLCC: 'en-US' };

const SUBMIT = 'document.forms[0].submit();';
const SUBMIT_HASH = createHash('sha256').update(SUBMIT).digest('base64');

/** Where the form goes: the action's `urlsrc`, with the file. */
function actionUrl(urlsrc, wopiSrc) {
  // "<ui=UI_LLCC&>": a placeholder is filled in, or else goes with all that is between its brackets.
  const filled = urlsrc.replace(/<(\w+)=(\w+)&>/g, (_, parameter, placeholder) =>
    Object.hasOwn(LANGUAGE, placeholder) ? `${parameter}=${LANGUAGE[placeholder]}&` : '',
  );
  if (!URL.canParse(filled) || !/^https?:/i.test(filled)) {
    throw createError(502, `The editor's page is at "${filled}", which is no address.`, { expose: true });
  }
  const address = filled.replace(/[?&]+$/, '');
  return `${address}${address.includes('?') ? '&' : '?'}WOPISrc=${encodeURIComponent(wopiSrc)}`;
}

/** GET /files/:fileId/editor?user=: a form that takes the access token to the editor, in its body and not in an address. */
export function openInEditor({ discovery, tokens, urls }) {
  return async ({ file, userId }, res) => {
    const { extension } = splitName(file.name);
    const urlsrc = await discovery.urlsrcFor(extension.slice(1));
    if (!urlsrc) throw createError(404, `The editor opens no ${extension || 'such'} files.`);
    const action = actionUrl(urlsrc, urls.wopiSrc(file.id));
    const { accessToken, expiresAt } = await tokens.issue(userId, file.id);
    res
      .set({
        'Content-Security-Policy': `default-src 'none'; script-src 'sha256-${SUBMIT_HASH}'; form-action ${new URL(action).origin}`,
        'Cache-Control': 'no-store',
      })
      .send(formPage(file.name, action, { access_token: accessToken, access_token_ttl: expiresAt }));
  };
}

function formPage(title, action, fields) {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<form method="post" action="${escapeHtml(action)}">
${inputs.join('\n')}
<button>Open ${escapeHtml(title)}</button>
</form>
<script>${SUBMIT}</script>
</html>
`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
