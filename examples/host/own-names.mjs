import { isIP } from 'node:net';

import createError from 'http-errors';

/**
 * Middleware of the page. A name that another site had lead to this machine (DNS rebinding) would make the page, and the
 * access tokens that it gives, that site's own: so it is served under an IP address, `localhost`, and PUBLIC_URL's name.
 */
export function onlyUnderItsOwnNames(urls) {
  return (req, _res, next) => {
    const name = /^(.*?)(?::\d+)?$/.exec(req.get('Host') ?? '')[1].toLowerCase();
    const isOurs = isIP(name.replace(/^\[|\]$/g, '')) || name === 'localhost' || name === urls.hostname;
    next(isOurs ? undefined : createError(421, `This host does not go by the name ${name}: see PUBLIC_URL.`));
  };
}
